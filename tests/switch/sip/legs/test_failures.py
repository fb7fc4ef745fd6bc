import pytest

from switch.causes import Cause
from switch.sip.legs.failures import Failure, better, read_failure, unanswered
from switch.sip.messages.message import Headers, Response


def failure(status: int) -> Failure:
    return read_failure(Response(status, ""))


@pytest.mark.parametrize(
    ("statuses", "best"),
    [
        ((486,), 486),
        ((486, 486), 486),
        ((503, 486), 486),
        ((503, 302), 302),
        ((486, 603), 603),
        ((603, 486, 503), 603),
        ((600, 603), 600),
        ((404, 486), 486),
        ((480, 404), 404),
        ((408, 480), 480),
        ((408, 486, 480), 486),
        ((486, 484), 484),
        ((401, 486), 401),
        ((487, 408), 408),
        ((503, 408), 408),
        ((500, 503), 500),
    ],
)
def test_the_failure_that_tells_most_counts_in_whatever_order_they_come(
    statuses: tuple[int, ...], best: int
) -> None:
    told: Failure | None = None
    for status in statuses:
        told = better(told, failure(status))
    assert told is not None
    assert told.status == best


def test_of_equal_failures_the_first_counts() -> None:
    first = unanswered(408)
    assert better(first, failure(408)) is first


def test_a_reason_says_more_than_the_status() -> None:
    response = Response(480, "", Headers({"reason": ["Q.850;cause=1"]}))
    assert read_failure(response) == Failure(480, Cause.UNALLOCATED_NUMBER, True)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("120 (I'm in a meeting)", 120),
        ("18000;duration=3600", 18000),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_far_as_it_can_be(text: str, seconds: int | None) -> None:
    assert read_failure(Response(503, "", Headers({"retry-after": [text]}))).retry_after_s == seconds
