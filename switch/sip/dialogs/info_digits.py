"""Keys pressed during a call and told by INFO (RFC 6086), by phones that do not send RFC 4733 packets.

Bodies are ``application/dtmf-relay`` (``Signal=5`` and ``Duration=160`` on a line each) or
``application/dtmf`` (the key alone).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from media.events import KeySource
from media.masking import MASKED, TakeMaskedDigit
from runtime.vocabulary import Output
from switch.sip.commands import HideLegKeys
from switch.sip.dialogs.dialog import Dialog
from switch.sip.errors import SipSyntaxError
from switch.sip.events import LegDigitReceived
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import LegState, SipLeg
from switch.sip.transactions.server_transaction import ServerTransaction

DEFAULT_DURATION_MS = 250
"""For a phone that does not say how long the key was pressed."""
_LONGEST_MS = 60_000
_SHORTEST_PRESS_S = 0.04
"""ITU-T Q.24."""
_AHEAD_S = 2.0
"""How much of its keys a phone may send at once, as one that dials by itself does."""
_FIELD = re.compile(r"^[ \t]*(Signal|Duration)[ \t]*=[ \t]*(\S+)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_KEYS = {key: key for key in "0123456789*#ABCD"} | {
    "10": "*",
    "11": "#",
    "12": "A",
    "13": "B",
    "14": "C",
    "15": "D",
}
"""Also by the number of the RFC 4733 event (§3.2)."""
_FLASH = ("16", "!", "FLASH", "HF")


class KeyPress(NamedTuple):
    """One key."""

    digit: str
    """One of ``0123456789*#ABCD``; empty for the hook flash, which means nothing here."""
    duration_ms: int


def read_relay(text: str) -> KeyPress:
    """The key of an ``application/dtmf-relay`` body. Raises SipSyntaxError."""
    told = {name.lower(): value for name, value in _FIELD.findall(text)}
    return KeyPress(_read_signal(told.get("signal", "")), _read_duration(told.get("duration", "")))


def read_plain(text: str) -> KeyPress:
    """The key of an ``application/dtmf`` body. Raises SipSyntaxError."""
    return KeyPress(_read_signal(text.strip()), DEFAULT_DURATION_MS)


def read_flash(text: str) -> KeyPress:
    """The hook flash, which is a type of its own."""
    return KeyPress("", 0)


_READERS: dict[str, Callable[[str], KeyPress]] = {
    "application/dtmf-relay": read_relay,
    "application/dtmf": read_plain,
    "application/hook-flash": read_flash,
}
ACCEPTED_BY_INFO = ", ".join(_READERS)
"""The bodies an INFO may have."""


class InfoRequests:
    """INFO inside a dialog: keys become events, whatever else is refused (RFC 6086 §4.2.2)."""

    def __init__(self, signalling: LegSignalling) -> None:
        self._signalling = signalling

    def receive(
        self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float
    ) -> list[Output]:
        """Raises SipSyntaxError when a body of ours cannot be read."""
        signalling = self._signalling
        request = transaction.request
        if "info-package" in request.headers:
            return signalling.answer(transaction, 469, now, extra={"recv-info": ""})
        content_type = (request.headers.get("content-type") or "").partition(";")[0].strip().lower()
        if not request.body:
            return signalling.answer(transaction, 200, now)
        if content_type not in _READERS:
            return signalling.answer(transaction, 415, now, extra={"accept": ACCEPTED_BY_INFO})
        key = _READERS[content_type](request.body.decode("utf-8", "replace"))
        outputs = signalling.answer(transaction, 200, now)
        if not key.digit or leg.state is LegState.ENDED or not _is_possible(leg, now):
            return outputs
        return [*outputs, *_told(leg, key)]

    def hide(self, command: HideLegKeys, now: float) -> list[Output]:
        """Mask the keys of a leg, or tell them again."""
        leg = self._signalling.legs.find(command.leg_id)
        if leg is not None:
            leg.keys_hidden = command.hidden
        return []


def _told(leg: SipLeg, key: KeyPress) -> list[Output]:
    if not leg.keys_hidden:
        return [LegDigitReceived(leg_id=leg.leg_id, digit=key.digit, duration_ms=key.duration_ms)]
    return [
        TakeMaskedDigit(
            leg_id=leg.leg_id, digit=key.digit, duration_ms=key.duration_ms, source=KeySource.INFO
        ),
        LegDigitReceived(leg_id=leg.leg_id, digit=MASKED, duration_ms=key.duration_ms),
    ]


def _is_possible(leg: SipLeg, now: float) -> bool:
    """Whether a finger could have pressed one more key by now: faster ones are a machine's, and dropped."""
    if leg.keys_over_at > now + _AHEAD_S:
        return False
    leg.keys_over_at = max(leg.keys_over_at, now) + _SHORTEST_PRESS_S
    return True


def _read_signal(text: str) -> str:
    signal = text.upper()
    if signal in _FLASH:
        return ""
    if signal not in _KEYS:
        raise SipSyntaxError(f"an INFO that tells no key, in {len(text)} characters")
    return _KEYS[signal]


def _read_duration(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        return DEFAULT_DURATION_MS
    return min(int(text[:6]), _LONGEST_MS)
