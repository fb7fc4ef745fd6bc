"""Acknowledging reliable provisional answers (RFC 3262 §4)."""

from typing import NamedTuple

from runtime.vocabulary import Output
from switch.sip.authentication.retries import cseq_number
from switch.sip.dialogs.dialog import Dialog
from switch.sip.errors import SipSyntaxError
from switch.sip.headers.rack import Rack
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import Fork
from switch.sip.messages.header_values import CSeq
from switch.sip.messages.message import Headers, Request, Response
from switch.sip.transactions.client_transaction import RequestUnanswered, ResponseReceived

_HIGHEST_RSEQ = 2**32


class Prack(NamedTuple):
    """Owner of a PRACK's transaction."""

    dialog: Dialog


class Pracks:
    """What becomes of our PRACKs. One that fails ends nothing: the INVITE's own answer decides."""

    def __init__(self, signalling: LegSignalling) -> None:
        self._signalling = signalling

    def response(self, prack: Prack, report: ResponseReceived, now: float) -> list[Output]:
        """Only a question for a password needs anything."""
        again = self._signalling.prove(report, prack.dialog, now)
        return [] if again is None else [again[1]]

    def unanswered(self, prack: Prack, report: RequestUnanswered, now: float) -> list[Output]:
        """The peer will repeat its provisional answer, or give up the INVITE."""
        return []


def make_prack(fork: Fork, invite: Request, response: Response) -> Request | None:
    """The PRACK of a reliable provisional answer; None when the answer is a repetition or out of order.

    Such an answer counts for nothing: the first is known already, the second comes again in its turn.
    Raises SipSyntaxError.
    """
    rseq = _read_rseq(response.headers)
    if fork.rseq is not None and rseq != fork.rseq + 1:
        return None
    fork.rseq = rseq
    prack = fork.dialog.request("PRACK")
    prack.headers.set("rack", str(Rack(rseq, CSeq(cseq_number(invite), "INVITE"))))
    return prack


def _read_rseq(headers: Headers) -> int:
    text = (headers.get("rseq") or "").strip()
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:10]) < _HIGHEST_RSEQ and len(text) <= 10):
        raise SipSyntaxError(f"malformed RSeq {text[:20]!r}")
    return int(text)
