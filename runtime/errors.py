"""The two families of errors.

    UsageError      our own caller broke the contract: raised at once, never sent to a peer
    PeerError       bad input from outside: never leaves its layer; becomes a reply, an event, a counter

Each package derives its own from these two.
"""


class UsageError(Exception):
    """A caller inside the house asked for something its contract does not allow.

    The message says what was asked, of what, and what would have been right.
    """

    def __init__(self, message: str = "", *, reason: str = "") -> None:
        """``reason``: the same for programs, one word that stays, such as ``no_such_call``."""
        super().__init__(message)
        self.reason = reason


class PeerError(Exception):
    """Somebody outside (a phone, a file, a client) sent something that cannot be used."""
