"""Messages as JSON, for browsers.

    request        {"id": 1, "verb": "agent.ready", "params": {"agent": "1001"}}, and with any of them
                   "idempotency_key": "order-7", "deadline_ms": 500
    response       {"id": 1, "result": …} or {"id": 1, "error": {code, message, data?}}
    event          {"event": {sequence, time, topic, fields}}
    missed events  {"gap": {from, to, missed, time}}

A request without an id is carried out and not answered. An error without an id is the last thing told before
the switch hangs up.
"""

import json
from collections.abc import Mapping
from typing import Any

from switch.control.envelope import ENVELOPE
from switch.control.messages import (
    GAP,
    PROTOCOL_ERROR,
    ErrorCode,
    Failure,
    Message,
    Notification,
    ProtocolError,
    Request,
    event_param,
)
from switch.control.protocol import is_deeper_than
from switch.records.projection import AnyEntry

_MAX_ID = 2**32 - 1
_MAX_DEPTH = 32
_NAMES = {GAP: "gap", PROTOCOL_ERROR: "error"}
_SHAPE = 'a request is {"id": 1, "verb": "agent.ready", "params": {…}}'


class JsonFormat:
    """Each message is a line."""

    def result(self, msgid: int, result: object) -> bytes:
        return _line({"id": msgid, "result": result})

    def failure(self, msgid: int, failure: Failure) -> bytes:
        error: dict[str, Any] = {"code": failure.code, "message": failure.message}
        if failure.data is not None:
            error["data"] = dict(failure.data)
        return _line({"id": msgid, "error": error})

    def notification(self, name: str, param: Mapping[str, object]) -> bytes:
        return _line({_NAMES.get(name, name): dict(param)})

    def event(self, entry: AnyEntry) -> bytes:
        return _line({"event": event_param(entry)})


JSON = JsonFormat()


def read_message(text: str) -> Message:
    """A request. Raises ProtocolError."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as fault:
        raise ProtocolError(ErrorCode.MALFORMED, f"this is no JSON: {fault}") from None
    if is_deeper_than(value, _MAX_DEPTH):
        raise ProtocolError(ErrorCode.MALFORMED, f"more than {_MAX_DEPTH} containers are nested")
    match value:
        case {"id": int(msgid), "verb": str(verb), **rest} if type(msgid) is int and 0 <= msgid <= _MAX_ID:
            return Request(msgid, verb, _params(rest))
        case {"verb": str(verb), **rest} if "id" not in rest:
            return Notification(verb, _params(rest))
    raise ProtocolError(ErrorCode.MALFORMED, _SHAPE)


def _params(rest: dict[Any, Any]) -> list[Any]:
    params = rest.pop("params", {})
    if rest.keys() - ENVELOPE or not isinstance(params, dict):
        raise ProtocolError(ErrorCode.MALFORMED, _SHAPE)
    if rest:
        return [params, rest]
    return [params] if params else []


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no number")


def _line(value: Mapping[str, object]) -> bytes:
    # Text from SIP may hold bytes that are not UTF-8 (as lone surrogates); they are told escaped.
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not plain data")
