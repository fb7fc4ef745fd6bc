"""Tables of numbers that people bring: CSV or Excel, with English or Chinese column names."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, TextIO

from runtime.problems import Problem, listed, shorten
from switch.customers import validity
from switch.customers.numbers import read_number
from switch.customers.verbs import LONGEST_REMARK

COLUMNS = ("number", "remark", "valid_from", "valid_until")

_NAMES = {
    "number": ("number", "号码", "电话", "电话号码", "手机号", "手机号码", "客户号码", "主叫号码"),
    "remark": ("remark", "备注", "说明", "姓名", "名称"),
    "valid_from": ("valid_from", "from", "生效日期", "生效时间", "开始日期", "有效期起"),
    "valid_until": ("valid_until", "until", "失效日期", "失效时间", "截止日期", "到期日期", "有效期止"),
}
_EXCEL = ".xlsx"
_COLUMN_OF = {name: column for column, names in _NAMES.items() for name in names}
_ENCODINGS = ("utf-8-sig", "gb18030")
"""GB 18030 is what Excel writes in China unless it is told to write UTF-8."""

Cells = dict[str, str]
"""What stands in the known columns of a row."""


class UnusableTable(Exception):
    """The file cannot be read as a table at all; the message says what was expected."""


def read_rows(path: Path) -> Iterator[tuple[int, Cells]]:
    """Each row with its number in the file, counted from 1. Raises UnusableTable."""
    lines = _excel_lines(path) if path.suffix.lower() == _EXCEL else _csv_lines(path)
    columns: list[str | None] | None = None
    for number, line in lines:
        if not any(line):
            continue
        if columns is None:
            columns = _columns(line)
            continue
        yield number, {column: text for column, text in zip(columns, line, strict=False) if column}


def find_problems(path: Path, zone: tzinfo) -> Iterator[Problem]:
    """All that is wrong in a table. Raises UnusableTable."""
    for number, cells in read_rows(path):
        for column, expected in _faults(cells, zone):
            yield Problem(str(path), number, column, shorten(cells.get(column, "")), expected)


def _faults(cells: Cells, zone: tzinfo) -> Iterator[tuple[str, str]]:
    checks: dict[str, Callable[[str], object]] = {
        "number": read_number,
        "valid_from": lambda text: validity.beginning(text, zone),
        "valid_until": lambda text: validity.end(text, zone),
    }
    for column, check in checks.items():
        try:
            check(cells.get(column, ""))
        except ValueError as error:
            yield column, str(error)
    if len(cells.get("remark", "")) > LONGEST_REMARK:
        yield "remark", f"at most {LONGEST_REMARK} characters"


def _columns(header: Sequence[str]) -> list[str | None]:
    columns = [_COLUMN_OF.get(name.strip().lower()) for name in header]
    if "number" not in columns:
        raise UnusableTable(
            f"a first line with a column number or 号码, and maybe {listed(COLUMNS[1:])} "
            f"(备注, 生效日期, 失效日期); it has {', '.join(filter(None, header))}"
        )
    return columns


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=_encoding(path), newline="") as file:
        reader = csv.reader(file)
        try:
            for line in reader:
                yield reader.line_num, [cell.strip() for cell in line]
        except csv.Error as error:
            raise UnusableTable(f"a table in CSV; line {reader.line_num}: {error}") from error


def _encoding(path: Path) -> str:
    for encoding in _ENCODINGS:
        try:
            with path.open(encoding=encoding) as file:
                for _ in file:
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnusableTable("text in UTF-8")


def _excel_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    import openpyxl  # takes a quarter of a second

    try:
        sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).active
    except Exception as error:  # whatever a zip file that is no workbook brings about
        raise UnusableTable(f"an Excel file (.xlsx); {error}") from error
    rows: Iterable[Sequence[Any]] = () if sheet is None else sheet.iter_rows(values_only=True)
    for number, row in enumerate(rows, start=1):
        yield number, [_text(value) for value in row]


def _text(value: object) -> str:
    """A cell as people see it: Excel keeps numbers as floats and days as moments."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return (value.date() if value.time() == datetime.min.time() else value).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def write_table(path: Path, rows: Iterable[Sequence[str]]) -> int:
    """Write rows of all columns as ``read_rows`` takes them back; how many there were."""
    if path.suffix.lower() == _EXCEL:
        return _write_excel(path, rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark by which Excel knows UTF-8
        return write_csv(file, rows)


def write_csv(file: TextIO, rows: Iterable[Sequence[str]]) -> int:
    """The same to an open file."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


def _write_excel(path: Path, rows: Iterable[Sequence[str]]) -> int:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(COLUMNS)
    count = 0
    for row in rows:
        sheet.append([_as_text(sheet, text) for text in row])
        count += 1
    book.save(path)
    return count


def _as_text(sheet: Any, text: str) -> Any:
    """A cell that Excel takes for no formula, whatever people noted."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
