"""The ACD's state as plain data, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from acd.agent import Agent, AgentState
from acd.eligibility import rank
from acd.queue import Entry, EntryState, Offer
from acd.state import AcdState, Timer, TimerKind

_CONFIGURED = ("name", "queue_names")
"""Fields of an agent that the configuration holds, not the snapshot."""


def take(state: AcdState) -> dict[str, Any]:
    """Dictionaries, lists, strings and numbers only; times are monotonic seconds."""
    return {
        "joined": state.joined,
        "registered": sorted(state.registered),
        "silent": sorted(state.silent),
        "agents": [_agent_to_plain(agent) for agent in state.agents.values()],
        "entries": [asdict(entry) for entry in state.entries.values()],
        "offers": [asdict(offer) for offer in state.offers.values()],
        "timers": [[timer.kind.value, timer.subject, at] for timer, at in state.timers.armed()],
    }


def _agent_to_plain(agent: Agent) -> dict[str, Any]:
    return {name: value for name, value in asdict(agent).items() if name not in _CONFIGURED}


def fill(state: AcdState, snapshot: Mapping[str, Any]) -> None:
    """Put a snapshot into a fresh state of the same queues and agents.

    Raises UsageError when it names a queue or agent the configuration no longer has.
    """
    state.joined = snapshot["joined"]
    state.registered.update(snapshot["registered"])
    state.silent.update(snapshot["silent"])
    state.offers.update((plain["offer_id"], Offer(**plain)) for plain in snapshot["offers"])
    for kind, subject, at in snapshot["timers"]:
        state.timers.set(Timer(TimerKind(kind), subject), at)
    for plain in snapshot["entries"]:
        _add_entry(state, Entry(**{**plain, "state": EntryState(plain["state"])}))
    for plain in snapshot["agents"]:
        _fill_agent(state, plain)


def _add_entry(state: AcdState, entry: Entry) -> None:
    queue = state.queue(entry.queue_name)
    state.entries[entry.call_id] = entry
    if entry.state is not EntryState.TALKING:
        queue.join(entry)


def _fill_agent(state: AcdState, plain: Mapping[str, Any]) -> None:
    agent = state.agent(plain["agent_id"])
    for name, value in plain.items():
        setattr(agent, name, value)
    agent.state = AgentState(plain["state"])
    if agent.station is not None:
        state.seats[agent.station] = agent.agent_id
    rank(state, agent)
