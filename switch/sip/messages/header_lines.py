"""The header lines of a message: names of any spelling, and what may stand only once."""

from typing import NamedTuple

from switch.sip.messages.grammar import is_token
from switch.sip.messages.message import COMPACT_NAMES, Fields, Headers

_SINGLE = frozenset(
    {
        "call-id",
        "content-length",
        "content-type",
        "cseq",
        "event",
        "expires",
        "from",
        "max-forwards",
        "min-expires",
        "min-se",
        "rack",
        "refer-to",
        "referred-by",
        "replaces",
        "rseq",
        "session-expires",
        "to",
    }
)
"""Headers that may stand only once; a second one is a contradiction, not a list."""
_FREQUENT = (
    "Accept",
    "Allow",
    "Authorization",
    "CSeq",
    "Call-ID",
    "Contact",
    "Content-Length",
    "Content-Type",
    "Expires",
    "From",
    "Max-Forwards",
    "Proxy-Authorization",
    "Reason",
    "Record-Route",
    "Require",
    "Route",
    "Server",
    "Subject",
    "Supported",
    "To",
    "User-Agent",
    "Via",
    "WWW-Authenticate",
)


class _LongNames(dict[str, str]):
    """The long name in lower case of any spelling; empty when it is no header name."""

    def __missing__(self, spelling: str) -> str:
        name = spelling.rstrip(" \t")
        if not is_token(name):
            return ""
        return COMPACT_NAMES.get(name.lower(), name.lower())


_long_names = _LongNames(
    {name: name.lower() for name in _FREQUENT}
    | COMPACT_NAMES
    | {k.upper(): v for k, v in COMPACT_NAMES.items()}
)
"""Holds the spellings that need no work: the usual long forms and the compact ones."""

_LONGEST_SHOWN = 80


class HeaderLines(NamedTuple):
    """What stood in the lines."""

    first: dict[str, str]
    """By name the value that stood first."""
    headers: Headers
    fault: str | None
    """What was wrong first. All else was read nevertheless: an answer needs it."""


def read_header_lines(lines: list[str]) -> HeaderLines:
    """Read lines whose folds are undone."""
    first: dict[str, str] = {}
    further: dict[str, list[str]] = {}
    fault = None
    for line in lines:
        spelling, colon, value = line.partition(":")
        name = _long_names[spelling]
        if not colon or not name:
            fault = fault or f"malformed header line {line[:_LONGEST_SHOWN]!r}"
        elif name not in first:
            first[name] = value.strip(" \t")
        elif name in _SINGLE:
            fault = fault or f"more than one {name} header"
        else:
            further.setdefault(name, []).append(value.strip(" \t"))
    return HeaderLines(first, Headers(_joined(first, further) if further else first), fault)


def _joined(first: dict[str, str], further: dict[str, list[str]]) -> Fields:
    return {name: [value, *further[name]] if name in further else value for name, value in first.items()}
