"""States at the beginning of segments, worked out by telling the inputs again, and what is removed."""

from pathlib import Path
from random import Random

import pytest

from acd.replay.code import ABOUT_THIS_CODE
from acd.replay.explaining import player_at
from acd.replay.folder import NotKept, start_before, state_path
from acd.replay.player import Player, Retold
from acd.replay.states import carry_out, remove_old, write_states
from switch.records.projection import JournalEntry
from switch.records.segment import list_segments
from tests.acd import random_shift
from tests.acd.centre import SERVICE, STARTED_AT, Centre, agents_of
from tests.acd.replay.kept import kept_centre


def busy_shift(folder: Path, seed: int, entries: int) -> Centre:
    choices = Random(seed)
    with kept_centre(folder, entries=entries) as (centre, _):
        centre.staff(*(agent.id for agent in random_shift.AGENTS))
        for _ in range(200):
            random_shift.act(centre, choices)
    return centre


@pytest.mark.parametrize("seed", range(5))
def test_from_the_state_before_any_segment_the_core_comes_to_the_same_end(tmp_path: Path, seed: int) -> None:
    centre = busy_shift(tmp_path, seed, entries=20)
    segments = list_segments(tmp_path)
    assert write_states(tmp_path) == len(segments) - 1
    assert write_states(tmp_path) == 0
    last = start_before(tmp_path, centre.now)
    assert last.sequence == segments[-1].first_sequence
    assert player_at(tmp_path, centre.now).ready().snapshot() == centre.core.snapshot()


def test_when_the_beginning_of_a_run_is_removed_the_rest_can_still_be_told_again(tmp_path: Path) -> None:
    centre = busy_shift(tmp_path, 1, entries=20)
    order = {"folder": str(tmp_path), "kept_days": 1, "max_mb": 0, "wall": centre.now}
    before = len(list_segments(tmp_path))
    write_states(tmp_path)
    assert carry_out(order) == {"written": 0, "removed": before - 1}
    assert len(list(tmp_path.iterdir())) == 2  # the last segment and its state
    assert player_at(tmp_path, centre.now).ready().snapshot() == centre.core.snapshot()
    with pytest.raises(NotKept):
        player_at(tmp_path, STARTED_AT)


def test_days_within_the_limit_stay(tmp_path: Path) -> None:
    busy_shift(tmp_path, 1, entries=20)
    before = list_segments(tmp_path)
    assert remove_old(tmp_path, "1970-01-01", 2**30) == 0
    assert remove_old(tmp_path, "1970-01-02", 2**30) == len(before) - 1


def test_beyond_the_size_the_oldest_goes(tmp_path: Path) -> None:
    busy_shift(tmp_path, 1, entries=20)
    before = list_segments(tmp_path)
    last_two = sum(segment.path.stat().st_size for segment in before[-2:])
    remove_old(tmp_path, "1970-01-01", last_two)
    assert list_segments(tmp_path) == before[-2:]


def test_what_cannot_be_told_again_is_looked_at_once(tmp_path: Path) -> None:
    centre = busy_shift(tmp_path, 1, entries=20)
    first, *others = list_segments(tmp_path)
    first.path.unlink()
    assert write_states(tmp_path) == len(others)
    assert all(state_path(segment).exists() for segment in others)
    assert write_states(tmp_path) == 0
    with pytest.raises(NotKept):
        player_at(tmp_path, centre.now)


def test_a_state_that_a_crash_cut_off_is_made_again(tmp_path: Path) -> None:
    centre = busy_shift(tmp_path, 1, entries=20)
    write_states(tmp_path)
    path = state_path(list_segments(tmp_path)[-1])
    path.write_bytes(path.read_bytes()[:100])
    assert player_at(tmp_path, centre.now).ready().snapshot() == centre.core.snapshot()  # from further back
    assert write_states(tmp_path) == 1


def test_when_nothing_is_to_be_kept_what_there_is_goes_the_next_day(tmp_path: Path) -> None:
    centre = busy_shift(tmp_path, 1, entries=20)
    order = {"folder": str(tmp_path), "kept_days": 0, "max_mb": 2048, "wall": centre.now}
    assert carry_out(order)["removed"] == 0
    carry_out({**order, "wall": centre.now + 86_400})
    assert list(tmp_path.iterdir()) == []


def test_what_is_old_goes_though_states_cannot_be_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = busy_shift(tmp_path, 1, entries=20)
    monkeypatch.setattr("acd.replay.player.Player.state", lambda player: 1 / 0)
    monkeypatch.setattr("acd.replay.player.Player.take", lambda player, entry: 1 / 0)
    order = {"folder": str(tmp_path), "kept_days": 1, "max_mb": 0, "wall": centre.now}
    assert carry_out(order)["written"] == 1
    assert len(list_segments(tmp_path)) == 1
    assert carry_out(order) == {"written": 0, "removed": 0}


def test_a_state_with_a_number_that_is_no_utf_8_is_kept_all_the_same(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service"), entries=3) as (centre, _):
        centre.join("first", number="\udcff138")
        for number in range(5):
            centre.join(f"call-{number}")
    write_states(tmp_path)
    last = list_segments(tmp_path)[-1]
    assert start_before(tmp_path, centre.now).sequence == last.first_sequence
    assert player_at(tmp_path, centre.now).ready().snapshot() == centre.core.snapshot()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sequence of each entry told again."""
    sequences, take = list[int](), Player.take

    def noted(player: Player, entry: JournalEntry) -> Retold | None:
        sequences.append(entry.sequence)
        return take(player, entry)

    monkeypatch.setattr(Player, "take", noted)
    return sequences


def test_after_a_loss_no_entry_is_told_twice_to_find_that_no_state_can_be_had(
    tmp_path: Path, told: list[int]
) -> None:
    busy_shift(tmp_path, 1, entries=20)
    first, *others = list_segments(tmp_path)
    lines = first.path.read_bytes().splitlines(keepends=True)
    first.path.write_bytes(b"".join(lines[:5] + lines[6:]))
    assert write_states(tmp_path) == len(others)
    assert len(told) == len(set(told))
    told.clear()
    state_path(others[-1]).unlink()
    assert write_states(tmp_path) == 1
    assert told == list(range(others[-2].first_sequence, others[-1].first_sequence))


def test_what_another_version_was_told_is_not_told_again(tmp_path: Path, told: list[int]) -> None:
    busy_shift(tmp_path, 1, entries=20)
    first, *others = list_segments(tmp_path)
    first.path.write_bytes(first.path.read_bytes().replace(ABOUT_THIS_CODE["code"].encode(), b"another"))
    assert write_states(tmp_path) == len(others)
    assert told == [1]


def test_where_the_whole_state_was_written_after_a_loss_states_are_worked_out_again(tmp_path: Path) -> None:
    with kept_centre(tmp_path, [SERVICE], agents_of("service"), entries=5) as (centre, shelf):
        centre.staff("1001")
        shelf.sequence += 3
        centre.join("first")
        shelf.is_broken = True
        for number in range(20):
            centre.join(f"call-{number}")
    write_states(tmp_path)
    assert start_before(tmp_path, centre.now).sequence == list_segments(tmp_path)[-1].first_sequence
    assert player_at(tmp_path, centre.now).ready().snapshot() == centre.core.snapshot()
