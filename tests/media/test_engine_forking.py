"""Forks over loopback, with a foreign WebSocket server at the far end."""

import socket
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import numpy as np
import pytest
import trustme

from media.commands import BridgeEndpoints, CloseEndpoint, ForkMix, JoinMix, MixRole, StartFork, StopFork
from media.events import EndpointClosed, ForkEnded, ForkStarted
from sipp_scenarios.audio import from_alaw, to_alaw
from tests.helpers.media_rig import MediaRig, media_rig, tone
from tests.helpers.stream_server import Stream, StreamServer, stream_server

FRAME = 160
QUIET, LOUD = bytes([0xC5]) * FRAME, bytes([0xB5]) * FRAME
"""Constant levels in A-law."""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[MediaRig]:
    with media_rig(tmp_path) as rig:
        yield rig


def fork(
    rig: MediaRig,
    url: str,
    *,
    fork_id: str = "f",
    mix: ForkMix = ForkMix.SAID,
    returns: bool = False,
    reconnects: int = 0,
) -> None:
    rig.order(
        StartFork(
            fork_id=fork_id,
            leg_id="a",
            call_id="call-1",
            url=url,
            mix=mix,
            returns=returns,
            reconnects=reconnects,
            authorization="Bearer secret",
            subprotocol="",
            details=(("from", "13800000000"),),
        )
    )


def alaw(rng: np.random.Generator) -> bytes:
    """20 ms of noise."""
    return rng.integers(0, 256, FRAME, dtype=np.uint8).tobytes()


def quiet(server: StreamServer, stream: Stream) -> None:
    """Takes everything and says nothing."""
    for _ in stream.connection:
        pass


def test_the_first_message_says_what_follows_and_carries_the_header(rig: MediaRig) -> None:
    rig.leg("a")
    with stream_server(lambda server, stream: server.leave((stream.start, stream.headers))) as server:
        fork(rig, server.url)
        start, headers = server.outcome()
        (started,) = rig.wait(ForkStarted)
    assert (started.fork_id, started.leg_id, started.call_id) == ("f", "a", "call-1")
    assert "secret" not in started.url
    assert headers["Authorization"] == "Bearer secret"
    assert start["startedAt"].endswith("+00:00")
    del start["startedAt"]
    assert start == {
        "event": "start",
        "callSid": "call-1",
        "forkId": "f",
        "legId": "a",
        "sampleRate": 8000,
        "encoding": "L16",
        "mixType": "mono",
        "direction": "said",
        "metadata": {"from": "13800000000"},
    }


def test_what_a_leg_says_arrives_sample_for_sample_whatever_the_order_of_its_packets(rig: MediaRig) -> None:
    phone = rig.leg("a")
    voice = [alaw(np.random.default_rng(number)) for number in range(8)]
    with stream_server(lambda server, stream: server.leave(stream.hear_sound(12))) as server:
        fork(rig, server.url)
        rig.wait(ForkStarted)
        phone.talk(voice[0])
        phone.talk(voice[1])
        phone.talk_in_order(voice[2:], [1, 0, 3, 2, 5, 4])
        heard = server.outcome()
    said = from_alaw(b"".join(voice))
    begin = next(
        at for at in np.flatnonzero(heard == said[-1]) + 1 if np.array_equal(heard[at - 5 : at], said[-5:])
    )
    assert np.array_equal(heard[begin - 6 * FRAME : begin], said[-6 * FRAME :])


def test_a_fork_goes_on_sample_for_sample_on_whatever_worker_its_leg_goes(tmp_path: Path) -> None:
    voice = [alaw(np.random.default_rng(number)) for number in range(8)]

    def listen(server: StreamServer, stream: Stream) -> None:
        server.leave(stream.hear_sound(14))
        server.leave(stream.text())

    with media_rig(tmp_path, workers=2) as rig, stream_server(listen) as server:
        phone = rig.leg("a")
        rig.leg("b")
        fork(rig, server.url)
        rig.wait(ForkStarted)
        for payload in voice[:4]:
            phone.talk(payload)
        for leg_id in ("b", "a"):
            rig.order(JoinMix(mix_id="m", leg_id=leg_id, role=MixRole.SPEAKER))
        for payload in voice[4:]:
            phone.talk(payload)
        heard = server.outcome()
        rig.order(StopFork(fork_id="f"))
        assert rig.wait(ForkEnded)[0].reason == "stopped"
    said = from_alaw(b"".join(voice[1:]))
    places = np.lib.stride_tricks.sliding_window_view(heard, len(said))
    assert (places == said).all(axis=1).any()


def test_what_the_network_loses_is_made_up_for_on_both_sides(rig: MediaRig) -> None:
    """No stretch of silence is in what a recogniser hears of a tone of which every tenth packet is lost."""
    a, b = rig.leg("a"), rig.leg("b", near="a", ssrc=2)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    voice = to_alaw(tone(FRAME))
    with stream_server(lambda server, stream: server.leave(stream.hear_sound(40))) as server:
        fork(rig, server.url, mix=ForkMix.STEREO)
        rig.wait(ForkStarted)
        for _ in range(6):
            for phone in (a, b):
                phone.talk(voice, count=9)
                phone.drop(voice, count=1)
            rig.let_pass(180)
        stereo = server.outcome().reshape(-1, 2)[5 * FRAME :]
    loudness = np.abs(stereo.reshape(-1, FRAME // 2, 2)).max(axis=1)
    assert loudness.min() > 0.5 * loudness.max()


def test_both_directions_are_told_apart_and_mixed(rig: MediaRig) -> None:
    a, b = rig.leg("a"), rig.leg("b", near="a", ssrc=2)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    with (
        stream_server(lambda server, stream: server.leave(stream.hear_sound(6))) as two_channels,
        stream_server(lambda server, stream: server.leave(stream.hear_sound(6))) as one_channel,
    ):
        fork(rig, two_channels.url, mix=ForkMix.STEREO)
        fork(rig, one_channel.url, fork_id="g", mix=ForkMix.MIXED)
        rig.wait(ForkStarted, count=2)
        a.talk(QUIET, count=5)
        b.talk(LOUD, count=5)
        stereo, mixed = two_channels.outcome().reshape(-1, 2), one_channel.outcome()
    quiet_level, loud_level = (int(from_alaw(voice)[0]) for voice in (QUIET, LOUD))
    assert [stereo[:, side].max() for side in (0, 1)] == [quiet_level, loud_level]
    assert mixed.max() == quiet_level + loud_level


def test_what_comes_back_is_heard_and_its_mark_told(rig: MediaRig) -> None:
    phone = rig.leg("a")

    def speak(server: StreamServer, stream: Stream) -> None:
        stream.say(tone(10 * FRAME))
        stream.tell(type="mark", data={"name": "said"})
        server.leave(stream.text())

    with stream_server(speak) as server:
        fork(rig, server.url, returns=True)
        heard = [phone.hear() for _ in range(10)]
        mark = server.outcome()
    assert mark == {"type": "mark", "data": {"name": "said", "event": "playout"}}
    assert [packet.marker for packet in heard] == [True] + [False] * 9
    assert len({packet.payload for packet in heard}) == 1, "the tone's period fits a packet"
    assert np.abs(from_alaw(heard[0].payload) - tone(FRAME)).max() < 300


def test_barge_in_leaves_the_leg_in_silence(rig: MediaRig) -> None:
    phone = rig.leg("a")

    def speak(server: StreamServer, stream: Stream) -> None:
        stream.say(tone(50 * 50 * FRAME))
        stream.tell(type="mark", data={"name": "far off"})
        stream.hear(10)
        server.leave("spoke")
        stream.tell(type="killAudio")
        server.leave(stream.text())

    with stream_server(speak) as server:
        fork(rig, server.url, returns=True)
        phone.hear()
        assert server.outcome() == "spoke"
        assert server.outcome() == {"type": "mark", "data": {"name": "far off", "event": "cleared"}}
        rig.let_pass(60)
        while not phone.hears_nothing():
            phone.hear()
        rig.let_pass(60)
        assert phone.hears_nothing()


def test_what_comes_back_is_not_heard_when_it_was_not_asked_for(rig: MediaRig) -> None:
    phone = rig.leg("a")

    def speak(server: StreamServer, stream: Stream) -> None:
        stream.say(tone(10 * FRAME))
        server.leave(stream.hear(5))

    with stream_server(speak) as server:
        fork(rig, server.url)
        server.outcome()
    assert phone.hears_nothing()


def test_a_fork_that_is_stopped_says_good_bye(rig: MediaRig) -> None:
    rig.leg("a")
    with stream_server(lambda server, stream: server.leave(stream.text())) as server:
        fork(rig, server.url)
        rig.wait(ForkStarted)
        rig.order(StopFork(fork_id="f"))
        assert server.outcome() == {"type": "end", "data": {"reason": "stopped", "framesDropped": 0}}
        (ended,) = rig.wait(ForkEnded)
    assert (ended.reason, ended.frames_dropped) == ("stopped", 0)
    assert rig.engine.forks() == []


def test_a_leg_that_ends_takes_its_forks_with_it(rig: MediaRig) -> None:
    rig.leg("a")
    with stream_server(quiet) as server:
        for number in range(3):
            fork(rig, server.url, fork_id=str(number))
        rig.wait(ForkStarted, count=3)
        rig.order(CloseEndpoint(leg_id="a"))
        rig.wait(EndpointClosed)
        ended = rig.wait(ForkEnded, count=3)
    assert {event.fork_id for event in ended} == {"0", "1", "2"}
    assert {event.reason for event in ended} == {"leg_closed"}


def test_a_far_end_may_end_it(rig: MediaRig) -> None:
    rig.leg("a")
    with stream_server(lambda server, stream: stream.tell(type="disconnect")) as server:
        fork(rig, server.url, reconnects=5)
        (ended,) = rig.wait(ForkEnded)
    assert ended.reason == "far_end_closed"


def test_a_connection_that_breaks_is_made_again(rig: MediaRig) -> None:
    rig.leg("a")
    connections = iter(range(2))

    def restart_once(server: StreamServer, stream: Stream) -> None:
        if next(connections) == 0:
            stream.connection.close(1012)
        else:
            server.leave(stream.hear(3))

    with stream_server(restart_once) as server:
        fork(rig, server.url, reconnects=1)
        server.outcome()
        assert len(rig.wait(ForkStarted, count=2)) == 2


def test_a_far_end_that_is_not_there_ends_the_fork_after_its_attempts(rig: MediaRig) -> None:
    rig.leg("a")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        fork(rig, f"ws://127.0.0.1:{nobody.getsockname()[1]}/", reconnects=1)
        (ended,) = rig.wait(ForkEnded)
    assert (ended.reason, ended.frames_sent) == ("unreachable", 0)
    assert "refused" in ended.detail


def test_a_refusal_is_final(rig: MediaRig) -> None:
    rig.leg("a")
    with stream_server(quiet, refuse=HTTPStatus.FORBIDDEN) as server:
        fork(rig, server.url, reconnects=5)
        (ended,) = rig.wait(ForkEnded)
    assert (ended.reason, ended.detail) == ("refused", "HTTP 403")


def test_only_a_certificate_of_a_known_authority_is_trusted(tmp_path: Path) -> None:
    authority, other = trustme.CA(), trustme.CA()
    known, own = tmp_path / "known.pem", tmp_path / "own.pem"
    authority.cert_pem.write_to_path(known)
    for signer, reason in ((authority, "far_end_closed"), (other, "untrusted")):
        signer.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(own)
        with (
            stream_server(lambda server, stream: None, certificate=own) as server,
            media_rig(tmp_path, fork_authorities=known) as rig,
        ):
            rig.leg("a")
            fork(rig, server.url)
            (ended,) = rig.wait(ForkEnded)
        assert ended.reason == reason, ended.detail


@pytest.mark.parametrize("nonsense", ["", "{", "null", '{"type": "mark"}', '{"type": "x"}', "x" * 100_000])
def test_texts_without_meaning_change_nothing(rig: MediaRig, nonsense: str) -> None:
    rig.leg("a")

    def babble(server: StreamServer, stream: Stream) -> None:
        stream.connection.send(nonsense)
        server.leave(stream.hear(5))

    with stream_server(babble) as server:
        fork(rig, server.url, returns=True)
        assert len(server.outcome()) == 5 * FRAME


def test_a_message_without_measure_ends_the_fork_and_not_the_call(rig: MediaRig) -> None:
    a, b = rig.leg("a"), rig.leg("b", near="a", ssrc=2)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))

    def flood(server: StreamServer, stream: Stream) -> None:
        stream.connection.send(bytes(2_000_000))
        quiet(server, stream)

    with stream_server(flood) as server:
        fork(rig, server.url, returns=True)
        (ended,) = rig.wait(ForkEnded)
    assert ended.reason == "protocol_error"
    a.talk(LOUD)
    assert b.hear().payload == LOUD


def test_a_far_end_that_takes_nothing_harms_neither_the_call_nor_its_end(rig: MediaRig) -> None:
    a, b = rig.leg("a"), rig.leg("b", near="a", ssrc=2)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        fork(rig, f"ws://127.0.0.1:{deaf.getsockname()[1]}/")
        connection, _ = deaf.accept()
        a.talk(LOUD, count=20)
        assert [b.hear().payload for _ in range(20)] == [LOUD] * 20
        rig.order(CloseEndpoint(leg_id="a"))
        (ended,) = rig.wait(ForkEnded)
        connection.close()
    assert ended.reason == "leg_closed"


def test_forks_have_a_measure(tmp_path: Path) -> None:
    with media_rig(tmp_path, max_forks=1) as rig, stream_server(quiet) as server:
        rig.leg("a")
        fork(rig, server.url)
        fork(rig, server.url, fork_id="g")
        (ended,) = rig.wait(ForkEnded)
        assert (ended.fork_id, ended.reason) == ("g", "failed")


def test_one_fork_speaks_to_a_leg_at_a_time(rig: MediaRig) -> None:
    rig.leg("a")
    with stream_server(quiet) as server:
        fork(rig, server.url, returns=True)
        fork(rig, server.url, fork_id="g", returns=True)
        (ended,) = rig.wait(ForkEnded)
        assert (ended.fork_id, ended.reason) == ("g", "failed")


def test_a_fork_of_a_leg_that_is_gone_ends_at_once(rig: MediaRig) -> None:
    fork(rig, "ws://127.0.0.1:9/")
    (ended,) = rig.wait(ForkEnded)
    assert ended.reason == "leg_closed"
