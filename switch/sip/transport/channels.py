"""What stands between the bytes of a connection and its SIP messages: plain framing, TLS, WebSocket."""

from typing import Protocol

from switch.sip.transport.stream_framing import PONG, StreamFraming


class Channel(Protocol):
    """Bytes in, messages out, and back. Has no socket: whoever owns it sends what ``take_output`` gives."""

    @property
    def is_open(self) -> bool:
        """Whether all hands are shaken: messages may be sent."""

    @property
    def is_waiting(self) -> bool:
        """Whether something the peer began to send is not whole yet."""

    @property
    def is_over(self) -> bool:
        """Whether the peer said goodbye."""

    @property
    def fault(self) -> str:
        """What the peer did wrong, for people; empty as long as nothing was. The connection must end then."""

    def receive(self, data: bytes) -> list[bytes]:
        """Take bytes from the wire; returns the messages that are whole by them."""

    def send(self, message: bytes) -> None:
        """Send a whole message. Only while ``is_open``."""

    def end(self) -> None:
        """Say goodbye, where the protocol knows how."""

    def take_output(self) -> bytes:
        """What is to be put on the wire, once."""


class PlainChannel:
    """SIP as it stands: TCP, and what runs inside TLS."""

    __slots__ = ("_framing", "_output")
    is_open = True
    is_over = False

    def __init__(self) -> None:
        self._framing = StreamFraming()
        self._output = b""

    @property
    def is_waiting(self) -> bool:
        return self._framing.is_waiting

    @property
    def fault(self) -> str:
        return self._framing.fault

    def receive(self, data: bytes) -> list[bytes]:
        framing = self._framing
        messages = framing.receive(data)
        if framing.pongs:
            self._output += PONG * framing.pongs
            framing.pongs = 0
        return messages

    def send(self, message: bytes) -> None:
        self._output += message

    def end(self) -> None:
        """A stream just ends."""

    def take_output(self) -> bytes:
        output, self._output = self._output, b""
        return output
