"""The demonstration must notice whatever the switch may do wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from media.recordings.digest import sha256_of
from media.recordings.wav import RecordedAudio, read_recording
from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, speech
from sipp_scenarios.demo.call import CALLER_NUMBER, Cast, Evidence, Times
from sipp_scenarios.demo.checks import check_audio, check_left_open, check_lengths, check_record
from sipp_scenarios.runner import Address

CONNECTED_S = 3.0
TALK_S = 5.0
CALLER = speech(1, CONNECTED_S + TALK_S)
AGENT = speech(2, TALK_S)
CAST = Cast(
    sip=Address("127.0.0.1", 5060), dialled="95598", agent="1001", station="1001", password="", talk_s=5.0
)


def after(seconds: float, samples: Samples) -> Samples:
    return np.concatenate([np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16), samples])


LEFT, RIGHT = CALLER, after(CONNECTED_S, AGENT)


def evidence_of(path: Path) -> Evidence:
    return Evidence(
        call_id="call-1",
        times=Times(dialled=1000.0, answered=1000.1, connected=1003.1, hung_up=1008.1),
        completed={
            "recording_id": "recording-1",
            "path": str(path),
            "duration_ms": 8000,
            "sha256": sha256_of(path),
        },
        caller_said=CALLER,
        caller_heard=after(1.0, RIGHT),
        agent_said=AGENT,
        agent_heard=CALLER[round(CONNECTED_S * SAMPLE_RATE_HZ) :],
        events=[],
        left_open={},
    )


def record_of(evidence: Evidence) -> dict[str, Any]:
    return {
        "src": CALLER_NUMBER,
        "dst": "95598",
        "access_code": "95598",
        "disposition": "ANSWERED",
        "hangup_cause": "NORMAL_CLEARING",
        "hung_up_by": "caller",
        "station": "1001",
        "digits": "1",
        "talk_ms": 5000,
        "recording_id": "recording-1",
        "recording_path": str(evidence.recording),
        "recording_sha256": evidence.completed["sha256"],
        "start_stamp": datetime.fromtimestamp(1000.0, UTC),
        "answer_stamp": datetime.fromtimestamp(1000.1, UTC),
        "bridge_stamp": datetime.fromtimestamp(1003.1, UTC),
        "end_stamp": datetime.fromtimestamp(1008.1, UTC),
    }


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    path = tmp_path / "recording-1.wav"
    soundfile.write(path, np.stack([LEFT, RIGHT], axis=1), SAMPLE_RATE_HZ, subtype="PCM_16")
    return evidence_of(path)


def wrong_audio(evidence: Evidence, left: Samples, right: Samples) -> set[str]:
    recording = RecordedAudio(left, right, SAMPLE_RATE_HZ)
    return {check.question for check in check_audio(evidence, recording) if not check.good}


def test_a_good_call_passes_every_check(evidence: Evidence) -> None:
    recording = read_recording(evidence.recording)
    record = record_of(evidence)
    checks = [
        *check_audio(evidence, recording),
        *check_lengths(evidence, record, recording),
        *check_record(evidence, record, CAST),
        check_left_open(evidence),
    ]
    assert [check for check in checks if not check.good] == []


def test_crossed_channels_are_noticed(evidence: Evidence) -> None:
    assert wrong_audio(evidence, RIGHT, LEFT) >= {
        "left channel holds the caller",
        "right channel holds the agent",
        "left channel is free of the agent",
        "right channel is free of the caller",
    }


def test_a_faint_voice_on_the_wrong_channel_is_noticed(evidence: Evidence) -> None:
    bled = (RIGHT + LEFT * 0.1).astype(np.int16)
    assert wrong_audio(evidence, LEFT, bled) == {"right channel is free of the caller"}
    bled = (LEFT + RIGHT * 0.1).astype(np.int16)
    assert wrong_audio(evidence, bled, RIGHT) == {"left channel is free of the agent"}


def test_a_gap_in_a_channel_is_noticed(evidence: Evidence) -> None:
    gap = RIGHT.copy()
    gap[40_000:42_000] = 0
    assert wrong_audio(evidence, LEFT, gap) == {"right channel holds the agent"}


def test_silent_channels_are_noticed(evidence: Evidence) -> None:
    silence = np.zeros_like(LEFT)
    assert "left channel holds the caller" in wrong_audio(evidence, silence, silence)


@pytest.mark.parametrize(
    ("deafen", "question"),
    [
        (lambda e: replace(e, caller_heard=e.caller_heard[:16_000]), "caller heard the agent"),
        (lambda e: replace(e, agent_heard=speech(3, 4)), "agent heard nobody but the caller"),
        (lambda e: replace(e, agent_heard=e.agent_heard[:0]), "agent heard nobody but the caller"),
    ],
)
def test_one_who_does_not_hear_the_other_is_noticed(
    evidence: Evidence, deafen: Callable[[Evidence], Evidence], question: str
) -> None:
    assert wrong_audio(deafen(evidence), LEFT, RIGHT) == {question}


def test_a_recording_of_another_length_is_noticed(evidence: Evidence) -> None:
    short = RecordedAudio(LEFT[:-8000], RIGHT[:-8000], SAMPLE_RATE_HZ)
    wrong = {c.question for c in check_lengths(evidence, record_of(evidence), short) if not c.good}
    assert wrong == {"recording is as long as the answered call", "recording is as long as announced"}


def test_a_changed_file_is_noticed(evidence: Evidence) -> None:
    recording, record = read_recording(evidence.recording), record_of(evidence)
    with evidence.recording.open("ab") as file:
        file.write(b"\0")
    wrong = {c.question for c in check_lengths(evidence, record, recording) if not c.good}
    assert wrong == {"file is the one announced (SHA-256)", "record names the same file (SHA-256)"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("src", "13900000000"),
        ("disposition", "NO ANSWER"),
        ("hangup_cause", "ORIGINATOR_CANCEL"),
        ("hung_up_by", "switch"),
        ("station", "1002"),
        ("digits", ""),
        ("digits", "11"),
        ("recording_id", None),
        ("talk_ms", 4000),
        ("start_stamp", datetime.fromtimestamp(1003.0, UTC)),
        ("end_stamp", datetime.fromtimestamp(1006.0, UTC)),
        ("bridge_stamp", None),
    ],
)
def test_a_record_of_another_call_is_noticed(evidence: Evidence, column: str, value: object) -> None:
    record = {**record_of(evidence), column: value}
    assert [c.question for c in check_record(evidence, record, CAST) if not c.good] == [f"record's {column}"]


def test_what_is_left_in_the_switch_is_noticed(evidence: Evidence) -> None:
    check = check_left_open(replace(evidence, left_open={"open_endpoints": 1}))
    assert not check.good
    assert check.found == "open_endpoints 1"
