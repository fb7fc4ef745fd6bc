"""Alarms over made-up figures, on a clock that the test moves."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from media._core import Ways
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.driver import Driver, Outputs
from runtime.ids import SeededIds
from runtime.vocabulary import Event, plain_data
from switch.alarms.alarms import Alarms
from switch.alarms.commands import ConfigureAlarms, StartAlarms, TellAgents
from switch.alarms.config import AlarmConfig
from switch.alarms.measures import Kind
from switch.alarms.reading import Reading
from switch.alarms.sources import Source, WaitEnded
from switch.lookups.commands import LookUp


@plain_data
class FigureMoved(Event):
    """Stands for what an application tells."""

    topic = "test.figure_moved"
    subject: str


@plain_data
class WaitOver(Event):
    """Stands for a caller who left."""

    topic = "test.wait_over"
    ended: WaitEnded


@dataclass(frozen=True)
class Growing:
    """A figure that began to grow at a moment."""

    since: float


def alarm(*levels: tuple[str, float, float], for_s: float = 0.0, **keys: Any) -> AlarmConfig:
    """Levels are name, on and off."""
    given = {"name": "line", "kind": "queue", "measure": "waiting", **keys}
    rules = [{"level": name, "on": on, "off": off, "for_s": for_s} for name, on, off in levels]
    return AlarmConfig.model_validate({**given, "levels": rules})


class AlarmRig:
    """Queues ``service`` and ``billing`` with one figure each, and whatever was told and sent."""

    def __init__(self, *configs: AlarmConfig, names: Sequence[str] = ("service", "billing")) -> None:
        self.clock = ManualClock(1000.0)
        self.figures: dict[str, float | Growing | None] = dict.fromkeys(names, 0.0)
        self.open_calendars = {"office"}
        self.told: list[Event] = []
        self.sent: list[LookUp] = []
        self.read: list[TellAgents] = []
        self.looks = 0
        self.timer = ManualAlarm()
        self.driver = Driver(self.clock, self.timer, self._fail, Ways())
        self.alarms = Alarms(
            configs,
            [self._source(Kind.QUEUE), self._source(Kind.TRUNK, looked_at=True)],
            SeededIds(),
            self.clock.wall,
            self.open_calendars.__contains__,
        )
        self.driver.add_core(self.alarms)
        self.driver.add_routes(self.alarms.routes())
        self.driver.add_routes({LookUp: self._send, TellAgents: self._show})
        self.driver.observe(lambda event, wall: self.told.append(event))

    def start(self) -> "AlarmRig":
        self.driver.submit(StartAlarms())
        return self

    def set(self, value: float | None, subject: str = "service", *, growing: bool = False) -> list[Event]:
        """The figure is this from now on; returns what is told of alarms."""
        moved = Growing(self.clock.now() - value) if growing and value is not None else value
        self.figures[subject] = moved
        self.driver.submit(FigureMoved(subject=subject))
        return self.take()

    def leave(self, wait_s: float = 5.0, **fate: bool) -> list[Event]:
        """A caller of ``service`` waits no longer."""
        self.driver.submit(WaitOver(ended=WaitEnded("service", wait_s, **fate)))
        return self.take()

    def wait(self, seconds: float) -> list[Event]:
        """Let time pass from deadline to deadline; returns what is told of alarms."""
        end = self.clock.now() + seconds
        while (due := self.timer.deadline) is not None and due <= end:
            self.clock.move_to(max(self.clock.now(), due))
            self.timer.ring()
        self.clock.move_to(end)
        return self.take()

    def configure(self, *configs: AlarmConfig) -> list[Event]:
        self.driver.submit(ConfigureAlarms(alarms=configs))
        return self.take()

    def take(self) -> list[Event]:
        told = [event for event in self.told if event.topic.startswith("alarm.")]
        self.told.clear()
        return told

    def _source(self, kind: Kind, *, looked_at: bool = False) -> Source:
        changes: dict[type, Callable[[Any], Iterable[str]]] = (
            {} if looked_at else {FigureMoved: lambda event: (event.subject,)}
        )
        outcomes: dict[type, Callable[[Any], WaitEnded | None]] = (
            {} if looked_at else {WaitOver: lambda event: event.ended}
        )
        return Source(kind, lambda: tuple(self.figures), self._read, changes, outcomes, looked_at)

    def _read(self, config: AlarmConfig, subject: str, now: float) -> Reading | None:
        self.looks += 1
        match self.figures.get(subject):
            case None:
                return None
            case Growing(since):
                return Reading(0.0, since, grows=True)
            case value:
                return Reading(value, now)

    def _show(self, command: TellAgents, now: float) -> Outputs:
        self.read.append(command)
        return ()

    def _send(self, order: LookUp, now: float) -> Outputs:
        self.sent.append(order)
        return ()

    def _fail(self, item: object, error: Exception) -> Outputs:
        raise error


def topics(events: Sequence[Event]) -> list[str]:
    """The last words, such as ``raised``."""
    return [event.topic.removeprefix("alarm.") for event in events]
