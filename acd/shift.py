"""An agent's shift: signing in and out, ready and not ready, and the station where the agent sits."""

from acd import dispatch, offers, talk, waiting
from acd.agent import Agent, AgentAction, AgentState
from acd.agent_events import AgentMoved, AgentSignedIn, AutoAnswerSet
from acd.commands import MakeNotReady, MakeReady, SetAutoAnswer, SignIn, SignOut
from acd.config import AcdConfig
from acd.eligibility import move
from acd.events import OfferResult
from acd.inputs import StationChanged
from acd.leave import back_from_leave
from acd.signing_out import sign_off
from acd.staff import note_staff
from acd.state import Timer, TimerKind
from acd.step import Step
from runtime.errors import UsageError

SIGNED_IN = "signed_in"
"""Reason of the not-ready state in which a shift begins: the agent says when calls may come."""

_BUSY = (AgentState.OFFERED, AgentState.ON_CALL)


def sign_in(step: Step, command: SignIn) -> None:
    """Seat the agent. A station that cannot be rung yet is no hindrance: offers start once it registers."""
    agent = step.state.agent(command.agent_id)
    if command.force:
        _make_way(step, agent, command.station)
    if command.force and agent.state is not AgentState.LOGGED_OUT:
        _change_seats(step, agent, command.station)
        return
    if agent.station is not None:
        where = f"agent {agent.agent_id} is signed in at station {agent.station}"
        raise UsageError(f"{where}; sign in with force to go on with that shift")
    if occupant := step.state.seats.get(command.station):
        raise UsageError(f"station {command.station} is taken; sign out agent {occupant}, who sits there")
    step.state.seats[command.station] = agent.agent_id
    agent.station = command.station
    step.emit(AgentSignedIn(agent=agent.agent_id, station=command.station, queues=agent.queue_names))
    agent.calls, agent.talk_s = 0, 0.0
    move(step, agent, AgentAction.SIGN_IN, agent.held_reason or SIGNED_IN)
    for queue_name in agent.memberships:
        note_staff(step, step.state.queues[queue_name])


def sign_out(step: Step, command: SignOut) -> None:
    """End the shift and free the station; refused while a call is in hand, unless forced."""
    agent = step.state.agent(command.agent_id)
    if command.force and (agent.state in _BUSY or agent.items):
        be_signed_out(step, agent)
        return
    _refuse_work_in_hand(agent)
    sign_off(step, agent)


def make_ready(step: Step, command: MakeReady) -> None:
    """Calls may come at once, or after the present one and its wrap-up."""
    agent = step.state.agent(command.agent_id)
    _refuse_held(agent)
    be_ready(step, agent)


def make_not_ready(step: Step, command: MakeNotReady) -> None:
    """At once when no call is in hand. What is being offered is rejected; items in hand stay there."""
    agent = step.state.agent(command.agent_id)
    _refuse_held(agent)
    _refuse_other_reasons(step.state.config, command.reason)
    be_not_ready(step, agent, command.reason)
    if agent.leave is not None and agent.leave.reason != command.reason:
        back_from_leave(step, agent)


def set_auto_answer(step: Step, command: SetAutoAnswer) -> None:
    """A phone that rings already goes on ringing."""
    agent = step.state.agent(command.agent_id)
    if agent.auto_answer != command.on:
        agent.auto_answer = command.on
        step.emit(AutoAnswerSet(agent=agent.agent_id, on=command.on))


def be_ready(step: Step, agent: Agent, by: str = "") -> None:
    """Takes back a not-ready request that waits, and the delay after a refusal; ends leave."""
    if agent.sign_out_after:
        raise UsageError(f"agent {agent.agent_id} is being signed out, as soon as nothing is in hand")
    if agent.state in _BUSY:
        agent.not_ready_after, agent.not_ready_by = None, ""
        back_from_leave(step, agent)
        dispatch.serve_agent(step, agent)
        return
    move(step, agent, AgentAction.READY, by=by)
    agent.missed = 0
    back_from_leave(step, agent)
    if agent.station is not None:
        _break_silence(step, agent.station)
    end_refusal_delay(step, Timer(TimerKind.REFUSAL_DELAY, agent.agent_id))


def be_not_ready(step: Step, agent: Agent, reason: str, by: str = "") -> None:
    """At once when no call is in hand."""
    if agent.state in _BUSY:
        agent.not_ready_after, agent.not_ready_by = reason, by
    else:
        move(step, agent, AgentAction.NOT_READY, reason, by)
    stop_offers(step, agent)
    dispatch.serve_agent(step, agent)


def be_signed_out(step: Step, agent: Agent, by: str = "") -> None:
    """At once, or at the end of the present call and its wrap-up. Items go back to their queue."""
    agent.sign_out_after, agent.sign_out_by = True, by
    stop_offers(step, agent)
    for offer in [step.state.offers[offer_id] for offer_id in agent.items]:
        entry = step.state.entries[offer.entry_id]
        talk.end(step, entry, offer, by_agent=False)
        waiting.put_back(step, entry, step.state.queues[offer.queue_name])
    dispatch.serve_agent(step, agent)


def stop_offers(step: Step, agent: Agent) -> None:
    """Whatever the agent has not taken yet counts as rejected."""
    offered = [agent.offer_id, *agent.items] if agent.offer_id else list(agent.items)
    for offer in [step.state.offers[offer_id] for offer_id in offered]:
        if offer.accepted_at is None:
            offers.stop(step, offer, OfferResult.REJECTED)


def _make_way(step: Step, agent: Agent, station: str) -> None:
    """Whoever sits there has lost the session, or forgot to sign out."""
    if agent.state in _BUSY and agent.station != station:
        raise UsageError(f"agent {agent.agent_id} has a call at station {agent.station}; end it first")
    occupant = step.state.seats.get(station)
    if occupant is not None and occupant != agent.agent_id:
        _refuse_work_in_hand(step.state.agents[occupant])
        sign_off(step, step.state.agents[occupant], agent.agent_id)


def _change_seats(step: Step, agent: Agent, station: str) -> None:
    """The shift goes on at another station, with its items."""
    if agent.station in (None, station):
        return
    step.emit(AgentMoved(agent=agent.agent_id, from_station=agent.station or "", to_station=station))
    step.state.seats.pop(agent.station or "", None)
    step.state.seats[station] = agent.agent_id
    agent.station = station
    step.touched.update(dict.fromkeys(agent.memberships))
    dispatch.serve_agent(step, agent)


def _refuse_work_in_hand(agent: Agent) -> None:
    if agent.items:
        raise UsageError(f"agent {agent.agent_id} has {len(agent.items)} items in hand; finish them first")
    if agent.state in _BUSY:
        raise UsageError(
            f"agent {agent.agent_id} is {agent.state}; sign out when call {agent.call_id} is over"
        )


def _refuse_held(agent: Agent) -> None:
    if agent.held_reason and agent.state is not AgentState.LOGGED_OUT:
        raise UsageError(
            f"agent {agent.agent_id} is kept for {agent.held_reason} by a supervisor, and only one lifts that"
        )


def _refuse_other_reasons(config: AcdConfig, reason: str) -> None:
    if reason in config.supervisor_reasons:
        raise UsageError(f"{reason} is a reason that only supervisors set")
    codes = [configured.code for configured in config.not_ready_reasons]
    if codes and reason not in codes:
        raise UsageError(f"{reason} is no reason to be not ready here; it takes {', '.join(codes)}")


def end_refusal_delay(step: Step, timer: Timer) -> None:
    """Offers may come again."""
    step.state.timers.cancel(timer)
    dispatch.serve_agent(step, step.state.agents[timer.subject])


def change_station(step: Step, changed: StationChanged) -> None:
    """Whoever sits at the station may be offered calls from now on, or no longer."""
    _break_silence(step, changed.station)
    if changed.reachable:
        step.state.registered.add(changed.station)
    else:
        step.state.registered.discard(changed.station)
    _serve_occupant(step, changed.station)


def end_silence(step: Step, timer: Timer) -> None:
    """A phone that gave no sign is tried again."""
    _break_silence(step, timer.subject)
    _serve_occupant(step, timer.subject)


def _break_silence(step: Step, station: str) -> None:
    step.state.silent.discard(station)
    step.state.timers.cancel(Timer(TimerKind.SILENCE, station))


def _serve_occupant(step: Step, station: str) -> None:
    if occupant := step.state.seats.get(station):
        agent = step.state.agents[occupant]
        step.touched.update(dict.fromkeys(agent.memberships))
        dispatch.serve_agent(step, agent)
