import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from media._core import Ways
from runtime.alarm import LoopAlarm
from runtime.clock import LoopClock
from runtime.driver import Driver
from runtime.errors import UsageError
from runtime.ids import SeededIds
from switch.sip.commands import SendMessage
from switch.sip.config import SipConfig
from switch.sip.guard.commands import BanSource
from switch.sip.hop import Hop
from switch.sip.messages.parser import parse_message
from switch.sip.stack import SipStack
from switch.sip.transport.udp import UdpTransport
from tests.helpers.sip_messages import as_bytes, make_request


class House:
    """A stack behind a real socket on a port the system chose."""

    def __init__(self, loop: asyncio.AbstractEventLoop, host: str = "127.0.0.1") -> None:
        self.loop = loop
        self.faults: list[Any] = []
        self.driver = Driver(LoopClock(loop.time), LoopAlarm(loop), self._fault, Ways())
        self.stack = SipStack(SipConfig(), [], SeededIds(), b"key of a test")
        self.transport = UdpTransport(host, 0, self.driver, self.stack.counters, self.stack.guard.ignores)
        self.driver.add_core(self.stack)
        self.driver.add_routes(self.stack.routes())
        self.driver.add_routes({SendMessage: lambda message, now: self.transport.send(message)})
        self.transport.open(loop)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.phone = socket.socket(family, socket.SOCK_DGRAM)
        self.phone.setblocking(False)
        self.phone.bind((host, 0))

    def _fault(self, item: object, fault: Exception) -> list[Any]:
        self.faults.append((item, fault))
        return []

    @property
    def hop(self) -> Hop:
        return Hop("udp", *self.phone.getsockname()[:2])

    def hear(self) -> bytes:
        """The next datagram the phone gets."""
        return self.loop.run_until_complete(
            asyncio.wait_for(self.loop.sock_recv(self.phone, 65_535), timeout=5)
        )

    def say(self, data: bytes) -> None:
        self.phone.sendto(data, self.transport.address[1:3])

    def close(self) -> None:
        self.transport.close()
        self.phone.close()


@contextmanager
def house_at(host: str) -> Iterator[House]:
    loop = asyncio.new_event_loop()
    house = House(loop, host)
    yield house
    house.close()
    loop.close()
    assert house.faults == []


@pytest.fixture
def house() -> Iterator[House]:
    with house_at("127.0.0.1") as house:
        yield house


def test_datagrams_go_to_the_stack_and_its_answers_back(house: House) -> None:
    for n in range(100):
        house.say(as_bytes(make_request("OPTIONS", branch=f"z9hG4bK{n}", hop=house.hop)))
    answers = [parse_message(house.hear()) for _ in range(100)]
    assert [(a.headers.get("via") or "").rpartition("z9hG4bK")[2] for a in answers] == [
        str(n) for n in range(100)
    ]
    assert house.stack.counters.responses_sent == {200: 100}


def test_datagrams_come_and_go_over_ipv6() -> None:
    with house_at("::1") as house:
        house.say(as_bytes(make_request("OPTIONS", hop=house.hop._replace(host="[::1]"))))
        assert house.hear().startswith(b"SIP/2.0 200 OK\r\n")
        for elsewhere in ("127.0.0.1", "fe80::1%nowhere"):
            house.driver.submit(SendMessage(data=b"x", hop=Hop("udp", elsewhere, 9)))
        assert house.stack.counters.send_errors == 2


def test_junk_on_the_wire_stops_nothing(house: House) -> None:
    house.say(b"")
    house.say(b"\xff" * 60_000)
    house.say(as_bytes(make_request("OPTIONS", hop=house.hop)))
    assert house.hear().startswith(b"SIP/2.0 200 OK\r\n")
    assert house.stack.counters.rejected == 1


@pytest.mark.parametrize("host", ["255.255.255.255", "::1", "not.an.address"])
@pytest.mark.parametrize("data", [as_bytes(make_request("OPTIONS")), b"x" * 70_000])
def test_a_message_that_cannot_be_sent_is_told_to_the_stack(house: House, data: bytes, host: str) -> None:
    house.driver.submit(SendMessage(data=data, hop=Hop("udp", host, 9)))
    assert house.stack.counters.send_errors == 1


class FullSocket:
    """Stands for the socket while its buffer is full."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.is_full = True

    def send(self, data: bytes, host: str, port: int) -> bool:
        return not self.is_full and self._real.send(data, host, port)


def test_messages_wait_in_order_while_the_socket_is_full_and_a_surplus_is_dropped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switch.sip.transport.udp._BACKLOG", 3)
    full = FullSocket(house.transport._datagrams)
    monkeypatch.setattr(house.transport, "_datagrams", full)
    for n in range(5):
        house.driver.submit(SendMessage(data=b"%d" % n, hop=house.hop))
    assert house.stack.counters.send_errors == 2
    full.is_full = False
    assert [house.hear() for _ in range(3)] == [b"0", b"1", b"2"]
    house.driver.submit(SendMessage(data=b"next", hop=house.hop))
    assert house.hear() == b"next"


def test_an_address_in_use_is_reported_and_leaves_no_socket(house: House) -> None:
    port = house.transport.address.port
    second = UdpTransport("127.0.0.1", port, house.driver, house.stack.counters, lambda host: False)
    with pytest.raises(UsageError, match=r"cannot listen for SIP on udp:127.0.0.1:.*in use"):
        second.open(house.loop)
    second.close()


def test_after_closing_nothing_is_sent(house: House) -> None:
    house.transport.close()
    house.driver.submit(SendMessage(data=b"late", hop=house.hop))
    with pytest.raises(BlockingIOError):
        house.phone.recv(100)


def test_a_banned_source_is_not_even_brought_to_the_stack(house: House) -> None:
    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stranger.bind(("127.0.0.2", 0))
    house.driver.submit(BanSource(source="127.0.0.2", reason="test", duration_s=None))
    for _ in range(100):
        stranger.sendto(as_bytes(make_request("OPTIONS")), house.transport.address[1:3])
    house.say(as_bytes(make_request("OPTIONS", hop=house.hop)))
    assert house.hear().startswith(b"SIP/2.0 200 OK\r\n")
    assert house.stack.counters.requests_received == {"OPTIONS": 1}
    assert house.stack.guard.bans.find("127.0.0.2").dropped == 100
    stranger.close()


def test_how_long_datagrams_wait_is_known_while_more_come_than_are_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switch.sip.transport.udp._BATCH", 4)
    assert house.transport.delay_s() == 0.0
    for n in range(10):
        house.say(b"\r\n\r\n" if n % 4 else b"")
    house.transport._take(house.loop.time())
    behind = house.transport.delay_s()
    house.transport._take(house.loop.time())
    assert house.transport.delay_s() >= behind > 0.0
    house.transport._take(house.loop.time())
    assert house.transport.delay_s() == 0.0


def test_what_waits_is_taken_together_and_no_more_than_a_batch(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switch.sip.transport.udp._BATCH", 2)
    for n in range(3):
        house.say(as_bytes(make_request("OPTIONS", branch=f"z9hG4bK{n}", hop=house.hop)))
    house.transport._read()
    assert house.stack.counters.requests_received == {"OPTIONS": 2}
    house.transport._read()
    assert house.stack.counters.requests_received == {"OPTIONS": 3}


def test_all_datagrams_of_a_neighbour_have_one_hop(house: House) -> None:
    house.say(b"\r\n\r\n")
    house.say(b"\r\n\r\n")
    first, second = house.transport._take(house.loop.time())
    assert first.hop is second.hop
    assert first.hop == house.hop
