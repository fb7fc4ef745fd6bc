"""A piece of a recording as a prompt is made of."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pyrage.x25519 import Identity

from media.recordings.conversion import Channels
from media.recordings.excerpt import excerpt, from_octets, to_octets
from media.recordings.sealing import seal
from media.recordings.tiers import Access

RATE_HZ = 8000
SECONDS = 5


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Each second has a level of its own, above zero on the left and below on the right."""
    levels = np.repeat(np.arange(1, SECONDS + 1, dtype=np.int16) * 1000, RATE_HZ)
    path = tmp_path / "recording-1.wav"
    soundfile.write(path, np.stack([levels, -levels // 2], axis=1), RATE_HZ, "PCM_16")
    return path


@pytest.mark.parametrize(
    ("channels", "level"), [(Channels.CUSTOMER, 3000), (Channels.AGENT, -1500), (Channels.MIXED, 1500)]
)
def test_a_piece_is_cut_out_of_the_channel_that_is_wanted(
    recording: Path, channels: Channels, level: int
) -> None:
    narrow, wide = excerpt(recording, channels, 2000, 1000)
    assert (len(narrow), len(wide)) == (RATE_HZ, 2 * RATE_HZ)
    assert set(narrow.tolist()) == {level}
    assert np.median(wide) == pytest.approx(level, abs=20)


@pytest.mark.parametrize(("from_ms", "length_ms"), [(4500, 500), (5000, 0), (60_000, 0)])
def test_at_the_end_there_is_as_much_as_there_is(recording: Path, from_ms: int, length_ms: int) -> None:
    narrow, wide = excerpt(recording, Channels.MIXED, from_ms, 1000)
    assert (len(narrow), len(wide)) == (length_ms * 8, length_ms * 16)


def test_both_rates_travel_as_octets(recording: Path) -> None:
    narrow, wide = excerpt(recording, Channels.AGENT, 0, 1500)
    again = from_octets(to_octets(narrow, wide))
    assert np.array_equal(again[0], narrow)
    assert np.array_equal(again[1], wide)


def read(path: Path, access: Access) -> "subprocess.CompletedProcess[bytes]":
    """By the process the switch starts."""
    command = (sys.executable, "-m", "media.recordings.excerpt", str(path), access.model_dump_json())
    return subprocess.run((*command, "customer", "1000", "1000"), capture_output=True, check=False)


def test_an_encrypted_recording_is_read_where_the_key_is(recording: Path, tmp_path: Path) -> None:
    identity = Identity.generate()
    (tmp_path / "identity.txt").write_text(f"{identity}\n")
    sealed = seal(recording, [identity.to_public()])
    process = read(sealed, Access(identity=tmp_path / "identity.txt"))
    assert set(from_octets(process.stdout)[0].tolist()) == {2000}


def test_what_cannot_be_read_is_told_in_a_sentence(recording: Path) -> None:
    sealed = seal(recording, [Identity.generate().to_public()])
    process = read(sealed, Access())
    assert process.returncode == 1
    assert process.stdout == b""
    assert len(process.stderr.decode().splitlines()) == 1
