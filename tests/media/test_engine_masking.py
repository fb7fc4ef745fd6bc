"""Masked legs over loopback: what the fork at the far end, the recording and the events have of them."""

from pathlib import Path
from select import select

import numpy as np
import pytest

from media.commands import (
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    ForkMix,
    MaskLeg,
    StartFork,
    StartRecording,
    StopRecording,
    UnmaskLeg,
)
from media.events import (
    DigitDetected,
    ForkStarted,
    KeySource,
    LegMasked,
    LegUnmasked,
    RecordingCompleted,
    RecordingMasked,
    RecordingUnmasked,
)
from media.masking import MASKED
from media.recordings.wav import read_recording
from runtime.errors import UsageError
from sipp_scenarios.audio import from_alaw
from sipp_scenarios.rtp import TELEPHONE_EVENT
from tests.helpers.media_rig import media_rig
from tests.helpers.stream_server import stream_server

FRAME = 160
PLAIN, SECRET = bytes([0xC5]) * FRAME, bytes([0xB5]) * FRAME
"""Constant levels in A-law."""
SECRET_LEVEL = int(from_alaw(SECRET)[0])


@pytest.mark.parametrize("rate_hz", [8000, 16_000])
def test_fork_recording_and_events_have_nothing_of_what_was_masked(tmp_path: Path, rate_hz: int) -> None:
    with (
        media_rig(tmp_path) as rig,
        stream_server(lambda server, stream: server.leave(stream.hear_sound(6))) as server,
    ):
        customer, agent = rig.leg("a"), rig.leg("b", near="a", ssrc=2)
        rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
        rig.order(StartRecording(recording_id="r", contact_id="contact-1", call_id="call-1"))
        rig.order(AttachToRecording(recording_id="r", leg_id="a", channel=Channel.CUSTOMER))
        rig.order(
            StartFork(
                fork_id="f",
                leg_id="a",
                call_id="call-1",
                url=server.url,
                mix=ForkMix.SAID,
                rate_hz=rate_hz,
                returns=False,
                reconnects=0,
                authorization="",
                subprotocol="",
                details=(),
            )
        )
        rig.wait(ForkStarted)
        rig.order(MaskLeg(leg_id="a", max_s=60))
        rig.wait(LegMasked)
        customer.talk(SECRET, count=10)
        customer.press(4)
        rig.wait(DigitDetected)
        rig.order(UnmaskLeg(leg_id="a"))
        rig.wait(LegUnmasked)
        customer.talk(PLAIN, count=10)
        heard = server.outcome()
        rig.order(StopRecording(recording_id="r"))
        (completed,) = rig.wait(RecordingCompleted)
        sent = []
        while not agent.hears_nothing():
            sent.append(agent.hear())
    assert np.any(heard)
    assert np.abs(heard).max() < (abs(SECRET_LEVEL) + abs(int(from_alaw(PLAIN)[0]))) / 2, "the louder one"
    recorded = read_recording(Path(completed.path)).customer
    assert SECRET_LEVEL not in recorded
    assert np.any(recorded)
    assert SECRET[0] not in b"".join(packet.payload for packet in sent)
    assert TELEPHONE_EVENT not in {packet.payload_type for packet in sent}
    (digit,) = rig.wait(DigitDetected)
    assert digit.digit == MASKED
    (key,) = rig.keys
    assert (key.leg_id, key.digit, key.source) == ("a", "4", KeySource.RFC4733)
    (masked,), (unmasked,) = rig.wait(RecordingMasked), rig.wait(RecordingUnmasked)
    assert (masked.recording_id, masked.contact_id, masked.call_id) == ("r", "contact-1", "call-1")
    assert masked.position_ms + 90 <= unmasked.position_ms <= completed.duration_ms


def test_a_mask_for_longer_than_anybody_needs_is_refused(tmp_path: Path) -> None:
    with media_rig(tmp_path) as rig:
        rig.leg("a")
        with pytest.raises(UsageError, match="an hour at most"):
            rig.order(MaskLeg(leg_id="a", max_s=3601))


def test_a_key_that_was_heard_just_before_the_mask_is_told_to_nobody_either(tmp_path: Path) -> None:
    """Who asks for a PIN asks for it from then on, and the core learns of it a moment later."""
    with media_rig(tmp_path) as rig:
        customer = rig.leg("a")
        customer.talk(PLAIN)
        rig.wait_for_facts()
        customer.press(4)
        rig.wait_received("a", 8)
        assert select([rig.engine.event_fd], [], [], 45)[0], "the key is known, and was told to nobody yet"
        rig.order(MaskLeg(leg_id="a", max_s=60))
        (pressed,) = rig.wait(DigitDetected)
        assert pressed.digit == MASKED
        assert [key.digit for key in rig.keys] == ["4"]
        rig.order(UnmaskLeg(leg_id="a"))
        rig.wait(LegUnmasked)
        customer.press(5)
        assert [each.digit for each in rig.wait(DigitDetected, count=2)] == [MASKED, "5"]
