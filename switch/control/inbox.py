"""What both clients share: errors, and reading what the switch sends. No I/O."""

from typing import Any

from runtime.errors import PeerError
from switch.control.messages import (
    EVENT,
    GAP,
    PROTOCOL_ERROR,
    Message,
    Notification,
    ProtocolError,
    Response,
)
from switch.control.protocol import MessageReader
from switch.records.projection import JournalEntry

_MAX_MESSAGE_BYTES = 268_435_456
_MAX_ITEMS = 1_000_000


class ControlClientError(PeerError):
    """Something did not work at the control socket; the message says what, and what to do."""


class VerbRefused(ControlClientError):
    """The switch did not carry out a verb. ``code`` is one of switch.control.messages.ErrorCode."""

    def __init__(self, code: str, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class NotConnected(ControlClientError):
    """No switch answers at the socket, or it has gone away."""


class OutcomeUnknown(NotConnected):
    """A verb was sent, and no answer came: it may have been carried out or not."""


class Inbox:
    """Bytes of the switch in, messages out."""

    def __init__(self) -> None:
        self._reader = MessageReader(max_message_bytes=_MAX_MESSAGE_BYTES, max_items=_MAX_ITEMS)

    def take(self, data: bytes) -> list[Message]:
        """The messages that ``data`` completes. Raises NotConnected when the switch hangs up on us."""
        messages = []
        try:
            self._reader.feed(data)
            while (message := self._reader.next()) is not None:
                messages.append(message)
        except ProtocolError as error:
            raise NotConnected(f"what answers is not a Ringmain control socket: {error}") from error
        for message in messages:
            if isinstance(message, Notification) and message.method == PROTOCOL_ERROR:
                raise NotConnected(f"the switch hung up: {_param(message).get('message')}")
        return messages


def envelope(idempotency_key: str | None, deadline_s: float | None) -> dict[str, object]:
    """What goes beside the parameters of a request."""
    beside: dict[str, object] = {}
    if idempotency_key is not None:
        beside["idempotency_key"] = idempotency_key
    if deadline_s is not None:
        beside["deadline_ms"] = deadline_s * 1000
    return beside


def result_of(response: Response) -> Any:
    """What a verb answered. Raises VerbRefused."""
    failure = response.failure
    if failure is not None:
        raise VerbRefused(failure.code, failure.message, failure.data)
    return response.result


def entry_of(message: Message) -> JournalEntry | None:
    """The event in a message, if there is one.

    Events that were missed arrive as one entry of the topic ``event.gap`` with the fields ``from``,
    ``to`` and ``missed``.
    """
    if not isinstance(message, Notification):
        return None
    param = _param(message)
    try:
        if message.method == EVENT:
            return JournalEntry(param["sequence"], param["time"], param["topic"], param["fields"])
        if message.method == GAP:
            return gap_entry(param["from"], param["to"], param["missed"], param["time"])
    except KeyError as missing:
        raise NotConnected(f"what answers is not a Ringmain control socket: no {missing}") from missing
    return None


def gap_entry(first: int, last: int, missed: int, time: float) -> JournalEntry:
    """Missed events as an entry, for those who read events."""
    return JournalEntry(last, time, GAP, {"from": first, "to": last, "missed": missed})


def _param(message: Notification) -> dict[str, Any]:
    match message.params:
        case [dict(param)]:
            return param
    return {}
