"""Does what the switch wrote down agree with what the phones know of the call?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from media.recordings.digest import sha256_of
from media.recordings.wav import RecordedAudio
from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples, compare, find
from sipp_scenarios.demo.call import CALLER_NUMBER, KEY, Cast, Evidence

_BLEED_SCORE = 0.05
"""Two different signals of some seconds stay below this anywhere; a bleed of -26 dB does not."""
_CONNECTING_S = 0.5
"""The agent's first words until both are joined are not part of the conversation."""
_STAMP_S = 1.0
"""The record's times may differ from the phones' by this, in seconds."""
_LENGTH_S = 0.3


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer."""

    question: str
    good: bool
    found: str
    """What was measured, or what is wrong."""


def check_audio(evidence: Evidence, recording: RecordedAudio) -> Iterator[Check]:
    """Who is on which channel, and who heard whom."""
    left, right = recording.customer, recording.agent
    agent_said = evidence.agent_said[round(_CONNECTING_S * SAMPLE_RATE_HZ) :]
    yield _holds("left channel holds the caller", evidence.caller_said, left)
    yield _holds("right channel holds the agent", agent_said, right)
    yield _free_of("left channel is free of the agent", agent_said, left)
    yield _free_of("right channel is free of the caller", evidence.caller_said[-len(agent_said) :], right)
    yield _holds("caller heard the agent", agent_said, evidence.caller_heard)
    yield _holds("agent heard nobody but the caller", evidence.agent_heard, evidence.caller_said)


def check_lengths(evidence: Evidence, record: Mapping[str, Any], recording: RecordedAudio) -> Iterator[Check]:
    """Do the file, the event that announced it, the record and the call agree on how long it was?"""
    completed = evidence.completed
    call_s = evidence.times.hung_up - evidence.times.answered
    yield _near("recording is as long as the answered call", recording.duration_s, call_s, _LENGTH_S)
    announced_s = completed["duration_ms"] / 1000
    yield _near("recording is as long as announced", recording.duration_s, announced_s, 0.001)
    digest = sha256_of(evidence.recording)
    yield _same("file is the one announced (SHA-256)", digest, completed["sha256"])
    yield _same("record names the same file (SHA-256)", record["recording_sha256"], digest)


def check_record(evidence: Evidence, record: Mapping[str, Any], cast: Cast) -> Iterator[Check]:
    """Is the call record that of this call?"""
    for column, value in _facts(evidence, cast).items():
        yield _same(f"record's {column}", record[column], value)
    times = evidence.times
    for column, moment in (
        ("start_stamp", times.dialled),
        ("answer_stamp", times.answered),
        ("bridge_stamp", times.connected),
        ("end_stamp", times.hung_up),
    ):
        yield _stamped(f"record's {column}", record[column], moment)
    talked_s = times.hung_up - times.connected
    yield _near("record's talk_ms", record["talk_ms"] / 1000, talked_s, _LENGTH_S)
    yield Check(f"both talked {cast.talk_s:g} s", talked_s >= cast.talk_s, f"{talked_s:.2f} s")


def _facts(evidence: Evidence, cast: Cast) -> dict[str, object]:
    return {
        "src": CALLER_NUMBER,
        "dst": cast.dialled,
        "access_code": cast.dialled,
        "disposition": "ANSWERED",
        "hangup_cause": "NORMAL_CLEARING",
        "hung_up_by": "caller",
        "station": cast.station,
        "digits": KEY,
        "recording_id": evidence.completed["recording_id"],
        "recording_path": evidence.completed["path"],
    }


def check_left_open(evidence: Evidence) -> Check:
    """Nothing of the call may be left in the switch."""
    left = ", ".join(f"{name} {count}" for name, count in evidence.left_open.items())
    return Check("nothing of the call is left in the switch", not left, left or "all counts are 0")


def _holds(question: str, said: Samples, kept: Samples) -> Check:
    agreement = compare(said, kept)
    found = f"{agreement.found} of {agreement.pieces} pieces, worst correlation {agreement.worst_score:.3f}"
    return Check(question, agreement.whole, found)


def _free_of(question: str, stranger: Samples, kept: Samples) -> Check:
    score = find(stranger, kept).score
    return Check(question, score < _BLEED_SCORE, f"correlation {score:.3f}")


def _same(question: str, found: object, expected: object) -> Check:
    good = found == expected
    return Check(question, good, _short(found) if good else f"{_short(found)}, not {_short(expected)}")


def _near(question: str, found: float, expected: float, tolerance: float) -> Check:
    off = found - expected
    return Check(question, abs(off) <= tolerance, f"off by {off:+.3f} s, {tolerance:g} s allowed")


def _stamped(question: str, found: datetime | None, expected: float) -> Check:
    return _near(question, found.timestamp() if found else 0.0, expected, _STAMP_S)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:12]}…{text[-8:]}"
