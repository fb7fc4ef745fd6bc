"""The circuit breaker opens when it must, tries with one request, and closes again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.lookups.breaker import Breaker, BreakerChange, BreakerRules, BreakerState

RULES = BreakerRules(failures_in_row=3, failure_share=0, open_s=10)


def tried(breaker: Breaker, now: float, *, well: bool) -> BreakerChange | None:
    permit = breaker.permit(now)
    assert permit is not None
    return breaker.record(permit, well=well, now=now)


def opened(now: float = 0.0) -> Breaker:
    breaker = Breaker(RULES)
    changes = [tried(breaker, now, well=False) for _ in range(3)]
    assert changes == [None, None, BreakerChange.OPENED]
    return breaker


def test_failures_in_a_row_open_it_for_its_time() -> None:
    breaker = opened()
    assert breaker.state is BreakerState.OPEN
    assert breaker.permit(9.99) is None
    assert breaker.permit(10.0) is not None


def test_a_success_between_them_starts_the_row_anew() -> None:
    breaker = Breaker(RULES)
    for well in (False, False, True, False, False):
        assert tried(breaker, 0.0, well=well) is None
    assert tried(breaker, 0.0, well=False) is BreakerChange.OPENED


def test_only_one_request_tries_and_its_success_closes() -> None:
    breaker = opened()
    probe = breaker.permit(10.0)
    assert probe is not None
    assert breaker.state is BreakerState.PROBING
    assert breaker.permit(99.0) is None
    assert breaker.open_for_s(12.0) == 12.0
    assert breaker.record(probe, well=True, now=12.0) is BreakerChange.CLOSED
    assert breaker.open_for_s(12.0) is None
    assert tried(breaker, 12.0, well=False) is None, "the row begins anew"


def test_a_probe_that_fails_leaves_it_open_for_its_time_again() -> None:
    breaker = opened()
    assert tried(breaker, 10.0, well=False) is None, "it was never closed"
    assert breaker.permit(19.99) is None
    assert breaker.permit(20.0) is not None
    assert breaker.open_for_s(20.0) == 20.0


def test_a_probe_that_is_given_up_lets_the_next_one_try() -> None:
    breaker = opened()
    probe = breaker.permit(10.0)
    assert probe is not None
    breaker.withdraw(probe)
    assert tried(breaker, 10.0, well=True) is BreakerChange.CLOSED


@pytest.mark.parametrize("well", [True, False])
def test_what_was_sent_before_it_opened_says_nothing_any_more(well: bool) -> None:
    breaker = Breaker(RULES)
    early = breaker.permit(0.0)
    assert early is not None
    for _ in range(3):
        tried(breaker, 1.0, well=False)
    assert breaker.record(early, well=well, now=5.0) is None
    breaker.withdraw(early)
    assert breaker.state is BreakerState.OPEN
    assert breaker.permit(10.9) is None


def test_a_share_of_failures_opens_it_when_there_are_enough() -> None:
    breaker = Breaker(BreakerRules(failures_in_row=0, failure_share=0.5, window_s=10, window_min=4))
    changes = [tried(breaker, second, well=second % 2 == 0) for second in (0.0, 1.0, 2.0)]
    assert changes == [None, None, None]
    assert tried(breaker, 3.0, well=False) is BreakerChange.OPENED


def test_failures_that_are_long_past_do_not_count() -> None:
    breaker = Breaker(BreakerRules(failures_in_row=0, failure_share=0.5, window_s=10, window_min=3))
    tried(breaker, 0.0, well=False)
    tried(breaker, 0.0, well=False)
    assert tried(breaker, 12.0, well=False) is None
    assert tried(breaker, 12.0, well=False) is None
    assert tried(breaker, 12.0, well=False) is BreakerChange.OPENED


def test_failures_from_before_it_closed_again_do_not_count() -> None:
    rules = BreakerRules(failures_in_row=0, failure_share=0.5, window_s=100, window_min=4, open_s=1)
    breaker = Breaker(rules)
    for _ in range(4):
        tried(breaker, 0.0, well=False)
    assert tried(breaker, 1.0, well=True) is BreakerChange.CLOSED
    assert [tried(breaker, 2.0, well=False) for _ in range(3)] == [None, None, None]


STEPS = st.lists(
    st.tuples(st.floats(0, 20), st.sampled_from(["ask", "well", "badly", "withdraw"]), st.integers(0, 9)),
    max_size=200,
)


@given(STEPS)
def test_it_is_never_open_for_good_and_never_lets_two_try(steps: list[tuple[float, str, int]]) -> None:
    rules = BreakerRules(failures_in_row=2, failure_share=0.5, window_s=5, window_min=4, open_s=7)
    breaker, now = Breaker(rules), 0.0
    out: list[tuple[int, BreakerState]] = []
    for later_s, act, which in steps:
        now += later_s
        if act == "ask":
            permit = breaker.permit(now)
            if permit is not None:
                out.append((permit, breaker.state))
        elif out:
            permit, _ = out.pop(which % len(out))
            if act == "withdraw":
                breaker.withdraw(permit)
            else:
                breaker.record(permit, well=act == "well", now=now)
        probes = [permit for permit, state in out if state is BreakerState.PROBING]
        assert len(probes) == len(set(probes))
        if breaker.state is BreakerState.PROBING:
            assert breaker.permit(now) is None
            assert len(probes) >= 1
    for permit, _ in out:
        breaker.withdraw(permit)
    now += rules.open_s
    was_open = breaker.open_for_s(now) is not None
    assert tried(breaker, now, well=True) is (BreakerChange.CLOSED if was_open else None)
    assert breaker.state is BreakerState.CLOSED
