"""Calls of agents that no queue offered.

Those that the switch places for them, whose phones ring first (外呼):

begun: OFFERED ──► the agent answers: ON_CALL ──► over: WRAP_UP, as long as the agent's own queue says
   └──► nobody answers: as before, in a wrap-up that begins anew where it was one

Those that come to the phone of one who is not ready: picked up, transferred, dialled straight to it:

taken: ON_CALL ──► over: not ready as before, without wrap-up; ready if the agent has asked for that meanwhile

Neither a caller nor an offer: queues and the figures of their calls know nothing of it.
"""

from acd.agent import Agent, AgentAction, AgentState
from acd.agent_target import own_queue
from acd.dispatch import serve_agent
from acd.eligibility import be_not_ready_as_asked, move
from acd.inputs import CallTaken, OwnCallAnswered, OwnCallBegan, OwnCallOver
from acd.state import AcdState, OwnCall
from acd.step import Step
from acd.talk import start_wrap_up
from runtime.errors import UsageError

_FREE_FOR_IT = (AgentState.NOT_READY, AgentState.AVAILABLE, AgentState.WRAP_UP)
_REASONS = {
    AgentState.LOGGED_OUT: "signed_out",
    AgentState.OFFERED: "rung",
    AgentState.ON_CALL: "on_call",
}


def station_to_call(state: AcdState, agent_id: str) -> str:
    """Where an agent can be called first now.

    Raises UsageError (``no_such_agent``, ``signed_out``, ``rung``, ``on_call``).
    """
    agent = state.agents.get(agent_id)
    if agent is None:
        raise UsageError(
            f"there is no agent {agent_id}; agents are listed in [[agents]] of the configuration",
            reason="no_such_agent",
        )
    if agent.station is None or agent.state not in _FREE_FOR_IT:
        raise UsageError(
            f"agent {agent_id} is {agent.state}; the switch calls who is signed in and has no call",
            reason=_REASONS[agent.state],
        )
    return agent.station


def begin(step: Step, began: OwnCallBegan) -> None:
    """The agent's phone is to ring. Ignored when the agent has a call already, or is gone."""
    agent = step.state.agents.get(began.agent_id)
    if agent is None or agent.state not in _FREE_FOR_IT:
        return
    was_wrapping_up, reason = agent.state is AgentState.WRAP_UP, agent.reason
    is_not_ready = agent.state is AgentState.NOT_READY
    move(step, agent, AgentAction.CALL, call_id=began.call_id)
    if is_not_ready:
        agent.not_ready_after = reason
    step.state.own_calls[began.call_id] = OwnCall(agent.agent_id, was_wrapping_up)


def answer(step: Step, answered: OwnCallAnswered) -> None:
    """The agent picked up. Ignored when it is nobody's."""
    own = step.state.own_calls.get(answered.call_id)
    if own is not None and not own.offer_id:
        move(step, step.state.agents[own.agent_id], AgentAction.CONNECT)


def take(step: Step, taken: CallTaken) -> None:
    """Who talks is not shown as not ready. Ignored when the agent is anything else, or gone."""
    agent = step.state.agents.get(taken.agent_id)
    if agent is None or agent.state is not AgentState.NOT_READY or taken.call_id in step.state.own_calls:
        return
    reason = agent.reason
    move(step, agent, AgentAction.TAKE, call_id=taken.call_id)
    agent.not_ready_after = reason
    step.state.own_calls[taken.call_id] = OwnCall(agent.agent_id, False, taken.offer_id)


def end(step: Step, over: OwnCallOver) -> None:
    """The agent is out of the call, or never was in it. Ignored when it is nobody's."""
    own = step.state.own_calls.pop(over.call_id, None)
    if own is None:
        return
    agent = step.state.agents[own.agent_id]
    if own.offer_id:
        _put_down(step, agent)
        return
    if agent.state is AgentState.ON_CALL or own.was_wrapping_up:
        start_wrap_up(step, agent, over.call_id, _wrap_up_s(step.state, agent))
        return
    if agent.not_ready_after is not None:
        be_not_ready_as_asked(step, agent)
    else:
        move(step, agent, AgentAction.END_OFFER)
    serve_agent(step, agent)


def _put_down(step: Step, agent: Agent) -> None:
    if agent.not_ready_after is not None:
        be_not_ready_as_asked(step, agent)
    else:
        move(step, agent, AgentAction.PUT_DOWN)
    serve_agent(step, agent)


def _wrap_up_s(state: AcdState, agent: Agent) -> float:
    name = own_queue(agent.config)
    return state.queues[name].config.wrap_up_s if name in state.queues else 0.0
