"""queues explain and agents explain of what is over, and acd replay, from the disk alone."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from acd.agent_config import AgentConfig
from acd.events import OfferMade
from acd.explain import explain_agent, explain_caller
from acd.replay.keeping import InputKeeper
from acd.replay.recorded_core import RecordedCore
from cli.commands import REFUSED, app
from runtime.clock import local_now
from runtime.ids import SeededIds
from runtime.vocabulary import Event
from switch.records.config import RecordsConfig
from switch.records.journal import Journal
from switch.records.segment import list_segments
from tests.acd.centre import SERVICE, STARTED_AT, Centre, one, only

AGENTS = [
    AgentConfig(id="1001", name="王芳", queues=["service"], skills={"billing": 2}),
    AgentConfig(id="1002", name="张伟", queues=["service"], skills={"billing": 3}),
    AgentConfig(id="1003", queues=["service"]),
]


class House:
    """A centre whose journal and inputs are in a folder, as the switch leaves them, an hour ago."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "flows").mkdir()
        (folder / "prompts").mkdir()
        self.config = folder / "ringmain.toml"
        text = f'[records]\njournal = "{folder}/journal"\ndatabase = "sqlite:///{folder}/records.db"\n'
        self.config.write_text(text, "utf-8")
        self.began_at = local_now().timestamp() - 3600 - STARTED_AT
        self.records = RecordsConfig(journal=folder / "journal", fsync=False)

    def run(self, work: Any) -> Centre:
        """A run of the switch in which this is done with the centre."""
        centre = Centre([SERVICE], AGENTS)
        journal = Journal(self.records)
        keeper = InputKeeper(self.records, lambda event: None, lambda: self.wall(centre))
        core = partial(RecordedCore, inputs=keeper, now=STARTED_AT)
        centre.core = core(centre.queues, centre.agents, SeededIds())
        honest = centre._note

        def note(outputs: list[Any]) -> list[Any]:
            for event in only(Event, outputs):
                journal.observe(event, self.wall(centre))
            return honest(outputs)

        centre._note = note  # type: ignore[method-assign]
        work(centre)
        keeper.close()
        journal.close()
        return centre

    def wall(self, centre: Centre) -> float:
        return self.began_at + centre.now

    def moment(self, centre: Centre) -> str:
        return local_now().fromtimestamp(self.wall(centre)).astimezone().isoformat()

    def ask(self, *words: str) -> Any:
        told = self.tell(*words, "--json")
        return json.loads(told)

    def tell(self, *words: str, exit_code: int = 0) -> str:
        found = CliRunner().invoke(app, [*words, "--config", str(self.config)])
        assert found.exit_code == exit_code, found.output
        return found.output


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    return House(tmp_path)


def serve_one(centre: Centre) -> None:
    centre.staff("1001", "1002")
    centre.join("call", requirement="billing>=3")
    centre.talk("call")
    centre.wait(5)
    centre.hang_up("call")


def test_a_call_that_is_over_is_explained_with_every_candidate_of_its_decision(house: House) -> None:
    made = one(OfferMade, house.run(serve_one).outputs)
    told = house.tell("queues", "explain", "call")
    assert "joined service at position 1" in told
    assert f"as agent {made.agent} was chosen:" in told
    assert "requirement not met: billing>=3 (has billing 2)" in told
    assert "signed out" in told
    assert "rung now: 1002 in service, by nobody else is left" in told
    lines = house.ask("queues", "explain", "call")["story"]
    (decision,) = [line["decision"] for line in lines if "decision" in line]
    assert decision["choice"] == {"queue": "service", "agents": ["1002"], "decided_by": "alone"}


def test_a_moment_is_explained_as_it_was_live(house: House) -> None:
    live: dict[str, Any] = {}

    def wait_a_while(centre: Centre) -> None:
        centre.staff("1001")
        centre.join("call", requirement="billing>=3")
        centre.wait(5)
        state = centre.core.state
        live["call"] = explain_caller(state, state.entries["call"], centre.now, 50)
        live["agent"] = explain_agent(state, state.agents["1001"], centre.now)
        live["at"] = house.moment(centre)
        centre.wait(5)
        centre.hang_up("call")

    house.run(wait_a_while)
    plain = json.loads(json.dumps(live))
    told = house.ask("queues", "explain", "call", "--at", live["at"])
    assert told["explained"]["queues"] == approximately(plain["call"]["queues"])
    assert [line["topic"] for line in told["story"]] == ["queue.caller_joined"]
    agent = house.ask("agents", "explain", "1001", "--at", live["at"])["explained"]
    assert agent == approximately(plain["agent"])
    text = house.tell("agents", "explain", "1001", "--at", live["at"])
    assert "agent 1001 王芳 is free" in text


def approximately(told: Any) -> Any:
    """The clock's seconds have fewer digits than the core's."""
    if isinstance(told, dict):
        return {key: approximately(value) for key, value in told.items()}
    if isinstance(told, list):
        return [approximately(value) for value in told]
    return pytest.approx(told, abs=0.01) if isinstance(told, float) else told


def test_without_inputs_what_the_events_tell_remains_and_that_is_said(house: House) -> None:
    house.run(serve_one)
    for path in (house.folder / "journal" / "acd_inputs").iterdir():
        path.unlink()
    told = house.tell("queues", "explain", "call")
    assert "offered to agent 1002" in told
    assert "who else could have been rung cannot be told any more" in told
    assert house.ask("queues", "explain", "call")["unexplained"].startswith("what the ACD was told then")


def test_all_that_was_told_is_told_again_and_compared_with_the_journal(house: House) -> None:
    centre = house.run(serve_one)
    told = house.ask("acd", "replay")
    assert told["events"] == len(only(Event, centre.outputs))
    assert (told["difference"], told["lost"]) == (None, 0)
    assert f"{told['events']} events as they are in the journal" in house.tell("acd", "replay")


def test_several_runs_are_compared_each_from_its_beginning(house: House) -> None:
    events = 0
    for _ in range(3):
        events += len(only(Event, house.run(serve_one).outputs))
        house.began_at += 60
    assert house.ask("acd", "replay")["events"] == events


def test_part_of_a_shift_is_compared(house: House) -> None:
    moments: list[str] = []

    def work(centre: Centre) -> None:
        centre.staff("1001", "1002")
        for number in range(5):
            moments.append(house.moment(centre))
            centre.join(f"call-{number}")
            centre.hang_up(f"call-{number}")
            centre.wait(20)

    house.run(work)
    told = house.ask("acd", "replay", "--from", moments[1], "--to", moments[3])
    assert told["difference"] is None
    assert 0 < told["events"] < house.ask("acd", "replay")["events"]


def changed(path: Path, before: bytes, after: bytes) -> None:
    text = path.read_bytes()
    assert before in text
    path.write_bytes(text.replace(before, after))


def test_the_first_difference_is_shown(house: House) -> None:
    house.run(serve_one)
    (segment,) = list_segments(house.records.journal)
    changed(
        segment.path,
        b'"agent":"1002","station":"phone-1002","medium"',
        b'"agent":"1001","station":"x","medium"',
    )
    told = house.tell("acd", "replay", exit_code=1)
    assert "then it differs: CallerCame" in told
    assert "the journal has another event" in told
    assert "then queue.offer_made" in told
    assert "agent='1001'" in told
    assert "now  queue.offer_made" in told


def test_an_event_that_the_journal_lacks_is_a_difference(house: House) -> None:
    house.run(serve_one)
    (segment,) = list_segments(house.records.journal)
    lines = segment.path.read_bytes().splitlines(keepends=True)
    segment.path.write_bytes(b"".join(line for line in lines if b"queue.offer_made" not in line))
    assert house.tell("acd", "replay", exit_code=1)


def test_what_the_journal_of_a_killed_run_lacks_at_its_end_is_no_difference(house: House) -> None:
    house.run(serve_one)
    (segment,) = list_segments(house.records.journal)
    lines = segment.path.read_bytes().splitlines(keepends=True)
    segment.path.write_bytes(b"".join(lines[:-2]))
    told = house.ask("acd", "replay")
    assert (told["difference"], told["events"]) == (None, len(lines) - 2)


def test_inputs_of_another_version_are_said_to_be_such(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"version": "0.0.1", "code": "another"}
    with monkeypatch.context() as before:
        before.setattr("acd.replay.recorded_core.ABOUT_THIS_CODE", other)
        house.run(serve_one)
    told = house.tell("queues", "explain", "call")
    assert "offered to agent 1002" in told
    assert "written by Ringmain 0.0.1 with another ACD" in told
    assert "written by Ringmain 0.0.1 with another ACD" in house.tell("acd", "replay")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"code":"', b'"code":"another'),
        (b'"code":"', b'"code_of_then":"'),
        (b'"seed":', b'"seed":'),  # by this very code
    ],
)
def test_a_beginning_that_cannot_be_taken_costs_no_story_from_events(
    house: House, before: bytes, after: bytes
) -> None:
    moment = house.moment(house.run(serve_one))
    (segment,) = list_segments(house.folder / "journal" / "acd_inputs")
    changed(segment.path, before, after)
    changed(segment.path, b'"agents":[{', b'"agents":[{"a_key_of_then":1,')
    assert "offered to agent 1002" in house.tell("queues", "explain", "call")
    for words in (["queues", "explain", "call"], ["agents", "explain", "1002"]):
        told = house.tell(*words, "--at", moment)
        assert "agent 1002" in told
        assert "cannot be told any more" in told
    assert "a_key_of_then" in house.tell("acd", "replay", exit_code=REFUSED)


def test_where_nothing_is_kept_replay_says_so(house: House) -> None:
    found = CliRunner().invoke(app, ["acd", "replay", "--config", str(house.config)])
    assert found.exit_code != 0
    assert "inputs_kept_days" in found.output
