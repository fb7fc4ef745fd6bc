"""Each queue's callers are counted once, by what became of them and by how long they waited."""

import pytest

from acd.events import CallerJoined, CallerLeft, LeaveReason
from acd.figures import QueueFigures
from acd.queue_config import QueueConfig
from runtime.vocabulary import Output
from tests.acd.centre import Centre, agents_of

QUEUES = [QueueConfig(name="service", service_level_s=[15, 20]), QueueConfig(name="second", max_waiting=1)]


def figures_of(outputs: list[Output]) -> QueueFigures:
    figures = QueueFigures(QUEUES)
    for output in outputs:
        if isinstance(output, CallerJoined):
            figures.caller_joined(output)
        elif isinstance(output, CallerLeft):
            figures.caller_left(output)
    return figures


def served_after(*waits_s: float) -> Centre:
    centre = Centre(QUEUES, agents_of("service"))
    for number, wait_s in enumerate(waits_s):
        centre.join(f"call-{number}")
        centre.wait(wait_s)
        centre.staff("1001")
        centre.talk(f"call-{number}")
        centre.hang_up(f"call-{number}")
        centre.sign_out("1001")
    return centre


def test_who_is_answered_within_a_threshold_counts_in_all_longer_ones() -> None:
    centre = served_after(3, 15, 19, 19.999, 300)
    centre.join("impatient")
    centre.wait(2)
    centre.hang_up("impatient")
    centre.join("waits still")
    figures = figures_of(centre.outputs)
    assert figures.answered_within("service") == {15: 1, 20: 3}
    assert (figures.of("service")["offered"], figures.over("service")) == (7, 6)


def test_who_is_turned_away_or_waits_elsewhere_too_counts_once() -> None:
    centre = served_after()
    for call in ("first", "full"):
        centre.join(call, "second")
    centre.join("both", "service", "second")
    centre.join("two", "service")
    centre.hang_up("two")
    centre.hang_up("first")
    figures = figures_of(centre.outputs)
    assert (figures.over("second"), figures.of("second")["turned_away"]) == (2, 1)
    assert figures.over("service") == 1


@pytest.mark.parametrize("thresholds", [[], [20, 15], [15, 15], [0], [5000]])
def test_thresholds_that_say_nothing_are_refused(thresholds: list[float]) -> None:
    with pytest.raises(ValueError, match="service_level_s"):
        QueueConfig(name="service", service_level_s=thresholds)


def answered_after(wait_ms: int) -> CallerLeft:
    return CallerLeft(
        call_id="call",
        contact_id="contact",
        queue="service",
        reason=LeaveReason.CONNECTED,
        position=1,
        wait_ms=wait_ms,
        offers=1,
        agent="1001",
    )


def test_a_new_threshold_counts_callers_from_when_it_was_configured() -> None:
    figures = QueueFigures([QueueConfig(name="service", service_level_s=[20])])
    figures.caller_left(answered_after(5_000))
    figures.configure([QueueConfig(name="service", service_level_s=[10, 20])])
    figures.caller_left(answered_after(15_000))
    assert list(figures.service_levels("service")) == [(10, 0, 1), (20, 2, 2)]
