"""When recordings are reconciled, and which days of them. Pure; moments are local."""

from datetime import date, datetime, time, timedelta


def next_time(at: time, now: datetime) -> datetime:
    """The next moment after ``now`` at which the clock on the wall shows ``at``."""
    today = _local(datetime.combine(now.date(), at))
    return today if today > now else _local(datetime.combine(now.date() + timedelta(days=1), at))


def days_to_check(first: date | None, now: datetime) -> tuple[datetime, datetime] | None:
    """From one midnight to another: the days from ``first``, else yesterday, to yesterday.

    None when all were checked.
    """
    today = now.date()
    first = today - timedelta(days=1) if first is None else first
    if first >= today:
        return None
    return _local(datetime.combine(first, time.min)), _local(datetime.combine(today, time.min))


def _local(moment: datetime) -> datetime:
    """With the machine's zone at that moment, which may differ from today's."""
    return moment.astimezone()
