"""Lamps of what is no station: an agent, a queue, a parking slot, a feature of the phone itself.

Phones know one kind of lamp, that of RFC 4235, and three of its states: dark, blinking, lit.
"""

from enum import Enum
from typing import NamedTuple, Protocol


class DialogInfo(NamedTuple):
    """One dialog of a station, as the station sees it."""

    dialog_id: str
    state: str
    """``trying``, ``early`` or ``confirmed``."""
    direction: str
    """``initiator`` or ``recipient``."""
    sip_call_id: str = ""
    """Empty, as the tags are, before the dialog is known."""
    local_tag: str = ""
    remote_tag: str = ""
    remote: str = ""
    """URI of the other party."""
    remote_target: str = ""
    """URI at which it is called, where the watcher is."""
    remote_name: str = ""
    """What a phone shows of it, if anything."""


class LampState(Enum):
    """What a key shows."""

    DARK = None
    BLINKING = "early"
    LIT = "confirmed"


class LampSource(Protocol):
    """Whoever knows which lamps there are, and how they are."""

    def find(self, watcher: str, named: str) -> str | None:
        """The lamp that a station means by the user part of an address; None when it means none."""

    def state(self, lamp: str) -> LampState:
        """How it is now."""


class NoLamps:
    """Where only stations are watched."""

    def find(self, watcher: str, named: str) -> str | None:
        return None

    def state(self, lamp: str) -> LampState:
        return LampState.DARK


def as_dialogs(state: LampState) -> list[DialogInfo]:
    """The dialog that a lamp in this state would have."""
    return [] if state.value is None else [DialogInfo("lamp", state.value, "recipient")]
