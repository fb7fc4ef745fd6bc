"""Whether inputs told again lead to the events that the journal has."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import dropwhile
from typing import Any

from acd import agent_events, callback_events, configuration_events, events
from acd.replay.lines import BEGINNINGS
from acd.replay.player import Diverged, Player, Retold
from runtime.vocabulary import Event, event_fields
from switch.events import SwitchStarted
from switch.records.projection import JournalEntry
from switch.records.segment import decode_line, encode_line

SLACK_S = 2.0
"""An event has the time of its run of the loop, the input the time at which it was worked on."""
CUT_OFF_S = 2.0
"""The journal may lack what a run that was killed said so shortly before its end."""

_MODULES = (events, agent_events, callback_events, configuration_events)
TOPICS = frozenset(
    kind.topic
    for module in _MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
)
"""Of all events that the core can say."""
TOPICS_COMPARED = TOPICS | {SwitchStarted.topic}
"""What is to be read of the journal."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first that is not as it was."""

    time: float
    """Of the input, by the wall clock."""
    given: str
    """What the input was."""
    reason: str
    then: dict[str, Any] | None = None
    """What the journal has: topic and fields."""
    now: dict[str, Any] | None = None


@dataclass(slots=True)
class Verdict:
    """What came out."""

    inputs: int = 0
    events: int = 0
    """That are in the journal as they were said again."""
    lost: int = 0
    """Inputs that are missing, with those behind them that could not be told again."""
    began: float | None = None
    ended: float | None = None
    other_versions: list[str] = field(default_factory=list)
    """Of those who wrote the inputs, if that was not this code."""
    difference: Difference | None = None

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compare(
    player: Player, inputs: Iterable[JournalEntry], journal: Iterator[JournalEntry], since: float
) -> Verdict:
    """Tell all inputs, and hold what was said from a moment on against ``journal``'s TOPICS_COMPARED."""
    verdict, comparing = Verdict(), _Comparing(journal)
    for entry in inputs:
        try:
            retold = player.take(entry)
        except Diverged as reason:
            verdict.difference = Difference(entry.time, entry.topic, str(reason))
            break
        if player.other_version and player.other_version not in verdict.other_versions:
            verdict.other_versions.append(player.other_version)
        if entry.time < since:
            continue
        verdict.began = entry.time if verdict.began is None else verdict.began
        verdict.ended = entry.time
        if retold is None:
            verdict.lost += 1
            continue
        verdict.inputs += 1
        comparing.take(retold)
        if comparing.difference is not None:
            break
    verdict.events = comparing.events
    verdict.difference = verdict.difference or comparing.difference
    verdict.lost += player.lost
    return verdict


class _Comparing:
    """Goes through the journal beside what is said again."""

    def __init__(self, journal: Iterator[JournalEntry]) -> None:
        self.events = 0
        self.difference: Difference | None = None
        self._journal = journal
        self._in_step = False
        """Whether the journal's next entry is to be the next event."""
        self._missing: Difference | None = None
        """What may have been cut off with the end of its run."""

    def take(self, retold: Retold) -> None:
        self._in_step = self._in_step and retold.goes_on
        if retold.entry.topic in BEGINNINGS:
            self._missing = None
        elif self._missing is not None and retold.entry.time > self._missing.time + CUT_OFF_S:
            self.difference = self._missing
        for output in retold.outputs:
            if isinstance(output, Event) and self._missing is None and self.difference is None:
                self._hold(retold.entry, output)

    def _hold(self, given: JournalEntry, event: Event) -> None:
        said = _told(event.topic, event_fields(event))
        entry = self._next(said, given.time)
        then = None if entry is None else _told(entry.topic, entry.fields)
        if then == said:
            self.events += 1
        elif entry is None or entry.topic == SwitchStarted.topic:
            reason = "the journal does not have this event"
            self._missing = Difference(given.time, given.topic, reason, None, said)
        else:
            reason = "the journal has another event"
            self.difference = Difference(given.time, given.topic, reason, then, said)

    def _next(self, said: dict[str, Any], time: float) -> JournalEntry | None:
        """What the journal has where this was said; at first, wherever that is."""
        if not self._in_step:
            self._in_step = True
            self._journal = dropwhile(
                lambda entry: (
                    entry.time < time - SLACK_S
                    or (entry.time <= time + SLACK_S and _told(entry.topic, entry.fields) != said)
                ),
                self._journal,
            )
        return next(self._journal, None)


def _told(topic: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """As it is when read from the journal."""
    entry = decode_line(encode_line(0, 0, topic, fields))
    return {"topic": topic, "fields": fields if entry is None else entry.fields}
