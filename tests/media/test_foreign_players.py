"""Programs other people wrote open every format a recording may have, and hear what was recorded."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from media.commands import AttachToRecording, Channel, Codec, StartRecording, StopRecording
from media.events import RecordingCompleted
from media.recordings.conversion import convert
from media.recordings.forms import Form
from sipp_scenarios.audio import Samples, find, from_alaw, speech, to_alaw
from tests.helpers.media_rig import media_rig

FORMATS = ["linear16", "alaw", "mulaw"]
OCTETS = to_alaw(speech(5, 0.16))
"""Said at once: early for their times, but within what is allowed."""
PACKET = 160


def needs(program: str, package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        shutil.which(program) is None, reason=f"needs {program} (Debian package {package})"
    )


def record(folder: Path, format: str) -> Path:
    """What a customer says, as the core writes it."""
    with media_rig(folder, recordings={"format": format}) as rig:
        phone = rig.leg("a", codec=Codec.PCMA)
        rig.order(StartRecording(recording_id="r-1", contact_id="contact-1", call_id="call-1"))
        rig.order(AttachToRecording(recording_id="r-1", leg_id="a", channel=Channel.CUSTOMER))
        for begin in range(0, len(OCTETS), PACKET):
            phone.talk(OCTETS[begin : begin + PACKET])
        rig.wait_received("a", len(OCTETS) // PACKET)
        rig.let_pass(400)
        rig.order(StopRecording(recording_id="r-1"))
        return Path(rig.wait(RecordingCompleted)[-1].path)


def heard_by_sox(path: Path) -> Samples:
    raw = ["-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-"]
    octets = subprocess.run(["sox", str(path), *raw], check=True, capture_output=True, timeout=60).stdout
    return np.frombuffer(octets, "<i2").reshape(-1, 2)


@needs("sox", "sox")
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("form", [Form.WAV, Form.FLAC])
def test_sox_hears_every_sample_of_what_was_said(tmp_path: Path, format: str, form: Form) -> None:
    path = record(tmp_path, format)
    if form is not Form.WAV:
        target = path.with_suffix(f".{form}")
        convert(path, target, form)
        path = target
    heard = heard_by_sox(path)
    assert np.array_equal(heard, soundfile.read(path, dtype="int16", always_2d=True)[0])
    assert find(from_alaw(OCTETS), heard[:, 0]).score > 0.98


@needs("opusdec", "opus-tools")
@pytest.mark.parametrize("format", FORMATS)
def test_xiphs_decoder_hears_opus_as_long_and_as_loud(tmp_path: Path, format: str) -> None:
    path = record(tmp_path, format)
    convert(path, tmp_path / "r.opus", Form.OPUS)
    decoded = tmp_path / "decoded.wav"
    command = ["opusdec", "--quiet", "--rate", "8000", str(tmp_path / "r.opus"), str(decoded)]
    subprocess.run(command, check=True, timeout=60)
    heard, rate_hz = soundfile.read(decoded, always_2d=True)
    kept, kept_hz = soundfile.read(path, always_2d=True)
    assert heard.shape[1] == 2
    assert len(heard) / rate_hz == pytest.approx(len(kept) / kept_hz, abs=0.03)
    loudness = [np.sqrt(np.mean(side[:, 0] ** 2)) for side in (heard, kept)]
    assert loudness[0] == pytest.approx(loudness[1], rel=0.2)
    assert np.abs(heard[:, 1]).max() < 0.02
