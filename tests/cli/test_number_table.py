"""Tables of numbers that people bring."""

import random
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from cli.number_table import UnusableTable, find_problems, read_rows, write_table

ZONE = ZoneInfo("Asia/Shanghai")


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "numbers.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_names_of_columns_are_understood_as_excel_writes_them(tmp_path: Path, encoding: str) -> None:
    text = "手机号,等级,备注,失效日期\r\n13900139000,金,王芳,2026/12/31\r\n\r\n1370*,,号段,\r\n"
    assert list(read_rows(table(tmp_path, text, encoding))) == [
        (2, {"number": "13900139000", "remark": "王芳", "valid_until": "2026/12/31"}),
        (4, {"number": "1370*", "remark": "号段", "valid_until": ""}),
    ]


def test_an_excel_file_is_read_as_people_see_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["号码", "备注", "生效日期"])
    sheet.append([13900139000, None, datetime(2026, 12, 1)])  # noqa: DTZ001
    sheet.append(["07722822345", "营业厅", datetime(2026, 12, 1, 8, 30)])  # noqa: DTZ001
    book.save(tmp_path / "numbers.xlsx")
    assert [cells for _, cells in read_rows(tmp_path / "numbers.xlsx")] == [
        {"number": "13900139000", "remark": "", "valid_from": "2026-12-01"},
        {"number": "07722822345", "remark": "营业厅", "valid_from": "2026-12-01T08:30:00"},
    ]


def test_everything_wrong_is_told_at_once_with_its_row_and_column(tmp_path: Path) -> None:
    text = f"number,remark,from\n139,,soon\n王芳,,\n138,{'x' * 201},\n"
    found = [(p.line, p.key, p.value) for p in find_problems(table(tmp_path, text), ZONE)]
    assert found == [(2, "valid_from", "soon"), (3, "number", "王芳"), (4, "remark", "x" * 59 + "…")]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"name,phone\n1,2\n", "a column number or 号码"),
        ("a.csv", b"\x80\xff\xff\n", "text in UTF-8"),
        ("a.xlsx", b"no workbook", "an Excel file"),
        ("a.csv", b'number\n"1\n' + b"x" * 200_000, "a table in CSV"),
    ],
)
def test_a_file_that_is_no_table_is_told(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnusableTable, match=expected):
        list(read_rows(tmp_path / name))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@pytest.mark.parametrize("seed", range(50))
def test_any_bytes_are_rows_or_told(tmp_path: Path, name: str, seed: int) -> None:
    dice = random.Random(seed)
    head = "号码\n".encode() if seed % 2 else b"PK\x03\x04"
    (tmp_path / name).write_bytes(head + dice.randbytes(dice.randrange(300)))
    with suppress(UnusableTable):
        list(find_problems(tmp_path / name, ZONE))


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_is_written_is_read_again_and_no_formula(tmp_path: Path, name: str) -> None:
    rows = [["0772*", '有"引号", 逗号', "", "2027-01-01T00:00:00+08:00"], ["139", "=1+1", "", ""]]
    assert write_table(tmp_path / name, rows) == 2
    assert [list(cells.values()) for _, cells in read_rows(tmp_path / name)] == rows
    assert write_table(tmp_path / name, []) == 0
    assert list(read_rows(tmp_path / name)) == []
