"""A forecast is read as people write it, and everything that is wrong with it is told at once."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from acd.forecast import Step, read_forecast
from runtime.sheets import Cell, SheetError

HEADING = ("start", "calls", "handle_s", "patience_s")


def csv_of(folder: Path, *lines: str) -> Path:
    path = folder / "forecast.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def excel_of(folder: Path, *rows: tuple[Cell, ...]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    path = folder / "forecast.xlsx"
    book.save(path)
    return path


def problems(path: Path) -> list[tuple[int, str, str, str]]:
    with pytest.raises(SheetError) as caught:
        read_forecast(path)
    return [(found.line, found.key, found.value, found.expected) for found in caught.value.problems]


class TestTables:
    def test_steps_are_as_long_as_the_way_to_the_next_start(self, tmp_path: Path) -> None:
        path = csv_of(tmp_path, "start,calls,handle_s,patience_s", "09:00,30,180,90", "09:15,36.5,180,")
        first, second = read_forecast(path)
        assert first == Step(begins="09:00", length_s=900, calls=30, handle_s=180, patience_s=90)
        assert second == Step(begins="09:15", length_s=900, calls=36.5, handle_s=180, patience_s=None)
        assert (first.calls_per_hour, second.calls_per_hour) == (120, 146)

    def test_a_night_without_calls_does_not_make_the_steps_longer(self, tmp_path: Path) -> None:
        days = [f"2026-11-{day} {hour}:00,9,180" for day in (23, 24) for hour in (9, 10)]
        steps = read_forecast(csv_of(tmp_path, "start,calls,aht", *days))
        assert [step.begins for step in steps][1:3] == ["2026-11-23 10:00", "2026-11-24 09:00"]
        assert {step.length_s for step in steps} == {3600}

    def test_a_single_step_is_half_an_hour(self, tmp_path: Path) -> None:
        (step,) = read_forecast(csv_of(tmp_path, "start,calls,aht", "09:00,9,180"))
        assert step.length_s == 1800

    def test_a_chinese_table_is_read_with_title_remarks_and_full_width_signs(self, tmp_path: Path) -> None:
        path = csv_of(
            tmp_path,
            "95598 话务预测,,,,",
            "日期,时段,预测话务量,平均处理时长（秒）,备注",
            "2026/11/23,09：00～09：30,１２０,0:03:30,迎峰度冬",
            "2026年11月23日,23:30至24:00,0,,",
        )
        assert read_forecast(path) == [
            Step("2026-11-23 09:00", 1800, 120, 210, None),
            Step("2026-11-23 23:30", 1800, 0, None, None),
        ]

    def test_a_step_may_end_past_midnight(self, tmp_path: Path) -> None:
        path = csv_of(
            tmp_path, "start,calls,aht", "2026-11-23 23:45-00:15,9,180", "2026-11-24 00:15-01:00,9,180"
        )
        assert [step.length_s for step in read_forecast(path)] == [1800, 2700]

    def test_an_excel_table_has_times_days_and_lengths_of_time(self, tmp_path: Path) -> None:
        path = excel_of(
            tmp_path,
            ("日期", "开始时间", "呼叫量", "平均处理时长"),
            (date(2026, 11, 23), time(9, 0), 30, timedelta(minutes=3)),
            (datetime(2026, 11, 23), time(9, 30), 31.5, time(0, 3, 20)),  # noqa: DTZ001
        )
        assert read_forecast(path) == [
            Step("2026-11-23 09:00", 1800, 30, 180, None),
            Step("2026-11-23 09:30", 1800, 31.5, 200, None),
        ]

    def test_a_plan_can_be_read_as_a_forecast(self, tmp_path: Path) -> None:
        path = csv_of(tmp_path, "begins,length_s,calls,handle_s,agents", "09:00,1800,9,180,3")
        assert read_forecast(path) == [Step("09:00", 1800, 9, 180, None)]


class TestMistakes:
    def test_all_of_a_table_are_told_with_row_column_and_value(self, tmp_path: Path) -> None:
        path = csv_of(
            tmp_path,
            "时段,话务量,平均处理时长,耐心时长",
            "09:00,abc,180,",
            "25:00,-1,0,60",
            "9.5,,,nan",
            "10:30,3,,",
        )
        start = "when the step begins, such as 09:30, 09:30-10:00 or 2026-11-23 09:30"
        seconds = "seconds from 0.1 to 86400"
        number = "a number from 0 to 1000000"
        assert problems(path) == [
            (2, "话务量", "abc", number),
            (3, "平均处理时长", "0", seconds),
            (3, "时段", "25:00", start),
            (3, "话务量", "-1", number),
            (4, "时段", "9.5", start),
            (4, "耐心时长", "nan", seconds),
            (4, "话务量", "", "the number of calls in this step"),
            (5, "平均处理时长", "", "the mean handle time in seconds, where calls come"),
        ]

    @pytest.mark.parametrize(
        ("heading", "key", "expected"),
        [
            ("start,calls", "", "a column handle_s, by one of its names"),
            ("start,calls,aht (min)", "aht (min)", "seconds"),
            ("时段,呼叫量,平均处理时长(分钟)", "平均处理时长(分钟)", "seconds"),
            ("start,calls,aht,AHT (s)", "AHT (s)", "one column handle_s; aht is one already"),
        ],
    )
    def test_a_heading_that_could_be_misread_is_told(
        self, tmp_path: Path, heading: str, key: str, expected: str
    ) -> None:
        ((line, where, _, told),) = problems(csv_of(tmp_path, heading, "09:00,9,180,180"))
        assert (line, where) == (1, key)
        assert told.startswith(expected)

    @pytest.mark.parametrize(
        ("starts", "wrong"),
        [
            (["09:00", "09:30", "09:30"], [(4, "09:30", "10:00 or later, where the step above ends")]),
            (["09:00", "09:30", "08:00"], [(4, "08:00", "10:00 or later, where the step above ends")]),
            (["09:00-10:00", "09:30-10:00"], [(3, "09:30", "10:00 or later, where the step above ends")]),
            (["09:00", "2026-11-23 09:30"], [(3, "2026-11-23 09:30", "a day in every row, or in none")]),
            (
                ["00:00", "05:00"],
                [
                    (line, start, "a step of at most 4 hours; tell its end too, such as 09:30-10:00")
                    for line, start in ((2, "00:00"), (3, "05:00"))
                ],
            ),
        ],
    )
    def test_steps_out_of_order_or_too_long_are_told(
        self, tmp_path: Path, starts: list[str], wrong: list[tuple[int, str, str]]
    ) -> None:
        path = csv_of(tmp_path, "start,calls,aht", *(f"{start},9,180" for start in starts))
        assert [(line, value, expected) for line, _, value, expected in problems(path)] == wrong

    @pytest.mark.parametrize(
        "start", ["2026-02-30 09:00", "9999-12-31 23:45", "09:60", "24:30", "9", "09:00-09:99", "noon"]
    )
    def test_a_time_that_is_none_is_told(self, tmp_path: Path, start: str) -> None:
        ((_, key, value, _),) = problems(csv_of(tmp_path, "start,calls,aht", f"{start},9,180"))
        assert (key, value) == ("start", start)

    def test_a_day_that_is_none_is_told(self, tmp_path: Path) -> None:
        ((_, key, value, expected),) = problems(
            csv_of(tmp_path, "date,start,calls,aht", "monday,09:00,9,180")
        )
        assert (key, value, expected) == ("date", "monday", "a day, such as 2026-11-23")

    def test_an_empty_table_is_told(self, tmp_path: Path) -> None:
        assert "a table with columns start, calls, handle_s" in problems(csv_of(tmp_path, ""))[0]
        assert "a row for each step below the heading" in problems(csv_of(tmp_path, "start,calls,aht"))[0]

    @given(
        st.lists(
            st.lists(
                st.sampled_from(
                    ["start", "calls", "aht", "date", "09:00", "9:00-10:00", "0", "1e9", "x", "", "-3"]
                )
                | st.text(max_size=12),
                max_size=5,
            ),
            max_size=5,
        )
    )
    def test_whatever_stands_in_a_table_it_is_read_or_told(
        self, tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "any.csv"
        lines = [",".join(f'"{cell.replace(chr(34), "")}"' for cell in row) for row in rows]
        path.write_bytes("\n".join(lines).encode("utf-8", "replace"))
        with suppress(SheetError):
            assert read_forecast(path)
