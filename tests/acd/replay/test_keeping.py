"""Inputs on their way to the disk, and the process that looks after what is there."""

from collections.abc import Callable
from pathlib import Path
from queue import Queue

import pytest
from structlog.testing import capture_logs

from acd.config import AcdConfig
from acd.inputs import PhoneRang
from acd.replay.events import AcdInputsCut, AcdInputsFailed, AcdInputsLost, AcdInputsRecovered
from acd.replay.explaining import player_at
from acd.replay.folder import folder_of, state_path
from acd.replay.keeping import InputKeeper, Tidying
from acd.replay.recorded_core import RecordedCore
from runtime.ids import SeededIds
from runtime.vocabulary import Event
from switch.records.config import RecordsConfig
from switch.records.errors import JournalUnusable
from switch.records.segment import SegmentWriter, list_segments
from tests.acd.centre import SERVICE, STARTED_AT, Centre, agents_of
from tests.acd.replay.test_states import busy_shift


class Wall:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.now = STARTED_AT

    def __call__(self) -> float:
        return self.now


def test_inputs_that_find_no_room_are_lost_and_told(tmp_path: Path) -> None:
    told: list[Event] = []
    records = RecordsConfig(journal=tmp_path, buffer_entries=100, flush_interval_ms=10_000)
    keeper = InputKeeper(records, told.append, Wall())
    centre = Centre([SERVICE], agents_of("service", count=2))
    centre.core = RecordedCore(centre.queues, centre.agents, SeededIds(), inputs=keeper, now=STARTED_AT)
    for _ in range(150):
        centre.tell(PhoneRang(offer_id="offer"))
    keeper.close()
    assert told == [AcdInputsLost(count=51)]  # a beginning and 150 inputs were to be kept
    assert keeper.is_broken


def test_a_disk_that_takes_no_inputs_is_told_of_these_and_not_of_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Queue[Event] = Queue()
    keeper = InputKeeper(RecordsConfig(journal=tmp_path, flush_interval_ms=20), told.put, Wall())
    with monkeypatch.context() as full, capture_logs() as logs:
        full.setattr(SegmentWriter, "__init__", broken(OSError(28, "No space left on device")))
        keeper.put("woken", {"now": 1.0})
        path = str(folder_of(tmp_path))
        assert told.get(timeout=30) == AcdInputsFailed(path=path, reason="No space left on device")
        assert [line["event"] for line in logs] == ["the ACD's inputs cannot be written"]
    assert told.get(timeout=30) == AcdInputsRecovered(path=path)
    keeper.close()
    (segment,) = list_segments(keeper.folder)
    with segment.path.open("ab") as file:
        file.write(b"cut off")
    InputKeeper(RecordsConfig(journal=tmp_path), told.put, Wall()).close()
    assert told.get(timeout=30) == AcdInputsCut(path=str(segment.path), size_bytes=7)
    assert told.empty()


def broken(fault: Exception) -> Callable[..., None]:
    def fail(*given: object) -> None:
        raise fault

    return fail


def test_two_switches_cannot_keep_inputs_in_one_folder(tmp_path: Path) -> None:
    keeper = InputKeeper(RecordsConfig(journal=tmp_path), lambda event: None, Wall())
    with pytest.raises(JournalUnusable, match="acd_inputs"):
        InputKeeper(RecordsConfig(journal=tmp_path), lambda event: None, Wall())
    keeper.close()


def test_a_process_works_out_states_and_removes_what_is_old(tmp_path: Path) -> None:
    centre = busy_shift(tmp_path, 1, entries=50)
    wall, rules = Wall(), AcdConfig(inputs_kept_days=2)
    tidying = Tidying(tmp_path, lambda: rules, wall)
    tidying.look()
    segments = list_segments(tmp_path)
    assert len(segments) > 2
    assert all(state_path(segment).exists() for segment in segments[1:])
    wall.now += 3 * 86_400
    tidying.look()
    assert list_segments(tmp_path) == segments[-1:]
    assert player_at(tmp_path, wall.now).ready().snapshot() == centre.core.snapshot()
