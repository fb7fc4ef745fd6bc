"""Lengths of time as people read them."""

import pytest

from runtime.durations import format_duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (7.9, "0:07"), (750, "12:30"), (3753, "1:02:33")],
)
def test_a_duration_has_hours_only_when_there_are_any(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text
