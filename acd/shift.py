"""An agent's shift: signing in and out, ready and not ready, and the station he sits at."""

from acd import dispatch, offers
from acd.agent import Agent, AgentAction, AgentState
from acd.commands import MakeNotReady, MakeReady, MarkStation, SignIn, SignOut
from acd.eligibility import move, rank
from acd.errors import AcdUsageError
from acd.events import AgentSignedIn, AgentSignedOut, OfferResult
from acd.state import Timer, TimerKind
from acd.step import Step

SIGNED_IN = "signed_in"
"""Reason of the not-ready state in which a shift begins: the agent says himself when calls may come."""

_BUSY = (AgentState.OFFERED, AgentState.ON_CALL)


def sign_in(step: Step, order: SignIn) -> None:
    """Seat the agent. A station that cannot be rung yet is no hindrance: offers start once it registers."""
    agent = step.state.agent(order.agent)
    agent.state_after(AgentAction.SIGN_IN)
    if occupant := step.state.seats.get(order.station):
        raise AcdUsageError(f"station {order.station} is taken; sign out agent {occupant}, who sits there")
    step.state.seats[order.station] = agent.id
    agent.station = order.station
    step.emit(AgentSignedIn(agent=agent.id, station=order.station, queues=agent.queues))
    move(step, agent, AgentAction.SIGN_IN, SIGNED_IN)


def sign_out(step: Step, order: SignOut) -> None:
    """End the shift and give the station free; refused while a call is in hand."""
    agent = step.state.agent(order.agent)
    if agent.state in _BUSY:
        raise AcdUsageError(f"agent {agent.id} is {agent.state}; sign out when call {agent.call_id} is over")
    move(step, agent, AgentAction.SIGN_OUT)
    step.state.timers.cancel(Timer(TimerKind.REFUSAL_DELAY, agent.id))
    if agent.station is not None:
        del step.state.seats[agent.station]
        step.emit(AgentSignedOut(agent=agent.id, station=agent.station))
        agent.station = None


def make_ready(step: Step, order: MakeReady) -> None:
    """Calls may come at once, or after the present one and its wrap-up."""
    agent = step.state.agent(order.agent)
    if agent.state in _BUSY:
        agent.not_ready_after = None
        return
    move(step, agent, AgentAction.READY)
    end_refusal_delay(step, agent.id)


def make_not_ready(step: Step, order: MakeNotReady) -> None:
    """At once when no call is in hand. A ringing phone is silenced: that offer counts as rejected."""
    agent = step.state.agent(order.agent)
    if agent.state not in _BUSY:
        move(step, agent, AgentAction.NOT_READY, order.reason)
        return
    agent.not_ready_after = order.reason
    offer = step.state.offers[agent.offer_id] if agent.offer_id else None
    if offer is not None and offer.accepted_at is None:
        offers.stop(step, offer, OfferResult.REJECTED)


def end_refusal_delay(step: Step, agent_id: str) -> None:
    """Offers may come again."""
    step.state.timers.cancel(Timer(TimerKind.REFUSAL_DELAY, agent_id))
    _reconsider(step, step.state.agents[agent_id])


def mark_station(step: Step, order: MarkStation) -> None:
    """Whoever sits at the station may be offered calls from now on, or no longer."""
    if order.reachable:
        step.state.reachable.add(order.station)
    else:
        step.state.reachable.discard(order.station)
    if occupant := step.state.seats.get(order.station):
        _reconsider(step, step.state.agents[occupant])


def _reconsider(step: Step, agent: Agent) -> None:
    rank(step.state, agent)
    dispatch.serve_agent(step, agent)
