"""SIP in WebSocket frames, the server's side, without a socket (RFC 7118)."""

from http import HTTPStatus

from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from switch.sip.messages.parser import MAX_MESSAGE_BYTES, is_keep_alive
from switch.sip.transport.stream_framing import PONG

_SIP = Subprotocol("sip")
_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class WebSocketChannel:
    """One message of the protocol is one SIP message; text and binary frames mean the same (RFC 7118 §5)."""

    __slots__ = ("_fragments", "_protocol")

    def __init__(self) -> None:
        self._protocol = ServerProtocol(subprotocols=[_SIP], max_size=MAX_MESSAGE_BYTES)
        self._fragments: list[bytes] = []

    @property
    def is_open(self) -> bool:
        return self._protocol.state is State.OPEN

    @property
    def is_waiting(self) -> bool:
        protocol = self._protocol
        return protocol.state is State.CONNECTING or bool(self._fragments or protocol.reader.buffer)

    @property
    def is_over(self) -> bool:
        return self._protocol.state in (State.CLOSING, State.CLOSED) and not self.fault

    @property
    def fault(self) -> str:
        protocol = self._protocol
        if protocol.handshake_exc is not None:
            return f"WebSocket: {protocol.handshake_exc}"
        if protocol.parser_exc is not None:
            return f"WebSocket: {protocol.parser_exc}"
        return ""

    def receive(self, data: bytes) -> list[bytes]:
        protocol = self._protocol
        protocol.receive_data(data)
        messages: list[bytes] = []
        for event in protocol.events_received():
            if isinstance(event, Request):
                self._shake_hands(event)
            elif isinstance(event, Frame) and event.opcode in _DATA:
                self._fragments.append(bytes(event.data))
                if event.fin:
                    self._take_message(messages)
        return messages

    def send(self, message: bytes) -> None:
        """As text where it is text, because browsers show that best; as binary otherwise."""
        if message.isascii() or _is_text(message):
            self._protocol.send_text(message)
        else:
            self._protocol.send_binary(message)

    def end(self) -> None:
        if self.is_open:
            self._protocol.send_close(CloseCode.GOING_AWAY)

    def take_output(self) -> bytes:
        return b"".join(self._protocol.data_to_send())

    def _shake_hands(self, request: Request) -> None:
        """Only who speaks SIP may come in (RFC 7118 §4.1)."""
        protocol = self._protocol
        response = protocol.accept(request)
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS and protocol.subprotocol != _SIP:
            response = protocol.reject(HTTPStatus.BAD_REQUEST, "expected the WebSocket subprotocol sip\n")
        protocol.send_response(response)

    def _take_message(self, messages: list[bytes]) -> None:
        message = b"".join(self._fragments)
        self._fragments.clear()
        if not is_keep_alive(message):
            messages.append(message)
        elif self.is_open:  # RFC 5626 §4.4.1, in a frame of its own
            self._protocol.send_text(PONG)


def _is_text(message: bytes) -> bool:
    try:
        message.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
