"""SRTP of the media core against libsrtp."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pylibsrtp import Policy, Session

from media.commands import BridgeEndpoints, ConfigureEndpoint, SrtpKeys, SrtpSuite, StartPlayback
from sipp_scenarios.rtp import TELEPHONE_EVENT, decode
from tests.helpers.media_rig import HOST, MediaRig, Phone, media_rig, tone

PROFILES = {
    SrtpSuite.AES_CM_128_HMAC_SHA1_80: Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
    SrtpSuite.AES_CM_128_HMAC_SHA1_32: Policy.SRTP_PROFILE_AES128_CM_SHA1_32,
    SrtpSuite.AEAD_AES_128_GCM: Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    SrtpSuite.AEAD_AES_256_GCM: Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
}
SUITES = pytest.mark.parametrize("suite", SrtpSuite)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[MediaRig]:
    with media_rig(tmp_path) as rig:
        yield rig


def session(suite: SrtpSuite, key: bytes, direction: int) -> Session:
    return Session(Policy(key=key, ssrc_type=direction, srtp_profile=PROFILES[suite]))


class EncryptedPhone:
    """What libsrtp makes of a phone."""

    def __init__(self, rig: MediaRig, leg_id: str, suite: SrtpSuite) -> None:
        self.plain = rig.leg(leg_id)
        self.keys = SrtpKeys(suite=suite, ours=b"o" * suite.key_octets, theirs=b"t" * suite.key_octets)
        self._outbound = session(suite, self.keys.theirs, Policy.SSRC_ANY_OUTBOUND)
        self._inbound = session(suite, self.keys.ours, Policy.SSRC_ANY_INBOUND)
        encrypt(rig, leg_id, self.plain, self.keys)

    def protect(self, sequence: int, payload: bytes) -> bytes:
        header = b"\x80\x08" + sequence.to_bytes(2) + (sequence * 160).to_bytes(4) + b"\0\0\0\7"
        return self._outbound.protect(header + payload)

    def hear(self) -> bytes:
        packet = decode(self._inbound.unprotect(self.plain.socket.recv(2048)))
        assert packet is not None
        return packet.payload


def encrypt(rig: MediaRig, leg_id: str, phone: Phone, keys: SrtpKeys | None) -> None:
    rig.order(
        ConfigureEndpoint(
            leg_id=leg_id,
            host=HOST,
            port=phone.port,
            codec=phone.codec,
            payload_type=phone.payload_type,
            dtmf_payload_type=TELEPHONE_EVENT,
            ptime_ms=20,
            sending=True,
            receiving=True,
            srtp=keys,
        )
    )


def bridged(rig: MediaRig, suite: SrtpSuite) -> tuple[EncryptedPhone, Phone]:
    """An encrypted leg that talks to a plain one."""
    encrypted = EncryptedPhone(rig, "encrypted", suite)
    plain = rig.leg("plain", near="encrypted")
    rig.order(BridgeEndpoints(leg_id="encrypted", peer_leg_id="plain"))
    return encrypted, plain


@SUITES
def test_an_encrypted_phone_and_a_plain_one_hear_each_other(rig: MediaRig, suite: SrtpSuite) -> None:
    encrypted, plain = bridged(rig, suite)
    for sequence in (65_534, 65_535, 0, 1):
        voice = bytes([sequence % 251]) * 160
        encrypted.plain.send(encrypted.protect(sequence, voice))
        assert plain.hear().payload == voice
        plain.talk(voice)
        assert encrypted.hear() == voice


@SUITES
def test_what_the_keys_did_not_make_is_counted_and_heard_by_nobody(rig: MediaRig, suite: SrtpSuite) -> None:
    encrypted, plain = bridged(rig, suite)
    good = encrypted.protect(1, b"\xd5" * 160)
    changed = good[:40] + bytes([good[40] ^ 1]) + good[41:]
    other = session(suite, b"x" * suite.key_octets, Policy.SSRC_ANY_OUTBOUND)
    foreign = other.protect(b"\x80\x08\0\2\0\0\0\0\0\0\0\7" + b"\xd5" * 160)
    for datagram in (changed, foreign, good[:30], b"", b"\x80", good, good):
        encrypted.plain.send(datagram)
    rig.wait_received("encrypted", 7)
    assert plain.hear().payload == b"\xd5" * 160
    assert plain.hears_nothing()
    counters = rig.engine.counters_of("encrypted")
    assert counters is not None
    assert (counters.packets_received, counters.packets_forged, counters.packets_dropped) == (1, 6, 6)


def test_a_stranger_without_the_keys_never_takes_an_encrypted_leg_over(rig: MediaRig) -> None:
    suite = SrtpSuite.AES_CM_128_HMAC_SHA1_80
    encrypted, plain = bridged(rig, suite)
    stranger = Phone(ssrc=9)
    stranger.leg_port = encrypted.plain.leg_port
    stranger.talk(b"\x55" * 160, count=3)
    rig.wait_received("encrypted", 3)
    plain.talk(b"\xd5" * 160)
    assert encrypted.hear() == b"\xd5" * 160
    assert stranger.hears_nothing()
    stranger.socket.close()


@SUITES
def test_a_prompt_is_played_encrypted(rig: MediaRig, suite: SrtpSuite) -> None:
    encrypted = EncryptedPhone(rig, "encrypted", suite)
    rig.engine.load_prompt("beep", tone(480))
    rig.order(StartPlayback(playback_id="beep", leg_id="encrypted", prompts=("beep",)))
    assert [len(encrypted.hear()) for _ in range(3)] == [160] * 3


def test_a_leg_may_become_plain_and_encrypted_again(rig: MediaRig) -> None:
    encrypted, plain = bridged(rig, SrtpSuite.AEAD_AES_128_GCM)
    encrypt(rig, "encrypted", encrypted.plain, None)
    plain.talk(b"\xd5" * 160)
    assert encrypted.plain.hear().payload == b"\xd5" * 160
    encrypt(rig, "encrypted", encrypted.plain, encrypted.keys)
    plain.talk(b"\x55" * 160)
    assert encrypted.hear() == b"\x55" * 160
