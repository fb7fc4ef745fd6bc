"""What queues and agents tell alarms: the figures of a real core, and an alarm that follows them."""

from acd.agent import AgentState
from acd.alarm_sources import alarm_sources
from acd.events import CallerLeft
from runtime.ids import SeededIds
from runtime.vocabulary import Event
from switch.alarms.alarms import Alarms
from switch.alarms.commands import StartAlarms
from switch.alarms.config import AlarmConfig
from tests.acd.centre import Centre, agents_of
from tests.switch.alarms.alarm_rig import alarm, topics


class Watched:
    """A small centre with alarms: each output of its core goes to them, and their timers ring."""

    def __init__(self, *configs: AlarmConfig, agents: int = 2) -> None:
        self.centre = Centre(agents=agents_of("service", count=agents))
        state = self.centre.core.state
        self.alarms = Alarms(
            configs, alarm_sources(state), SeededIds(), lambda: self.centre.now, lambda _: True
        )
        self._routes = self.alarms.routes()
        self._heard = 0
        self._tell(StartAlarms())

    def hear(self) -> list[Event]:
        """What alarms say of all that has happened."""
        outputs, self._heard = self.centre.outputs[self._heard :], len(self.centre.outputs)
        return [event for output in outputs for event in self._tell(output)]

    def wait(self, seconds: float) -> list[Event]:
        end, told = self.centre.now + seconds, list[Event]()
        while (due := self.alarms.next_deadline()) is not None and due <= end:
            self.centre.wait(due - self.centre.now)
            told += [*self.hear(), *self.alarms.wake(now=self.centre.now)]
        self.centre.wait(end - self.centre.now)
        return told + self.hear()

    def _tell(self, item: object) -> list[Event]:
        handle = self._routes.get(type(item))
        return [] if handle is None else list(handle(item, self.centre.now))


def test_who_waits_too_many_or_too_long_is_heard_at_once_and_in_time() -> None:
    line = alarm(("warning", 2.0, 0.0))
    wait = alarm(("major", 30.0, 0.0), name="wait", measure="longest_wait_s")
    watched = Watched(line, wait)
    watched.centre.join("call-1")
    assert topics(watched.hear()) == []
    watched.centre.wait(10)
    watched.centre.join("call-2")
    assert topics(watched.hear()) == ["raised"]
    assert topics(watched.wait(19.9)) == []
    assert topics(watched.wait(0.2)) == ["raised"]
    watched.centre.hang_up("call-1")
    assert topics(watched.hear()) == [], "the other has waited for 20 s, and off is 0"
    watched.centre.hang_up("call-2")
    assert sorted(topics(watched.hear())) == ["cleared", "cleared"]
    assert list(watched.alarms.raised) == []


def test_an_agent_who_talks_or_rests_too_long_has_an_alarm_of_the_own() -> None:
    talks = alarm(("warning", 60.0, 0.0), name="talks", kind="agent", measure="talk_s")
    rests = alarm(("warning", 120.0, 0.0), name="rests", kind="agent", measure="not_ready_s")
    watched = Watched(talks, rests)
    centre = watched.centre
    centre.staff("1001")
    centre.seat("1002")
    centre.join("call-1")
    centre.talk("call-1")
    assert watched.hear() == []
    (talking,) = watched.wait(60.5)
    (resting,) = watched.wait(60)
    assert (talking.subject, resting.subject) == ("1001", "1002")  # type: ignore[attr-defined]
    centre.hang_up("call-1")
    centre.ready("1002")
    assert topics(watched.hear()) == ["cleared", "cleared"]
    assert centre.state("1001") is AgentState.WRAP_UP


def test_free_agents_follow_offers_and_shifts() -> None:
    watched = Watched(alarm(("warning", 0.0, 2.0), measure="free_agents"))
    assert [raised.subject for _, raised in watched.alarms.raised] == ["service"]
    watched.centre.staff("1001")
    assert topics(watched.hear()) == []
    watched.centre.staff("1002")
    assert topics(watched.hear()) == ["cleared"]
    watched.centre.join("call-1")
    watched.centre.not_ready("1002")
    assert topics(watched.hear()) == ["raised"], "one is rung, the other away"


def test_rates_are_of_those_whose_wait_is_over_once_each() -> None:
    watched = Watched(alarm(("warning", 0.5, 0.6), measure="answer_rate", window_min=2))
    centre = watched.centre
    centre.staff("1001")
    centre.join("call-1")
    centre.talk("call-1")
    centre.join("call-2")
    centre.hang_up("call-2")
    (raised,) = watched.hear()
    assert raised.value == 0.5  # type: ignore[attr-defined]
    assert len([output for output in centre.outputs if isinstance(output, CallerLeft)]) == 2
