"""Legs of both address families in one engine."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from media.commands import BridgeEndpoints, Codec, ConfigureEndpoint, OpenEndpoint
from media.config import MediaConfig, RecordingsConfig
from media.engine import MediaEngine
from media.events import EndpointOpened
from runtime.clock import ManualClock
from runtime.vocabulary import Command, Event
from sipp_scenarios.rtp import PCMA, RtpPacket, decode
from tests.helpers.media_ports import own_media_ports

VOICE = bytes(range(160))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[MediaEngine]:
    ports = own_media_ports()
    config = MediaConfig(host6="::1", port_min=ports[0], port_max=ports[-1])
    engine = MediaEngine(config, RecordingsConfig(folder=tmp_path), ManualClock(), lambda events: None)
    yield engine
    engine.close()


def order(engine: MediaEngine, command: Command) -> list[Event]:
    return list(engine.routes()[type(command)](command, 0.0))


def connect(engine: MediaEngine, leg_id: str, family: socket.AddressFamily) -> socket.socket:
    """A phone of this family, connected with its leg."""
    ipv6 = family is socket.AF_INET6
    near = None if leg_id == "a" else "a"
    (opened,) = order(engine, OpenEndpoint(leg_id=leg_id, near=near, ipv6=ipv6))
    assert isinstance(opened, EndpointOpened)
    assert opened.host == ("::1" if ipv6 else "127.0.0.1")
    phone = socket.socket(family, socket.SOCK_DGRAM)
    phone.bind((opened.host, 0))
    phone.settimeout(10)
    phone.connect((opened.host, opened.port))
    agreed = ConfigureEndpoint(
        leg_id=leg_id,
        host=opened.host,
        port=phone.getsockname()[1],
        codec=Codec.PCMA,
        payload_type=PCMA,
        dtmf_payload_type=None,
        ptime_ms=20,
        sending=True,
        receiving=True,
    )
    order(engine, agreed)
    return phone


def test_a_phone_of_ipv6_and_one_of_ipv4_hear_each_other(engine: MediaEngine) -> None:
    with (
        closing(connect(engine, "a", socket.AF_INET)) as old,
        closing(connect(engine, "b", socket.AF_INET6)) as new,
    ):
        order(engine, BridgeEndpoints(leg_id="a", peer_leg_id="b"))
        for speaker, listener in ((old, new), (new, old)):
            speaker.send(RtpPacket(PCMA, 1, 160, 7, VOICE).encode())
            heard = decode(listener.recv(2048))
            assert heard is not None
            assert heard.payload == VOICE
