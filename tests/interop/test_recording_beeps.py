"""Who is recorded hears it every few seconds, loses no word by it, and the recording holds none of it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from media.recordings.manifest import read_manifest
from media.recordings.wav import read_recording
from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, compare, find
from sipp_scenarios.follower import EventFollower
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process

_BEEP_HZ = 1400
_WINDOW = SAMPLE_RATE_HZ // 50
_EVERY_S = 5
_BEEP_S = 0.2
_TONES = f'[tones]\nrecorded = "{_BEEP_HZ}/{round(_BEEP_S * 1000)}"\n'


@pytest.fixture
def beeping(tmp_path: Path) -> Iterator[CallCentre]:
    recordings = {"beep": "tone:recorded", "beep_every_s": _EVERY_S}
    with (
        switch_process(tmp_path, recordings=recordings, more=_TONES) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        centre = CallCentre(switch, events, tmp_path)
        yield centre
        centre.wait_until_nothing_is_left()
        centre.close()


def test_both_hear_the_beep_beside_each_other_and_no_channel_holds_it(beeping: CallCentre) -> None:
    station = beeping.seat("2001")
    with beeping.phone(station) as agent, beeping.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        beeping.events.wait_for("call.connected")
        agent.talker.wait_to_hear(2.4 * _EVERY_S, timeout_s=10 * _EVERY_S)
        caller.hang_up()
        agent.wait_hung_up_on()
    path = Path(beeping.events.wait_for("recording.completed").fields["path"])
    for listener, speaker in ((agent, caller), (caller, agent)):
        heard, said = listener.talker.heard, speaker.talker.said
        beeps = beeps_in(heard)
        assert [round(end - begin, 2) for begin, end in beeps] == pytest.approx([_BEEP_S] * 3, abs=0.04)
        assert np.diff([begin for begin, _ in beeps]) == pytest.approx([_EVERY_S] * 2, abs=0.15)
        for begin, end in beeps[1:]:
            beside = slice(round(begin * SAMPLE_RATE_HZ), round(end * SAMPLE_RATE_HZ))
            assert find(without_beep(heard[beside]), said).score > 0.8
        between = heard[round((beeps[1][1] + 0.05) * SAMPLE_RATE_HZ) :][: 4 * SAMPLE_RATE_HZ]
        assert compare(between, said, good_score=0.99).whole
        assert len(listener.talker.sources_heard) == 1
    recording = read_recording(path)
    for phone, channel in ((caller, recording.customer), (agent, recording.agent)):
        assert compare(phone.talker.said[SAMPLE_RATE_HZ : 10 * SAMPLE_RATE_HZ], channel).whole
        assert beeps_in(channel) == []
    manifest = read_manifest(path)
    assert manifest is not None
    marks = [(mark.kind, mark.channels, mark.to_ms - mark.from_ms) for mark in manifest.marks]
    assert marks == [("beep", "both", 1000 * _BEEP_S)] * 3
    assert np.diff([mark.from_ms for mark in manifest.marks]) == pytest.approx(1000 * _EVERY_S, abs=150)


def beeps_in(samples: Samples) -> list[tuple[float, float]]:
    """From when to when the tone is a good part of what is heard, in seconds."""
    count = len(samples) // _WINDOW
    windows = samples[: count * _WINDOW].reshape(-1, _WINDOW).astype(float)
    tone = (
        np.abs(windows @ np.exp(-2j * np.pi * _BEEP_HZ / SAMPLE_RATE_HZ * np.arange(_WINDOW))) * 2 / _WINDOW
    )
    sounding = np.concatenate(([False], tone > 4000, [False]))
    edges = np.flatnonzero(np.diff(sounding.astype(int)))
    seconds = edges * _WINDOW / SAMPLE_RATE_HZ
    return [(float(begin), float(end)) for begin, end in zip(seconds[::2], seconds[1::2], strict=True)]


def without_beep(samples: Samples) -> Samples:
    """The same without the wave of that frequency that fits it best."""
    turns = 2 * np.pi * _BEEP_HZ / SAMPLE_RATE_HZ * np.arange(len(samples))
    waves = np.stack([np.sin(turns), np.cos(turns)], axis=1)
    share, *_ = np.linalg.lstsq(waves, samples.astype(float), rcond=None)
    rest: Samples = np.rint(samples - waves @ share).astype(np.int16)
    return rest
