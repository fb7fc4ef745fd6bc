"""What stands in the cells of a forecast: names of columns, numbers, days and times of day."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from runtime.sheets import Cell

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "start": (
        "begins",
        "interval",
        "interval start",
        "time",
        "时段",
        "时间段",
        "时间",
        "开始时间",
        "起始时间",
    ),
    "date": ("day", "日期"),
    "calls": (
        "call volume",
        "volume",
        "offered",
        "话务量",
        "呼叫量",
        "呼入量",
        "来电量",
        "预测话务量",
        "预测呼叫量",
    ),
    "handle_s": ("handle time", "aht", "平均处理时长", "平均处理时间", "处理时长", "处理时间"),
    "patience_s": ("patience", "平均耐心时长", "耐心时长", "平均耐心时间", "耐心时间"),
}
"""Each column of a forecast, and the other names it goes by."""
_NAMES = {name: column for column, others in COLUMNS.items() for name in (column, *others)}
_SECONDS = frozenset({"", "s", "sec", "seconds", "秒"})

_HEADING = re.compile(r"([^(\[]*?)\s*(?:[(\[](.*)[)\]])?")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d*)?")
_LENGTH = re.compile(r"(\d{1,2}):(\d\d):(\d\d)")
_DAY = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
_SPAN = re.compile(
    rf"(?:({_DAY.pattern})[T ]?\s*)?({_TIME.pattern})(?:\s*(?:[-–—~]|至|到)\s*({_TIME.pattern}))?"
)
_YEARS = range(2000, 2100)
_A_DAY = timedelta(days=1)
_NO_DAY = date(2000, 1, 1)
"""Stands for the day where none is told; it is not shown."""


@dataclass(frozen=True, slots=True)
class Span:
    """When a step is, as far as its row tells. Times are by the local clock."""

    begins: datetime
    has_day: bool
    length_s: float | None = None
    """None where only the start is told."""

    def label(self, moment: datetime) -> str:
        """A moment in the way the row tells its own."""
        return f"{moment:%Y-%m-%d %H:%M}" if self.has_day else f"{moment:%H:%M}"


def column_of(title: Cell) -> tuple[str, bool] | None:
    """The column a title names, and whether its unit is right; None for a title that means nothing here."""
    match = _HEADING.fullmatch(_plain(title).casefold())
    column = _NAMES.get(match[1]) if match else None
    if match is None or column is None:
        return None
    return column, not column.endswith("_s") or (match[2] or "").strip() in _SECONDS


def number_in(cell: Cell) -> float | None:
    """A number, or the seconds of a length of time such as 0:03:20; None for anything else."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, time):
        return cell.hour * 3600.0 + cell.minute * 60 + cell.second
    text = _plain(cell)
    if match := _LENGTH.fullmatch(text):
        return int(match[1]) * 3600.0 + int(match[2]) * 60 + int(match[3])
    return float(text) if _NUMBER.fullmatch(text) else None


def day_in(cell: Cell) -> date | None:
    """The day a cell tells; None when it tells none."""
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day) if cell.year in _YEARS else None
    match = _DAY.fullmatch(_plain(cell))
    return _day(*match.groups()) if match else None


def span_in(cell: Cell, day: date | None) -> Span | None:
    """When a step begins, and how long it is if its end is told; ``day`` is from a column of its own.

    None when the cell tells no such thing.
    """
    if isinstance(cell, datetime):
        return Span(cell, has_day=True) if cell.year in _YEARS else None
    if isinstance(cell, time):
        return Span(datetime.combine(day or _NO_DAY, cell), day is not None)
    match = _SPAN.fullmatch(_plain(cell))
    if match is None:
        return None
    if match[1]:
        day = _day(match[2], match[3], match[4])
        if day is None:
            return None
    start, end = _time_of_day(match[5]), _time_of_day(match[9])
    if start is None or start >= _A_DAY or (match[9] and end is None):
        return None
    begins = datetime.combine(day or _NO_DAY, time()) + start
    if end is None:
        return Span(begins, day is not None)
    return Span(begins, day is not None, ((end - start) % _A_DAY or _A_DAY).total_seconds())


def _plain(cell: Cell) -> str:
    """Full-width characters, as Chinese keyboards write them, are as good as others."""
    return "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _time_of_day(text: str | None) -> timedelta | None:
    """Since midnight, which itself may be written 24:00."""
    match = _TIME.fullmatch(text or "")
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    since = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return since if minutes < 60 and seconds < 60 and since <= _A_DAY else None
