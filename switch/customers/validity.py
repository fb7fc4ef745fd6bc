"""From when and until when an entry holds, as people write it."""

from datetime import date, datetime, time, timedelta, tzinfo

_ONE_DAY = timedelta(days=1)
_YEARS = range(1900, 3000)


def beginning(text: str, zone: tzinfo) -> float | None:
    """The moment from which something holds: a day, or a moment of one; None for nothing.

    Seconds since the Unix epoch. Raises ValueError saying what was expected.
    """
    return _moment(text, zone, timedelta(0))


def end(text: str, zone: tzinfo) -> float | None:
    """The moment until which something holds; a day that is named still belongs to it.

    None for nothing. Raises ValueError saying what was expected.
    """
    return _moment(text, zone, _ONE_DAY)


def _moment(text: str, zone: tzinfo, after_midnight: timedelta) -> float | None:
    text = text.strip().replace("/", "-")
    if not text:
        return None
    try:
        moment = _read(text, zone, after_midnight)
    except (ValueError, TypeError, OverflowError):
        raise ValueError("a day such as 2026-12-31, or a moment such as 2026-12-31T18:00") from None
    if moment.year not in _YEARS:
        raise ValueError(f"a year from {_YEARS[0]} to {_YEARS[-1]}")
    return moment.timestamp()


def _read(text: str, zone: tzinfo, after_midnight: timedelta) -> datetime:
    if len(text) <= len("2026-12-31"):
        day = date(*map(int, text.split("-")))
        return datetime.combine(day + after_midnight, time.min, zone)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
