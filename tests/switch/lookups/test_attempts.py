"""Which failures speak against a service."""

import pytest

from switch.lookups.answers import Answered, Failed, Outcome
from switch.lookups.attempts import went_well


@pytest.mark.parametrize(
    "outcome",
    [Answered(200, None), *(Failed(f"status_{n}") for n in (302, 400, 404, 499)), Failed("bad_request")],
)
def test_a_service_that_says_no_does_its_work(outcome: Outcome) -> None:
    assert went_well(outcome)


@pytest.mark.parametrize(
    "reason",
    [
        "timed_out",
        "refused",
        "unreachable",
        "too_large",
        "not_json",
        "status_429",
        "status_500",
        "status_503",
    ],
)
def test_one_that_is_silent_broken_or_has_too_much_to_do_does_not(reason: str) -> None:
    assert not went_well(Failed(reason))
