"""What two people say is recorded as they say it, whoever listens, joins or speaks otherwise meanwhile."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from media.commands import (
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    Codec,
    JoinMix,
    MixRole,
    StartRecording,
    StopRecording,
)
from media.events import RecordingCompleted
from media.recordings.wav import read_recording
from sipp_scenarios.audio import Samples, compare, find, speech
from tests.helpers.media_rig import MediaRig, Phone, media_rig
from tests.helpers.voices import encoded

NAMES = ("customer", "agent", "supervisor")
LAWS = (Codec.PCMA, Codec.PCMU)
PART_S = 1.5
PACKETS = round(PART_S * 50)
LONGEST_SHIFT = 160
"""Between the channels, in samples: 20 ms."""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[MediaRig]:
    with media_rig(tmp_path) as rig:
        yield rig


class Talk:
    """Three phones that speak all the time, each with a voice of its own."""

    def __init__(self, rig: MediaRig, parts: int) -> None:
        self._rig = rig
        self.phones = {
            name: rig.leg(name, near=None if name == "customer" else "customer", ssrc=number)
            for number, name in enumerate(NAMES, 1)
        }
        self.said = {name: speech(number, parts * PART_S) for number, name in enumerate(NAMES, 1)}
        self._payloads = {
            name: {law: encoded(law, samples) for law in LAWS} for name, samples in self.said.items()
        }
        self._at = 0

    def go_on(self) -> None:
        """For another part."""
        began = time.monotonic()
        for beat in range(1, PACKETS + 1):
            for name, phone in self.phones.items():
                phone.talk(self._payloads[name][phone.codec][self._at])
            self._at += 1
            time.sleep(max(0.0, began + beat * 0.02 - time.monotonic()))

    def speak(self, name: str, codec: Codec) -> None:
        """Change the codec, as a re-INVITE does."""
        phone: Phone = self.phones[name]
        phone.codec, phone.payload_type = codec, 0 if codec is Codec.PCMU else 8
        self._rig.configure(name, phone)


def test_channels_hold_what_was_said_through_whisper_codec_change_and_conference(rig: MediaRig) -> None:
    talk = Talk(rig, parts=4)
    rig.order(BridgeEndpoints(leg_id="customer", peer_leg_id="agent"))
    rig.order(StartRecording(recording_id="r", contact_id="c", call_id="k"))
    for channel in (Channel.CUSTOMER, Channel.AGENT):
        rig.order(AttachToRecording(recording_id="r", leg_id=channel.value, channel=channel))
    talk.go_on()
    for name in ("customer", "agent"):
        rig.order(JoinMix(mix_id="m", leg_id=name, role=MixRole.SPEAKER))
    rig.order(JoinMix(mix_id="m", leg_id="supervisor", role=MixRole.WHISPER, whisper_to="agent"))
    talk.go_on()
    talk.speak("customer", Codec.PCMU)
    talk.go_on()
    rig.order(JoinMix(mix_id="m", leg_id="supervisor", role=MixRole.BARGE))
    talk.go_on()
    rig.let_pass(200)
    rig.order(StopRecording(recording_id="r"))
    (completed,) = rig.wait(RecordingCompleted)
    audio = read_recording(Path(completed.path))
    customer = compare(talk.said["customer"], audio.customer)
    agent = compare(talk.said["agent"], audio.agent)
    assert (customer.whole, agent.whole) == (True, True), (customer, agent)
    assert abs(customer.delay - agent.delay) <= LONGEST_SHIFT
    assert is_silent_of(talk.said["supervisor"], audio.customer)
    assert is_silent_of(talk.said["supervisor"], audio.agent)
    assert [codec for _, codec in completed.customer_codecs] == ["PCMA", "PCMU"]


def is_silent_of(said: Samples, channel: Samples) -> bool:
    """Whether no second of it is found there."""
    seconds = [said[at : at + 8000] for at in range(0, len(said) - 8000, 8000)]
    return max(find(second, channel).score for second in seconds) < 0.5
