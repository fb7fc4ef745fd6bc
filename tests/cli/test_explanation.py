"""queues explain and agents explain: what the ACD decided, as a supervisor reads it."""

from pathlib import Path

import pytest

from acd.agent_config import AgentConfig
from acd.explain import explain_agent, explain_caller
from cli import explanation
from runtime.clock import local_now
from runtime.errors import UsageError
from runtime.vocabulary import Event
from switch.records.config import RecordsConfig
from switch.records.journal import Journal
from tests.acd.centre import SERVICE, Centre, only

AGENTS = [
    AgentConfig(id="1001", name="王芳", queues=["service"], skills={"billing": 2}),
    AgentConfig(id="1002", name="张伟", queues=["service"], skills={"billing": 3}),
]


@pytest.fixture(autouse=True)
def _plain_wide_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")


def waiting_centre() -> Centre:
    centre = Centre([SERVICE], AGENTS)
    centre.staff("1001")
    centre.seat("1002")
    centre.not_ready("1002", "午休")
    centre.join("call", requirement="billing>=3")
    return centre


def test_a_waiting_caller_is_shown_with_every_agent_and_what_removed_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = waiting_centre().core.state
    explanation.show_caller(explain_caller(state, state.entries["call"], 130, 50))
    told = capsys.readouterr().out
    assert "requirement not met: billing>=3 (has billing 2)" in told
    assert "王芳" in told
    assert "not ready: 午休" in told
    assert "nobody is to be rung now" in told


def test_a_callback_in_quiet_hours_is_shown_with_why_nobody_is_called(
    capsys: pytest.CaptureFixture[str],
) -> None:
    centre = Centre([SERVICE.model_copy(update={"callback_calendar": "office"})], AGENTS)
    centre.ask_back("callback", "13800138000")
    centre.staff("1001")
    state = centre.core.state
    explanation.show_caller(explain_caller(state, state.entries["callback"], 130, 50))
    told = " ".join(capsys.readouterr().out.split())
    assert "callback to 13800138000 is paused, 0 attempts" in told
    assert "the customer is not called now: the calendar for callbacks is closed" in told


def test_an_agent_is_shown_with_whose_turn_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    state = waiting_centre().core.state
    explanation.show_agent(explain_agent(state, state.agents["1002"], 130))
    explanation.show_agent(explain_agent(state, state.agents["1001"], 130))
    told = capsys.readouterr().out
    assert "agent 1002 张伟 gets no calls: not ready: 午休" in told
    assert "next: call call in service" in told
    assert "agent 1001 王芳 is free" in told
    assert "1 × billing>=3 (has billing 2)" in told


def test_a_caller_who_is_gone_is_told_of_from_the_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre = Centre([SERVICE], AGENTS)
    centre.staff("1001", "1002")
    centre.join("call", requirement="billing")
    centre.talk("call")
    centre.hang_up("call")
    config = RecordsConfig(journal=tmp_path / "journal", database=f"sqlite:///{tmp_path}/records.db")
    journal = Journal(config)
    for event in only(Event, centre.outputs):
        journal.observe(event, local_now().timestamp())
    journal.close()

    end = local_now()
    explanation.show_story("call", explanation.story_of(config.journal, "call_id", "call", end))
    told = capsys.readouterr().out
    assert "joined service at position 1, priority 0, asking for billing" in told
    assert "first by longest_idle, 2 free: 1001 (idle_s 2); 1002 (idle_s 1)" in told
    assert "offer to agent 1001: accepted" in told
    assert "to agent 1001" in told
    assert "the other side hung up" in told

    explanation.show_story("agent", explanation.story_of(config.journal, "agent", "1002", end))
    assert "AVAILABLE" in capsys.readouterr().out
    with pytest.raises(UsageError, match="has no call_id call in it"):
        explanation.story_of(config.journal, "call_id", "call", explanation.moment("2020-01-01T10:00"))
