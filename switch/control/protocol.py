"""msgpack-rpc framing: bytes to messages and back, without I/O.

Source: the MessagePack-RPC specification, https://github.com/msgpack-rpc/msgpack-rpc/blob/master/spec.md

    request       [0, msgid, method, params]
    response      [1, msgid, error, result]
    notification  [2, method, params]

The specification leaves the shapes of ``params`` and ``error`` open. Ours: ``params`` is an array that holds
one map of named parameters (positional ones and none are understood too); ``error`` is nil or a map
``{code, message, data?}``.
"""

from collections.abc import Mapping
from typing import Any

import msgpack  # type: ignore[import-untyped]

from switch.control.messages import (
    EVENT,
    ErrorCode,
    Failure,
    Message,
    Notification,
    ProtocolError,
    Request,
    Response,
    event_param,
)
from switch.records.projection import AnyEntry, JournalEntry

_REQUEST, _RESPONSE, _NOTIFICATION = 0, 1, 2
_MAX_MSGID = 2**32 - 1
_MAX_DEPTH = 32
_LARGEST_READ = 262_144
"""What an event loop hands over at once at most; unread messages of one read share the buffer."""


class MessageReader:
    """Turns a stream of bytes, cut anywhere, into messages.

    Memory is bounded whatever arrives: a message has at most ``max_message_bytes``, a container in it at
    most ``max_items``, and nesting has a limit.
    """

    def __init__(self, *, max_message_bytes: int, max_items: int) -> None:
        self._max_message_bytes = max_message_bytes
        self._read_bytes = 0
        self._unpacker = msgpack.Unpacker(
            max_buffer_size=max_message_bytes + _LARGEST_READ,
            max_array_len=max_items,
            max_map_len=max_items,
            ext_hook=_refuse_extension,
        )

    def feed(self, data: bytes) -> None:
        """Take what arrived. Raises ProtocolError when a message is too large."""
        try:
            self._unpacker.feed(data)
        except msgpack.BufferFull:
            raise self._too_large() from None

    @property
    def read_bytes(self) -> int:
        """Up to where messages were taken of all that was fed."""
        return self._read_bytes

    def next(self) -> Message | None:
        """The next complete message, or None until more arrives. Raises ProtocolError."""
        try:
            value = self._unpacker.unpack()
        except msgpack.OutOfData:
            return None
        except (ValueError, msgpack.UnpackException) as fault:
            raise ProtocolError(ErrorCode.MALFORMED, f"this is not usable msgpack: {fault}") from None
        position = self._unpacker.tell()
        size, self._read_bytes = position - self._read_bytes, position
        if size > self._max_message_bytes:
            raise self._too_large()
        return _message(value)

    def _too_large(self) -> ProtocolError:
        return ProtocolError(
            ErrorCode.TOO_LARGE, f"a message may have {self._max_message_bytes} bytes, this one has more"
        )


def encode_request(
    msgid: int, method: str, params: Mapping[str, Any], envelope: Mapping[str, Any] | None = None
) -> bytes:
    """A request with named parameters, and what is beside them (``switch.control.envelope``)."""
    if envelope:
        return _pack([_REQUEST, msgid, method, [params, envelope]])
    return _pack([_REQUEST, msgid, method, [params] if params else []])


def encode_result(msgid: int, result: object) -> bytes:
    """The response to a request that succeeded. Raises TypeError or ValueError unless ``result`` is plain."""
    return _pack([_RESPONSE, msgid, None, result])


def encode_failure(msgid: int, failure: Failure) -> bytes:
    """The response to a request that failed."""
    error: dict[str, object] = {"code": failure.code, "message": failure.message}
    if failure.data is not None:
        error["data"] = failure.data
    return _pack([_RESPONSE, msgid, error, None])


def encode_notification(method: str, param: Mapping[str, Any]) -> bytes:
    """A notification with one map."""
    return _pack([_NOTIFICATION, method, [param]])


def encode_event(entry: AnyEntry) -> bytes:
    """The notification of one event."""
    return encode_notification(EVENT, event_param(entry))


def decode_event(frame: bytes) -> JournalEntry:
    """The event of which ``encode_event`` made the frame."""
    _, _, (param,) = msgpack.unpackb(frame)
    return JournalEntry(**param)


def _pack(value: object) -> bytes:
    # Text from SIP may hold bytes that are not UTF-8 (as lone surrogates); they are told escaped.
    packed: bytes = msgpack.packb(value, unicode_errors="backslashreplace")
    return packed


def _refuse_extension(code: int, data: bytes) -> object:
    raise ValueError(f"extension type {code} is not used here")


def _message(value: object) -> Message:
    if is_deeper_than(value, _MAX_DEPTH):
        raise ProtocolError(ErrorCode.MALFORMED, f"more than {_MAX_DEPTH} containers are nested")
    match value:
        case [0, int(msgid), str(method), list(params)] if _is_msgid(msgid):
            return Request(msgid, method, params)
        case [1, int(msgid), error, result] if _is_msgid(msgid):
            return Response(msgid, _failure(error), result)
        case [2, str(method), list(params)]:
            return Notification(method, params)
    raise ProtocolError(
        ErrorCode.MALFORMED,
        "this is not msgpack-rpc; a request is [0, msgid, method, [params]] with msgid from 0 to 2^32-1",
    )


def _is_msgid(value: int) -> bool:
    return type(value) is int and 0 <= value <= _MAX_MSGID


def _failure(error: object) -> Failure | None:
    match error:
        case None:
            return None
        case {"code": str(code), "message": str(message), "data": dict(data)}:
            return Failure(code, message, data)
        case {"code": str(code), "message": str(message)}:
            return Failure(code, message)
    return Failure(ErrorCode.INTERNAL, str(error))


def is_deeper_than(value: object, limit: int) -> bool:
    """Whether more containers than that are nested."""
    level = [value]
    for _ in range(limit):
        level = [child for container in level for child in _children(container)]
        if not level:
            return False
    return True


def _children(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return list(value.values()) if isinstance(value, dict) else []
