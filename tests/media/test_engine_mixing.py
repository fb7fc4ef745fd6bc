"""Mixes over the wire: phones that each speak a tone of their own, and what each of them hears."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from media.commands import (
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    CloseEndpoint,
    Codec,
    JoinMix,
    LeaveMix,
    MixRole,
    StartPlayback,
    StartRecording,
    StopRecording,
)
from media.events import (
    DigitDetected,
    MixEnded,
    MixFailed,
    MixJoined,
    MixLeft,
    PlaybackEnded,
    RecordingCompleted,
)
from media.recordings.wav import read_recording
from runtime.errors import UsageError
from sipp_scenarios.audio import to_alaw
from sipp_scenarios.rtp import TELEPHONE_EVENT, RtpPacket
from switch.sdp.formats import ENCODINGS
from tests.helpers.media_rig import MediaRig, Phone, media_rig, tone
from tests.helpers.voices import Samples, decoded, encoded_tone, level_of

TONES_HZ = {"customer": 450.0, "agent": 850.0, "supervisor": 1350.0, "other": 2150.0}
STEP_MS = 100
LOUD = 3500
QUIET = 1500
WINDOW_MS = 50


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[MediaRig]:
    with media_rig(tmp_path) as rig:
        yield rig


class Room:
    """Phones by the names of their legs, talking and listening at the same time."""

    def __init__(self, rig: MediaRig, codecs: dict[str, Codec]) -> None:
        self.rig = rig
        self.phones = {
            name: rig.leg(name, codec=codec, ssrc=number)
            for number, (name, codec) in enumerate(codecs.items(), 1)
        }
        self._said = {name: 0 for name in codecs}
        self._speech = {
            name: encoded_tone(codec, TONES_HZ[name], ms=20_000) for name, codec in codecs.items()
        }

    def join(self, name: str, role: MixRole = MixRole.SPEAKER, *, to: str | None = None) -> None:
        self.rig.order(JoinMix(mix_id="mix", leg_id=name, role=role, whisper_to=to))

    def agree(self, name: str, codec: Codec) -> None:
        """The phone speaks another codec from now on."""
        phone = self.phones[name]
        phone.codec, phone.payload_type = codec, ENCODINGS[codec].payload_type
        self._speech[name] = encoded_tone(codec, TONES_HZ[name], ms=20_000)
        self.rig.configure(name, phone)

    def talk(self, ms: int) -> dict[str, list[RtpPacket]]:
        """All phones talk for so long; what each was sent meanwhile."""
        for _ in range(ms // STEP_MS):
            for name, phone in self.phones.items():
                begin = self._said[name]
                for payload in self._speech[name][begin : begin + STEP_MS // 20]:
                    phone.talk(payload)
                self._said[name] += STEP_MS // 20
            self.rig.let_pass(STEP_MS)
        return {name: list(packets_at(phone)) for name, phone in self.phones.items()}

    def heard(self) -> dict[str, set[str]]:
        """Whom each phone hears when all talk, itself included."""
        self.talk(300)
        heard: dict[str, set[str]] = {}
        for name, packets in self.talk(500).items():
            levels = {other: level_at(self.phones[name], packets, other) for other in self.phones}
            assert all(level < QUIET or level > LOUD for level in levels.values()), levels
            heard[name] = {other for other, level in levels.items() if level > LOUD}
        return heard


def packets_at(phone: Phone) -> Iterator[RtpPacket]:
    while not phone.hears_nothing():
        yield phone.hear()


def level_at(phone: Phone, packets: Sequence[RtpPacket], speaker: str) -> float:
    """How loud a speaker is at its loudest: a machine under load leaves gaps, never the voice of another."""
    audio = [packet.payload for packet in packets if packet.payload_type == phone.payload_type]
    samples, rate_hz = decoded(phone.codec, audio)
    return loudest(samples, rate_hz, TONES_HZ[speaker])


def loudest(samples: Samples, rate_hz: int, hz: float) -> float:
    window = rate_hz * WINDOW_MS // 1000
    begins = range(0, len(samples) - window + 1, window // 2)
    return max((level_of(samples[begin : begin + window], rate_hz, hz) for begin in begins), default=0.0)


def room(rig: MediaRig, *names: str, codec: Codec = Codec.PCMA) -> Room:
    return Room(rig, dict.fromkeys(names, codec))


def supervised(rig: MediaRig, role: MixRole, *, to: str | None = None) -> Room:
    three = room(rig, "customer", "agent", "supervisor")
    three.join("customer")
    three.join("agent")
    three.join("supervisor", role, to=to)
    return three


@pytest.mark.parametrize(
    ("role", "to", "hear_supervisor"),
    [
        (MixRole.MONITOR, None, set()),
        (MixRole.WHISPER, "agent", {"agent"}),
        (MixRole.WHISPER, "customer", {"customer"}),
        (MixRole.BARGE, None, {"agent", "customer"}),
    ],
)
def test_each_hears_whom_the_roles_say(
    rig: MediaRig, role: MixRole, to: str | None, hear_supervisor: set[str]
) -> None:
    three = supervised(rig, role, to=to)
    assert three.heard() == matrix(hear_supervisor)


def test_roles_change_while_all_talk_and_without_the_supervisor_packets_are_relayed(rig: MediaRig) -> None:
    three = supervised(rig, MixRole.MONITOR)
    for role, to, hear_supervisor in (
        (MixRole.BARGE, None, {"agent", "customer"}),
        (MixRole.WHISPER, "agent", {"agent"}),
        (MixRole.MONITOR, None, set()),
    ):
        three.join("supervisor", role, to=to)
        assert three.heard() == matrix(hear_supervisor)
    rig.order(LeaveMix(leg_id="supervisor"))
    three.talk(200)
    payload = encoded_tone(Codec.PCMA, 450.0, ms=20)[0]
    three.phones["customer"].talk(payload)
    assert three.phones["agent"].hear().payload == payload, "untouched"


def test_all_hear_all_but_themselves_in_a_conference(rig: MediaRig) -> None:
    four = room(rig, *TONES_HZ)
    for name in TONES_HZ:
        four.join(name)
    assert four.heard() == {name: set(TONES_HZ) - {name} for name in TONES_HZ}


@pytest.mark.parametrize("codec", [Codec.OPUS, Codec.G722, Codec.PCMU])
def test_two_of_unlike_codecs_hear_each_other(rig: MediaRig, codec: Codec) -> None:
    two = Room(rig, {"customer": Codec.PCMA, "agent": codec})
    rig.order(BridgeEndpoints(leg_id="customer", peer_leg_id="agent"))
    assert two.heard() == {"customer": {"agent"}, "agent": {"customer"}}


def test_a_common_codec_ends_the_transcoding_without_a_break_in_the_streams(rig: MediaRig) -> None:
    two = Room(rig, {"customer": Codec.PCMA, "agent": Codec.OPUS})
    rig.order(BridgeEndpoints(leg_id="customer", peer_leg_id="agent"))
    before = two.talk(300)["customer"]
    agent = two.phones["agent"]
    agent.codec, agent.payload_type = Codec.PCMA, 8
    rig.configure("agent", agent)
    payload = encoded_tone(Codec.PCMA, 450.0, ms=20)[0]
    for _ in range(5):
        agent.talk(payload)
    after = [two.phones["customer"].hear() for _ in range(5)]
    assert [packet.payload for packet in after] == [payload] * 5
    assert_one_stream([*before, *after])


def test_what_a_leg_is_sent_is_one_stream_through_mixes_bridges_and_prompts(rig: MediaRig) -> None:
    three = room(rig, "customer", "agent", "supervisor")
    packets = three.talk(100)["customer"]
    rig.engine.load_prompt("prompt", tone(1600))

    def next_step(*, sent: bool = True) -> None:
        heard = three.talk(200)["customer"]
        assert bool(heard) == sent
        packets.extend(heard)

    rig.order(BridgeEndpoints(leg_id="customer", peer_leg_id="agent"))
    next_step()
    for name in three.phones:
        three.join(name)
    next_step()
    rig.order(StartPlayback(playback_id="p", leg_id="customer", prompts=("prompt",)))
    next_step()
    three.join("supervisor", MixRole.WHISPER, to="agent")
    next_step()
    rig.order(LeaveMix(leg_id="supervisor"))
    next_step()
    rig.order(BridgeEndpoints(leg_id="customer", peer_leg_id="supervisor"))
    next_step()
    assert_one_stream(packets)


def test_a_prompt_is_heard_in_a_codec_it_is_not_kept_in(rig: MediaRig) -> None:
    phone = rig.leg("a", codec=Codec.OPUS)
    rig.engine.load_prompt("prompt", tone(8000))
    rig.order(StartPlayback(playback_id="p", leg_id="a", prompts=("prompt",)))
    rig.wait(PlaybackEnded)
    packets = list(packets_at(phone))
    assert len(packets) == 50
    assert {(after.timestamp - before.timestamp) % 2**32 for before, after in pairwise(packets)} == {960}
    samples, rate_hz = decoded(Codec.OPUS, [packet.payload for packet in packets])
    assert loudest(samples, rate_hz, 500.0) > LOUD


def test_keys_reach_the_partner_and_no_supervisor(rig: MediaRig) -> None:
    three = supervised(rig, MixRole.MONITOR)
    three.talk(200)
    three.phones["customer"].press(5)
    rig.wait(DigitDetected)
    three.rig.let_pass(100)
    keys = {
        name: [packet for packet in packets_at(phone) if packet.payload_type == TELEPHONE_EVENT]
        for name, phone in three.phones.items()
    }
    assert len(keys["agent"]) == 7
    assert len({packet.timestamp for packet in keys["agent"]}) == 1
    assert keys["agent"][0].marker
    assert [int.from_bytes(packet.payload[2:]) for packet in keys["agent"]][-1] == 800
    assert not keys["supervisor"]
    assert not keys["customer"]


def test_a_supervisor_and_a_conference_join_a_call_from_other_workers(tmp_path: Path) -> None:
    with media_rig(tmp_path, workers=3) as rig:
        three = room(rig, "customer", "agent", "supervisor")
        rig.order(BridgeEndpoints(leg_id="customer", peer_leg_id="agent"))
        assert three.heard()["supervisor"] == set()
        for name in three.phones:
            three.join(name, MixRole.WHISPER if name == "supervisor" else MixRole.SPEAKER, to="agent")
        assert three.heard() == matrix({"agent"})
        three.join("supervisor")
        assert three.heard() == matrix({"agent", "customer"})
        levels = recorded_levels(rig, three)
        assert levels == {"customer": {"customer"}, "agent": {"agent"}}


def test_a_prompt_is_played_to_its_end_on_whatever_worker_its_leg_goes(tmp_path: Path) -> None:
    with media_rig(tmp_path, workers=2) as rig:
        two = room(rig, "customer", "agent")
        rig.engine.load_prompt("prompt", tone(8000))
        rig.order(StartPlayback(playback_id="p", leg_id="customer", prompts=("prompt",)))
        packets = [two.phones["customer"].hear() for _ in range(10)]
        rig.order(JoinMix(mix_id="mix", leg_id="agent", role=MixRole.SPEAKER))
        rig.order(JoinMix(mix_id="mix", leg_id="customer", role=MixRole.SPEAKER))
        rig.wait(PlaybackEnded)
        packets += packets_at(two.phones["customer"])
        assert_one_stream(packets)
        said = [packet.payload for packet in packets[:50]]
        assert b"".join(said) == to_alaw(tone(8000))


def test_no_channel_of_a_recording_holds_the_whisper(rig: MediaRig) -> None:
    three = supervised(rig, MixRole.WHISPER, to="agent")
    levels = recorded_levels(rig, three)
    assert levels["customer"] == {"customer"}
    assert levels["agent"] == {"agent"}


@pytest.mark.parametrize("before", [MixRole.MONITOR, MixRole.BARGE])
def test_a_whisper_that_begins_while_recording_is_on_no_channel(rig: MediaRig, before: MixRole) -> None:
    three = supervised(rig, before)

    def whisper() -> None:
        three.join("supervisor", MixRole.WHISPER, to="agent")

    assert recorded_levels(rig, three, meanwhile=whisper) == {"customer": {"customer"}, "agent": {"agent"}}


def test_who_whispers_is_on_the_channel_its_own_leg_is_attached_to_and_no_other(
    rig: MediaRig,
) -> None:
    three = supervised(rig, MixRole.WHISPER, to="agent")
    levels = recorded_levels(rig, three, right="supervisor")
    assert levels == {"customer": {"customer"}, "agent": {"supervisor"}}


def test_a_whisper_stays_off_the_recording_when_a_leg_changes_its_codec(rig: MediaRig) -> None:
    three = supervised(rig, MixRole.WHISPER, to="agent")

    def change() -> None:
        three.agree("agent", Codec.G722)

    assert recorded_levels(rig, three, meanwhile=change) == {"customer": {"customer"}, "agent": {"agent"}}


def test_a_leg_of_any_codec_is_recorded_be_it_mixed_or_relayed(rig: MediaRig) -> None:
    two = Room(rig, {"customer": Codec.OPUS, "agent": Codec.OPUS})
    rig.order(BridgeEndpoints(leg_id="customer", peer_leg_id="agent"))
    levels = recorded_levels(rig, two)
    assert levels == {"customer": {"customer"}, "agent": {"agent"}}


def recorded_levels(
    rig: MediaRig, talking: Room, *, right: str = "agent", meanwhile: Callable[[], None] = lambda: None
) -> dict[str, set[str]]:
    """Who is heard on both channels of a recording in which all talk; ``meanwhile`` comes in its middle."""
    rig.order(StartRecording(recording_id="r", contact_id="c", call_id="k"))
    rig.order(AttachToRecording(recording_id="r", leg_id="customer", channel=Channel.CUSTOMER))
    rig.order(AttachToRecording(recording_id="r", leg_id=right, channel=Channel.AGENT))
    talking.talk(400)
    meanwhile()
    talking.talk(400)
    rig.order(StopRecording(recording_id="r"))
    audio = read_recording(Path(rig.wait(RecordingCompleted)[-1].path))
    channels = {"customer": audio.customer, "agent": audio.agent}
    return {
        name: {who for who in talking.phones if loudest(samples, 8000, TONES_HZ[who]) > QUIET}
        for name, samples in channels.items()
    }


def test_joining_and_leaving_are_told_and_a_mix_ends_with_its_last_member(rig: MediaRig) -> None:
    for name in ("a", "b", "c"):
        rig.leg(name, near=None if name == "a" else "a")
    joined = [MixJoined(mix_id="m", leg_id=name, role=MixRole.SPEAKER) for name in ("a", "b")]
    assert [rig.order(JoinMix(mix_id="m", leg_id=name, role=MixRole.SPEAKER)) for name in ("a", "b")] == [
        [event] for event in joined
    ]
    monitor = MixJoined(mix_id="m", leg_id="b", role=MixRole.MONITOR)
    assert rig.order(JoinMix(mix_id="m", leg_id="b", role=MixRole.MONITOR)) == [monitor]
    assert rig.order(LeaveMix(leg_id="c")) == []
    assert rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="c")) == [MixLeft(mix_id="m", leg_id="a")]
    assert rig.order(CloseEndpoint(leg_id="b")) == [MixLeft(mix_id="m", leg_id="b"), MixEnded(mix_id="m")]


def test_a_leg_in_another_mix_leaves_the_first(rig: MediaRig) -> None:
    rig.leg("a")
    rig.order(JoinMix(mix_id="m", leg_id="a", role=MixRole.SPEAKER))
    assert rig.order(JoinMix(mix_id="n", leg_id="a", role=MixRole.SPEAKER)) == [
        MixLeft(mix_id="m", leg_id="a"),
        MixEnded(mix_id="m"),
        MixJoined(mix_id="n", leg_id="a", role=MixRole.SPEAKER),
    ]


def test_a_mix_that_is_full_is_told_to_whoever_would_join(tmp_path: Path) -> None:
    with media_rig(tmp_path, workers=2) as rig:
        rig.leg("a")
        for number in range(64):
            rig.leg(f"leg-{number}")
            rig.order(JoinMix(mix_id="m", leg_id=f"leg-{number}", role=MixRole.SPEAKER))
        (failed,) = rig.order(JoinMix(mix_id="m", leg_id="a", role=MixRole.SPEAKER))
        assert isinstance(failed, MixFailed)
        assert "room for 64" in failed.reason


@pytest.mark.parametrize("to", [None, "a", "gone"])
def test_a_whisper_is_for_another_leg_that_is_there(rig: MediaRig, to: str | None) -> None:
    rig.leg("a")
    with pytest.raises(UsageError, match="whisper_to"):
        rig.order(JoinMix(mix_id="m", leg_id="a", role=MixRole.WHISPER, whisper_to=to))


def matrix(hear_supervisor: set[str]) -> dict[str, set[str]]:
    """Whom customer, agent and supervisor hear."""
    parties = {"customer", "agent"}
    heard = {
        name: (parties - {name}) | ({"supervisor"} if name in hear_supervisor else set()) for name in parties
    }
    return heard | {"supervisor": parties}


def assert_one_stream(packets: Sequence[RtpPacket]) -> None:
    """One source, no sequence number missing, and timestamps that never go back or leap."""
    for before, after in pairwise(packets):
        assert after.ssrc == before.ssrc
        assert after.sequence == (before.sequence + 1) % 2**16
        step = (after.timestamp - before.timestamp) % 2**32
        assert step == 160 or (after.marker and 160 <= step < 4000), (before, after)
