"""Who may send (RFC 3264 §6.1, §8.4; RFC 8866 §6.7)."""

from enum import StrEnum


class Direction(StrEnum):
    """A stream's direction as the describing side sees it."""

    SENDRECV = "sendrecv", True, True
    SENDONLY = "sendonly", True, False
    RECVONLY = "recvonly", False, True
    INACTIVE = "inactive", False, False

    sends: bool
    receives: bool

    def __new__(cls, text: str, sends: bool, receives: bool) -> "Direction":
        member = str.__new__(cls, text)
        member._value_, member.sends, member.receives = text, sends, receives
        return member

    @property
    def mirrored(self) -> "Direction":
        """The same stream as the other side sees it."""
        return direction_of(sends=self.receives, receives=self.sends)

    def __and__(self, other: "Direction") -> "Direction":
        """What both allow, seen from the same side."""
        return direction_of(sends=self.sends and other.sends, receives=self.receives and other.receives)


_BY_ABILITIES = {(direction.sends, direction.receives): direction for direction in Direction}


def direction_of(*, sends: bool, receives: bool) -> Direction:
    """The direction that says exactly this."""
    return _BY_ABILITIES[sends, receives]
