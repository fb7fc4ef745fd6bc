import pytest

from acd.agent import TRANSITIONS, Agent, AgentAction, AgentState
from acd.agent_config import AgentConfig
from runtime.errors import UsageError

WAYS = {
    ("LOGGED_OUT", "sign_in"): "NOT_READY",
    ("NOT_READY", "ready"): "AVAILABLE",
    ("NOT_READY", "not_ready"): "NOT_READY",
    ("NOT_READY", "sign_out"): "LOGGED_OUT",
    ("NOT_READY", "call"): "OFFERED",
    ("NOT_READY", "take"): "ON_CALL",
    ("AVAILABLE", "ready"): "AVAILABLE",
    ("AVAILABLE", "not_ready"): "NOT_READY",
    ("AVAILABLE", "sign_out"): "LOGGED_OUT",
    ("AVAILABLE", "offer"): "OFFERED",
    ("AVAILABLE", "call"): "OFFERED",
    ("OFFERED", "end_offer"): "AVAILABLE",
    ("OFFERED", "not_ready"): "NOT_READY",
    ("OFFERED", "connect"): "ON_CALL",
    ("OFFERED", "end_call"): "WRAP_UP",
    ("ON_CALL", "end_call"): "WRAP_UP",
    ("ON_CALL", "not_ready"): "NOT_READY",
    ("ON_CALL", "put_down"): "AVAILABLE",
    ("WRAP_UP", "end_wrap_up"): "AVAILABLE",
    ("WRAP_UP", "ready"): "AVAILABLE",
    ("WRAP_UP", "not_ready"): "NOT_READY",
    ("WRAP_UP", "sign_out"): "LOGGED_OUT",
    ("WRAP_UP", "call"): "OFFERED",
}


def agent_in(state: AgentState) -> Agent:
    agent = Agent.employed(AgentConfig(id="1001"))
    agent.state = state
    return agent


@pytest.mark.parametrize("state", AgentState)
@pytest.mark.parametrize("action", AgentAction)
def test_every_action_leads_where_it_should_or_is_refused(state: AgentState, action: AgentAction) -> None:
    agent = agent_in(state)
    expected = WAYS.get((state.value, action.value))
    if expected is None:
        asked = action.replace("_", " ")
        with pytest.raises(UsageError, match=f"agent 1001 is {state}: {asked} is not possible now"):
            agent.state_after(action)
    else:
        assert agent.state_after(action) == expected


@pytest.mark.parametrize("start", AgentState)
def test_a_shift_can_end_from_every_state(start: AgentState) -> None:
    reached, frontier = {start}, [start]
    while frontier:
        for state in set(TRANSITIONS[frontier.pop()].values()) - reached:
            reached.add(state)
            frontier.append(state)
    assert AgentState.LOGGED_OUT in reached
