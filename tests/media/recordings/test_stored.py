"""What the second tier tells of itself."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from media.recordings.config import SecondTierConfig
from media.recordings.stored import recording_id_of, stored_between
from media.recordings.tiers import Access, StoredObject, StoreUnreachable
from tests.helpers.object_store import BUCKET, client_of, object_store

_DAYS = (date(2026, 11, 20), date(2026, 11, 21))
_NAMES = (
    "2026-11-19/recording-0.wav",
    "2026-11-20/95598/recording-1.flac.age",
    "2026-11-20/recording-2.wav",
    "2026-11-20/recording-2.json",
    "2026-11-21/recording-3.opus",
    "2026-11-21/recording-4.wav.part",
    "2026-11-22/recording-5.wav",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SecondTierConfig]:
    with object_store(tmp_path) as tier:
        yield tier


def test_recordings_in_a_folder_are_told_day_by_day(tmp_path: Path) -> None:
    for name in _NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    told = list(stored_between(Access(tier=SecondTierConfig(to=str(tmp_path))), *_DAYS))
    assert {str(path) for path in told} == {str(tmp_path / _NAMES[n]) for n in (1, 2, 4)}
    assert {recording_id_of(path) for path in told} == {"recording-1", "recording-2", "recording-3"}


def test_recordings_in_a_store_are_told_day_by_day(store: SecondTierConfig) -> None:
    for name in _NAMES:
        client_of(store).put_object(Bucket=BUCKET, Key=f"ringmain/{name}", Body=b"")
    told = list(stored_between(Access(tier=store), *_DAYS))
    assert told == [StoredObject(BUCKET, f"ringmain/{_NAMES[n]}") for n in (1, 2, 4)]
    assert recording_id_of(told[0]) == "recording-1"


def test_a_tier_that_is_not_there_has_nothing_and_a_store_that_is_gone_is_an_error(tmp_path: Path) -> None:
    assert list(stored_between(Access(), *_DAYS)) == []
    assert list(stored_between(Access(tier=SecondTierConfig(to=str(tmp_path / "gone"))), *_DAYS)) == []
    with object_store(tmp_path) as gone:
        pass
    with pytest.raises(StoreUnreachable):
        list(stored_between(Access(tier=gone), *_DAYS))
