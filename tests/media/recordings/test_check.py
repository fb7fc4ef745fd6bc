"""A recording's file is held against its record."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.recordings.check import Expected, Fault, check_file
from media.recordings.digest import sha256_of

RATE_HZ = 8000
FORMATS = ("PCM_16", "ALAW", "ULAW")


def record(
    path: Path, *, customer: int = 900, agent: int = 700, seconds: float = 2.0, form: str = "PCM_16"
) -> Expected:
    """Write a file, and say of it what its record would."""
    frames = np.full((int(seconds * RATE_HZ), 2), (customer, agent), np.int16)
    soundfile.write(path, frames, RATE_HZ, subtype=form)
    return Expected(path.stat().st_size, sha256_of(path), int(seconds * 1000), two_parties=True)


def faults(path: Path, expected: Expected) -> list[Fault]:
    return [finding.fault for finding in check_file(path, expected)]


def test_a_good_recording_has_no_faults(tmp_path: Path) -> None:
    assert check_file(tmp_path / "r.wav", record(tmp_path / "r.wav")) == []


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4000])


def change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)


def spoil(path: Path) -> None:
    path.write_bytes(b"not audio" * 100)


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (Path.unlink, [Fault.MISSING]),
        (cut, [Fault.CHANGED, Fault.WRONG_LENGTH]),
        (change, [Fault.CHANGED]),
        (spoil, [Fault.UNREADABLE]),
    ],
    ids=["gone", "cut", "one bit", "no audio"],
)
def test_harm_is_found(tmp_path: Path, harm: Callable[[Path], None], expected: list[Fault]) -> None:
    path = tmp_path / "r.wav"
    said = record(path)
    harm(path)
    assert faults(path, said) == expected


@pytest.mark.parametrize("form", FORMATS)
def test_a_channel_without_a_sound_is_found_in_every_format(tmp_path: Path, form: str) -> None:
    path = tmp_path / "r.wav"
    assert faults(path, record(path, customer=0, form=form)) == [Fault.SILENT]
    assert faults(path, record(path, customer=0, agent=0, form=form)) == [Fault.SILENT, Fault.SILENT]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("level", [24, -24, -32768])
def test_the_quietest_and_the_loudest_voice_are_no_silence(tmp_path: Path, form: str, level: int) -> None:
    path = tmp_path / "r.wav"
    assert faults(path, record(path, customer=level, form=form)) == []


def test_a_caller_who_met_no_agent_needs_no_second_voice(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    assert faults(path, replace(record(path, agent=0), two_parties=False)) == []


def test_a_channel_is_held_to_the_sound_that_its_packets_carried(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    said = record(path, customer=0)
    assert faults(path, replace(said, sound_ms={"customer": 0.0})) == []
    assert faults(path, replace(said, sound_ms={"customer": 100.0})) == [Fault.SILENT]
    assert faults(path, replace(said, sound_ms={"agent": 2000.0})) == [Fault.SILENT]
    assert faults(path, replace(said, sound_ms={"customer": 0.0, "agent": 2001.0})) == [Fault.SILENT]


def test_sound_here_and_there_counts_in_pieces_of_20_ms(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    said = record(path)
    frames = np.zeros((16_000, 2), np.int16)
    frames[::320] = 500
    soundfile.write(path, frames, RATE_HZ)
    said = replace(said, sha256=sha256_of(path))
    for ms, found in ((1000.0, []), (1001.0, [Fault.SILENT])):
        assert faults(path, replace(said, sound_ms={"customer": ms})) == found


def test_a_record_that_says_another_length_is_found(tmp_path: Path) -> None:
    said = record(tmp_path / "r.wav")
    assert faults(tmp_path / "r.wav", replace(said, duration_ms=1999)) == []
    assert faults(tmp_path / "r.wav", replace(said, duration_ms=1900)) == [Fault.WRONG_LENGTH]


def test_a_folder_in_place_of_a_file_is_unreadable(tmp_path: Path) -> None:
    said = record(tmp_path / "r.wav")
    (tmp_path / "r").mkdir()
    assert faults(tmp_path / "r", said) == [Fault.UNREADABLE]
