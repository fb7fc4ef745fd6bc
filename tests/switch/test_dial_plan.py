"""What targets do for whom."""

import pytest

from switch.dial_plan import serves_callers_only


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("feature:ready", True),
        ("feature:pick_up:1001", True),
        ("feature:park", False),
        ("feature:park:88", False),
        ("feature:slot:701", False),
        ("counter:hall", True),
        ("prompt:zh/greeting", True),
        ("recording:recording-1", True),
        ("queue:service", False),
        ("flow:bill", False),
        ("station:1001", False),
        ("hang_up", False),
    ],
)
def test_customers_are_not_sent_to_what_serves_only_who_dials_it(target: str, *, expected: bool) -> None:
    assert serves_callers_only(target) is expected
