import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from switch.sip.transport.web_socket_channel import WebSocketChannel
from tests.helpers.sip_messages import as_bytes, make_request

OPTIONS = as_bytes(make_request("OPTIONS"))


class Browser:
    """The far end, by the same library's client."""

    def __init__(self, *subprotocols: str) -> None:
        self.channel = WebSocketChannel()
        offered = [Subprotocol(name) for name in subprotocols] or None
        self.protocol = ClientProtocol(parse_uri("ws://switch/sip"), subprotocols=offered)
        self.protocol.send_request(self.protocol.connect())
        self.heard: list[bytes] = []
        self.flush()

    def flush(self) -> list[bytes]:
        """Exchange what both have to say; returns the messages that reach the switch."""
        messages = self.channel.receive(b"".join(self.protocol.data_to_send()))
        if output := self.channel.take_output():
            self.protocol.receive_data(output)
        self.heard += [
            bytes(event.data)
            for event in self.protocol.events_received()
            if isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY)
        ]
        return messages


def test_a_client_that_speaks_sip_comes_in() -> None:
    browser = Browser("sip")
    assert (browser.channel.is_open, browser.channel.fault, browser.channel.is_waiting) == (True, "", False)
    assert browser.protocol.subprotocol == "sip"


@pytest.mark.parametrize("offered", [(), ("chat",)])
def test_a_client_that_does_not_is_turned_away(offered: tuple[str, ...]) -> None:
    browser = Browser(*offered)
    assert not browser.channel.is_open
    assert browser.channel.is_over or browser.channel.fault
    assert browser.protocol.state is not State.OPEN


@pytest.mark.parametrize("binary", [True, False])
def test_text_and_binary_frames_mean_the_same_whole_or_in_fragments(binary: bool) -> None:
    browser = Browser("sip")
    send = browser.protocol.send_binary if binary else browser.protocol.send_text
    send(OPTIONS)
    send(OPTIONS[:50], fin=False)
    browser.protocol.send_continuation(OPTIONS[50:], fin=True)
    assert browser.flush() == [OPTIONS, OPTIONS]


def test_keep_alives_are_answered_in_frames_of_their_own() -> None:
    browser = Browser("sip")
    browser.protocol.send_text(b"\r\n\r\n")
    browser.protocol.send_ping(b"there?")
    assert browser.flush() == []
    assert browser.heard == [b"\r\n"]


@pytest.mark.parametrize("message", [OPTIONS, "主叫".encode(), b"\xff\x00"])
def test_a_message_of_ours_is_one_frame(message: bytes) -> None:
    browser = Browser("sip")
    browser.channel.send(message)
    browser.flush()
    assert browser.heard == [message]


def test_a_message_beyond_the_limit_is_a_fault() -> None:
    browser = Browser("sip")
    browser.protocol.send_binary(b"x" * 70_000)
    assert browser.flush() == []
    assert "WebSocket" in browser.channel.fault


def test_goodbye_ends_the_channel_without_a_fault() -> None:
    browser = Browser("sip")
    browser.protocol.send_close()
    browser.flush()
    assert (browser.channel.is_over, browser.channel.fault) == (True, "")
    other = Browser("sip")
    other.channel.end()
    other.flush()
    assert other.protocol.close_rcvd is not None
    assert other.protocol.close_rcvd.code == 1001


@given(st.lists(st.binary(max_size=200), max_size=6), st.booleans())
def test_any_bytes_are_taken_without_an_error(pieces: list[bytes], is_open: bool) -> None:
    channel = Browser("sip").channel if is_open else WebSocketChannel()
    for piece in pieces:
        if not (channel.fault or channel.is_over):
            channel.receive(piece)
            channel.take_output()
