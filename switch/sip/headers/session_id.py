"""Session-ID: one name for a session from end to end, for tracing (RFC 7989, RFC 7329); how far it may go.

Each end of a session has a UUID; every message carries its sender's and, as ``remote``, its receiver's. We
stand between the ends: both legs of a call carry the same pair.
"""

import re
from typing import NamedTuple
from weakref import ref

from msgspec import Struct

from runtime.ids import Ids
from switch.sip.messages.message import Fields, Headers

_FEW = 64
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


class Session(Struct, eq=False, weakref=True):
    """The UUIDs of both ends; ours stands for an end that tells none."""

    calling: str
    called: str
    hops_left: int = MOST_HOPS
    """Max-Forwards of the legs dialled for it: one less than the arriving leg's, or a call that comes back
    by another exchange would go round for ever (RFC 7332 §4)."""


class SessionSide(Struct, eq=False):
    """A session as one of our legs sees it."""

    session: Session
    calls: bool
    """Whether we are the calling end of this leg."""
    single: bool = False
    """The peer speaks the form of RFC 7329."""

    @property
    def header(self) -> str:
        """What a message of ours carries."""
        session = self.session
        if self.calls:
            return session.called if self.single else f"{session.calling};remote={session.called}"
        return session.calling if self.single else f"{session.called};remote={session.calling}"

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
        self._by_caller: dict[str, ref[Session]] = {}
        self._swept_at = _FEW
        """How many there may be before those that are over are looked for; to be told of each costs more."""

    def arrive(self, headers: Headers) -> SessionSide:
        """The session of an arriving INVITE; a caller who names none gets a UUID from us."""
        token = self._ids.token
        told = read_session_id(headers) if "session-id" in headers else None
        if told is None or told.local == NIL:
            session, single = Session(token() + token(), token() + token()), False
        else:
            session, single = Session(told.local, token() + token()), told.remote is None
        if (hops := headers.get("max-forwards")) is not None:
            session.hops_left = min(max(int(hops) - 1, 0), MOST_HOPS)
        if len(self._by_caller) >= self._swept_at:
            self._sweep()
        self._by_caller[session.calling] = ref(session)
        return SessionSide(session, calls=False, single=single)

    def dial(self, session_id: str) -> Session:
        """The session of an INVITE of ours: that of the arriving leg with this UUID, else a new one."""
        known = self._by_caller.get(session_id)
        session = None if known is None else known()
        return session or Session(session_id or self._ids.token() + self._ids.token(), NIL)

    def _sweep(self) -> None:
        self._by_caller = {uuid: known for uuid, known in self._by_caller.items() if known() is not None}
        self._swept_at = max(_FEW, 2 * len(self._by_caller))


def read_session_id(headers: Headers) -> SessionId | None:
    """The header's value; None when there is none that can be read."""
    line = headers.get("session-id")
    found = None if line is None else _VALUE.fullmatch(line.strip())
    if found is None:
        return None
    local, remote = found.groups()
    return SessionId(local.lower(), remote and remote.lower())


def answering_lines(headers: Headers) -> Fields:
    """The Session-ID header of an answer to a request with these headers, as far as they tell it."""
    asked = read_session_id(headers)
    return {} if asked is None else {"session-id": str(asked.answered())}
