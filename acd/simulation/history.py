"""Callers of a day that was, from the switch's journal: they come again, as patient as they were."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from acd.callback import AskedBy
from acd.callback_events import CallbackRequested
from acd.events import CallCompleted, CallerJoined, CallerLeft, LeaveReason
from acd.media import VOICE
from acd.queue_target import QueueTarget
from acd.simulation.callers import Caller
from acd.simulation.chance import Chance
from acd.simulation.spread import Spread, SpreadKind

TOPICS = (CallerJoined.topic, CallerLeft.topic, CallCompleted.topic, CallbackRequested.topic)
"""What of the journal is looked at."""
_AT_ONCE_S = 0.05
"""Queues joined within it were joined at once; later ones were rules of overflow."""

Fact = tuple[float, str, Mapping[str, Any]]
"""Seconds since midnight, topic and fields of a journal entry."""


@dataclass(frozen=True, slots=True)
class PastCaller:
    """What is known of one call."""

    call_id: str
    comes_at: float
    number: str
    queues: tuple[str, ...]
    priority: int | None
    requirement: str
    waited_s: float = 0.0
    gave_up: bool = False
    talk_s: float | None = None


def past_callers(facts: Iterable[Fact]) -> list[PastCaller]:
    """All who called, in that order: no chats or mails, and nobody who had come before the first fact.

    Who hung up in order to be called back gave up waiting on the line.
    """
    known: dict[str, PastCaller] = {}
    for at, topic, fields in facts:
        if fields.get("medium", VOICE) != VOICE:
            continue
        call_id = fields["call_id"]
        caller = known.get(call_id)
        if topic == CallerJoined.topic:
            known[call_id] = _joined(caller, at, fields)
        elif topic == CallerLeft.topic and fields["position"] == 0 and caller is None:
            known[call_id] = PastCaller(call_id, at, "", (fields["queue"],), None, "")
        elif topic == CallerLeft.topic and caller is not None:
            gave_up = fields["reason"] == LeaveReason.ABANDONED
            known[call_id] = replace(caller, waited_s=max(at - caller.comes_at, 0.0), gave_up=gave_up)
        elif topic == CallbackRequested.topic and caller is not None:
            if fields["asked_by"] == AskedBy.HANG_UP:
                known[call_id] = replace(caller, waited_s=fields["waited_ms"] / 1000, gave_up=True)
        elif topic == CallCompleted.topic and caller is not None:
            known[call_id] = replace(caller, talk_s=fields["talk_ms"] / 1000)
    return list(known.values())


@dataclass(frozen=True, slots=True)
class History:
    """A day that was. What nobody measured is drawn: talks that never were, patience beyond the answer."""

    past: Sequence[PastCaller]
    talk: Spread
    """Of those who were not answered."""
    patience: Spread | None
    """Of those who did not give up: what was left of it when they were answered."""

    @classmethod
    def of(cls, past: Sequence[PastCaller], talk: Spread, patience: Spread | None) -> "History":
        """What the scenario leaves open is as it was for the others of that day."""
        talks = [caller.talk_s for caller in past if caller.talk_s is not None]
        if talk.needs_mean and talks:
            talk = Spread(kind=SpreadKind.EMPIRICAL, values_s=talks)
        gave_up = sum(caller.gave_up for caller in past)
        if patience is None and gave_up:
            # The most likely mean when patience is exponential and most are answered before its end.
            patience = Spread(mean_s=max(math.fsum(caller.waited_s for caller in past) / gave_up, 1.0))
        return cls(past, talk, patience)

    def callers(self, chance: Chance, number: int) -> Iterator[Caller]:
        """The same every time, but for what is drawn."""
        for caller in self.past:
            name = f"{number}-{caller.call_id}"
            target = QueueTarget(caller.queues, caller.priority, caller.requirement)
            patience_s = caller.waited_s if caller.gave_up else math.inf
            if not caller.gave_up and self.patience is not None:
                patience_s = caller.waited_s + self.patience.at(chance.draw("patience", name))
            talk_s = caller.talk_s
            if talk_s is None:
                talk_s = self.talk.at(chance.draw("talk", name))
            yield Caller(f"call-{name}", caller.comes_at, caller.number, target, talk_s, patience_s)


def _joined(caller: PastCaller | None, at: float, fields: Mapping[str, Any]) -> PastCaller:
    if caller is None:
        own = (fields["queue"],)
        priority, requirement = fields.get("priority"), fields.get("requirement", "")
        return PastCaller(fields["call_id"], at, fields["caller_number"], own, priority, requirement)
    if at - caller.comes_at < _AT_ONCE_S and fields["queue"] not in caller.queues:
        return replace(caller, queues=(*caller.queues, fields["queue"]))
    return caller
