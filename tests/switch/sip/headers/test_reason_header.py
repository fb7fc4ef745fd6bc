import pytest

from switch.causes import Cause
from switch.sip.headers.reason_header import read_reason, write_reason
from switch.sip.messages.message import Headers


@pytest.mark.parametrize("cause", list(Cause))
def test_what_is_written_is_read_as_a_cause_of_the_same_number(cause: Cause) -> None:
    read = read_reason(Headers({"reason": [write_reason(cause)]}))
    assert read is not None
    assert read.number == cause.number


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], None),
        (["Q.850;cause=17"], Cause.USER_BUSY),
        (['q.850 ; text="a;cause=19;b" ; cause = 17'], Cause.USER_BUSY),
        (['Q.850;cause=17;text="x;cause=19"'], Cause.USER_BUSY),
        (["SIP;cause=486, Q.850;cause=18"], Cause.NO_USER_RESPONSE),
        (["SIP;cause=486", "Q.850;cause=18"], Cause.NO_USER_RESPONSE),
        (['SIP;cause=200;text="Call completed elsewhere"'], Cause.LOSE_RACE),
        (["SIP;cause=486"], Cause.USER_BUSY),
        (["SIP;cause=486;text=x, SIP;cause=404"], Cause.USER_BUSY),
        (["SIP;cause=180"], None),
        (["SIP;cause=9999"], None),
        (["Q.850;cause=99"], None),
        (["Q.850;cause=99", "SIP;cause=486"], Cause.USER_BUSY),
        (["Q.850;cause=1700"], None),
        (["Q.850"], None),
        (['"Q.850;cause=17'], None),
        (["X.25;cause=17"], None),
    ],
)
def test_the_first_reason_that_we_know_counts(lines: list[str], expected: Cause | None) -> None:
    assert read_reason(Headers({"reason": lines})) is expected
