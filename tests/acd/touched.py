"""What must hold of those an input touched: cheap enough to be asked after each of a million."""

from collections.abc import Sequence

from acd.eligibility import open_media
from acd.entry import Entry
from acd.queue import Queue
from acd.state import AcdState
from runtime.vocabulary import Output


def check_touched(state: AcdState, outputs: Sequence[Output]) -> None:
    """Of the callers, agents and queues that outputs name."""
    for call_id in _named(outputs, "call_id") | _named(outputs, "item"):
        entry = state.entry_of(call_id)
        if entry is not None:
            _check_entry(state, entry)
    for agent_id in _named(outputs, "agent") & state.agents.keys():
        _check_agent(state, agent_id)
    for name in _named(outputs, "queue") & state.queues.keys():
        _check_queue(state, state.queues[name])


def _named(outputs: Sequence[Output], field: str) -> set[str]:
    return {name for output in outputs if (name := getattr(output, field, None)) is not None}


def _check_entry(state: AcdState, entry: Entry) -> None:
    assert state.entries[entry.entry_id] is entry
    for name in entry.places:
        line = state.queues[name].line
        assert list(line)[line.position(entry) - 1] is entry
    for offer_id in entry.offer_ids:
        offer = state.offers[offer_id]
        agent = state.agents[offer.agent_id]
        assert offer.entry_id == entry.entry_id
        assert offer_id == agent.offer_id or offer_id in agent.items


def _check_agent(state: AcdState, agent_id: str) -> None:
    agent = state.agents[agent_id]
    held = [*([agent.offer_id] if agent.offer_id else []), *agent.items]
    assert all(state.offers[offer_id].agent_id == agent_id for offer_id in held)
    free = set(open_media(state, agent))
    assert all(((agent_id, medium) in state.free) is (medium in free) for medium in agent.capacity)


def _check_queue(state: AcdState, queue: Queue) -> None:
    assert sum(queue.staff.values()) == len(queue.members)
    for demand in queue.demands.values():
        assert not (len(demand.waiting) and len(demand.ranking)), f"{queue.name} stands still"
