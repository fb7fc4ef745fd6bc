"""A centre's picture as a client keeps it: how a snapshot tells it, and what each event changes in it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from acd.agent import AgentState

CALL = ("contact_id", "caller_number", "caller_name", "access_code", "target", "state")
AGENT = ("state", "reason", "call_id", "station", "queues", "skills", "tags", "auto_answer", "leave")
WAITING = ("priority", "requirement", "tags")

_OF_A_CALL = ("OFFERED", "ON_CALL", "WRAP_UP")

Picture = dict[str, dict[str, Any]]
Fields = Mapping[str, Any]


def picture_of(parts: Fields) -> Picture:
    """What a snapshot says of the things that events tell too."""
    return {
        "calls": {call["call_id"]: _call(call, call["state"]) for call in parts["calls"]},
        "agents": {agent["id"]: _only(AGENT, agent) for agent in parts["agents"]},
        "waiting": {
            queue: {one["call_id"]: _only(WAITING, one) for one in entries}
            for queue, entries in parts["waiting"].items()
        },
    }


def counts_of(picture: Picture) -> dict[str, Any]:
    """What the queues must then look like: callers, and agents by their states."""
    return {
        queue: {
            "waiting": len(entries),
            "agents": _states(agent for agent in picture["agents"].values() if queue in agent["queues"]),
        }
        for queue, entries in picture["waiting"].items()
    }


def _states(agents: Iterable[Fields]) -> dict[str, int]:
    counted = Counter(agent["state"] for agent in agents)
    return {state.value: counted[state] for state in AgentState}


def fold(picture: Picture, topic: str, told: Fields) -> None:
    """What one event changes."""
    if topic in _FOLDS:
        _FOLDS[topic](picture, told)


def _only(names: tuple[str, ...], told: Fields) -> dict[str, Any]:
    return {name: told[name] for name in names if name in told}


def _call(told: Fields, state: str) -> dict[str, Any]:
    """To whom a customer goes who is still called may change unsaid; it is told when they are there."""
    call = {**_only(CALL, told), "state": state}
    return {**call, "target": None} if state == "calling" else call


def _call_begins(state: str) -> Callable[[Picture, Fields], None]:
    def begin(picture: Picture, told: Fields) -> None:
        picture["calls"][told["call_id"]] = _call(told, state)

    return begin


def _call_changes(picture: Picture, told: Fields) -> None:
    call = {**picture["calls"][told["call_id"]], **_only(CALL, told)}
    picture["calls"][told["call_id"]] = _call(call, call["state"])


def _call_state(state: str) -> Callable[[Picture, Fields], None]:
    def change(picture: Picture, told: Fields) -> None:
        picture["calls"][told["call_id"]]["state"] = state

    return change


def _offer_ended(picture: Picture, told: Fields) -> None:
    if told["accepted"] and told["call_id"] in picture["calls"]:
        picture["calls"][told["call_id"]]["state"] = "answered"


def _call_ended(picture: Picture, told: Fields) -> None:
    del picture["calls"][told["call_id"]]


def _agent_is(**changes: str) -> Callable[[Picture, Fields], None]:
    def change(picture: Picture, told: Fields) -> None:
        picture["agents"][told["agent"]].update({name: told[field] for name, field in changes.items()})

    return change


def _signed_out(picture: Picture, told: Fields) -> None:
    picture["agents"][told["agent"]]["station"] = None


def _agent_state(picture: Picture, told: Fields) -> None:
    """The call is told also when it is over."""
    agent = picture["agents"][told["agent"]]
    agent["state"], agent["reason"] = told["to_state"], told["reason"]
    agent["call_id"] = told["call_id"] if told["to_state"] in _OF_A_CALL else None


def _agent_changed(picture: Picture, told: Fields) -> None:
    changed = {"queues": told["queues"], "skills": dict(told["skills"]), "tags": told["tags"]}
    picture["agents"][told["agent"]].update(changed)


def _leave(stage: str | None) -> Callable[[Picture, Fields], None]:
    def change(picture: Picture, told: Fields) -> None:
        picture["agents"][told["agent"]]["leave"] = stage

    return change


def _leave_decided(picture: Picture, told: Fields) -> None:
    approved = told["decision"] == "approved"
    picture["agents"][told["agent"]]["leave"] = "approved" if approved else None


def _joined(picture: Picture, told: Fields) -> None:
    picture["waiting"][told["queue"]][told["call_id"]] = _only(WAITING, told)


def _goes_on(picture: Picture, told: Fields) -> None:
    """A callback: another call has the place."""
    for entries in picture["waiting"].values():
        if told["former_call_id"] in entries:
            entries[told["call_id"]] = entries.pop(told["former_call_id"])


def _left(picture: Picture, told: Fields) -> None:
    del picture["waiting"][told["queue"]][told["call_id"]]


def _caller_changed(picture: Picture, told: Fields) -> None:
    for entries in picture["waiting"].values():
        if told["call_id"] in entries:
            entries[told["call_id"]].update(_only(WAITING, told))


_FOLDS: dict[str, Callable[[Picture, Fields], None]] = {
    "call.arrived": _call_begins("alerting"),
    "call.placed": _call_begins("calling"),
    "call.answered": _call_state("answered"),
    "call.connected": _call_state("connected"),
    "call.handed_off": _call_changes,
    "call.transferred": _call_changes,
    "offer.ended": _offer_ended,
    "call.ended": _call_ended,
    "agent.signed_in": _agent_is(station="station", queues="queues"),
    "agent.moved": _agent_is(station="to_station"),
    "agent.signed_out": _signed_out,
    "agent.state_changed": _agent_state,
    "agent.changed": _agent_changed,
    "agent.auto_answer_set": _agent_is(auto_answer="on"),
    "agent.leave_asked": _leave("asked"),
    "agent.leave_decided": _leave_decided,
    "agent.leave_ended": _leave(None),
    "queue.caller_joined": _joined,
    "queue.caller_left": _left,
    "queue.caller_changed": _caller_changed,
    "queue.callback_dialled": _goes_on,
    "queue.callback_returned": _goes_on,
}
