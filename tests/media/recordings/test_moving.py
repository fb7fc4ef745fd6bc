"""Recordings go to the second tier, a folder or a store, and nothing of them is lost on the way."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pyrage.x25519 import Identity

from media.recordings import moving
from media.recordings.check import Expected, Fault
from media.recordings.config import SecondTierConfig
from media.recordings.digest import sha256_of
from media.recordings.disks import DiskAway, Disks
from media.recordings.kept_check import check_wherever
from media.recordings.manifest import Manifest, read_manifest, write_manifest
from media.recordings.moving import TierFailed, move
from media.recordings.opening import opened
from media.recordings.removal import Remover
from media.recordings.tiers import (
    Access,
    StoreUnreachable,
    lies_of,
    lying_at,
    manifest_beside,
    open_lying,
    put,
    size_of,
)
from media.recordings.treatment import NoManifestYet, treat
from media.recordings.wav import RecordingError
from tests.helpers.object_store import empty, keys_in, object_store

FRAMES = np.random.default_rng(5).integers(-9000, 9000, (400_000, 2)).astype(np.int16)
NAME = "2026-11-21/recording-1.wav"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first tier."""
    return tmp_path / "recordings"


@pytest.fixture
def begun(folder: Path) -> Path:
    path = folder / NAME
    path.parent.mkdir(parents=True)
    soundfile.write(path, FRAMES, 8000, subtype="PCM_16")
    manifest = Manifest(
        recording_id="recording-1",
        contact_id="contact-1",
        call_ids=("call-1",),
        started_at=datetime(2026, 11, 21, tzinfo=UTC),
        state="completed",
    )
    write_manifest(manifest, path)
    return path


@pytest.fixture(scope="module")
def running_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondTierConfig]:
    with object_store(tmp_path_factory.mktemp("store")) as tier:
        yield tier


@pytest.fixture
def store(running_store: SecondTierConfig) -> SecondTierConfig:
    empty(running_store)
    return running_store


@pytest.fixture(params=["folder", "store"])
def access(request: pytest.FixtureRequest, tmp_path: Path) -> Access:
    if request.param == "folder":
        return Access(tier=SecondTierConfig(to=str(tmp_path / "second")))
    return Access(tier=request.getfixturevalue("store"))


@pytest.fixture
def in_store(store: SecondTierConfig) -> Access:
    return Access(tier=store)


def expected(octets: bytes, path: Path) -> Expected:
    return Expected(size_bytes=len(octets), sha256=sha256_of(path), duration_ms=50_000, two_parties=True)


def test_a_recording_is_moved_and_read_where_it_went(begun: Path, folder: Path, access: Access) -> None:
    octets = begun.read_bytes()
    moved = move(begun, folder, access)
    assert sorted(path.name for path in begun.parent.iterdir()) == ["recording-1.json"]
    assert moved.address.endswith(NAME)
    assert (moved.size_bytes, moved.sha256) == (len(octets), sha256(octets).hexdigest())
    lies = lying_at(begun)
    assert str(lies) == moved.address
    assert lies is not None
    assert size_of(lies, access) == len(octets)
    with opened(lies, access) as plain:
        assert plain.read_bytes() == octets
    with open_lying(lies, access, first=70_001) as rest:
        assert rest.read(1000) == octets[70_001:71_001]
    with open_lying(manifest_beside(lies), access) as copy:
        assert Manifest.model_validate_json(copy.read()) == read_manifest(begun)


def test_a_second_time_nothing_is_left_to_do(begun: Path, folder: Path, access: Access) -> None:
    moved = move(begun, folder, access)
    assert move(begun, folder, access) == moved
    assert treat(begun, None, [Identity.generate().to_public()]) == []


def test_an_encrypted_recording_is_opened_from_the_second_tier(
    begun: Path, folder: Path, access: Access, tmp_path: Path
) -> None:
    octets, key = begun.read_bytes(), Identity.generate()
    (tmp_path / "identity.txt").write_text(str(key))
    treat(begun, None, [key.to_public()])
    moved = move(begun, folder, access)
    assert moved.address.endswith(".wav.age")
    access = access.model_copy(update={"identity": tmp_path / "identity.txt"})
    with opened(lies_of(moved.address), access) as wav:
        assert wav.read_bytes() == octets


@pytest.mark.parametrize("cut", ["put", "hash_of", "write_manifest", "sync_folder"])
@pytest.mark.parametrize("is_done", [False, True])
def test_what_was_cut_off_is_done_the_next_time(
    begun: Path, folder: Path, access: Access, cut: str, is_done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets = begun.read_bytes()
    real: Callable[..., object] = getattr(moving, cut)

    def killed(*arguments: object) -> None:
        if is_done:
            real(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(moving, cut, killed)
        with pytest.raises(KeyboardInterrupt):
            move(begun, folder, access)
    lies = lying_at(begun)
    assert lies is not None
    with opened(lies, access) as plain:
        assert plain.read_bytes() == octets
    move(begun, folder, access)
    assert not begun.exists()


def test_what_the_second_tier_does_not_give_back_as_it_was_does_not_go(
    begun: Path, folder: Path, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    octets = begun.read_bytes()

    def garbled(source: Path, target: object, access: Access) -> None:
        other = source.with_name("other")
        other.write_bytes(octets[:-1] + b"\0")
        put(other, target, access)  # type: ignore[arg-type]

    monkeypatch.setattr(moving, "put", garbled)
    with pytest.raises(TierFailed, match="when it was read back"):
        move(begun, folder, access)
    assert begun.read_bytes() == octets


def test_a_second_tier_that_is_gone_costs_nothing(begun: Path, folder: Path, tmp_path: Path) -> None:
    octets = begun.read_bytes()
    (tmp_path / "second").write_text("no folder")
    tiers = [
        SecondTierConfig(to=str(tmp_path / "second")),
        SecondTierConfig(to="s3://recordings", endpoint="http://127.0.0.1:9", credentials=tmp_path / "none"),
    ]
    for tier in tiers:
        with pytest.raises(TierFailed):
            move(begun, folder, Access(tier=tier))
        assert begun.read_bytes() == octets


def test_a_bucket_that_is_not_there_is_told(begun: Path, folder: Path, in_store: Access) -> None:
    tier = in_store.tier.model_copy(update={"to": "s3://another/ringmain/"})
    with pytest.raises(TierFailed, match=r"s3://another/ringmain/2026-11-21/recording-1\.wav"):
        move(begun, folder, Access(tier=tier))


def test_deleting_leaves_nothing_in_either_tier(
    begun: Path, folder: Path, access: Access, store: SecondTierConfig
) -> None:
    moved = move(begun, folder, access)
    remover = Remover(folder, None, access)
    assert [path.name for path in remover.remove(begun, moved.address)] == ["recording-1.json"]
    assert remover.remove(begun, moved.address) == []
    assert keys_in(store) == []
    assert [path for path in (folder.parent / "second").rglob("*") if path.is_file()] == []


def in_spool(begun: Path, *names: str) -> Path:
    """Put files beside where a recording would lie in the spool; returns that place."""
    place = begun.parents[2] / "spool" / NAME
    place.parent.mkdir(parents=True)
    for name in names:
        (place.parent / name).touch()
    return place


def files_below(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "name",
    ["recording-1.rest.wav", "recording-1.48000.rest.wav", "recording-1.wav", "recording-1.whole.part"],
)
def test_what_stayed_of_a_recording_in_the_spool_is_deleted_with_it(
    begun: Path, folder: Path, tmp_path: Path, name: str
) -> None:
    in_spool(begun, name, "another.wav")
    Remover(folder, tmp_path / "spool", Access()).remove(begun, None)
    assert files_below(tmp_path) == ["another.wav"]


def test_a_beginning_that_its_disk_did_not_let_go_is_deleted_with_what_ended_in_the_spool(
    begun: Path, folder: Path, tmp_path: Path
) -> None:
    place = in_spool(begun, "recording-1.wav", "recording-1.json")
    removed = Remover(folder, tmp_path / "spool", Access()).remove(place, None)
    assert removed[-1] == place.with_suffix(".json")
    assert files_below(tmp_path) == []


def test_nothing_is_deleted_while_a_disk_is_away_that_may_have_a_part_of_it(
    begun: Path, folder: Path, tmp_path: Path
) -> None:
    in_spool(begun)
    disks = Disks(marks={tmp_path / "spool": "disk-1"})
    with pytest.raises(DiskAway, match="spool"):
        Remover(folder, tmp_path / "spool", Access(disks=disks)).remove(begun, None)
    assert begun.exists()


def test_a_copy_of_which_no_manifest_tells_is_deleted_from_the_second_tier(
    begun: Path, folder: Path, access: Access, store: SecondTierConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = begun.with_name("recording-10.wav")
    put(begun, lies_of(f"{access.tier.to.rstrip('/')}/2026-11-21/{another.name}"), access)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(moving, "write_manifest", killed)
        with pytest.raises(KeyboardInterrupt):
            move(begun, folder, access)
    Remover(folder, None, access).remove(begun, None)
    assert not begun.exists()
    in_tier = keys_in(store) or files_below(folder.parent / "second")
    assert [name.rpartition("/")[2] for name in in_tier] == [another.name]


def test_what_ended_in_the_spool_has_the_same_name_in_the_second_tier(
    begun: Path, folder: Path, tmp_path: Path
) -> None:
    access = Access(tier=SecondTierConfig(to=str(tmp_path / "second")))
    place = tmp_path / "spool" / "2026-11-21" / "telecom" / "recording-1.wav"
    place.parent.mkdir(parents=True)
    for name in (".wav", ".json"):
        begun.with_suffix(name).rename(place.with_suffix(name))
    moved = move(place, folder, access, tmp_path / "spool")
    assert moved.address == str(tmp_path / "second" / "2026-11-21" / "telecom" / "recording-1.wav")


def test_what_is_wrong_with_a_moved_recording_is_found(begun: Path, folder: Path, access: Access) -> None:
    facts = expected(begun.read_bytes(), begun)
    octets = bytearray(begun.read_bytes())
    moved = lies_of(move(begun, folder, access).address)
    assert check_wherever(begun, facts, access) == []
    octets[200_000] ^= 1
    changed = folder.parent / "changed"
    changed.write_bytes(octets)
    put(changed, moved, access)
    assert [finding.fault for finding in check_wherever(begun, facts, access)] == [Fault.CHANGED]
    Remover(folder, None, access).remove(folder / "nothing.wav", str(moved))
    assert [finding.fault for finding in check_wherever(begun, facts, access)] == [Fault.MISSING]


def test_records_tell_where_a_recording_is_whose_manifest_is_lost(
    begun: Path, folder: Path, access: Access
) -> None:
    facts = expected(begun.read_bytes(), begun)
    moved = move(begun, folder, access)
    begun.with_suffix(".json").unlink()
    assert lying_at(begun) is None
    assert check_wherever(begun, facts, access, moved.address) == []


def test_a_store_that_does_not_answer_is_told_from_one_that_lacks_a_file(in_store: Access) -> None:
    with pytest.raises(FileNotFoundError):
        size_of(lies_of("s3://recordings/none.wav"), in_store)
    gone = in_store.tier.model_copy(update={"endpoint": "http://127.0.0.1:9"})
    with pytest.raises(StoreUnreachable):
        size_of(lies_of("s3://recordings/none.wav"), Access(tier=gone))


def test_nothing_is_moved_before_its_manifest_nor_what_is_not_there(
    begun: Path, folder: Path, access: Access
) -> None:
    octets = begun.read_bytes()
    begun.unlink()
    with pytest.raises(RecordingError, match="is gone"):
        move(begun, folder, access)
    begun.write_bytes(octets)
    begun.with_suffix(".json").unlink()
    with pytest.raises(NoManifestYet):
        move(begun, folder, access)
