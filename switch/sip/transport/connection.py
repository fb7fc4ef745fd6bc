"""One connection with a peer: what came of its bytes, and what waits to be sent."""

from switch.sip.hop import Hop
from switch.sip.transport.channels import Channel


class Connection:
    """Everything about a connection but its socket."""

    __slots__ = (
        "channel",
        "hop",
        "is_connecting",
        "is_writing",
        "pending",
        "unsent",
        "used_at",
        "waits_since",
        "was_accepted",
    )

    def __init__(self, hop: Hop, channel: Channel, *, was_accepted: bool, now: float) -> None:
        self.hop = hop
        self.channel = channel
        self.was_accepted = was_accepted
        self.is_connecting = not was_accepted
        self.is_writing = False
        """Whether bytes wait until the socket has room."""
        self.unsent = b""
        """These bytes."""
        self.pending: list[bytes] = []
        """Messages that may not have left yet."""
        self.used_at = now
        self.waits_since: float | None = now
        """Since when there is something the peer has not finished: opening, its first message, any other."""

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent at once."""
        return not self.is_connecting and self.channel.is_open

    def connected(self) -> None:
        """The network is there; what the channel says first can go out."""
        self.is_connecting = False
        if self.channel.is_open:
            self._opened()

    def receive(self, data: bytes, now: float) -> list[bytes]:
        """Take bytes from the wire; returns the messages that are whole by them."""
        channel = self.channel
        was_open = channel.is_open
        messages = channel.receive(data)
        self.used_at = now
        if not was_open and channel.is_open:
            self._opened()
        if not channel.is_waiting:
            self.waits_since = None
        elif messages or self.waits_since is None:
            self.waits_since = now
        return messages

    def send(self, message: bytes, now: float) -> None:
        """Send a message, as soon as the connection is open."""
        self.used_at = now
        self.pending.append(message)
        if self.is_open:
            self.channel.send(message)

    def take_output(self) -> bytes:
        """All bytes that are to be written now; what could not be is to be put into ``unsent``."""
        output = self.unsent + self.channel.take_output()
        self.unsent = b""
        return output

    def wrote_all(self) -> None:
        """Nothing is left in ``unsent``."""
        self.is_writing = False
        if self.is_open:
            self.pending.clear()

    def _opened(self) -> None:
        """Send what waited. It stays in ``pending`` until it was written."""
        if not self.was_accepted:
            self.waits_since = None
        for message in self.pending:
            self.channel.send(message)
