"""Tables from a spreadsheet, as CSV in the encodings Excel writes, and as Excel files."""

from contextlib import suppress
from datetime import datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from runtime.sheets import MOST_ROWS, Row, SheetError, read_sheet

TEXT = "时段,话务量\n\n 09:00 ,12\n,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_csv_is_read_in_the_encodings_of_excel(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert read_sheet(path) == [Row(1, ("时段", "话务量")), Row(3, ("09:00", "12"))]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_values_may_be_separated_as_excel_does_in_other_countries(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"a{mark}b\n1{mark}2\n")
    assert read_sheet(path) == [Row(1, ("a", "b")), Row(2, ("1", "2"))]


def test_an_excel_file_keeps_its_types_and_row_numbers(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["start", " calls "])
    sheet.append([])
    sheet.append([time(9, 30), 12.5])
    sheet.append([datetime(2026, 11, 23, 10, 0), "十"])  # noqa: DTZ001  local time, as spreadsheets have it
    path = tmp_path / "table.XLSX"
    book.save(path)
    assert read_sheet(path) == [
        Row(1, ("start", "calls")),
        Row(3, (time(9, 30), 12.5)),
        Row(4, (datetime(2026, 11, 23, 10, 0), "十")),  # noqa: DTZ001
    ]


def told(path: Path) -> str:
    with pytest.raises(SheetError) as caught:
        read_sheet(path)
    assert caught.value.problems
    return str(caught.value)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    missing, folder = tmp_path / "none.csv", tmp_path / "folder.csv"
    folder.mkdir()
    assert told(missing) == f"{missing}: expected a file that can be read (No such file or directory)"
    assert "expected a file that can be read" in told(folder)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xff\xff")
    assert "UTF-8 or GB 18030" in told(binary)
    quoted = tmp_path / "quoted.csv"
    quoted.write_text('a,b\n"1,2\n')
    assert "expected a row of comma-separated values" in told(quoted)


def test_a_table_without_an_end_is_not_read_to_it(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("1\n" * (MOST_ROWS + 1))
    assert f"at most {MOST_ROWS} rows" in told(path)


@given(st.binary(max_size=300), st.sampled_from(["", "PK\x03\x04"]), st.sampled_from(["csv", "xlsx"]))
def test_whatever_the_file_holds_it_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, magic: str, kind: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{kind}"
    path.write_bytes(magic.encode() + content)
    with suppress(SheetError):
        assert all(any(cell is not None for cell in row.cells) for row in read_sheet(path))


def test_a_broken_sheet_in_a_sound_workbook_is_told(tmp_path: Path) -> None:
    book = Workbook()
    path = tmp_path / "table.xlsx"
    book.save(path)
    content = path.read_bytes()
    for cut in range(1, len(content), 97):
        path.write_bytes(content[:cut])
        assert ".xlsx" in told(path)
