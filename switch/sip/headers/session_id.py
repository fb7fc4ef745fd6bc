"""Session-ID: one name for a session from end to end, for tracing (RFC 7989, RFC 7329); how far it may go.

Each end of a session has a UUID; every message carries its sender's and, as ``remote``, its receiver's. We
stand between the ends: both legs of a call carry the same pair.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakValueDictionary

from runtime.ids import Ids
from switch.sip.messages.message import Fields, Headers

MOST_HOPS = 70
"""RFC 3261 §8.1.1.6."""
NIL = "0" * 32
"""An end that is not known yet (RFC 7989 §5)."""
_VALUE = re.compile(r"([0-9A-Fa-f]{32})[ \t]*(?:;[ \t]*remote[ \t]*=[ \t]*([0-9A-Fa-f]{32})[ \t]*)?(?:;.*)?")


class SessionId(NamedTuple):
    """One value of the header, as its sender sees it."""

    local: str
    """32 lower-case hexadecimal digits."""
    remote: str | None = None
    """None in the form of RFC 7329, which has one UUID for both ends."""

    def __str__(self) -> str:
        return self.local if self.remote is None else f"{self.local};remote={self.remote}"

    def answered(self) -> "SessionId":
        """The value of an answer to a message that carried this one."""
        return self if self.remote is None else SessionId(self.remote, self.local)


@dataclass(slots=True, eq=False, weakref_slot=True)
class Session:
    """The UUIDs of both ends; ours stands for an end that tells none."""

    calling: str
    called: str
    hops_left: int = MOST_HOPS
    """Max-Forwards of the legs dialled for it: one less than the arriving leg's, or a call that comes back
    by another exchange would go round for ever (RFC 7332 §4)."""


@dataclass(slots=True, eq=False)
class SessionSide:
    """A session as one of our legs sees it."""

    session: Session
    calls: bool
    """Whether we are the calling end of this leg."""
    single: bool = False
    """The peer speaks the form of RFC 7329."""

    @property
    def header(self) -> str:
        """What a message of ours carries."""
        ours, theirs = self.session.calling, self.session.called
        if not self.calls:
            ours, theirs = theirs, ours
        return theirs if self.single else f"{ours};remote={theirs}"

    def learn(self, headers: Headers) -> None:
        """The peer told its UUID, which may change during a session (RFC 7989 §6)."""
        told = read_session_id(headers)
        if told is None or told.local == NIL:
            return
        self.single = told.remote is None
        if self.calls:
            self.session.called = told.local
        else:
            self.session.calling = told.local


class Sessions:
    """The sessions of arriving legs, so that the legs dialled on their behalf can share them."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._by_caller: WeakValueDictionary[str, Session] = WeakValueDictionary()

    def arrive(self, headers: Headers) -> SessionSide:
        """The session of an arriving INVITE; a caller who names none gets a UUID from us."""
        told = read_session_id(headers)
        if told is None or told.local == NIL:
            session, single = Session(self._new(), self._new()), False
        else:
            session, single = Session(told.local, self._new()), told.remote is None
        session.hops_left = _hops_left(headers)
        self._by_caller[session.calling] = session
        return SessionSide(session, calls=False, single=single)

    def dial(self, session_id: str) -> SessionSide:
        """The session of an INVITE of ours: that of the arriving leg with this UUID, else a new one."""
        session = self._by_caller.get(session_id)
        if session is None:
            session = Session(session_id or self._new(), NIL)
        return SessionSide(session, calls=True)

    def _new(self) -> str:
        return self._ids.token() + self._ids.token()


def read_session_id(headers: Headers) -> SessionId | None:
    """The header's value; None when there is none that can be read."""
    line = headers.get("session-id")
    found = None if line is None else _VALUE.fullmatch(line.strip())
    if found is None:
        return None
    local, remote = found.groups()
    return SessionId(local.lower(), remote and remote.lower())


def _hops_left(headers: Headers) -> int:
    hops = headers.get("max-forwards")
    return MOST_HOPS if hops is None else min(max(int(hops) - 1, 0), MOST_HOPS)


def answering_lines(headers: Headers) -> Fields:
    """The Session-ID header of an answer to a request with these headers, as far as they tell it."""
    asked = read_session_id(headers)
    return {} if asked is None else {"session-id": str(asked.answered())}
