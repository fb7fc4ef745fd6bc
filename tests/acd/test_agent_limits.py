"""Agents are warned of their own figures."""

import pytest

from acd.agent_events import AgentLimit, AgentSignedIn, AgentStateChanged, AgentWarned
from acd.agent_limits import AgentLimits
from acd.config import AcdConfig, NotReadyReason
from acd.config import AgentLimits as LimitsConfig
from runtime.vocabulary import Output
from tests.acd.centre import Centre


class Desk:
    """A centre whose agents' limits are watched, on its clock."""

    def __init__(self, **limits_s: float) -> None:
        config = AcdConfig(
            warn_agents=LimitsConfig(**limits_s), not_ready_reasons=[NotReadyReason(code="lunch", rest=True)]
        )
        self.centre, self.limits = Centre(config=config), AgentLimits(config)

    def note(self) -> None:
        for output in self.centre.outputs:
            if isinstance(output, AgentSignedIn):
                self.limits.signed_in(output, self.centre.now)
            elif isinstance(output, AgentStateChanged):
                self.limits.state_changed(output, self.centre.now)
        self.centre.outputs.clear()

    def wait(self, seconds: float) -> list[tuple[str, float]]:
        """What agents are warned of meanwhile, and how long after the beginning of the wait."""
        self.note()
        begun, warned = self.centre.now, list[tuple[str, float]]()
        until = begun + seconds
        while (at := self.limits.next_deadline()) is not None and at <= until:
            told: list[Output] = list(self.limits.wake(now=at))
            warned += [(one.limit, round(at - begun, 3)) for one in told if isinstance(one, AgentWarned)]
        self.centre.wait(seconds)
        self.note()
        return warned


def test_a_conversation_and_its_wrap_up_are_told_once_when_they_take_too_long() -> None:
    desk = Desk(talk_s=60, wrap_up_s=5)
    desk.centre.staff("1001")
    for call in ("one", "two"):
        desk.centre.join(call)
        desk.centre.talk(call)
        assert desk.wait(200) == [(AgentLimit.TALK, 60)], "each conversation anew"
        desk.centre.hang_up(call)
        assert desk.wait(20) == [(AgentLimit.WRAP_UP, 5)]


def test_a_short_conversation_is_not_told() -> None:
    desk = Desk(talk_s=60)
    desk.centre.staff("1001")
    desk.centre.join("call")
    desk.centre.talk("call")
    assert desk.wait(59) == []
    desk.centre.hang_up("call")
    assert desk.wait(500) == []


def test_a_stay_not_ready_goes_on_when_only_its_reason_changes() -> None:
    desk = Desk(not_ready_s=100)
    desk.centre.seat("1001")
    assert desk.wait(60) == []
    desk.centre.not_ready("1001", "lunch")
    assert desk.wait(60) == [(AgentLimit.NOT_READY, 40)]
    desk.centre.ready("1001")
    desk.wait(10)
    desk.centre.not_ready("1001", "lunch")
    assert desk.wait(99) == [], "another stay"


def test_what_a_shift_may_have_of_rest_is_used_up_stay_by_stay_and_told_once() -> None:
    desk = Desk(rest_s=100)
    desk.centre.seat("1001")
    assert desk.wait(300) == [], "signing in is no rest"
    desk.centre.not_ready("1001", "lunch")
    assert desk.wait(70) == []
    desk.centre.ready("1001")
    assert desk.wait(1000) == []
    desk.centre.not_ready("1001", "lunch")
    assert desk.wait(40) == [(AgentLimit.REST, 30)]
    desk.centre.ready("1001")
    desk.wait(10)
    desk.centre.not_ready("1001", "lunch")
    assert desk.wait(500) == [], "told already"


def test_a_new_shift_begins_anew() -> None:
    desk = Desk(busy_s=100)
    desk.centre.seat("1001")
    assert desk.wait(150) == [(AgentLimit.BUSY, 100)]
    desk.centre.sign_out("1001")
    assert desk.wait(500) == [], "nobody is there"
    desk.centre.seat("1001")
    assert desk.wait(150) == [(AgentLimit.BUSY, 100)]


@pytest.mark.parametrize("figure", list(AgentLimit))
def test_without_limits_nobody_is_warned(figure: AgentLimit) -> None:
    desk = Desk(**{figure.value: 0})
    desk.centre.seat("1001")
    desk.centre.not_ready("1001", "lunch")
    assert desk.wait(10_000) == []
    assert desk.limits.next_deadline() is None
