"""An agent's shift: signing in and out, ready and not ready, and the station where the agent sits."""

from acd import dispatch, offers
from acd.agent import Agent, AgentAction, AgentState
from acd.commands import MakeNotReady, MakeReady, SignIn, SignOut
from acd.eligibility import move
from acd.events import AgentSignedIn, AgentSignedOut, OfferResult
from acd.inputs import StationChanged
from acd.state import Timer, TimerKind
from acd.step import Step
from acd.waiting import note_staff
from runtime.errors import UsageError

SIGNED_IN = "signed_in"
"""Reason of the not-ready state in which a shift begins: the agent says when calls may come."""

_BUSY = (AgentState.OFFERED, AgentState.ON_CALL)


def sign_in(step: Step, command: SignIn) -> None:
    """Seat the agent. A station that cannot be rung yet is no hindrance: offers start once it registers."""
    agent = step.state.agent(command.agent_id)
    agent.state_after(AgentAction.SIGN_IN)
    if occupant := step.state.seats.get(command.station):
        raise UsageError(f"station {command.station} is taken; sign out agent {occupant}, who sits there")
    step.state.seats[command.station] = agent.agent_id
    agent.station = command.station
    step.emit(AgentSignedIn(agent=agent.agent_id, station=command.station, queues=agent.queue_names))
    agent.calls, agent.talk_s = 0, 0.0
    move(step, agent, AgentAction.SIGN_IN, SIGNED_IN)
    _note_staff(step, agent)


def sign_out(step: Step, command: SignOut) -> None:
    """End the shift and free the station; refused while a call is in hand."""
    agent = step.state.agent(command.agent_id)
    if agent.items:
        raise UsageError(f"agent {agent.agent_id} has {len(agent.items)} items in hand; finish them first")
    if agent.state in _BUSY:
        raise UsageError(
            f"agent {agent.agent_id} is {agent.state}; sign out when call {agent.call_id} is over"
        )
    move(step, agent, AgentAction.SIGN_OUT)
    step.state.timers.cancel(Timer(TimerKind.REFUSAL_DELAY, agent.agent_id))
    if agent.station is not None:
        del step.state.seats[agent.station]
        step.emit(AgentSignedOut(agent=agent.agent_id, station=agent.station))
        agent.station = None
    _note_staff(step, agent)


def _note_staff(step: Step, agent: Agent) -> None:
    """Rules of overflow look at how long a queue has had nobody signed in."""
    for queue in (step.state.queues[name] for name in agent.memberships):
        note_staff(step, queue)


def make_ready(step: Step, command: MakeReady) -> None:
    """Calls may come at once, or after the present one and its wrap-up."""
    agent = step.state.agent(command.agent_id)
    if agent.state in _BUSY:
        agent.not_ready_after = None
        dispatch.serve_agent(step, agent)
        return
    move(step, agent, AgentAction.READY)
    if agent.station is not None:
        step.state.silent.discard(agent.station)
    end_refusal_delay(step, Timer(TimerKind.REFUSAL_DELAY, agent.agent_id))


def make_not_ready(step: Step, command: MakeNotReady) -> None:
    """At once when no call is in hand. What is being offered is rejected; items in hand stay there."""
    agent = step.state.agent(command.agent_id)
    if agent.state in _BUSY:
        agent.not_ready_after = command.reason
    else:
        move(step, agent, AgentAction.NOT_READY, command.reason)
    offered = [agent.offer_id, *agent.items] if agent.offer_id else list(agent.items)
    for offer in [step.state.offers[offer_id] for offer_id in offered]:
        if offer.accepted_at is None:
            offers.stop(step, offer, OfferResult.REJECTED)
    dispatch.serve_agent(step, agent)


def end_refusal_delay(step: Step, timer: Timer) -> None:
    """Offers may come again."""
    step.state.timers.cancel(timer)
    dispatch.serve_agent(step, step.state.agents[timer.subject])


def change_station(step: Step, changed: StationChanged) -> None:
    """Whoever sits at the station may be offered calls from now on, or no longer."""
    step.state.silent.discard(changed.station)
    if changed.reachable:
        step.state.registered.add(changed.station)
    else:
        step.state.registered.discard(changed.station)
    if occupant := step.state.seats.get(changed.station):
        dispatch.serve_agent(step, step.state.agents[occupant])
