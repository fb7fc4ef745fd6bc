"""What a peer's session description can be wrong with."""

from runtime.errors import PeerError


class SdpSyntaxError(PeerError):
    """Not a session description. The message says which line and what was expected. Answer 400."""


class NotAcceptable(PeerError):
    """A well-formed description with nothing in it that we can do. Answer 488."""
