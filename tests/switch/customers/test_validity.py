"""From when and until when, as people write it."""

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.customers.validity import beginning, end

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_a_day_counts_from_its_beginning_to_its_end() -> None:
    for day in ("2026-12-31", "2026/12/31"):
        assert beginning(day, ZONE) == at("2026-12-31T00:00+08:00")
        assert end(day, ZONE) == at("2027-01-01T00:00+08:00")
    assert beginning("2026/1/5", ZONE) == at("2026-01-05T00:00+08:00")


def test_a_moment_is_one() -> None:
    for text in ("2026-12-31T18:00", "2026-12-31 18:00", "2026-12-31T10:00Z"):
        assert end(text, ZONE) == beginning(text, ZONE) == at("2026-12-31T18:00+08:00")


def test_nothing_is_no_limit() -> None:
    assert beginning("", ZONE) is None
    assert end(" ", ZONE) is None


@pytest.mark.parametrize(
    "text", ["soon", "2026-13-01", "2026-12", "1-2-3-4", "31.12.2026", "2026-12-31T25:00"]
)
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="a day such as 2026-12-31"):
        end(text, ZONE)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-30", "0001-01-01T00:00", "9999-12-31T23:00-12:00"])
def test_a_year_that_nobody_can_mean_is_told(text: str) -> None:
    for read in (beginning, end):
        with pytest.raises(ValueError, match="a year from 1900"):
            read(text, ZONE)


@given(st.text("0123456789-/T:+Z. 日", max_size=30))
def test_any_text_is_a_moment_or_told(text: str) -> None:
    with suppress(ValueError):
        assert end(text, ZONE) is None or datetime.fromtimestamp(end(text, ZONE) or 0.0, ZONE)
