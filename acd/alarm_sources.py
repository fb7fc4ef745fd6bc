"""What alarms can see of queues and agents: read from the ACD's state after the events that change it."""

from collections.abc import Callable, Iterable

from acd.agent import Agent, AgentState
from acd.agent_events import AgentChanged, AgentSignedIn, AgentSignedOut, AgentStateChanged
from acd.callback_events import CallbackDialled, CallbackRequested, CallbackReturned
from acd.configuration_events import (
    AgentAdded,
    AgentRemoved,
    AgentRetired,
    QueueAdded,
    QueueChanged,
    QueueRemoved,
    QueueRetired,
)
from acd.events import CallerJoined, CallerLeft, LeaveReason
from acd.queue import Queue
from acd.state import AcdState
from switch.alarms.config import AlarmConfig
from switch.alarms.measures import Kind, Measure
from switch.alarms.reading import Reading
from switch.alarms.sources import Source, WaitEnded

_UNCOUNTED = (LeaveReason.ELSEWHERE, LeaveReason.WITHDRAWN)
"""Another queue tells how the caller fared, or nobody does."""
_STATES = {
    Measure.IDLE_S: AgentState.AVAILABLE,
    Measure.TALK_S: AgentState.ON_CALL,
    Measure.WRAP_UP_S: AgentState.WRAP_UP,
    Measure.NOT_READY_S: AgentState.NOT_READY,
}


def alarm_sources(state: AcdState) -> tuple[Source, ...]:
    """Of queues and of agents."""
    return (_queues(state), _agents(state))


def _queues(state: AcdState) -> Source:
    def of_agent(event: AgentStateChanged | AgentSignedIn | AgentSignedOut) -> Iterable[str]:
        agent = state.agents.get(event.agent)
        return () if agent is None else agent.queue_names

    def all_of_them(event: object) -> Iterable[str]:
        return tuple(state.queues)

    def read(config: AlarmConfig, name: str, now: float) -> Reading | None:
        queue = state.queues.get(name)
        return None if queue is None else _of_queue(config.measure, queue, now)

    joined_or_left: dict[type, Callable[..., Iterable[str]]] = dict.fromkeys(
        (CallerJoined, CallerLeft, CallbackRequested, QueueAdded, QueueRemoved), lambda event: (event.queue,)
    )
    staff = dict.fromkeys((AgentStateChanged, AgentSignedIn, AgentSignedOut), of_agent)
    rare = (AgentChanged, AgentAdded, AgentRetired, AgentRemoved, QueueChanged, QueueRetired)
    moved = dict.fromkeys((*rare, CallbackDialled, CallbackReturned), all_of_them)
    return Source(
        Kind.QUEUE,
        names=lambda: tuple(state.queues),
        read=read,
        changes={**joined_or_left, **staff, **moved},
        outcomes={CallerLeft: _wait_ended},
    )


def _of_queue(measure: Measure, queue: Queue, now: float) -> Reading | None:
    if measure is Measure.LONGEST_WAIT_S:
        since = min((entry.places[queue.name].joined_at for entry in queue.line), default=None)
        return None if since is None else Reading(0.0, since, grows=True)
    return Reading(float(_count(measure, queue)), now)


def _count(measure: Measure, queue: Queue) -> int:
    match measure:
        case Measure.WAITING:
            return len(queue)
        case Measure.CALLBACKS:
            return sum(entry.is_absent for entry in queue.line)
        case Measure.FREE_AGENTS:
            return queue.staff[AgentState.AVAILABLE]
        case _:
            return queue.signed_in


def _wait_ended(event: CallerLeft) -> WaitEnded | None:
    """Who is turned away, or sent elsewhere, is not answered; as in the queue's own figures."""
    if event.reason in _UNCOUNTED:
        return None
    return WaitEnded(
        event.queue,
        event.wait_ms / 1000,
        answered=event.reason is LeaveReason.CONNECTED,
        abandoned=event.reason is LeaveReason.ABANDONED,
    )


def _agents(state: AcdState) -> Source:
    def read(config: AlarmConfig, number: str, now: float) -> Reading | None:
        agent = state.agents.get(number)
        return None if agent is None else _of_agent(config.measure, agent)

    kinds = (AgentStateChanged, AgentSignedIn, AgentSignedOut, AgentAdded, AgentRemoved)
    return Source(
        Kind.AGENT,
        names=lambda: tuple(state.agents),
        read=read,
        changes=dict.fromkeys(kinds, lambda event: (event.agent,)),
    )


def _of_agent(measure: Measure, agent: Agent) -> Reading | None:
    """Nothing while the agent does something else."""
    if agent.state is not _STATES[measure] or agent.since is None:
        return None
    return Reading(0.0, agent.since, grows=True)
