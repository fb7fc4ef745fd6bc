"""Tables that people make with a spreadsheet: CSV and Excel (.xlsx), as rows of cells with their numbers."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from runtime.errors import PeerError
from runtime.problems import Problem

Cell = str | int | float | bool | datetime | date | time | timedelta | None
"""Text is stripped; None is an empty cell. Of a CSV every cell is text."""

MOST_ROWS = 50_000
_MOST_BYTES = 50_000_000
_ENCODINGS = ("utf-8-sig", "gb18030")
"""Excel in China writes CSV in GBK unless told otherwise; no text in it happens to be valid UTF-8."""


class SheetError(PeerError):
    """A table cannot be used; ``problems`` are its mistakes, in the order of their rows."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty."""

    line: int
    """As the spreadsheet counts them, from 1."""
    cells: tuple[Cell, ...]


def read_sheet(path: Path) -> list[Row]:
    """The rows of a CSV file, or of the sheet an Excel file opens with. Raises SheetError."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _unusable(path, f"a table of at most {_MOST_BYTES // 1_000_000} MB")
        content = path.read_bytes()
    except OSError as error:
        raise _unusable(path, f"a file that can be read ({error.strerror or error})") from error
    rows: list[Row] = []
    for row in _excel(path, content) if path.suffix.lower() == ".xlsx" else _csv(path, content):
        if any(cell is not None for cell in row.cells):
            rows.append(row)
        if len(rows) > MOST_ROWS:
            raise _unusable(path, f"a table of at most {MOST_ROWS} rows")
    return rows


def _csv(path: Path, content: bytes) -> Iterator[Row]:
    text = _decoded(path, content)
    heading = text.lstrip().partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count), strict=True)
    try:
        for cells in lines:
            yield Row(lines.line_num, tuple(cell.strip() or None for cell in cells))
    except csv.Error as error:
        raise _unusable(path, f"a row of comma-separated values ({error})", lines.line_num) from error


def _decoded(path: Path, content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unusable(path, "text in UTF-8 or GB 18030, or an Excel file that ends in .xlsx")


def _excel(path: Path, content: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook  # a fifth of a second, and few tables are in Excel's format

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for line, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield Row(line, tuple(map(_cell, cells)))
    except GeneratorExit:
        raise
    except Exception as error:  # what a broken file raises is not told by openpyxl
        raise _unusable(path, f"an Excel workbook, .xlsx ({error})") from error


def _cell(value: object) -> Cell:
    if isinstance(value, int | float | bool | datetime | date | time | timedelta):
        return value
    return None if value is None else str(value).strip() or None


def _unusable(path: Path, expected: str, line: int = 0) -> SheetError:
    return SheetError([Problem(str(path), line, "", "", expected)])
