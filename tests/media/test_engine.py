"""Endpoints over loopback: ports, latching, relay, what is counted, what is refused."""

import os
import resource
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from media.commands import (
    BridgeEndpoints,
    CloseEndpoint,
    Codec,
    ConfigureEndpoint,
    OpenEndpoint,
    SendDigits,
    StopPlayback,
    UnbridgeEndpoints,
)
from media.config import MediaConfig, RecordingsConfig
from media.engine import MediaEngine
from media.events import (
    DigitDetected,
    EndpointClosed,
    EndpointFailed,
    EndpointOpened,
    MediaLost,
    MediaResumed,
    MediaStarted,
    OneWayDetected,
)
from media.names import Fact, Names
from runtime.clock import ManualClock
from runtime.errors import UsageError
from runtime.vocabulary import Event
from sipp_scenarios.rtp import TELEPHONE_EVENT, RtpPacket
from sipp_scenarios.runner import free_port
from tests.helpers.media_rig import HOST, PATIENCE_S, MediaRig, media_rig

VOICE = bytes(range(160))


@pytest.fixture(params=[True, False], ids=["raw", "own_sockets"])
def rig(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MediaRig]:
    with media_rig(tmp_path, raw_sending=request.param) as rig:
        if request.param and not rig.engine.sends_raw:
            pytest.skip("raw sockets need CAP_NET_RAW")
        assert rig.engine.sends_raw == request.param
        yield rig


def test_an_endpoint_has_an_even_port_and_the_odd_one_above(rig: MediaRig) -> None:
    (opened,) = rig.order(OpenEndpoint(leg_id="a", near=None))
    assert isinstance(opened, EndpointOpened)
    assert opened.host == HOST
    assert opened.port % 2 == 0
    for port in (opened.port, opened.port + 1):
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
            pytest.raises(OSError, match="in use"),
        ):
            other.bind((HOST, port))


def test_a_closed_endpoint_gives_its_ports_back_but_not_at_once(rig: MediaRig) -> None:
    phone = rig.leg("a")
    rig.order(CloseEndpoint(leg_id="a"))
    rig.wait(EndpointClosed)
    assert rig.engine.open_endpoints == 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HOST, phone.leg_port))
    assert rig.leg("b").leg_port != phone.leg_port


@pytest.fixture
def one_port(tmp_path: Path) -> Iterator[MediaRig]:
    """An engine with the ports for a single leg."""
    first = free_port(HOST)
    with media_rig(tmp_path, ports=range(first, first + 2)) as rig:
        yield rig


def test_no_port_left_is_an_event_that_says_so(one_port: MediaRig) -> None:
    (opened,) = one_port.order(OpenEndpoint(leg_id="a", near=None))
    (failed,) = one_port.order(OpenEndpoint(leg_id="b", near=None))
    assert isinstance(opened, EndpointOpened)
    assert isinstance(failed, EndpointFailed)
    assert "in use" in failed.reason


def test_a_process_out_of_files_says_so_and_keeps_its_ports(one_port: MediaRig) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    next_file = os.dup(0)
    os.close(next_file)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next_file, limits[1]))
    try:
        (failed,) = one_port.order(OpenEndpoint(leg_id="a", near=None))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert isinstance(failed, EndpointFailed)
    assert "Too many open files" in failed.reason
    (opened,) = one_port.order(OpenEndpoint(leg_id="a", near=None))
    assert isinstance(opened, EndpointOpened)


def test_an_engine_on_another_machines_address_is_refused(tmp_path: Path) -> None:
    config = MediaConfig(host="203.0.113.1")
    with pytest.raises(UsageError, match=r"cannot open media ports on 203\.0\.113\.1: Cannot assign"):
        MediaEngine(config, RecordingsConfig(folder=tmp_path), ManualClock(), lambda events: None)


def test_a_bridge_carries_voice_both_ways_in_streams_of_its_own(rig: MediaRig) -> None:
    caller, agent = rig.leg("a", ssrc=1), rig.leg("b", near="a", ssrc=2)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    for speaker, listener in ((caller, agent), (agent, caller)):
        speaker.talk(VOICE, count=5)
        heard = [listener.hear() for _ in range(5)]
        assert [packet.payload for packet in heard] == [VOICE] * 5
        assert [packet.marker for packet in heard] == [True, False, False, False, False]
        assert {packet.ssrc for packet in heard}.isdisjoint({1, 2})
        first = heard[0]
        for step, packet in enumerate(heard):
            assert packet.sequence == (first.sequence + step) % 2**16
            assert packet.timestamp == (first.timestamp + 160 * step) % 2**32


def test_the_threads_are_woken_once_for_all_that_is_asked_of_them_and_no_packet_is_lost_until_then(
    tmp_path: Path,
) -> None:
    asked: list[tuple[float, Callable[[], None]]] = []
    with media_rig(tmp_path, later=lambda *wake: asked.append(wake)) as rig:
        caller, agent = rig.leg("a"), rig.leg("b", near="a")
        rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
        caller.talk(VOICE, count=3)
        ((_, wake),) = asked
        wake()
        assert [agent.hear().payload for _ in range(3)] == [VOICE] * 3
        for leg_id in ("a", "b"):
            rig.order(CloseEndpoint(leg_id=leg_id))
        assert len(asked) == 2


def test_what_changes_only_what_becomes_of_packets_waits_longer_and_makes_nothing_else_wait(
    tmp_path: Path,
) -> None:
    asked: list[tuple[float, Callable[[], None]]] = []
    with media_rig(tmp_path, later=lambda *wake: asked.append(wake)) as rig:
        rig.leg("a")
        rig.order(StopPlayback(leg_id="a"))
        rig.order(CloseEndpoint(leg_id="a"))
        (longer_s, _), (shorter_s, wake) = asked
        assert 0 < shorter_s < longer_s
        wake()
        assert [closed.leg_id for closed in rig.wait(EndpointClosed)] == ["a"]


def test_a_bridge_between_the_laws_translates(rig: MediaRig) -> None:
    caller, agent = rig.leg("a", codec=Codec.PCMA), rig.leg("b", near="a", codec=Codec.PCMU)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    caller.talk(bytes([0xD5, 0x2A, 0xAA]))
    heard = agent.hear()
    assert heard.payload_type == 0
    assert heard.payload[1:] == bytes([0x00, 0x80]), "the loudest values of both laws"
    assert heard.payload[0] in (0xFE, 0xFF), "the quietest"
    agent.talk(bytes([0x00, 0x80]))
    assert caller.hear().payload == bytes([0x2A, 0xAA])


def test_a_phone_may_speak_the_law_that_was_offered_but_not_agreed(rig: MediaRig) -> None:
    caller, agent = rig.leg("a", codec=Codec.PCMA), rig.leg("b", near="a", codec=Codec.PCMU)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    caller.payload_type, agent.payload_type = agent.payload_type, caller.payload_type
    caller.talk(VOICE)
    heard = agent.hear()
    assert (heard.payload_type, heard.payload) == (0, VOICE)
    agent.talk(VOICE)
    heard = caller.hear()
    assert (heard.payload_type, heard.payload) == (8, VOICE)


def test_packets_of_g729_that_are_longer_than_the_phone_takes_are_cut(rig: MediaRig) -> None:
    caller, agent = rig.leg("a", codec=Codec.G729), rig.leg("b", near="a", codec=Codec.G729)
    rig.configure("b", agent, max_ptime_ms=30)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    caller.talk(VOICE[:60])
    assert [agent.hear().payload for _ in range(3)] == [VOICE[:20], VOICE[20:40], VOICE[40:60]]
    agent.talk(VOICE[:60])
    assert caller.hear().payload == VOICE[:60]


def test_how_late_the_media_thread_was_is_told(rig: MediaRig) -> None:
    rig.let_pass(100)
    recent_ms, worst_ms = rig.engine.lateness_ms
    assert 0 <= recent_ms <= worst_ms
    assert worst_ms > 0, "nobody is woken at the very moment"


def test_padding_extension_and_contributors_are_taken_off(rig: MediaRig) -> None:
    caller, agent = rig.leg("a"), rig.leg("b", near="a")
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    plain = RtpPacket(8, 1, 160, 7, b"").encode()
    caller.send(bytes([0xB1]) + plain[1:] + b"CSRC" + b"\xbe\xde\x00\x01EXT." + VOICE + b"\x00\x02")
    assert agent.hear().payload == VOICE


def test_another_peer_is_heard_in_the_same_stream(rig: MediaRig) -> None:
    caller, first, second = rig.leg("a"), rig.leg("b", near="a", ssrc=2), rig.leg("c", near="a", ssrc=3)
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    first.talk(VOICE)
    before = caller.hear()
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="c"))
    second.talk(VOICE)
    after = caller.hear()
    assert (after.ssrc, after.sequence) == (before.ssrc, (before.sequence + 1) % 2**16)
    first.talk(VOICE)
    rig.wait_received("b", 2)
    assert caller.hears_nothing()


def test_after_unbridging_nobody_is_heard(rig: MediaRig) -> None:
    caller, agent = rig.leg("a"), rig.leg("b", near="a")
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    rig.order(UnbridgeEndpoints(leg_id="b"))
    caller.talk(VOICE)
    rig.wait_received("a", 1)
    assert agent.hears_nothing()


def test_an_endpoint_sends_to_where_packets_come_from_and_drops_strangers(rig: MediaRig) -> None:
    promised, behind_nat, agent = rig.leg("a"), rig.leg("x"), rig.leg("b", near="a")
    behind_nat.leg_port = promised.leg_port
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    agent.talk(VOICE)
    assert promised.hear().payload == VOICE
    behind_nat.talk(VOICE)
    agent.hear()
    agent.talk(VOICE)
    assert behind_nat.hear().payload == VOICE
    stranger = rig.leg("y")
    stranger.leg_port = promised.leg_port
    stranger.talk(VOICE)
    rig.wait_received("a", 2)
    assert agent.hears_nothing()
    counters = rig.engine.counters_of("a")
    assert counters is not None
    assert (counters.packets_received, counters.packets_dropped) == (1, 1)


def test_packets_from_the_promised_address_always_win(rig: MediaRig) -> None:
    promised, other, agent = rig.leg("a"), rig.leg("x"), rig.leg("b", near="a")
    other.leg_port = promised.leg_port
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    for phone in (other, promised):
        phone.talk(VOICE)
        agent.hear()
        agent.talk(VOICE)
        assert phone.hear().payload == VOICE
    started = rig.wait(MediaStarted, count=3)
    assert [event.port for event in started if event.leg_id == "a"] == [other.port, promised.port]


def test_hold_stops_each_direction(rig: MediaRig) -> None:
    caller, agent = rig.leg("a"), rig.leg("b", near="a")
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    rig.configure("a", caller, sending=False, receiving=False)
    caller.talk(VOICE)
    agent.talk(VOICE)
    rig.wait_received("a", 1)
    rig.wait_received("b", 1)
    assert caller.hears_nothing()
    assert agent.hears_nothing()
    rig.configure("a", caller)
    agent.talk(VOICE)
    assert caller.hear().payload == VOICE


def test_what_a_leg_carried_is_told_when_it_closes(rig: MediaRig) -> None:
    caller, agent = rig.leg("a"), rig.leg("b", near="a")
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    caller.talk(VOICE, count=3)
    agent.talk(VOICE)
    for phone, count in ((agent, 3), (caller, 1)):
        for _ in range(count):
            phone.hear()
    rig.order(CloseEndpoint(leg_id="a"))
    (closed,) = rig.wait(EndpointClosed)
    assert (closed.leg_id, closed.packets_received, closed.bytes_received) == ("a", 3, 3 * 172)
    assert (closed.packets_sent, closed.bytes_sent) == (1, 172)
    assert (closed.packets_lost, closed.packets_dropped) == (0, 0)


def test_each_figure_of_a_leg_is_told_by_its_name(rig: MediaRig) -> None:
    caller, agent = rig.leg("a"), rig.leg("b", near="a")
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    agent.talk(VOICE, count=2)
    ours = {caller.hear().ssrc for _ in range(2)}.pop()
    caller.talk_in_order([VOICE] * 9, [0, 2, 1, 3, 3, 3, 8])
    for _ in range(3):
        caller.send(b"junk")
    rig.wait_received("a", 10)
    caller.socket.sendto(receiver_report(ours, lost=7, jitter=16), (HOST, caller.leg_port + 1))
    while not ((carried := rig.engine.counters_of("a")) and carried.rtcp_received):
        pass
    rig.order(CloseEndpoint(leg_id="a"))
    (closed,) = rig.wait(EndpointClosed)
    assert (closed.packets_received, closed.packets_sent) == (7, 2)
    assert (closed.bytes_received, closed.bytes_sent) == (7 * 172, 2 * 172)
    assert (closed.packets_lost, closed.packets_dropped, closed.packets_forged) == (4, 3, 0)
    assert (closed.packets_late, closed.packets_duplicated, closed.packets_reordered) == (0, 2, 1)
    assert 1 < closed.jitter_ms <= closed.jitter_max_ms, "packets of 20 ms came all at once"
    assert closed.jitter_ms == round(closed.jitter_ms, 3), "whole microseconds"
    assert closed.rtcp_received == 1
    assert (closed.round_trip_ms, closed.round_trip_max_ms) == (None, None), "the report names none of ours"
    assert closed.mos_lowest is not None
    assert closed.mos is not None
    assert closed.r_factor is not None
    assert 1 <= closed.mos_lowest <= closed.mos < 4.41 < closed.r_factor < 93.2
    assert closed.mos_lowest_at_s is not None
    assert closed.mos_lowest_at_s < PATIENCE_S
    assert (closed.remote_packets_lost, closed.remote_jitter_ms) == (7, 2.0)
    assert closed.remote_mos is not None
    assert 1 <= closed.remote_mos < 4.41


def receiver_report(of_ssrc: int, *, lost: int, jitter: int) -> bytes:
    """What a phone says of our stream (RFC 3550 §6.4.2); ``jitter`` in ticks of its clock."""
    return struct.pack("!BBHIIIIIII", 0x81, 201, 7, 99, of_ssrc, lost, 0, jitter, 0, 0)


def test_hostile_packets_are_dropped_and_counted_and_calls_go_on(rig: MediaRig) -> None:
    caller, agent = rig.leg("a"), rig.leg("b", near="a")
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    good = RtpPacket(8, 1, 160, 7, VOICE).encode()
    hostile = [
        b"",
        b"\x80",
        good[:11],
        b"\x00" + good[1:],
        b"\x8f" + good[1:13],
        b"\x90" + good[1:12] + b"\xbe\xde\xff\xff",
        b"\xa0" + good[1:] + b"\xff",
        good[:1] + b"\x55" + good[2:],
        good + bytes(3000),
        RtpPacket(TELEPHONE_EVENT, 2, 160, 7, b"\x05").encode(),
    ]
    for datagram in hostile:
        caller.send(datagram)
    caller.talk(VOICE)
    rig.wait_received("a", len(hostile) + 1)
    counters = rig.engine.counters_of("a")
    assert counters is not None
    assert counters.packets_dropped == len(hostile) - 1, "the cut telephone-event is relayed as it is"
    assert agent.hear().payload == b"\x05"
    assert agent.hear().payload == VOICE


def test_a_flood_of_digits_costs_digits_but_no_end_of_a_leg(tmp_path: Path) -> None:
    with media_rig(tmp_path) as rig:
        caller = rig.leg("a")
        flood = 17_000
        for number in range(flood):
            press = RtpPacket(TELEPHONE_EVENT, number % 2**16, number * 1600, 1, b"\x05\x8a\x03\x20")
            caller.send(press.encode())
            if number % 100 == 0:
                rig.wait_received("a", number + 1)
        rig.wait_received("a", flood)
        rig.order(CloseEndpoint(leg_id="a"))
        (closed,) = rig.wait(EndpointClosed)
        digits = sum(isinstance(event, DigitDetected) for event in rig.events)
        assert 0 < digits == closed.packets_received < flood / 10
        assert closed.packets_dropped == flood - digits
        assert rig.engine.facts_lost == 0


def test_a_leg_that_falls_silent_is_reported_once_and_when_it_is_heard_again(tmp_path: Path) -> None:
    with media_rig(tmp_path, media_timeout_s=0.1) as rig:
        phone = rig.leg("a")
        for leg_id, sending, receiving in (("b", True, False), ("c", False, True)):
            rig.configure(leg_id, rig.leg(leg_id), sending=sending, receiving=receiving)
        rig.wait(MediaLost)
        (lost,) = rig.wait(MediaLost)
        assert lost.leg_id == "a"
        assert 0.1 <= lost.silent_s < 5
        phone.talk(VOICE)
        (resumed,) = rig.wait(MediaResumed)
        assert resumed.leg_id == "a"
        assert lost.silent_s <= resumed.silent_s < 5


def test_a_phone_that_reports_packets_of_which_none_comes_is_told_once(rig: MediaRig) -> None:
    phone = rig.leg("a")
    for reported in (100, 200, 300, 400):
        report = struct.pack("!BBHIQIII", 0x80, 200, 6, 1, 0, 0, reported, reported * 160)
        phone.socket.sendto(report, (HOST, phone.leg_port + 1))
    told = rig.wait(OneWayDetected)
    rig.let_pass(20)
    assert told == rig.wait(OneWayDetected) == [OneWayDetected(leg_id="a", missing="from_peer")]


def test_legs_are_bridged_whichever_workers_carry_them(tmp_path: Path) -> None:
    with media_rig(tmp_path, workers=3) as rig:
        caller = rig.leg("a")
        others = {name: rig.leg(name, near=near) for name, near in (("b", "a"), ("c", None), ("d", None))}
        for name, phone in others.items():
            rig.order(BridgeEndpoints(leg_id="a", peer_leg_id=name))
            caller.talk(VOICE)
            assert phone.hear().payload == VOICE
            phone.talk(VOICE)
            assert caller.hear().payload == VOICE


def test_orders_for_a_leg_that_is_gone_are_left_alone(rig: MediaRig) -> None:
    phone = rig.leg("a")
    rig.order(CloseEndpoint(leg_id="a"))
    rig.events.clear()
    rig.configure("a", phone)
    for command in (
        CloseEndpoint(leg_id="a"),
        BridgeEndpoints(leg_id="a", peer_leg_id="b"),
        UnbridgeEndpoints(leg_id="a"),
        StopPlayback(leg_id="a"),
        SendDigits(leg_id="a", digits="1"),
    ):
        assert rig.order(command) == []
    assert rig.engine.counters_of("a") is None


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"payload_type": 128}, "0 to 127"),
        ({"dtmf_payload_type": 8}, "different payload types"),
        ({"ptime_ms": 5}, "10 to 60 ms"),
    ],
)
def test_senseless_settings_are_refused(rig: MediaRig, changes: dict[str, int], complaint: str) -> None:
    rig.leg("a")
    sensible: dict[str, object] = {
        "leg_id": "a",
        "host": HOST,
        "port": 4000,
        "codec": Codec.PCMA,
        "payload_type": 8,
        "dtmf_payload_type": 101,
        "ptime_ms": 20,
        "sending": True,
        "receiving": True,
    }
    with pytest.raises(UsageError, match=complaint):
        rig.order(ConfigureEndpoint(**{**sensible, **changes}))  # type: ignore[arg-type]


def test_a_leg_can_be_opened_only_once_and_not_bridged_with_itself(rig: MediaRig) -> None:
    rig.leg("a")
    with pytest.raises(UsageError, match="already"):
        rig.order(OpenEndpoint(leg_id="a", near=None))
    with pytest.raises(UsageError, match="itself"):
        rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="a"))


def test_a_peer_with_a_name_for_an_address_is_sent_to_once_it_was_heard(rig: MediaRig) -> None:
    caller, agent = rig.leg("a"), rig.leg("b", near="a")
    rig.order(BridgeEndpoints(leg_id="a", peer_leg_id="b"))
    rig.order(
        ConfigureEndpoint(
            leg_id="a",
            host="phone.example",
            port=caller.port,
            codec=Codec.PCMA,
            payload_type=8,
            dtmf_payload_type=None,
            ptime_ms=20,
            sending=True,
            receiving=True,
        )
    )
    caller.talk(VOICE)
    agent.hear()
    agent.talk(VOICE)
    assert caller.hear().payload == VOICE


def test_a_fact_that_is_not_understood_costs_no_other(rig: MediaRig, monkeypatch: pytest.MonkeyPatch) -> None:
    understood = Names.event

    def event(names: Names, fact: Fact, wall: float) -> Event | None:
        told = understood(names, fact, wall)
        if isinstance(told, EndpointClosed) and told.leg_id == "a":
            raise KeyError("a fault of ours")
        return told

    monkeypatch.setattr(Names, "event", event)
    for leg_id in ("a", "b"):
        rig.leg(leg_id)
    for leg_id in ("a", "b"):
        rig.order(CloseEndpoint(leg_id=leg_id))
    assert [closed.leg_id for closed in rig.wait(EndpointClosed)] == ["b"]
