"""What is kept of the core's inputs, and what becomes of it when some are lost."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from acd import announcing
from acd.agent_config import AgentConfig
from acd.commands import MakeReady
from acd.config import AcdConfig
from acd.events import OfferMade
from acd.inputs import CallerCame
from acd.replay.explaining import player_at
from acd.replay.folder import NotKept, Start, entries_from
from acd.replay.lines import BEGAN, RESUMED, encode, read_given
from acd.replay.player import Diverged, Player
from acd.replay.recorded_core import CALLER_WEIGHS, STATE_AT_MOST
from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.records.segment import decode_line, list_segments
from tests.acd import random_shift
from tests.acd.centre import SERVICE, agents_of, only
from tests.acd.replay.kept import kept_centre


def topics(folder: Path) -> list[str]:
    return [entry.topic for entry in entries_from(folder, Start(1, None))]


def replayed(folder: Path) -> list[Output]:
    player, outputs = Player(), list[Output]()
    player.start(Start(1, None))
    for entry in entries_from(folder, Start(1, None)):
        retold = player.take(entry)
        outputs += () if retold is None else retold.outputs
    return outputs


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_the_inputs_of_any_shift_told_again_have_the_same_events_and_commands(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    choices, folder = Random(seed), tmp_path_factory.mktemp("inputs")
    with kept_centre(folder) as (centre, _):
        centre.staff(*(agent.id for agent in random_shift.AGENTS))
        for _ in range(100):
            random_shift.act(centre, choices)
    assert replayed(folder) == centre.outputs


def test_whether_numbers_can_be_called_is_answered_as_it_was_then(tmp_path: Path) -> None:
    def can_dial(number: str, level: int | None, queue: str) -> bool:
        return number != "13900139000"

    keys = {"callback_on_hang_up": True}
    queue = SERVICE.model_copy(update=keys)
    with kept_centre(tmp_path, [queue], agents_of("service"), can_dial=can_dial) as (centre, _):
        centre.join("call", number="13900139000")
        centre.hang_up("call")
        centre.join("another")
        centre.hang_up("another")
        assert list(centre.core.state.entries) == ["another"]
        centre.ask_back("first", "13800138000")
        with pytest.raises(UsageError):
            centre.ask_back("second", "13900139000")
    assert replayed(tmp_path) == centre.outputs


def test_whether_a_way_out_leads_to_anybody_is_answered_as_it_was_then(tmp_path: Path) -> None:
    queue = SERVICE.model_copy(update={"max_wait_s": 5.0, "on_timeout": "flow:gone"})
    answers = [False, True]
    with kept_centre(tmp_path, [queue], agents_of("service"), knows_target=lambda _: answers.pop(0)) as (
        centre,
        _,
    ):
        centre.join("first")
        centre.join("second")
        centre.wait(5)
        assert list(centre.core.state.calls) == ["first"]
    assert replayed(tmp_path) == centre.outputs


def test_what_is_refused_is_not_kept(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, _), pytest.raises(UsageError):
        centre.tell(MakeReady(agent_id="4711"))
    assert topics(tmp_path) == [BEGAN]


def test_a_fault_of_the_core_is_kept_and_happens_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, _):
        centre.staff("1001")
        with monkeypatch.context() as broken:
            broken.setattr("acd.dispatch.hush", lambda step, entry: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                centre.join("first")
        centre.join("second")
    with pytest.raises(Diverged):
        replayed(tmp_path)
    honest = announcing.hush
    monkeypatch.setattr(
        "acd.dispatch.hush", lambda step, entry: 1 / (entry.call_id != "first") and honest(step, entry)
    )
    assert replayed(tmp_path) == centre.outputs


def test_a_caller_whose_number_is_no_utf_8_is_kept_all_the_same(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, _):
        centre.staff("1001")
        centre.join("call", number="\udcff138")
    state = player_at(tmp_path, centre.now).ready().state
    assert state.entries["call"].caller_number == "\udcff138"
    assert replayed(tmp_path) == centre.outputs


def test_what_was_given_is_the_same_when_read_again() -> None:
    came = CallerCame(
        call_id="call", contact_id="c", caller_number="1", queues=("a", "b"), data=(("x", "y"),), priority=3
    )
    line = decode_line(encode(1, 2.5, "CallerCame", {"now": 1.0, "given": came}))
    assert line is not None
    assert read_given(line.topic, line.fields["given"]) == came


def test_a_line_that_a_crash_cut_off_costs_that_line_only(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, _):
        centre.staff("1001")
        before = len(centre.outputs)
        centre.join("call")
    (segment,) = list_segments(tmp_path)
    segment.path.write_bytes(segment.path.read_bytes()[:-20])
    assert replayed(tmp_path) == centre.outputs[:before]


def test_after_a_loss_the_whole_state_is_written_and_decisions_can_be_told_again(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service", count=2)) as (centre, shelf):
        centre.staff("1001")
        shelf.sequence += 3  # these were lost
        centre.join("lost")
        shelf.is_broken = True
        centre.join("call")
        centre.seat("1002")
        (made,) = only(OfferMade, centre.ready("1002"))
    assert topics(tmp_path)[-1] != RESUMED
    assert RESUMED in topics(tmp_path)
    player = player_at(tmp_path, centre.now)
    assert player.lost == 3
    assert player.ready().snapshot() == centre.core.snapshot()
    assert made in replayed(tmp_path)


def test_with_many_waiting_the_state_is_written_when_they_are_fewer(tmp_path: Path) -> None:
    most = (STATE_AT_MOST - 2) // CALLER_WEIGHS  # beside a queue and an agent
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, shelf), capture_logs() as logs:
        for number in range(most + 1):
            centre.join(f"call-{number}")
        shelf.is_broken = True
        kept = shelf.sequence
        centre.join("another")
        assert shelf.sequence == kept
        for number in range(5):
            centre.hang_up(f"call-{number}")
    assert topics(tmp_path).count(RESUMED) == 1
    assert player_at(tmp_path, centre.now).ready().snapshot() == centre.core.snapshot()
    assert [line["until"] for line in logs] == ["fewer callers are in the queues"]


def test_in_a_house_with_too_many_agents_nothing_is_kept_after_a_loss_and_that_is_said_once(
    tmp_path: Path,
) -> None:
    agents = agents_of("service", count=STATE_AT_MOST)
    with kept_centre(tmp_path, [SERVICE], agents) as (centre, shelf), capture_logs() as logs:
        centre.join("first")
        kept = shelf.sequence
        shelf.is_broken = True
        centre.join("second")
        centre.join("third")
        assert shelf.sequence == kept
    assert [line["until"] for line in logs] == ["the next start of the switch"]


def test_inputs_are_kept_from_when_a_reload_asks_for_it(tmp_path: Path) -> None:
    off, on = AcdConfig(inputs_kept_days=0), AcdConfig(inputs_kept_days=1)
    with kept_centre(tmp_path, [SERVICE], agents_of("service"), off) as (centre, shelf):
        centre.join("call")
        assert shelf.sequence == 0
        centre.configure(rules=on)
        centre.join("second")
        assert topics(tmp_path) == [RESUMED, "CallerCame"]
        centre.configure(rules=off)
        centre.join("third")
    assert topics(tmp_path) == [RESUMED, "CallerCame", "ConfigureAcd"]


def test_a_changed_configuration_is_told_again(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, _):
        centre.staff("1001")
        other = SERVICE.model_copy(update={"wrap_up_s": 1.0, "ring_timeout_s": 3.0})
        more = [*centre.agents, AgentConfig(id="1002", queues=["service"], skills={"billing": 2})]
        centre.configure(queues=[other], agents=more)
        centre.join("call")
        centre.wait(20)
    assert replayed(tmp_path) == centre.outputs


def test_a_beginning_of_a_version_with_other_keys_is_not_taken(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, _):
        centre.staff("1001")
    (segment,) = list_segments(tmp_path)
    text = segment.path.read_bytes()
    segment.path.write_bytes(text.replace(b'"name":"service"', b'"a_key_of_then":1,"name":"service"', 1))
    with pytest.raises(NotKept, match="a_key_of_then"):
        replayed(tmp_path)


def test_a_whole_state_of_a_version_that_had_other_fields_is_not_taken(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service")) as (centre, shelf):
        shelf.is_broken = True
        centre.staff("1001")
    honest = next(entry for entry in entries_from(tmp_path, Start(1, None)) if entry.topic == RESUMED)
    for damage in ("turns", "leave", "skills"):
        snapshot = honest.fields["snapshot"]
        agents = [{**agent, damage: [1]} for agent in snapshot["agents"]]
        told = {**honest.fields, "snapshot": {**snapshot, "agents": agents}}
        with pytest.raises(NotKept, match="began otherwise"):
            Player().take(honest._replace(fields=told))
        with pytest.raises(NotKept, match="began otherwise"):
            Player().start(Start(1, {**told, "wall": 0.0}))
