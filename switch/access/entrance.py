"""The shell around the door: tries passwords off the loop, gives clients their sessions, takes them away."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from runtime.clock import Clock
from runtime.tenancy import qualify
from runtime.vocabulary import Event
from switch.access.door import Credentials, Door, Entered, Shut
from switch.access.secrets import PasswordHash
from switch.control.caller import Caller
from switch.control.entrance import AuthenticateParams
from switch.control.messages import ErrorCode, ProtocolError
from switch.control.server import ControlServer
from switch.control.verbs import NotAuthenticated
from switch.control.wires import Occupant, Wire

_MOST_TRIES = 50
"""Passwords that wait for being tried: each takes a tenth of a second of one processor."""
_NOBODYS = PasswordHash(15, 8, 1, bytes(16), bytes(32))
"""Tried for agents without a password, so that it takes as long to refuse them."""
_LOOK_AGAIN_S = 86_400.0


class Entrance:
    """Lets clients into the rooms there are: the house's, and one for each tenant."""

    def __init__(self, door: Door, clock: Clock, tell: Callable[[Event], None]) -> None:
        self._door = door
        self._clock = clock
        self._tell = tell
        self._rooms: Mapping[str, ControlServer] = {}
        self._executor = ThreadPoolExecutor(1, "passwords")
        self._tries = 0
        self._looks_at = float("inf")

    def open(self, rooms: Mapping[str, ControlServer]) -> None:
        """``rooms``: by tenant."""
        self._rooms = rooms

    def close(self) -> None:
        """Try no more passwords."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def configure(self, credentials: Credentials) -> None:
        """Have other tokens and passwords; who came in with one that is gone is told, and hung up on."""
        self._door.configure(credentials)
        self._send_away()

    async def authenticate(self, shown: AuthenticateParams, source: str) -> Caller:
        """Who shows this. Raises NotAuthenticated."""
        try:
            entered = await self._enter(shown, source)
        except Shut as shut:
            for event in shut.events:
                self._tell(event)
            raise
        if entered.caller.tenant not in self._rooms:
            raise NotAuthenticated(f"tenant {entered.caller.tenant} comes with the next start of the switch")
        for event in entered.events:
            self._tell(event)
        return entered.caller

    def session(self, wire: Wire, caller: Caller) -> Occupant:
        """What serves the caller from now on."""
        if caller.expires_at is not None:
            self._look_by(caller.expires_at)
        return self._rooms[caller.tenant].session(wire, caller)

    async def _enter(self, shown: AuthenticateParams, source: str) -> Entered:
        clock = self._clock
        if shown.token:
            return self._door.enter(shown.token, source, now=clock.now(), wall=clock.wall())
        agent = qualify(shown.tenant, shown.agent)
        known = self._door.password_of(agent, source, now=clock.now())
        fits = await self._fits(known or _NOBODYS, shown.password)
        return self._door.judge(agent, source, known if fits else None, now=clock.now())

    async def _fits(self, known: PasswordHash, password: str) -> bool:
        if self._tries >= _MOST_TRIES:
            raise NotAuthenticated("too many sign in just now; try again in a few seconds")
        self._tries += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, known.fits, password)
        finally:
            self._tries -= 1

    def _look_by(self, wall: float) -> None:
        """See to it that a session ends with its token."""
        if wall < self._looks_at:
            self._looks_at = wall
            left_s = min(max(0.0, wall - self._clock.wall()), _LOOK_AGAIN_S)
            asyncio.get_running_loop().call_later(left_s, self._look)

    def _look(self) -> None:
        self._looks_at = float("inf")
        self._send_away()
        sessions = (session for room in self._rooms.values() for session in room.sessions())
        ends = [each.caller.expires_at for each in sessions if each.caller.expires_at is not None]
        if ends:
            self._look_by(min(ends))

    def _send_away(self) -> None:
        wall = self._clock.wall()
        for room in self._rooms.values():
            for session in room.sessions():
                if (reason := self._why_away(session.caller, wall)) is not None:
                    session.dismiss(ProtocolError(ErrorCode.NOT_AUTHENTICATED, reason))

    def _why_away(self, caller: Caller, wall: float) -> str | None:
        if caller.expires_at is not None and caller.expires_at <= wall:
            return f"the token {caller.name} has expired"
        return None if self._door.is_good(caller) else "what this client came in with was withdrawn"
