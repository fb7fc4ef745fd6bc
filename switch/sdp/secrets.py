"""Keys that stand in messages, hidden wherever these are shown or kept."""

import re
from dataclasses import replace
from typing import Any, TypeVar

from runtime.vocabulary import Event, field_names

T = TypeVar("T")

_LINE = re.compile(rb"a=(?:crypto|ice-pwd):[^\r\n]*", re.IGNORECASE)
"""A line may tell several keys (RFC 4568 §6.1)."""
_KEY = re.compile(rb"((?:inline|ice-pwd):)([^\r\n|; ]+)", re.IGNORECASE)


def hide_keys(message: bytes) -> bytes:
    """A message as long as it was, its SRTP keys (RFC 4568) and passwords of ICE crossed out with x."""
    return _LINE.sub(lambda line: _KEY.sub(_crossed_out, line[0]), message)


def _crossed_out(found: re.Match[bytes]) -> bytes:
    return found[1] + b"x" * len(found[2])


def may_tell_keys(kind: type[Event]) -> bool:
    """Whether events of a kind tell of SDP."""
    return "sdp" in field_names(kind)


def without_keys(event: T) -> T:
    """An event as it may be shown: what it tells of SDP without its keys."""
    sdp: Any = getattr(event, "sdp", None)
    if not sdp:
        return event
    lower_case = sdp.lower()
    if "a=crypto:" not in lower_case and "a=ice-pwd:" not in lower_case:
        return event  # as most, and this is a tenth of the work of crossing keys out
    hidden = hide_keys(sdp.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
    return replace(event, sdp=hidden)  # type: ignore[type-var]
