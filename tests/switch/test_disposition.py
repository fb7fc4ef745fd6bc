import pytest

from switch.causes import Cause
from switch.disposition import Disposition, disposition


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (Cause.USER_BUSY, "BUSY"),
        (Cause.ORIGINATOR_CANCEL, "NO ANSWER"),
        (Cause.NO_ANSWER, "NO ANSWER"),
        (Cause.UNALLOCATED_NUMBER, "FAILED"),
        (Cause.NORMAL_TEMPORARY_FAILURE, "FAILED"),
    ],
)
def test_an_unanswered_call_is_told_by_its_cause(cause: Cause, expected: str) -> None:
    assert disposition(cause, answered=False) == expected


def test_an_answered_call_is_answered_however_it_ended() -> None:
    assert {disposition(cause, answered=True) for cause in Cause} == {Disposition.ANSWERED}
