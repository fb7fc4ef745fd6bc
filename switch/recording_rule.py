"""From when on a contact is recorded, and which contacts are."""

from enum import StrEnum
from zlib import crc32

_ALL = 2**32


class RecordingRule(StrEnum):
    """When a recording begins by itself."""

    FROM_ARRIVAL = "from_arrival"
    """With what is heard before the answer."""
    FROM_ANSWER = "from_answer"
    FROM_CONNECT = "from_connect"
    """When the customer talks to somebody."""
    ON_COMMAND = "on_command"
    NEVER = "never"
    """Not even on command."""


def in_share(contact_id: str, share: float) -> bool:
    """Whether a contact is one of those of which ``share`` (0 to 1) is to be recorded.

    Ids are given by chance; so the same contact always falls the same way, whoever asks.
    """
    return crc32(contact_id.encode()) < share * _ALL
