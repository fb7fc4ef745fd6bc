"""The ACD's state as plain data, and back.

Lines, rankings and counts of staff are not in it: they follow from the entries, agents and offers.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from acd import free
from acd.agent import Agent, AgentState, Leave, qualities_of
from acd.agent_config import AgentConfig
from acd.callback import Callback, CallbackStage
from acd.calling_back import note
from acd.config import AcdConfig
from acd.eligibility import open_media
from acd.entry import Entry, EntryState, Offer, Place, Visit
from acd.kept_sections import plain_of, section_of
from acd.lining_up import line_up
from acd.pace import Pace
from acd.queue import Queue
from acd.queue_config import QueueConfig
from acd.state import AcdState, OwnCall, Timer, TimerKind
from acd.step import Step
from runtime.deadlines import Deadlines

_DERIVED = ("config", "qualities", "memberships")
"""Fields of an agent that are written otherwise, or follow from the others."""
_OF_A_QUEUE = ("unstaffed_since", "members_ever", "is_closed", "is_retired", "talks", "talk_s")
_COUNTS = ("joined", "turns", "draws", "seed")


def take(state: AcdState) -> dict[str, Any]:
    """Dictionaries, lists, strings and numbers only; times are monotonic seconds."""
    return {
        **{name: getattr(state, name) for name in _COUNTS},
        "registered": sorted(state.registered),
        "silent": sorted(state.silent),
        "open_calendars": sorted(state.open_calendars),
        "rules": plain_of(state.config),
        "retired_queues": list(state.retired_queues),
        "retired_agents": list(state.retired_agents),
        "queues": [_queue_to_plain(queue) for queue in state.queues.values()],
        "agents": [_agent_to_plain(agent) for agent in state.agents.values()],
        "entries": [asdict(entry) for entry in state.entries.values()],
        "offers": [asdict(offer) for offer in state.offers.values()],
        "own_calls": {call_id: list(own) for call_id, own in state.own_calls.items()},
        "timers": [[*timer, at] for timer, at in state.timers.armed()],
    }


def _queue_to_plain(queue: Queue) -> dict[str, Any]:
    plain = {name: getattr(queue, name) for name in _OF_A_QUEUE}
    return {
        **plain,
        "config": plain_of(queue.config),
        "pace": queue.pace.plain(),
        "absent_since": dict(queue.absent_since),
    }


def _agent_to_plain(agent: Agent) -> dict[str, Any]:
    plain = {name: getattr(agent, name) for name in Agent.__slots__ if name not in _DERIVED}
    return {
        **plain,
        "items": dict(agent.items),
        "leave": None if agent.leave is None else asdict(agent.leave),
        "skills": dict(agent.skills),
        "tags": list(agent.tags),
        "config": plain_of(agent.config),
        "turns": {m.queue_name: [m.order, m.last_turn] for m in agent.memberships.values()},
    }


def fill(step: Step, snapshot: Mapping[str, Any]) -> None:
    """Put a snapshot into a fresh state. Queues and agents are those of the snapshot, as configured then."""
    state = step.state
    for name in _COUNTS:
        setattr(state, name, snapshot[name])
    state.registered.update(snapshot["registered"])
    state.silent.update(snapshot["silent"])
    state.open_calendars.update(snapshot["open_calendars"])
    state.offers.update((plain["offer_id"], Offer(**plain)) for plain in snapshot["offers"])
    state.own_calls.update((id_, OwnCall(*own)) for id_, own in snapshot.get("own_calls", {}).items())
    state.timers = Deadlines()
    for kind, subject, queue_name, at in snapshot["timers"]:
        state.timers.set(Timer(TimerKind(kind), subject, queue_name), at)
    state.config = section_of(AcdConfig, snapshot["rules"])
    state.queues = {queue.name: queue for queue in map(_queue_of, snapshot["queues"])}
    state.agents = {plain["agent_id"]: _agent_of(state, plain) for plain in snapshot["agents"]}
    state.retired_queues = dict.fromkeys(snapshot["retired_queues"])
    state.retired_agents = dict.fromkeys(snapshot["retired_agents"])
    for plain in snapshot["entries"]:
        _add_entry(step, plain)
    for agent in state.agents.values():
        if media := open_media(state, agent):
            free.let_be_found(state, agent, media)


def _queue_of(plain: Mapping[str, Any]) -> Queue:
    queue = Queue(section_of(QueueConfig, plain["config"]))
    for name in _OF_A_QUEUE:
        setattr(queue, name, plain[name])
    queue.pace = Pace.of(plain["pace"])
    queue.absent_since = dict(plain.get("absent_since", {}))
    return queue


def _agent_of(state: AcdState, plain: Mapping[str, Any]) -> Agent:
    agent = Agent.employed(section_of(AgentConfig, plain["config"]))
    for name in Agent.__slots__:
        if name in plain and name not in _DERIVED:
            setattr(agent, name, plain[name])
    agent.items = dict(plain["items"])
    agent.leave = Leave(**plain["leave"]) if plain["leave"] else None
    agent.state, agent.tags = AgentState(plain["state"]), tuple(agent.tags)
    agent.qualities = qualities_of(agent.agent_id, agent.skills, agent.tags)
    for name, (order, last_turn) in plain["turns"].items():
        _employ(state.queues[name], agent, order, last_turn)
    if agent.station is not None:
        state.seats[agent.station] = agent.agent_id
    return agent


def _employ(queue: Queue, agent: Agent, order: int, last_turn: int) -> None:
    members_ever = queue.members_ever
    queue.employ(agent)
    queue.members_ever = members_ever
    agent.memberships[queue.name].order, agent.memberships[queue.name].last_turn = order, last_turn


def _add_entry(step: Step, plain: Mapping[str, Any]) -> None:
    places = {name: Place(**place) for name, place in plain["places"].items()}
    entry = Entry(**{**plain, "places": places, "state": EntryState(plain["state"])})
    moved_forward, sequence = entry.rank
    entry.rank = (moved_forward, sequence)
    entry.preferred, entry.tags = tuple(entry.preferred), tuple(entry.tags)
    entry.data = tuple((name, value) for name, value in entry.data)
    entry.visit = None if plain["visit"] is None else Visit(**plain["visit"])
    _fill_callback(step.state, entry, plain["callback"])
    step.state.entries[entry.entry_id] = entry
    step.state.calls[entry.call_id] = entry.entry_id
    if not entry.is_item:
        step.state.callers.add(entry.caller_number, entry.entry_id)
    for name in places:
        step.state.queue(name).line.add(entry)
    line_up(step, entry)


def _fill_callback(state: AcdState, entry: Entry, plain: Mapping[str, Any] | None) -> None:
    if plain is None:
        return
    stage, numbers = CallbackStage(plain["stage"]), tuple(plain["numbers"])
    entry.callback = Callback(**{**plain, "stage": stage, "numbers": numbers})
    if entry.callback.engaged:
        state.engaged[entry.callback.engaged] = entry.entry_id
    note(state, entry)
