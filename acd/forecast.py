"""The calls that are expected, from a table: when each step begins, its calls and their handle time.

Columns are found by name, in English or Chinese and in any order; others are left alone. All mistakes are
told, each with its row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from acd.forecast_cells import COLUMNS, Span, column_of, day_in, number_in, span_in
from runtime.problems import Problem, shorten
from runtime.sheets import Cell, Row, SheetError, read_sheet

STEP_S = 1800.0
"""Of a table with a single step that does not tell its end."""
LONGEST_STEP_S = 4 * 3600.0
"""Over a longer time calls do not come at one rate."""
MOST_CALLS = 1_000_000
LEAST_S = 0.1
LONGEST_S = 86_400
"""Handle times and patience."""
_NEEDED = ("start", "calls", "handle_s")
_ROWS_ABOVE = 10
"""A title and remarks may stand above the heading, but no more rows than that."""


@dataclass(frozen=True, slots=True)
class Step:
    """A span of time in which calls come at one rate."""

    begins: str
    """Local time: ``09:30``, or ``2026-11-23 09:30``."""
    length_s: float
    calls: float
    """Expected in this step."""
    handle_s: float | None
    """None only where no calls come."""
    patience_s: float | None
    """None where the table does not tell it."""

    @property
    def calls_per_hour(self) -> float:
        return self.calls * 3600 / self.length_s


def read_forecast(path: Path) -> list[Step]:
    """The steps of a CSV or Excel table, at least one, in order. Raises SheetError with all that is wrong."""
    return _Reader(path).read(read_sheet(path))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row that is right by itself."""

    line: int
    span: Span
    calls: float
    handle_s: float | None
    patience_s: float | None


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems: list[Problem] = []
        self._columns: dict[str, tuple[int, str]] = {}
        """Where each column stands, and how the table calls it."""

    def read(self, rows: Sequence[Row]) -> list[Step]:
        if not rows:
            self._report(0, "", None, f"a table with columns {', '.join(_NEEDED)}")
        self._raise_problems()
        heading = max(rows[:_ROWS_ABOVE], key=lambda row: sum(map(_is_column, row.cells)))
        self._find_columns(heading)
        below = [row for row in rows if row.line > heading.line]
        if not below:
            self._report(heading.line, "", None, "a row for each step below the heading")
        self._raise_problems()
        drafts = [draft for row in below if (draft := self._draft(row)) is not None]
        self._raise_problems()
        return self._steps(drafts)

    def _find_columns(self, heading: Row) -> None:
        for place, cell in enumerate(heading.cells):
            match column_of(cell):
                case (column, _) if column in self._columns:
                    expected = f"one column {column}; {self._columns[column][1]} is one already"
                    self._report(heading.line, str(cell), None, expected)
                case (column, right_unit):
                    self._columns[column] = (place, str(cell))
                    if not right_unit:
                        self._report(heading.line, str(cell), None, "seconds")
        for column in _NEEDED:
            if column not in self._columns:
                names = ", ".join((column, *COLUMNS[column]))
                self._report(heading.line, "", None, f"a column {column}, by one of its names: {names}")

    def _draft(self, row: Row) -> _Draft | None:
        span = self._span(row)
        calls = self._number(row, "calls", MOST_CALLS)
        handle_s = self._number(row, "handle_s", LONGEST_S)
        patience_s = self._number(row, "patience_s", LONGEST_S)
        if self._cell(row, "calls") is None:
            self._report_cell(row, "calls", "the number of calls in this step")
        if calls and self._cell(row, "handle_s") is None:
            self._report_cell(row, "handle_s", "the mean handle time in seconds, where calls come")
        return None if span is None or calls is None else _Draft(row.line, span, calls, handle_s, patience_s)

    def _span(self, row: Row) -> Span | None:
        day: date | None = None
        if self._cell(row, "date") is not None:
            day = day_in(self._cell(row, "date"))
            if day is None:
                self._report_cell(row, "date", "a day, such as 2026-11-23")
        span = span_in(self._cell(row, "start"), day)
        if span is None:
            expected = "when the step begins, such as 09:30, 09:30-10:00 or 2026-11-23 09:30"
            self._report_cell(row, "start", expected)
        return span

    def _number(self, row: Row, column: str, most: float) -> float | None:
        """What stands in a cell; None where it is empty, or has no number that may stand there (reported)."""
        cell = self._cell(row, column)
        if cell is None:
            return None
        number, least = number_in(cell), LEAST_S if column.endswith("_s") else 0
        if number is not None and least <= number <= most:
            return number
        unit = "seconds" if least else "a number"
        self._report_cell(row, column, f"{unit} from {least} to {most}")
        return None

    def _steps(self, drafts: Sequence[_Draft]) -> list[Step]:
        for draft in drafts:
            if draft.span.has_day != drafts[0].span.has_day:
                self._report_start(draft, "a day in every row, or in none")
        self._raise_problems()
        lengths_s = list(_lengths_s(drafts))
        self._check_lengths(drafts, lengths_s)
        self._raise_problems()
        return [
            Step(
                begins=draft.span.label(draft.span.begins),
                length_s=length_s,
                calls=draft.calls,
                handle_s=draft.handle_s,
                patience_s=draft.patience_s,
            )
            for draft, length_s in zip(drafts, lengths_s, strict=True)
        ]

    def _check_lengths(self, drafts: Sequence[_Draft], lengths_s: Sequence[float]) -> None:
        for draft, length_s in zip(drafts, lengths_s, strict=True):
            if length_s > LONGEST_STEP_S:
                longest = f"{LONGEST_STEP_S / 3600:.0f} hours"
                self._report_start(
                    draft, f"a step of at most {longest}; tell its end too, such as 09:30-10:00"
                )
        for (before, length_s), (draft, _) in pairwise(zip(drafts, lengths_s, strict=True)):
            end = before.span.begins + timedelta(seconds=length_s)
            if draft.span.begins < end:
                self._report_start(draft, f"{draft.span.label(end)} or later, where the step above ends")

    def _cell(self, row: Row, column: str) -> Cell:
        place = self._columns[column][0] if column in self._columns else len(row.cells)
        return row.cells[place] if place < len(row.cells) else None

    def _report_start(self, draft: _Draft, expected: str) -> None:
        self._report(draft.line, self._columns["start"][1], draft.span.label(draft.span.begins), expected)

    def _report_cell(self, row: Row, column: str, expected: str) -> None:
        self._report(row.line, self._columns[column][1], self._cell(row, column), expected)

    def _report(self, line: int, key: str, value: Cell, expected: str) -> None:
        text = "" if value is None else shorten(str(value))
        self._problems.append(Problem(str(self._path), line, shorten(key), text, expected))

    def _raise_problems(self) -> None:
        if self._problems:
            raise SheetError(self._problems)


def _is_column(cell: Cell) -> bool:
    return column_of(cell) is not None


def _lengths_s(drafts: Sequence[_Draft]) -> Iterator[float]:
    """What each row says, or else the shortest way in the table from a start to the next."""
    ways = (after.span.begins - before.span.begins for before, after in pairwise(drafts))
    usual_s = min((way.total_seconds() for way in ways if way > timedelta()), default=STEP_S)
    return (draft.span.length_s or usual_s for draft in drafts)
