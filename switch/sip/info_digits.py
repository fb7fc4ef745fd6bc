"""Keys pressed during a call and sent as INFO (RFC 6086 §7; ``application/dtmf-relay``,
``application/dtmf``), by phones that do not send them as RFC 4733 packets."""

import re
from typing import NamedTuple

from switch.sip.errors import SipSyntaxError
from switch.sip.message import Request

RELAY_TYPE = "application/dtmf-relay"
"""``Signal=5`` and ``Duration=160`` on a line each."""
PLAIN_TYPE = "application/dtmf"
"""The key alone."""
FLASH_TYPE = "application/hook-flash"
DEFAULT_DURATION_MS = 250
"""For a phone that does not say how long the key was pressed."""
_LONGEST_MS = 60_000
_FIELD = re.compile(r"^[ \t]*(Signal|Duration)[ \t]*=[ \t]*(\S+)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_KEYS = {key: key for key in "0123456789*#ABCD"} | {
    "10": "*",
    "11": "#",
    "12": "A",
    "13": "B",
    "14": "C",
    "15": "D",
}
"""By the number of the RFC 4733 event as well (§3.2)."""
_FLASH = ("16", "!", "FLASH", "HF")


class KeyPress(NamedTuple):
    """One key."""

    digit: str
    """One of ``0123456789*#ABCD``; empty for the hook flash, which means nothing here."""
    duration_ms: int


def reads_keys(content_type: str) -> bool:
    """Whether a body of this type tells a key."""
    return content_type in (RELAY_TYPE, PLAIN_TYPE, FLASH_TYPE)


def read_key(request: Request, content_type: str) -> KeyPress:
    """The key an INFO tells; its type is one that ``reads_keys``. Raises SipSyntaxError."""
    text = request.body.decode("utf-8", "replace")
    if content_type == FLASH_TYPE:
        return KeyPress("", 0)
    if content_type == PLAIN_TYPE:
        return KeyPress(_read_signal(text.strip()), DEFAULT_DURATION_MS)
    told = {name.lower(): value for name, value in _FIELD.findall(text)}
    return KeyPress(_read_signal(told.get("signal", "")), _read_duration(told.get("duration", "")))


def _read_signal(text: str) -> str:
    signal = text.upper()
    if signal in _FLASH:
        return ""
    if signal not in _KEYS:
        raise SipSyntaxError(f"no such key {text[:20]!r}")
    return _KEYS[signal]


def _read_duration(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        return DEFAULT_DURATION_MS
    return min(int(text[:6]), _LONGEST_MS)
