"""The ACD's state as plain data, and back.

Lines, rankings and counts of staff are not in it: they follow from the entries, agents and offers.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from acd import free
from acd.agent import Agent, AgentState, Leave, qualities_of
from acd.callback import Callback, CallbackStage
from acd.calling_back import note
from acd.eligibility import open_media
from acd.entry import Entry, EntryState, Offer, Place, Visit
from acd.lining_up import line_up
from acd.pace import Pace
from acd.state import AcdState, Timer, TimerKind
from acd.step import Step

_DERIVED = ("config", "qualities", "memberships")
"""Fields of an agent that follow from the configuration and the other fields.

What a supervisor changed in the middle of a shift is in the snapshot, what was configured is not.
"""
_NULLABLE = ("since", "station", "offer_id", "call_id", "not_ready_after")
_COUNTS = ("joined", "turns", "draws", "seed")


def take(state: AcdState) -> dict[str, Any]:
    """Dictionaries, lists, strings and numbers only; times are monotonic seconds."""
    return {
        **{name: getattr(state, name) for name in _COUNTS},
        "registered": sorted(state.registered),
        "silent": sorted(state.silent),
        "open_calendars": sorted(state.open_calendars),
        "queues": {
            q.name: [q.unstaffed_since, q.members_ever, q.is_closed, q.pace.plain(), q.talks, q.talk_s]
            for q in state.queues.values()
        },
        "agents": [_agent_to_plain(agent) for agent in state.agents.values()],
        "entries": [asdict(entry) for entry in state.entries.values()],
        "offers": [asdict(offer) for offer in state.offers.values()],
        "timers": [[*timer, at] for timer, at in state.timers.armed()],
    }


def _agent_to_plain(agent: Agent) -> dict[str, Any]:
    plain = {name: getattr(agent, name) for name in Agent.__slots__ if name not in _DERIVED}
    return {
        **plain,
        "items": dict(agent.items),
        "leave": None if agent.leave is None else asdict(agent.leave),
        "skills": None if agent.skills == agent.config.skills else dict(agent.skills),
        "tags": None if agent.tags == tuple(agent.config.tags) else list(agent.tags),
        "moved": agent.queue_names != tuple(agent.config.queues),
        "turns": {m.queue_name: [m.order, m.last_turn] for m in agent.memberships.values()},
    }


def fill(step: Step, snapshot: Mapping[str, Any]) -> None:
    """Put a snapshot into a fresh state of the same queues and agents.

    Raises UsageError when it names a queue or agent the configuration no longer has.
    """
    state = step.state
    for name in _COUNTS:
        setattr(state, name, snapshot[name])
    state.registered.update(snapshot["registered"])
    state.silent.update(snapshot["silent"])
    state.open_calendars.update(snapshot["open_calendars"])
    state.offers.update((plain["offer_id"], Offer(**plain)) for plain in snapshot["offers"])
    for kind, subject, queue_name, at in snapshot["timers"]:
        state.timers.set(Timer(TimerKind(kind), subject, queue_name), at)
    for name in snapshot["queues"]:
        state.queue(name)
    for plain in snapshot["agents"]:
        _fill_agent(state, plain)
    for name, (since, members_ever, is_closed, pace, talks, talk_s) in snapshot["queues"].items():
        queue = state.queues[name]
        queue.talks, queue.talk_s = talks, talk_s
        queue.unstaffed_since, queue.members_ever = since, max(members_ever, len(queue.members))
        queue.is_closed, queue.pace = is_closed, Pace.of(pace)
    for plain in snapshot["entries"]:
        _add_entry(step, plain)
    for agent in state.agents.values():
        if media := open_media(state, agent):
            free.let_be_found(state, agent, media)


def _fill_agent(state: AcdState, plain: Mapping[str, Any]) -> None:
    agent = state.agent(plain["agent_id"])
    for queue in state.queues_of(agent):
        queue.dismiss(agent)
    for name in Agent.__slots__:
        if plain.get(name) is not None or name in _NULLABLE:
            setattr(agent, name, plain[name])
    agent.items = dict(plain.get("items", {}))
    agent.leave = Leave(**plain["leave"]) if plain.get("leave") else None
    agent.state, agent.tags = AgentState(plain["state"]), tuple(agent.tags)
    agent.qualities = qualities_of(agent.agent_id, agent.skills, agent.tags)
    _fill_memberships(state, agent, plain["turns"], moved=plain["moved"])
    if agent.station is not None:
        state.seats[agent.station] = agent.agent_id


def _fill_memberships(
    state: AcdState, agent: Agent, turns: Mapping[str, tuple[int, int]], *, moved: bool
) -> None:
    for name in turns if moved else agent.config.queues:
        state.queue(name).employ(agent)
        if name in turns:
            agent.memberships[name].order, agent.memberships[name].last_turn = turns[name]


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
    if entry.state is not EntryState.TALKING:
        note(state, entry)
