"""Who may send (RFC 3264 §6.1, §8.4; RFC 8866 §6.7)."""

from enum import StrEnum


class Direction(StrEnum):
    """A stream's direction as the describing side sees it."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def sends(self) -> bool:
        return self in (Direction.SENDRECV, Direction.SENDONLY)

    @property
    def receives(self) -> bool:
        return self in (Direction.SENDRECV, Direction.RECVONLY)

    @property
    def mirrored(self) -> "Direction":
        """The same stream as the other side sees it."""
        return direction_of(sends=self.receives, receives=self.sends)

    def __and__(self, other: "Direction") -> "Direction":
        """What both allow, seen from the same side."""
        return direction_of(sends=self.sends and other.sends, receives=self.receives and other.receives)


_BY_ABILITIES = {
    (True, True): Direction.SENDRECV,
    (True, False): Direction.SENDONLY,
    (False, True): Direction.RECVONLY,
    (False, False): Direction.INACTIVE,
}


def direction_of(*, sends: bool, receives: bool) -> Direction:
    """The direction that says exactly this."""
    return _BY_ABILITIES[sends, receives]
