"""One client of the control socket, whatever its wire: requests in, answers and events out, each bounded."""

import asyncio
from collections.abc import Awaitable
from inspect import isawaitable
from typing import Annotated

import structlog
from pydantic import AfterValidator, Field

from runtime.models import Answer, Params
from switch.application import Verb
from switch.control.config import ControlConfig
from switch.control.feed import MAX_PATTERNS, TOPIC_PATTERN, Audience, BoundedFeed, Gap
from switch.control.messages import (
    PROTOCOL_ERROR,
    ErrorCode,
    Failure,
    Message,
    Notification,
    ProtocolError,
    Request,
)
from switch.control.topics import closest_pattern, covers_any
from switch.control.verbs import VerbError, VerbRegistry
from switch.control.wires import Told, Wire, gap_frame
from switch.roles import EVERYBODY

log = structlog.get_logger(__name__)

_REQUESTS_PER_TURN = 64
"""After so many requests of one client everybody else in the process gets a turn."""
_FRAMES_PER_WRITE = 256


def _that_some_event_has(pattern: str) -> str:
    """Refuses what one would wait for without end."""
    if not covers_any(pattern):
        meant = closest_pattern(pattern)
        hint = f"did you mean {meant}?" if meant else "docs/events.md names all there are"
        raise ValueError(f"is no event's topic ({hint})")
    return pattern


_Pattern = Annotated[str, Field(pattern=TOPIC_PATTERN)]
_TOPICS = Field(
    min_length=1, max_length=MAX_PATTERNS, description="`*`, or `call.*`, or a whole topic; several at once."
)


class SubscribeParams(Params):
    """Names events by their topics."""

    topics: list[Annotated[_Pattern, AfterValidator(_that_some_event_has)]] = _TOPICS


class UnsubscribeParams(Params):
    """Names events by their topics, also by such as there are none of."""

    topics: list[_Pattern] = _TOPICS


class TopicsView(Answer):
    """What a client is subscribed to."""

    topics: list[str]


class ControlSession:
    """A client.

    A client that does not read its answers is not read from either; one that does not read its events
    loses those beyond ``feed_buffer_events`` and is told which. Nobody else waits for it.
    """

    def __init__(
        self,
        config: ControlConfig,
        verbs: VerbRegistry,
        audience: Audience["ControlSession"],
        wire: Wire,
    ) -> None:
        self._config = config
        self._verbs = VerbRegistry(self.verbs(), base=verbs)
        self._audience = audience
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._feed: BoundedFeed[bytes] = BoundedFeed(config.feed_buffer_events)
        self._writable = True
        self._flush_due = False
        self._turn_due = False
        self._awaited: asyncio.Task[None] | None = None
        """A request that takes its time; those behind it wait, so that answers keep their order."""

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

    def send_event(self, told: Told) -> None:
        """Queue an event; all of one turn of the loop leave together."""
        self._feed.put(told.entry, told.frame(self._wire.format))
        self._schedule_flush()

    def dismiss(self, reason: ProtocolError) -> None:
        """Tell the client why, and hang up."""
        log.warning("control client dismissed", reason=str(reason))
        param = {"code": reason.code, "message": str(reason)}
        self._wire.write(self._wire.format.notification(PROTOCOL_ERROR, param))
        self._hang_up()

    def close(self) -> None:
        """Hang up after the last event."""
        self._flush()
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

    def _answer_waiting(self) -> None:
        for _ in range(_REQUESTS_PER_TURN):
            if self._wire.is_closing():
                return
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
        try:
            result = self._verbs.call(message.method, message.params)
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
        self._awaited = None
        self._schedule_turn()

    def _tell_failure(self, message: Request | Notification, error: VerbError) -> None:
        if isinstance(message, Request):
            self._wire.write(self._wire.format.failure(message.msgid, error.failure))
        else:  # a notification has no answer to tell it in
            log.warning("control notification failed", verb=message.method, reason=str(error))

    def _tell_result(self, message: Request | Notification, result: object) -> None:
        if isinstance(message, Request):
            self._wire.write(self._encode(message, result))

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

    def _schedule_flush(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        while self._writable and len(self._feed) and not self._wire.is_closing():
            frames: list[bytes] = []
            while len(frames) < _FRAMES_PER_WRITE and (item := self._feed.take()) is not None:
                frames.append(gap_frame(self._wire.format, item) if isinstance(item, Gap) else item)
            self._wire.write(b"".join(frames))

    def _subscribe(self, wanted: SubscribeParams) -> TopicsView:
        return {"topics": self._audience.subscribe(self, wanted.topics)}

    def _unsubscribe(self, unwanted: UnsubscribeParams) -> TopicsView:
        return {"topics": self._audience.unsubscribe(self, unwanted.topics)}

    def verbs(self) -> tuple[Verb, ...]:
        """Those that are about this client alone."""
        return (
            Verb(
                name="event.subscribe",
                params=SubscribeParams,
                handle=self._subscribe,
                help="Send this client the events of these topics from now on.",
                who=EVERYBODY,
            ),
            Verb(
                name="event.unsubscribe",
                params=UnsubscribeParams,
                handle=self._unsubscribe,
                help="Send this client the events of these topics no longer.",
                who=EVERYBODY,
            ),
        )
