"""All alarms: a core that is told when figures may be other, reads them, and says what is raised and over.

Nothing is asked over and over: what grows by itself (a wait, a conversation) has a deadline at its threshold,
rates have one at the end of each slice of their window. Only figures of which no events tell are looked at
every ``LOOK_S``, and those only while an alarm needs them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from runtime.deadlines import Deadlines, earliest
from runtime.driver import Handler, Outputs, merge_routes
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.problems import listed
from runtime.tenancy import tenant_of
from runtime.vocabulary import Output
from switch.alarms.announcing import Announcing, repeats_at
from switch.alarms.commands import AcknowledgeAlarm, ConfigureAlarms, SilenceAlarm, StartAlarms
from switch.alarms.config import AlarmConfig
from switch.alarms.describing import acknowledged_event, cleared_event
from switch.alarms.events import ClearReason
from switch.alarms.keeping import from_plain, plain
from switch.alarms.measures import Kind, Measure
from switch.alarms.reading import Reading
from switch.alarms.sources import Source, WaitEnded
from switch.alarms.telling import Telling
from switch.alarms.watch import Key, Raised, Watch
from switch.alarms.window import ShareWindow
from switch.calendars.events import CalendarClosed, CalendarOpened

LOOK_S = 2.0


class Alarms:
    """Takes the commands of ``commands.py`` and the events that its sources name."""

    def __init__(
        self,
        configs: Sequence[AlarmConfig],
        sources: Iterable[Source],
        ids: Ids,
        wall: Callable[[], float],
        is_open: Callable[[str], bool],
    ) -> None:
        """``wall``: seconds since the Unix epoch; ``is_open``: whether a calendar is."""
        self._configs = tuple(configs)
        self._sources = {source.kind: source for source in sources}
        self._wall = wall
        self._is_open = is_open
        self._telling = Telling(ids)
        self._announcing = Announcing(ids, wall, is_open, self._telling)
        self._watches: dict[Key, Watch] = {}
        self._of_subject: dict[tuple[Kind, str], tuple[Watch, ...]] = {}
        """For every subject that was met, mostly nothing."""
        self._due: Deadlines[Key] = Deadlines()
        self._looked_at: list[Watch] = []
        """Those of whose figures no events tell."""
        self._look_at: float | None = None
        self._kept: dict[Key, Raised] = {}
        """What was raised in the run before, until the start."""

    def routes(self) -> dict[type, Handler]:
        own: dict[type, Handler] = {
            StartAlarms: lambda command, now: self._watch_all(now),
            ConfigureAlarms: self._configure,
            AcknowledgeAlarm: self._acknowledge,
            SilenceAlarm: self._silence,
            CalendarOpened: self._calendar_changed,
            CalendarClosed: self._calendar_changed,
        }
        told = (part for source in self._sources.values() for part in self._routes_of(source))
        return merge_routes(own, self._telling.routes(), *told)

    def next_deadline(self) -> float | None:
        return earliest(self._due.next(), self._look_at, self._telling.next_deadline())

    def wake(self, *, now: float) -> Outputs:
        key = self._due.first_due(now)
        if key is not None:
            return self._settle(self._watches[key], now)
        if self._look_at is not None and self._look_at <= now:
            return self._look(now)
        return self._telling.wake(now=now)

    # -- what is asked -------------------------------------------------------------------

    @property
    def configs(self) -> Sequence[AlarmConfig]:
        return self._configs

    @property
    def raised(self) -> Iterator[tuple[Watch, Raised]]:
        """All that are not over, by the alarms' order in the configuration."""
        order = {config.name: place for place, config in enumerate(self._configs)}
        found = [(watch, watch.raised) for watch in self._watches.values() if watch.raised is not None]
        yield from sorted(found, key=lambda each: (order[each[1].alarm], each[1].subject))

    def silenced_until(self, alarm: str, subject: str) -> float | None:
        """By the wall clock; None: services are told."""
        return self._announcing.silenced_until(alarm, subject)

    @property
    def open_watches(self) -> int:
        return len(self._watches)

    @property
    def open_notices(self) -> int:
        """What services were told and have not confirmed."""
        return self._telling.open_notices

    # -- over a restart ------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """What is raised and what is silenced, as plain data; no time in it is of the monotonic clock."""
        return plain((raised for _, raised in self.raised), self._announcing.silences)

    def restore(self, kept: dict[str, Any]) -> None:
        """Before the start, go on from a snapshot; the first look clears what is over."""
        self._kept, self._announcing.silences = from_plain(kept)

    # -- what is watched -----------------------------------------------------------------

    def _routes_of(self, source: Source) -> Iterator[dict[type, Handler]]:
        def changed(whose: Callable[[Any], Iterable[str]]) -> Handler:
            return lambda event, now: self._changed(source.kind, whose(event), now) if self._configs else ()

        def ended(told: Callable[[Any], WaitEnded | None]) -> Handler:
            return lambda event, now: self._wait_ended(told(event), now) if self._configs else ()

        yield {kind: ended(told) for kind, told in source.outcomes.items()}
        yield {kind: changed(whose) for kind, whose in source.changes.items()}

    def _watch_all(self, now: float) -> Outputs:
        """Begin to watch whatever there is, and see what is left of the run before."""
        outputs: list[Output] = []
        for kind in {config.kind: None for config in self._configs}:
            for subject in self._names(kind):
                for watch in self._watches_of(kind, subject, now):
                    outputs += self._settle(watch, now)
        gone, self._kept = self._kept, {}
        wall = self._wall()
        outputs += [cleared_event(raised, None, ClearReason.REMOVED, wall) for raised in gone.values()]
        self._looked_at = [w for w in self._watches.values() if self._sources[w.kind].looked_at]
        self._look_at = now + LOOK_S if self._looked_at else None
        return outputs

    def _names(self, kind: Kind) -> list[str]:
        source = self._sources.get(kind)
        return [] if source is None else list(source.names())

    def _watches_of(self, kind: Kind, subject: str, now: float) -> tuple[Watch, ...]:
        found = self._of_subject.get((kind, subject))
        if found is None:
            configs = [c for c in self._configs if c.kind is kind and c.watches(subject)]
            found = self._of_subject[kind, subject] = tuple(self._begin(c, subject, now) for c in configs)
        return found

    def _begin(self, config: AlarmConfig, subject: str, now: float) -> Watch:
        """One that is there already goes on."""
        if (known := self._watches.get((config.name, subject))) is not None:
            return known
        window = ShareWindow(config.window_s, config.window_min) if config.nature.windowed else None
        watch = self._watches[config.name, subject] = Watch(config, subject, window)
        kept = self._kept.pop(watch.key, None)
        if kept is not None:
            watch.resume(kept)
            kept.repeat_at = None if kept.acknowledged_by else repeats_at(config, now)
        return watch

    def _configure(self, command: ConfigureAlarms, now: float) -> Outputs:
        """Watches of alarms that are as they were go on; of others only what is raised does."""
        before, same = self._watches, {c.name for c in command.alarms if c in self._configs}
        self._configs = tuple(command.alarms)
        self._watches = {key: watch for key, watch in before.items() if key[0] in same}
        self._of_subject.clear()
        for key, watch in before.items():
            if key not in self._watches:
                self._due.cancel(key)
                if watch.raised is not None:
                    self._kept[key] = watch.raised
        return self._watch_all(now)

    # -- what happens --------------------------------------------------------------------

    def _changed(self, kind: Kind, subjects: Iterable[str], now: float) -> list[Output]:
        return [
            output
            for subject in subjects
            for watch in self._watches_of(kind, subject, now)
            if watch.window is None
            for output in self._settle(watch, now)
        ]

    def _wait_ended(self, told: WaitEnded | None, now: float) -> Outputs:
        if told is None:
            return []
        outputs: list[Output] = []
        for watch in self._watches_of(Kind.QUEUE, told.queue, now):
            if watch.window is not None:
                watch.window.count(hit=_is_hit(watch.config, told), now=now)
                outputs += self._settle(watch, now)
        return outputs

    def _calendar_changed(self, event: CalendarOpened | CalendarClosed, now: float) -> Outputs:
        watches = [w for w in self._watches.values() if w.config.calendar == event.calendar]
        return [output for watch in watches for output in self._settle(watch, now)]

    def _look(self, now: float) -> Outputs:
        self._look_at = now + LOOK_S
        return [output for watch in self._looked_at for output in self._settle(watch, now)]

    def _settle(self, watch: Watch, now: float) -> list[Output]:
        watch.settle(self._read(watch, now), now)
        outputs = self._announcing.tell(watch, now)
        at = watch.next_deadline()
        if at is None:
            self._due.cancel(watch.key)
        else:
            self._due.set(watch.key, at)
        return outputs

    def _read(self, watch: Watch, now: float) -> Reading | None:
        config = watch.config
        if config.calendar and not self._is_open(config.calendar):
            return None
        if watch.window is None:
            return self._sources[watch.kind].read(config, watch.subject, now)
        share = watch.window.share(now)
        return None if share is None else Reading(share, now)

    # -- what people want ----------------------------------------------------------------

    def find_raised(self, alarm_id: str) -> tuple[Watch, Raised]:
        """Raises UsageError when there is none, or it is over."""
        for watch, raised in self.raised:
            if raised.alarm_id == alarm_id:
                return watch, raised
        raise UsageError(f"there is no alarm {alarm_id!r} now; it is over, or alarm.list names it otherwise")

    def find_config(self, alarm: str) -> AlarmConfig:
        """Raises UsageError when there is none."""
        for config in self._configs:
            if config.name == alarm:
                return config
        known = listed(c.name for c in self._configs if tenant_of(c.name) == tenant_of(alarm))
        raise UsageError(f"there is no alarm {alarm!r} in [[alarms]]; there are {known}")

    def _acknowledge(self, command: AcknowledgeAlarm, now: float) -> Outputs:
        watch, raised = self.find_raised(command.alarm_id)
        raised.acknowledged_by, raised.repeat_at = command.by, None
        return [acknowledged_event(raised, command.by, command.note), *self._settle(watch, now)]

    def _silence(self, command: SilenceAlarm, now: float) -> Outputs:
        self.find_config(command.alarm)
        return [self._announcing.silence(command)]


def _is_hit(config: AlarmConfig, told: WaitEnded) -> bool:
    if config.measure is Measure.ABANDONED_RATE:
        return told.abandoned
    in_time = config.measure is Measure.ANSWER_RATE or told.wait_s <= config.within_s
    return told.answered and in_time
