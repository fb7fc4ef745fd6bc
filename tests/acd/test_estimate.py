"""The estimated wait: as often right as it says, honest where nothing is known, moved by what should."""

import math
from collections.abc import Sequence

import pytest

from acd.callback_events import CallbackDialled, CallbackReturned
from acd.estimate import Estimate, estimate_wait
from acd.events import CallerJoined, CallerLeft, LeaveReason
from acd.figures import QueueFigures
from acd.pace import Pace, Rate
from acd.queue_config import QueueConfig
from acd.queue_rules import OverflowCause, OverflowRule
from acd.traffic import Traffic
from runtime.vocabulary import Output
from tests.acd.centre import SERVICE, Centre, agents_of, one, only
from tests.acd.markov_centre import QUEUE, MarkovCentre

HANDLE_S = 180
CALLS = 6000
SHARE = (0.75, 0.9)
"""Callers served inside an interval made for four of five."""


class WatchedCentre(MarkovCentre):
    """Holds what callers were told to what became of them."""

    def __init__(self, traffic: Traffic, agents: int, seed: int) -> None:
        self.figures = QueueFigures([QUEUE])
        super().__init__(traffic, agents, seed)

    def _note(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            if isinstance(output, CallerJoined):
                self.figures.caller_joined(output)
            elif isinstance(output, CallerLeft):
                self.figures.caller_left(output)
        super()._note(outputs)


@pytest.mark.parametrize(
    ("agents", "load", "patience_s"),
    [(1, 0.8, math.inf), (3, 2.6, math.inf), (8, 7.2, math.inf), (8, 8.0, 300), (20, 20.0, 600)],
)
def test_callers_are_served_inside_the_interval_they_were_told(
    agents: int, load: float, patience_s: float
) -> None:
    centre = WatchedCentre(Traffic(load * 3600 / HANDLE_S, HANDLE_S, patience_s), agents, seed=agents)
    centre.calls(CALLS)
    inside, of = centre.figures.estimates("service")
    assert of > CALLS / 5
    assert SHARE[0] <= inside / of <= SHARE[1]


def seen(
    taken: float = 0.0,
    taken_s: float = 0.0,
    given_up: Rate | None = None,
    came: dict[int, Rate] | None = None,
) -> Pace:
    """A queue in which talks last 180 s."""
    return Pace(
        taken=Rate(taken, taken_s),
        talked=Rate(100, 18_000),
        given_up=given_up or Rate(),
        came=came or {},
    )


def likely_s(pace: Pace, position: int = 1, priority: int = 0, working: int = 6) -> float:
    found = estimate_wait(pace, position, priority, working=working, wrap_up_s=0)
    assert found is not None
    return found.likely_s


def test_nothing_is_told_where_nothing_is_known_or_nobody_works() -> None:
    assert estimate_wait(Pace(), 1, 0, working=5, wrap_up_s=10) is None
    assert estimate_wait(Pace(talked=Rate(2, 300)), 1, 0, working=5, wrap_up_s=10) is None
    assert estimate_wait(seen(), 1, 0, working=0, wrap_up_s=10) is None


def test_each_caller_ahead_waits_for_one_of_the_agents() -> None:
    assert [likely_s(seen(), position) for position in (1, 2, 10)] == [30, 60, 300]
    assert likely_s(seen(), working=3) == 60


def test_agents_count_with_the_time_that_other_queues_leave_them() -> None:
    half = seen(taken=100, taken_s=36_000)
    assert likely_s(half) == pytest.approx(60, rel=0.05)


def test_the_patience_of_those_ahead_shortens_the_wait_however_many_they_are() -> None:
    impatient = seen(given_up=Rate(100, 30_000))
    exact = sum(1 / (6 / 180 + ahead / 300) for ahead in range(200))
    assert likely_s(impatient, 200) == pytest.approx(exact, rel=0.001)
    assert likely_s(seen(), 200) == 6000


def test_callers_of_higher_priority_who_come_later_lengthen_it() -> None:
    half = seen(came={5: Rate(100, 6000), 0: Rate(100, 6000)})
    assert (likely_s(half, priority=0), likely_s(half, priority=5)) == (60, 30)


def test_a_few_calls_make_a_wide_interval() -> None:
    few = estimate_wait(Pace(talked=Rate(3, 540)), 20, 0, working=6, wrap_up_s=0)
    many = estimate_wait(seen(), 20, 0, working=6, wrap_up_s=0)
    assert few is not None
    assert many is not None
    assert few.low_s < many.low_s < many.likely_s == few.likely_s < many.high_s < few.high_s


def serve(centre: Centre, calls: int) -> None:
    """Each is answered at once and talks for a minute."""
    for number in range(calls):
        centre.join(f"served-{number}")
        centre.talk(f"served-{number}")
        centre.wait(60)
        centre.hang_up(f"served-{number}")
        centre.wait(10)


def test_an_estimate_comes_with_the_place_unless_an_agent_is_free() -> None:
    centre = Centre([SERVICE])
    centre.staff("1001")
    serve(centre, 5)
    free = one(CallerJoined, centre.join("talks"))
    assert (free.low_s, free.likely_s, free.high_s) == (None, None, None)
    centre.talk("talks")
    told = one(CallerJoined, centre.join("waits"))
    assert told.likely_s == pytest.approx(70, abs=1)
    assert told.low_s < told.likely_s < told.high_s  # type: ignore[operator]


def test_newcomers_go_elsewhere_when_the_wait_would_be_long() -> None:
    rules = [
        OverflowRule(when=OverflowCause.ESTIMATED_WAIT, above=60, also="backup"),
        OverflowRule(when=OverflowCause.ESTIMATED_WAIT, above=100, to="hang_up"),
    ]
    service = SERVICE.model_copy(update={"overflow": rules})
    centre = Centre([service, QueueConfig(name="backup")], agents_of("service"))
    centre.staff("1001")
    serve(centre, 5)
    centre.join("talks")
    centre.talk("talks")
    assert [joined.queue for joined in only(CallerJoined, centre.join("first"))] == ["service", "backup"]
    assert one(CallerLeft, centre.join("second")).reason == "overflowed"


def test_a_restart_from_a_snapshot_forgets_nothing_of_it() -> None:
    centre, other = Centre([SERVICE]), Centre([SERVICE])
    centre.staff("1001")
    serve(centre, 5)
    other.core.restore(centre.core.snapshot())
    assert other.core.state.queues["service"].pace == centre.core.state.queues["service"].pace


def test_who_gives_up_before_the_interval_ends_says_nothing_of_it() -> None:
    figures = QueueFigures([SERVICE])
    told = Estimate(low_s=10, likely_s=20, high_s=40)
    outcomes = [("connected", 9), ("connected", 10), ("connected", 40), ("abandoned", 39), ("abandoned", 41)]
    for number, (reason, wait_s) in enumerate(outcomes):
        figures.caller_joined(joined(f"{number}", told))
        figures.caller_left(left(f"{number}", reason, wait_s))
    assert figures.estimates("service") == (2, 4)


def test_a_callback_is_held_to_what_was_told_before_its_call_changed_and_nothing_is_kept_of_it() -> None:
    figures = QueueFigures([SERVICE])
    figures.caller_joined(joined("first", Estimate(low_s=10, likely_s=20, high_s=40)))
    figures.call_changed(
        CallbackDialled(
            callback_id="entry",
            call_id="second",
            former_call_id="first",
            contact_id="contact",
            queue="service",
            number="13800138000",
            attempt=1,
        )
    )
    figures.call_changed(
        CallbackReturned(
            callback_id="entry",
            call_id="third",
            former_call_id="second",
            contact_id="contact",
            queue="service",
        )
    )
    figures.caller_left(left("third", "connected", 30))
    assert figures.estimates("service") == (1, 1)
    assert not figures._told


def joined(call_id: str, told: Estimate) -> CallerJoined:
    return CallerJoined(
        call_id=call_id,
        contact_id="contact",
        queue="service",
        caller_number="",
        position=1,
        low_s=told.low_s,
        likely_s=told.likely_s,
        high_s=told.high_s,
    )


def left(call_id: str, reason: str, wait_s: float) -> CallerLeft:
    return CallerLeft(
        call_id=call_id,
        contact_id="contact",
        queue="service",
        reason=LeaveReason(reason),
        position=1,
        wait_ms=round(wait_s * 1000),
        offers=1,
        agent=None,
    )
