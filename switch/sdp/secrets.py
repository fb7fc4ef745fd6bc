"""Keys that stand in messages, hidden wherever these are shown or kept."""

import re
from dataclasses import replace
from typing import Any, TypeVar

from runtime.vocabulary import Event, field_names

T = TypeVar("T")

_KEY = re.compile(rb"(a=crypto:[^\r\n]{0,80}?inline:)([^\r\n|; ]+)")
_MARK = "a=crypto:"
_RAW_MARK = _MARK.encode()


def hide_keys(message: bytes) -> bytes:
    """A message with an x for each character of an SRTP key (RFC 4568), as long as it was."""
    if _RAW_MARK not in message:
        return message
    return _KEY.sub(lambda found: found[1] + b"x" * len(found[2]), message)


def may_tell_keys(kind: type[Event]) -> bool:
    """Whether events of a kind tell of SDP."""
    return "sdp" in field_names(kind)


def without_keys(event: T) -> T:
    """An event as it may be shown: what it tells of SDP without its keys."""
    sdp: Any = getattr(event, "sdp", None)
    if not sdp or _MARK not in sdp:
        return event
    hidden = hide_keys(sdp.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
    return replace(event, sdp=hidden)  # type: ignore[type-var]
