"""What the shell of control connections tells the core; nobody else hears of it."""

from typing import NamedTuple


class ControlOpened(NamedTuple):
    """The connection of a session is there, and secured where it shall be."""

    session_id: str


class ControlReceived(NamedTuple):
    """Octets came."""

    session_id: str
    octets: bytes


class ControlClosed(NamedTuple):
    """The connection could not be had, or is gone. Not told of one that was closed by command."""

    session_id: str
    problem: str
