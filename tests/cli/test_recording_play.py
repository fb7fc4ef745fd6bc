"""Recordings through a loudspeaker, for which a program of the test stands in."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.recordings.wav import Samples
from tests.cli.test_records import Place, call_row, recording_row


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    made = Place(tmp_path)
    made.fill([call_row("call-1")], [recording_row("recording-ab12", made.wav)])
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr("cli.recording_play._PLAYERS", {"player": "player {rate} {channels}"})
    return made


def install_player(tmp_path: Path, script: str) -> None:
    player = tmp_path / "bin" / "player"
    player.write_text(f"#!/bin/sh\n{script}\n")
    player.chmod(0o755)


def heard(tmp_path: Path) -> Samples:
    samples: Samples = np.fromfile(tmp_path / "heard", "<i2")
    return samples


@pytest.mark.parametrize(
    ("words", "channel", "begin", "told"),
    [
        ([], slice(None), 0, "8000 2"),
        (["--channel", "customer"], 0, 0, "8000 1"),
        (["--channel", "agent", "--from", "0:01.5"], 1, 12_000, "8000 1"),
        (["--from", "1:00:00"], slice(None), 32_000, "8000 2"),
    ],
)
def test_it_is_played_from_where_and_of_whom_one_says(
    place: Place, tmp_path: Path, words: list[str], channel: int | slice, begin: int, told: str
) -> None:
    install_player(tmp_path, f"cat > {tmp_path}/heard; echo $* > {tmp_path}/told")
    result = place.run("recordings", "play", "recording-ab12", *words)
    assert result.exit_code == 0, result.output
    frames = soundfile.read(place.wav, dtype="int16")[0]
    assert np.array_equal(heard(tmp_path), frames[begin:, channel].ravel())
    assert (tmp_path / "told").read_text() == f"{told}\n"


def test_a_player_that_fails_is_told(place: Place, tmp_path: Path) -> None:
    install_player(tmp_path, "exit 3")
    result = place.run("recordings", "play", "recording-ab12")
    assert (result.exit_code, "is there a loudspeaker?" in result.output) == (1, True)


def test_without_a_player_it_says_what_to_install(place: Place) -> None:
    result = place.run("recordings", "play", "recording-ab12")
    assert (result.exit_code, "apt install sox" in result.output) == (1, True)


@pytest.mark.parametrize("text", ["x", "-1", "1:2:3:4"])
def test_a_place_that_is_none_is_refused(place: Place, text: str) -> None:
    result = place.run("recordings", "play", "recording-ab12", "--from", text)
    assert (result.exit_code, "is no place" in result.output) == (2, True)
