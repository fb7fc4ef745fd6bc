"""Requests inside a dialog: ACK, BYE, re-INVITE, OPTIONS (RFC 3261 §12.2.2, §14.2, §15.1.2)."""

from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.arriving_legs import ArrivingLegs
from switch.sip.commands import AnswerReoffer
from switch.sip.dialog import Dialog
from switch.sip.events import LegConfirmed, LegReoffered
from switch.sip.header_values import parse_contacts, parse_cseq, parse_name_addr
from switch.sip.identity import ACCEPT, ALLOW
from switch.sip.leg_signalling import LegSignalling
from switch.sip.legs import ArrivingLeg, DialledLeg, LegState, SipLeg
from switch.sip.message import Headers
from switch.sip.reason_header import read_reason
from switch.sip.request_checks import check_body
from switch.sip.server_transaction import AckReceived, ServerTransaction
from switch.sip.text import body_text

CAPABILITIES = {"allow": ALLOW, "accept": ACCEPT, "accept-encoding": ["identity"], "supported": [""]}
"""What OPTIONS is answered with (RFC 3261 §11.2); we support no extension."""
_LONGEST_RETRY_S = 10
"""An INVITE while an earlier one has no answer yet is put off by 0 to 10 seconds (RFC 3261 §14.2)."""


class DialogRequests:
    """What peers ask of the dialogs they have with us."""

    def __init__(self, signalling: LegSignalling, arriving: ArrivingLegs) -> None:
        self._signalling = signalling
        self._arriving = arriving

    def receive(self, transaction: ServerTransaction, to_tag: str, now: float) -> list[Output]:
        """A request with a To tag. Raises SipSyntaxError when it cannot be read."""
        signalling = self._signalling
        headers = transaction.request.headers
        found = self._find(headers, to_tag)
        if found is None:
            return signalling.answer(transaction, 481, now)
        leg, dialog = found
        if not dialog.take_cseq(parse_cseq(headers.get("cseq") or "").number):
            return signalling.answer(transaction, 500, now)
        if transaction.method == "BYE":
            return self._bye(transaction, leg, dialog, now)
        if transaction.method == "INVITE":
            return self._reinvite(transaction, leg, dialog, now)
        return signalling.answer(transaction, 200, now, extra=CAPABILITIES)

    def acknowledge(self, report: AckReceived, now: float) -> list[Output]:
        """The ACK of a 200 OK of ours; any other is dropped. Raises SipSyntaxError."""
        signalling = self._signalling
        headers = report.request.headers
        found = self._find(headers, parse_name_addr(headers.get("to") or "").tag or "")
        if found is None:
            return []
        leg, dialog = found
        cseq = parse_cseq(headers.get("cseq") or "").number
        if leg.unacked is None or leg.unacked.cseq != cseq:
            return []
        signalling.repeats.stop(leg)
        if leg.state is LegState.ENDED:
            return signalling.say_bye(leg, dialog, leg.cause, now)
        leg.state = LegState.CONFIRMED
        return [LegConfirmed(leg_id=leg.leg_id, sdp=body_text(report.request.body))]

    def answer_reoffer(self, command: AnswerReoffer, now: float) -> list[Output]:
        """200 OK or 488 to the re-INVITE; nothing when it was cancelled meanwhile."""
        signalling = self._signalling
        leg = signalling.legs.find(command.leg_id)
        dialog = _dialog_of(leg)
        if leg is None or dialog is None or leg.reoffer is None:
            return []
        reoffer, leg.reoffer = leg.reoffer, None
        if command.sdp is None:
            return signalling.answer(reoffer, 488, now)
        dialog.refresh_target(reoffer.request.headers.get_all("contact"), reoffer.source)
        return signalling.accept(leg, reoffer, dialog, command.sdp, now)

    def give_up(self, leg: SipLeg, now: float) -> list[Output]:
        """The ACK never came: the session ends with a BYE (RFC 3261 §13.3.1.4)."""
        dialog = _dialog_of(leg)
        cause = leg.cause if leg.state is LegState.ENDED else Cause.RECOVERY_ON_TIMER_EXPIRE
        outputs = self._signalling.legs.end(leg, cause, status=None, by_peer=False)
        return outputs + self._signalling.say_bye(leg, dialog, cause, now) if dialog else outputs

    def _find(self, headers: Headers, to_tag: str) -> tuple[SipLeg, Dialog] | None:
        """The dialog a peer's request belongs to (RFC 3261 §12.2.2)."""
        from_tag = parse_name_addr(headers.get("from") or "").tag or ""
        return self._signalling.legs.find_dialog((headers.get("call-id") or "", to_tag, from_tag))

    def _bye(self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float) -> list[Output]:
        signalling = self._signalling
        outputs = signalling.answer(transaction, 200, now)
        signalling.legs.close_dialog(dialog)
        if dialog is not _dialog_of(leg):
            return outputs  # one of several phones that rang; the leg goes on with the others
        cause = read_reason(transaction.request.headers) or Cause.NORMAL_CLEARING
        if isinstance(leg, ArrivingLeg):
            outputs += self._arriving.hung_up_early(leg, cause, now)
        signalling.repeats.stop(leg)
        outputs += signalling.drop_reoffer(leg, now)
        return outputs + signalling.legs.end(leg, cause, status=None, by_peer=True)

    def _reinvite(
        self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float
    ) -> list[Output]:
        signalling = self._signalling
        if leg.state is LegState.ENDED:
            return signalling.answer(transaction, 481, now)
        if leg.reoffer is not None or (isinstance(leg, ArrivingLeg) and not leg.invite.is_answered):
            pause_s = int(signalling.ids.token()[:4], 16) % (_LONGEST_RETRY_S + 1)
            return signalling.answer(transaction, 500, now, extra={"retry-after": [str(pause_s)]})
        if leg.state is not LegState.CONFIRMED or leg.unacked is not None:
            return signalling.answer(transaction, 491, now)  # an offer of ours or an ACK is still on its way
        refusal = check_body(transaction.request)
        if refusal is not None:
            return signalling.refuse(transaction, refusal, now)
        parse_contacts(transaction.request.headers.get_all("contact"))
        leg.reoffer = transaction
        transaction.owner = leg
        trying = signalling.answer(transaction, 100, now)
        return [*trying, LegReoffered(leg_id=leg.leg_id, sdp=body_text(transaction.request.body))]


def _dialog_of(leg: SipLeg | None) -> Dialog | None:
    return leg.dialog if isinstance(leg, ArrivingLeg | DialledLeg) else None
