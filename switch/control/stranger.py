"""A connection whose client is not known yet: it may show who it is, in little time and few words."""

import asyncio
from inspect import isawaitable

import structlog

from switch.application import Verb
from switch.control.caller import Caller
from switch.control.config import ControlConfig
from switch.control.entrance import AUTHENTICATE, AuthenticateParams, CallerView, Entrance, view_of
from switch.control.messages import (
    PROTOCOL_ERROR,
    ErrorCode,
    Failure,
    Message,
    ProtocolError,
    Request,
)
from switch.control.verbs import VerbError, VerbRegistry
from switch.control.wires import Wire
from switch.roles import EVERYBODY

log = structlog.get_logger(__name__)

_FIRST = "say who you are first: session.authenticate with a token, or with an agent's number and password"


class Stranger:
    """Waits for ``session.authenticate`` and hands the wire to the session of whoever that shows.

    One try a connection: who is wrong is told so, and hung up on. A client that says too much or nothing, or
    anything else, costs no more than its connection for ``authenticate_within_s``.
    """

    def __init__(self, config: ControlConfig, entrance: Entrance, wire: Wire) -> None:
        self._within_s = config.authenticate_within_s
        self._entrance = entrance
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._verbs = VerbRegistry([_verb(self._authenticate)])
        self._trying: asyncio.Task[None] | None = None
        self._caller: Caller | None = None

    def opened(self) -> None:
        """The connection is up."""
        self._deadline = self._loop.call_later(self._within_s, self._too_late)

    def closed(self) -> None:
        """The connection is gone."""
        self._deadline.cancel()
        if self._trying is not None:
            self._trying.cancel()

    def arrived(self) -> None:
        """There may be messages to take."""
        try:
            while self._trying is None and not self._wire.is_closing():
                message = self._wire.next()
                if message is None:
                    return
                self._handle(message)
        except ProtocolError as error:
            self.dismiss(error)

    def set_writable(self, writable: bool) -> None:
        """A stranger is told so little that it does not matter; who does not read it is hung up on anyway."""
        if not writable:
            self._wire.hang_up(at_once=True)

    def dismiss(self, reason: ProtocolError) -> None:
        """Tell the client why, and hang up."""
        param = {"code": reason.code, "message": str(reason)}
        self._wire.write(self._wire.format.notification(PROTOCOL_ERROR, param))
        self._wire.hang_up(at_once=False)

    def _handle(self, message: Message) -> None:
        if not isinstance(message, Request):
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED, _FIRST)
        if message.method != AUTHENTICATE:
            failure = Failure(ErrorCode.NOT_AUTHENTICATED, _FIRST)
            self._wire.write(self._wire.format.failure(message.msgid, failure))
            return
        self._deadline.cancel()  # from here on the switch takes its time
        self._wire.set_reading(False)
        self._trying = self._loop.create_task(self._try(message))

    async def _try(self, request: Request) -> None:
        try:
            answer = self._verbs.call(AUTHENTICATE, request.params)
            shown = await answer if isawaitable(answer) else answer
        except VerbError as error:
            self._wire.write(self._wire.format.failure(request.msgid, error.failure))
            self._wire.hang_up(at_once=False)
            return
        assert self._caller is not None, "the verb was carried out"
        self._wire.write(self._wire.format.result(request.msgid, shown))
        self._wire.hand_over(self._entrance.session(self._wire, self._caller))

    async def _authenticate(self, shown: AuthenticateParams) -> CallerView:
        self._caller = await self._entrance.authenticate(shown, self._wire.source)
        return view_of(self._caller)

    def _too_late(self) -> None:
        late = f"nobody said who is there within {self._within_s:g} s"
        self.dismiss(ProtocolError(ErrorCode.NOT_AUTHENTICATED, late))


def _verb(handle: object) -> Verb:
    text = "Show who this client is."
    return Verb(AUTHENTICATE, AuthenticateParams, handle, text, who=EVERYBODY, reads=True)  # type: ignore[arg-type]
