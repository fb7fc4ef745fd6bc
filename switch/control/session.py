"""One client of the control socket, whatever its wire: requests in, answers and events out, each bounded."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from inspect import isawaitable
from typing import Any

import structlog

from runtime.models import NoParams
from switch.application import Verb
from switch.control.audience import Audience
from switch.control.caller import Caller
from switch.control.carrying_out import Answers, CarryingOut
from switch.control.config import ControlConfig
from switch.control.entrance import AUTHENTICATE, AuthenticateParams, CallerView, Entrance, view_of
from switch.control.event_verbs import EventVerbs, Part
from switch.control.feed import Gap
from switch.control.following import Follower
from switch.control.idleness import Idleness
from switch.control.messages import (
    PROTOCOL_ERROR,
    ErrorCode,
    Failure,
    Message,
    Notification,
    ProtocolError,
    Request,
)
from switch.control.rights import LOCAL, Rights
from switch.control.secrecy import said_of
from switch.control.verbs import NotAuthenticated, VerbError, VerbRegistry
from switch.control.wires import Occupant, Wire, gap_frame
from switch.roles import EVERYBODY, Role

log = structlog.get_logger(__name__)

_REQUESTS_PER_TURN = 64
"""After so many requests of one client everybody else in the process gets a turn."""
_EVENTS_PER_TURN = 256
"""The same for events that wait for one client: one that was away has thousands to read."""
PING = "session.ping"
"""Keeps a connection up, and does not count as somebody doing something."""


class ControlSession:
    """A client.

    A client that does not read its answers is not read from either; one that does not read its events
    finds them later in the ring, while they are there. Nobody else waits for it.
    """

    def __init__(
        self,
        config: ControlConfig,
        verbs: VerbRegistry,
        audience: Audience["ControlSession"],
        wire: Wire,
        picture: Mapping[str, Part],
        answers: Answers,
        rights: Rights = LOCAL,
        entrance: Entrance | None = None,
    ) -> None:
        """``entrance``: by which the client may become another; None: it stays who it is."""
        self._config = config
        self._rights = rights
        self._entrance = entrance
        self._left = False
        """Whether the wire serves another by now."""
        self._audience = audience
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self.follower = Follower(audience.feed, rights)
        of_events = EventVerbs(audience.feed, self.follower, self._wants_otherwise, self._look, picture)
        self._verbs = VerbRegistry((*of_events.verbs(), *self.verbs()), base=verbs)
        self._carrying_out = CarryingOut(self._call, answers, self._loop.time)
        self.owner = self.caller.credential
        """Whose idempotency keys it uses; clients of the same token may go on for one another."""
        self._out: list[bytes] = []
        """What this turn has to say; it is written at once."""
        self._out_bytes = 0
        self._written_bytes = 0
        self._writable = True
        self._flush_due = False
        self._turn_due = False
        limit_s = config.idle_s if self.caller.role is Role.AGENT else 0.0
        self._idleness = Idleness(self._loop, limit_s, self._too_idle)
        self._awaited: asyncio.Task[None] | None = None
        """A request that takes its time; those behind it wait, so that answers keep their order."""

    @property
    def caller(self) -> Caller:
        """Who the client is."""
        return self._rights.caller

    def verbs(self) -> tuple[Verb, ...]:
        """Those that are about who this client is."""
        show = "Show who this client is; it is that from then on."
        return (
            Verb(AUTHENTICATE, AuthenticateParams, self._authenticate, show, who=EVERYBODY, reads=True),
            Verb(PING, NoParams, self._who, "Tell who this client is.", who=EVERYBODY, reads=True),
        )

    def opened(self) -> None:
        """The connection is up."""
        most = self._config.max_clients
        if len(self._audience) >= most:
            self.dismiss(ProtocolError(ErrorCode.REFUSED, f"{most} clients are connected, no more may be"))
        else:
            self._audience.join(self)

    def closed(self) -> None:
        """The connection is gone."""
        self._audience.leave(self)
        self._idleness.stop()
        if self._awaited is not None:
            self._awaited.cancel()

    def arrived(self) -> None:
        """There may be messages to take."""
        if not self._turn_due:
            self._take_turn()

    def set_writable(self, writable: bool) -> None:
        """The wire has room for more, or none."""
        self._writable = writable
        if writable:
            self._schedule_flush()
            self._schedule_turn()

    def flush(self) -> None:
        """Write the next events, if the client reads; the rest when it is everybody's turn again."""
        if self._left or not self._writable or self._wire.is_closing():
            return
        form = self._wire.format
        for item in self.follower.take(_EVENTS_PER_TURN):
            self._say(gap_frame(form, item) if isinstance(item, Gap) else item.frame(form))
        self._write()
        if self.follower.is_behind:
            self._schedule_flush()

    @property
    def read_bytes(self) -> int:
        """How much the client has taken of what was written, as far as the system tells."""
        return self._written_bytes - self._wire.unsent_bytes()

    @property
    def unread_bytes(self) -> int:
        """How much waits for the client to read."""
        return self._wire.unsent_bytes()

    def dismiss(self, reason: ProtocolError) -> None:
        """Tell the client why, and hang up."""
        log.warning("control client dismissed", reason=str(reason))
        param = {"code": reason.code, "message": str(reason)}
        self._say(self._wire.format.notification(PROTOCOL_ERROR, param))
        self._write()
        self._hang_up()

    def drop(self) -> None:
        """Hang up on a client that has stopped reading."""
        log.warning("control client dropped: it reads nothing", unread_bytes=self.unread_bytes)
        self._wire.hang_up(at_once=True)

    def close(self) -> None:
        """Hang up after the last event."""
        while self._writable and self.follower.is_behind:
            self.flush()
        self._hang_up()

    def _hang_up(self) -> None:
        """A client that is not reading is not waited for."""
        self._wire.hang_up(at_once=not self._writable)

    def _schedule_turn(self) -> None:
        if not self._turn_due:
            self._turn_due = True
            self._loop.call_soon(self._take_turn)

    def _take_turn(self) -> None:
        """Answer what has arrived, within the turn's limit; read on only when all of it is answered."""
        self._turn_due = False
        try:
            self._answer_waiting()
        except ProtocolError as error:
            self.dismiss(error)
        else:
            self._write()

    def _answer_waiting(self) -> None:
        for _ in range(_REQUESTS_PER_TURN):
            if self._left or self._wire.is_closing():
                return
            if self._out_bytes >= self._config.write_buffer_bytes:
                self._write()
            if not self._writable or self._awaited is not None:
                self._wire.set_reading(False)
                return
            message = self._wire.next()
            if message is None:
                self._wire.set_reading(True)
                return
            self._handle(message)
        self._wire.set_reading(False)
        self._schedule_turn()

    def _handle(self, message: Message) -> None:
        if not isinstance(message, Request | Notification):
            raise ProtocolError(ErrorCode.MALFORMED, "a response, but the switch has asked nothing")
        if message.method != PING:
            self._idleness.touch()
        try:
            result = self._carrying_out.begin(
                self.owner, message.method, message.params, self._wire.arrived_at
            )
        except VerbError as error:
            self._tell_failure(message, error)
            return
        if isawaitable(result):
            self._awaited = self._loop.create_task(self._await_result(message, result))
        else:
            self._tell_result(message, result)

    async def _await_result(self, message: Request | Notification, result: Awaitable[object]) -> None:
        try:
            self._tell_result(message, await result)
        except VerbError as error:
            self._tell_failure(message, error)
        self._write()
        self._awaited = None
        self._schedule_turn()

    def _tell_failure(self, message: Request | Notification, error: VerbError) -> None:
        if isinstance(message, Request):
            self._say(self._wire.format.failure(message.msgid, error.failure))
        else:  # a notification has no answer to tell it in
            log.warning("control notification failed", verb=message.method, reason=said_of(error.failure))

    def _tell_result(self, message: Request | Notification, result: object) -> None:
        if isinstance(message, Request):
            self._say(self._encode(message, result))

    def _encode(self, request: Request, result: object) -> bytes:
        try:
            answer = self._wire.format.result(request.msgid, result)
        except (TypeError, ValueError, OverflowError):
            log.exception("the answer of a verb is not plain data", verb=request.method)
            failure = Failure(ErrorCode.INTERNAL, f"{request.method} was carried out, but its answer is lost")
            return self._wire.format.failure(request.msgid, failure)
        limit = self._config.max_response_bytes
        if len(answer) > limit:
            failure = Failure(ErrorCode.TOO_LARGE, f"the answer has more than {limit} bytes; ask for less")
            return self._wire.format.failure(request.msgid, failure)
        return answer

    def _call(self, verb: str, params: list[Any]) -> object:
        """Raises VerbError."""
        return self._verbs.call(verb, params, self._rights)

    def _look(self, verb: str, params: list[Any]) -> object:
        """The same for a part of a picture, which may be left out: nobody has asked for it by name."""
        return self._verbs.call(verb, params, replace(self._rights, note=None))

    def _say(self, frame: bytes) -> None:
        self._out.append(frame)
        self._out_bytes += len(frame)

    def _write(self) -> None:
        if self._out:
            self._wire.write(b"".join(self._out))
            self._written_bytes += self._out_bytes
            self._out.clear()
            self._out_bytes = 0

    def _wants_otherwise(self) -> None:
        """This client wants more events or fewer; what it missed comes without waiting for the next one."""
        self._audience.look_again()
        if self.follower.is_behind:
            self._schedule_flush()

    def _schedule_flush(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(self._flush_later)

    def _flush_later(self) -> None:
        self._flush_due = False
        self.flush()

    async def _authenticate(self, shown: AuthenticateParams) -> CallerView:
        if self._entrance is None:
            raise NotAuthenticated("clients of this socket stay who they are")
        caller = await self._entrance.authenticate(shown, self._wire.source)
        self._loop.call_soon(self._make_way, self._entrance.session(self._wire, caller))
        return view_of(caller)

    def _make_way(self, occupant: Occupant) -> None:
        """After the answer is written, and before the next request is taken."""
        self.flush()
        self._left = True
        self.closed()
        self._wire.hand_over(occupant)

    def _who(self, _: NoParams) -> CallerView:
        return view_of(self.caller)

    def _too_idle(self) -> None:
        text = f"nothing was done for {self._config.idle_s:g} s; show who is there again"
        self.dismiss(ProtocolError(ErrorCode.NOT_AUTHENTICATED, text))
