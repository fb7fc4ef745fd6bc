"""Speech on the disk: kept over restarts, the longest unused goes, what is spoilt is made anew."""

import os
from pathlib import Path

import pytest

from media.speech.speech_cache import SpeechCache


def file_of(folder: Path, digest: str) -> Path:
    (found,) = folder.glob(f"{digest}.*")
    return found


def test_what_is_kept_is_found_again_also_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "语音" / "speech"
    cache = SpeechCache(folder, 1000)
    assert cache.get("a1") is None
    cache.put("a1", b"spoken")
    assert cache.get("a1") == b"spoken"
    assert SpeechCache(folder, 1000).get("a1") == b"spoken"


@pytest.mark.parametrize("spoilt", [b"", b"spok", b"spokeN", b"spoken and more", bytes(6)])
def test_a_spoilt_file_is_removed_and_may_be_made_anew(tmp_path: Path, spoilt: bytes) -> None:
    SpeechCache(tmp_path, 1000).put("a1", b"spoken")
    path = file_of(tmp_path, "a1")
    path.write_bytes(spoilt)
    cache = SpeechCache(tmp_path, 1000)
    assert cache.get("a1") is None
    assert not path.exists()
    cache.put("a1", b"spoken")
    assert cache.get("a1") == b"spoken"
    assert cache.size_bytes == 6


def test_a_file_somebody_removed_is_made_anew(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, 1000)
    cache.put("a1", b"spoken")
    file_of(tmp_path, "a1").unlink()
    assert cache.get("a1") is None
    assert cache.size_bytes == 0


def test_the_longest_unused_goes_when_it_is_full(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, 25)
    cache.put("a1", b"1" * 10)
    cache.put("a2", b"2" * 10)
    cache.get("a1")
    cache.put("a3", b"3" * 10)
    assert cache.get("a2") is None
    assert cache.get("a1") is not None
    assert cache.get("a3") is not None
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == cache.size_bytes == 20


def test_the_order_of_use_and_the_limit_hold_after_a_restart(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, 100)
    for number, digest in enumerate(("a1", "a2", "a3")):
        cache.put(digest, digest.encode() * 5)
        os.utime(file_of(tmp_path, digest), (1000 + number, 1000 + number))
    cache.get("a1")
    smaller = SpeechCache(tmp_path, 20)
    assert smaller.get("a2") is None
    assert smaller.get("a3") is not None
    assert smaller.get("a1") is not None


def test_put_again_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, 100)
    cache.put("a1", b"before")
    cache.put("a1", b"after")
    assert cache.get("a1") == b"after"
    assert len(list(tmp_path.iterdir())) == 1


def test_what_a_crash_left_half_written_goes_and_other_files_stay(tmp_path: Path) -> None:
    SpeechCache(tmp_path, 100).put("a1", b"spoken")
    (tmp_path / ".a2.00000000.wav.new").write_bytes(b"half")
    (tmp_path / "README").write_bytes(b"of the operator")
    (tmp_path / "folder.wav").mkdir()
    assert SpeechCache(tmp_path, 1).get("a1") == b"spoken"
    assert sorted(path.name.partition(".")[0] for path in tmp_path.iterdir()) == ["README", "a1", "folder"]


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "speech").write_bytes(b"a file")
    cache = SpeechCache(tmp_path / "speech" / "below", 100)
    with pytest.raises(OSError, match="below"):
        cache.put("a1", b"spoken")
    assert cache.get("a1") is None
