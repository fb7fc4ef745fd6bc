"""Recordings copied out of the house."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pyrage.x25519 import Identity

from media.recordings.conversion import convert
from media.recordings.digest import sha256_of
from media.recordings.forms import Form
from media.recordings.manifest import Manifest, Moved, write_manifest
from media.recordings.sealing import seal
from tests.cli.test_records import Place, call_row, recording_row

IDENTITY = Identity.generate()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """One recording with its manifest, and one that failed before its file was begun."""
    made = Place(tmp_path)
    made.wav.with_suffix(".json").write_text("{}")
    made.fill(
        [call_row("call-1")],
        [
            recording_row("recording-ab12", made.wav, sha256=sha256_of(made.wav)),
            recording_row("recording-cd34", Path(), state="failed", reason="restart", sha256=None)
            | {"path": ""},
        ],
    )
    return made


def test_a_day_is_copied_with_manifests_and_what_cannot_be_is_told(place: Place, tmp_path: Path) -> None:
    result = place.run("recordings", "export", "--day", "2026-11-20", "--to", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "recording-cd34" in result.stdout
    assert "never begun: restart" in result.stdout
    assert (tmp_path / "out" / "recording-ab12.wav").read_bytes() == place.wav.read_bytes()
    assert (tmp_path / "out" / "recording-ab12.json").read_text() == "{}"


@pytest.mark.parametrize("form", list(Form))
def test_each_format_plays_as_long(place: Place, tmp_path: Path, form: Form) -> None:
    words = ("recording-ab", "--to", str(tmp_path), "--format", form, "--channels", "mixed", "--json")
    result = place.run("recordings", "export", *words)
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.stdout)
    sound = soundfile.info(told["path"])
    assert sound.channels == 1
    assert sound.frames / sound.samplerate == pytest.approx(4, abs=0.1)


def test_what_was_changed_since_is_not_passed_on(place: Place, tmp_path: Path) -> None:
    octets = bytearray(place.wav.read_bytes())
    octets[-1] ^= 1
    place.wav.write_bytes(octets)
    result = place.run("recordings", "export", "recording-ab12", "--to", str(tmp_path / "out"))
    assert (result.exit_code, "is not what it was" in result.stdout) == (1, True)
    assert list((tmp_path / "out").iterdir()) == []


def hide(place: Place) -> None:
    """Convert the recording, encrypt it and take the rest away."""
    flac = place.wav.with_suffix(".flac")
    convert(place.wav, flac, Form.FLAC)
    seal(flac, [IDENTITY.to_public()])
    flac.unlink()
    place.wav.unlink()


def test_an_encrypted_one_is_exported_where_the_key_is(place: Place, tmp_path: Path) -> None:
    frames = soundfile.read(place.wav, dtype="int16")[0]
    hide(place)
    place.wav.with_suffix(".json").unlink()
    words = ("recordings", "export", "recording-ab12", "--to", str(tmp_path / "out"), "--format", "wav")
    refused = place.run(*words)
    assert (refused.exit_code, "recordings.identity" in refused.stdout) == (1, True)
    (tmp_path / "key.txt").write_text(f"# a comment\n{IDENTITY}\n")
    with (tmp_path / "ringmain.toml").open("a") as configuration:
        configuration.write('[recordings]\nidentity = "key.txt"\n')
    assert place.run(*words).exit_code == 0
    assert np.array_equal(soundfile.read(tmp_path / "out" / "recording-ab12.wav", dtype="int16")[0], frames)


@pytest.mark.parametrize("words", [[], ["recording-ab12", "--day", "2026-11-20"]])
def test_recordings_are_named_or_a_day(place: Place, tmp_path: Path, words: list[str]) -> None:
    result = place.run("recordings", "export", *words, "--to", str(tmp_path))
    assert (result.exit_code, "name recordings, or a day" in result.output) == (2, True)


@pytest.mark.parametrize("address", ["/nowhere/recording-ab12.wav", "s3://recordings/recording-ab12.wav"])
def test_what_lies_in_a_second_tier_that_is_gone_is_told(place: Place, tmp_path: Path, address: str) -> None:
    manifest = Manifest(
        recording_id="recording-ab12",
        contact_id="contact-1",
        call_ids=(),
        started_at=datetime(2026, 11, 20, tzinfo=UTC),
        moved=Moved(address=address, size_bytes=1, sha256="00"),
        state="completed",
    )
    write_manifest(manifest, place.wav)
    place.wav.unlink()
    (tmp_path / "store.key").write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
    with (tmp_path / "ringmain.toml").open("a") as configuration:
        configuration.write('[second_tier]\nendpoint = "http://127.0.0.1:9"\ncredentials = "store.key"\n')
    result = place.run("recordings", "export", "recording-ab12", "--to", str(tmp_path / "out"), "--json")
    (told,) = json.loads(result.stdout)
    assert (result.exit_code, told["path"]) == (1, None)
    assert f"{address} cannot be read" in told["problem"]
