"""What became of a caller, or of an agent's shift, told from the journal: a sentence for each entry."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from acd.agent_events import AgentSignedIn, AgentSignedOut, AgentStateChanged
from acd.events import (
    CallCompleted,
    CallerChanged,
    CallerJoined,
    CallerLeft,
    OfferCause,
    OfferEnded,
    OfferMade,
    RingBegan,
    SelfServiceBegan,
    SelfServiceEnded,
)
from switch.records.projection import JournalEntry

Fields = Mapping[str, Any]


class Line(NamedTuple):
    """One thing that happened."""

    time: float
    """Wall clock."""
    topic: str
    text: str
    fields: Fields


def story(entries: Iterable[JournalEntry]) -> Iterator[Line]:
    """Those of the entries that the ACD wrote about callers, offers and agents."""
    for entry in entries:
        tell = _TELLERS.get(entry.topic)
        if tell is not None:
            yield Line(entry.time, entry.topic, tell(entry.fields), entry.fields)


def _joined(told: Fields) -> str:
    asking = f", asking for {told['requirement']}" if told.get("requirement") else ""
    return (
        f"joined {told['queue']} at position {told['position']}, priority {told.get('priority', 0)}{asking}"
    )


def _changed(told: Fields) -> str:
    tags = f", tagged {', '.join(told['tags'])}" if told.get("tags") else ""
    return f"was given priority {told['priority']}, asking for {told['requirement'] or 'anybody'}{tags}"


def _ring(told: Fields) -> str:
    return f"asks in {told['queue']} for {told['requirement'] or 'anybody'} from now on"


def _went_to(told: Fields) -> str:
    return f"went to {told['target']} by a key, and waits on in {told['queue']}"


def _came_back(told: Fields) -> str:
    return f"is no longer in {told['target']}: {told['reason']}"


def _offered(told: Fields) -> str:
    return f"offered to agent {told['agent']} at {told['station']} in {told['queue']}: {_decision(told)}"


def _decision(told: Fields) -> str:
    cause = told.get("cause")
    if cause == OfferCause.PREFERRED:
        return "the caller prefers this agent, who was free"
    if cause not in (OfferCause.RANKING, OfferCause.ALL):
        return "the agent became free, and it was this caller's turn"
    free = f"{told['candidates']} free" if told["candidates"] > 1 else "nobody else free"
    ranked = "; ".join(_ranked(*candidate) for candidate in told["ranked"])
    rung = "rung with all" if cause == OfferCause.ALL else "first"
    return f"{rung} by {told['strategy']}, {free}: {ranked}"


def _ranked(agent: str, penalty: int, score: Iterable[tuple[str, float]]) -> str:
    penalised = f"penalty {penalty}, " if penalty else ""
    return f"{agent} ({penalised}{', '.join(f'{name} {value:g}' for name, value in score)})"


def _offer_ended(told: Fields) -> str:
    return f"offer to agent {told['agent']}: {told['result']} after {_seconds(told['ring_ms'])}"


def _left(told: Fields) -> str:
    if not told["position"]:
        return f"turned away from {told['queue']}: {told['reason']}"
    agent = f" to agent {told['agent']}" if told.get("agent") else ""
    waited = f"after {_seconds(told['wait_ms'])} and {told['offers']} offers"
    return f"left {told['queue']} {waited}: {told['reason']}{agent}"


def _completed(told: Fields) -> str:
    side = "the agent" if told["by_agent"] else "the other side"
    return f"talked with agent {told['agent']} for {_seconds(told['talk_ms'])}; {side} hung up"


def _signed_in(told: Fields) -> str:
    return f"signed in at {told['station']} for {', '.join(told['queues']) or 'no queue'}"


def _signed_out(told: Fields) -> str:
    return f"signed out from {told['station']}"


def _state_changed(told: Fields) -> str:
    reason = f" ({told['reason']})" if told["reason"] else ""
    return f"{told['to_state']}{reason}, after {_seconds(told['lasted_ms'])} {told['from_state']}"


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.1f} s"


_TELLERS: Mapping[str, Callable[[Fields], str]] = {
    CallerJoined.topic: _joined,
    CallerChanged.topic: _changed,
    RingBegan.topic: _ring,
    SelfServiceBegan.topic: _went_to,
    SelfServiceEnded.topic: _came_back,
    OfferMade.topic: _offered,
    OfferEnded.topic: _offer_ended,
    CallerLeft.topic: _left,
    CallCompleted.topic: _completed,
    AgentSignedIn.topic: _signed_in,
    AgentSignedOut.topic: _signed_out,
    AgentStateChanged.topic: _state_changed,
}
