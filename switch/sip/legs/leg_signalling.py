"""What is said to peers about every leg: answers, an offer accepted, BYE."""

from dataclasses import dataclass

from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.capabilities import ALLOW, SDP_TYPE, SUPPORTED
from switch.sip.commands import SendMessage
from switch.sip.dialogs.dialog import Dialog
from switch.sip.dialogs.session_keeper import SessionKeeper
from switch.sip.headers.reason_header import write_reason
from switch.sip.headers.session_id import Sessions
from switch.sip.identity import Identity
from switch.sip.legs.answer_repeats import AnswerRepeats
from switch.sip.legs.legs import Legs, SipLeg, dialog_of
from switch.sip.messages.message import Fields
from switch.sip.refusal import Refusal
from switch.sip.transactions.client_transaction import ClientTransaction, ResponseReceived
from switch.sip.transactions.server_transaction import ServerTransaction
from switch.sip.transactions.transaction_layer import TransactionLayer


@dataclass(frozen=True, slots=True)
class LegSignalling:
    """Shared by the parts of the user agent."""

    layer: TransactionLayer
    identity: Identity
    legs: Legs
    repeats: AnswerRepeats
    ids: Ids
    sessions: Sessions
    keeper: SessionKeeper

    def answer(
        self,
        transaction: ServerTransaction,
        status: int,
        now: float,
        *,
        tag: str | None = None,
        extra: Fields | None = None,
    ) -> list[Output]:
        """Answer without a body; nothing when a final answer was given before.

        ``tag`` is the dialog's, when there is one; ``extra`` are further headers.
        """
        message = self.layer.respond(transaction, status, now, tag=tag, extra=extra)
        return [] if message is None else [message]

    def refuse(self, transaction: ServerTransaction, refusal: Refusal, now: float) -> list[Output]:
        """Answer what a check of the request found."""
        return self.answer(transaction, refusal.status, now, extra=refusal.extra)

    def accept(
        self,
        leg: SipLeg,
        request: ServerTransaction,
        dialog: Dialog,
        sdp: str | None,
        now: float,
        *,
        is_offer: bool = False,
    ) -> list[Output]:
        """200 OK with our SDP to an INVITE, UPDATE or PRACK; an INVITE's is repeated until its ACK comes.

        ``is_offer``: the ACK brings the answer to it.
        """
        extra: Fields = {}
        if request.method != "PRACK":  # it refreshes the peer's target and the session
            extra = self.dialog_lines(request, dialog)
            extra["supported"] = SUPPORTED
            extra.update(self.keeper.grant(leg, request.request.headers, now))
        if sdp is not None:
            extra["content-type"] = SDP_TYPE
            leg.our_sdp = sdp
        body = (sdp or "").encode("utf-8")
        message = self.layer.respond(request, 200, now, tag=dialog.local_tag, extra=extra, body=body)
        if message is None:
            return []
        if request.method == "INVITE":
            cseq = request.request.headers.cseq_number()
            self.repeats.start(leg, cseq, message, now, is_offer=is_offer)
        return [message]

    def dialog_lines(self, request: ServerTransaction, dialog: Dialog) -> Fields:
        """What an answer says that makes the dialog, or refreshes it."""
        lines: Fields = {"contact": dialog.contact or self.identity.contact(request.hop), "allow": ALLOW}
        headers = request.request.headers
        if "record-route" in headers:  # the proxies that want to stay on the way (RFC 3261 §12.1.1)
            lines["record-route"] = headers.get_all("record-route")
        return lines

    def say_bye(self, leg: SipLeg, dialog: Dialog, cause: Cause, now: float) -> list[Output]:
        """End a confirmed dialog. It stays known until the BYE is answered, so that a BYE that crosses
        ours gets its 200. While an ACK is to come the BYE waits for it (RFC 3261 §15)."""
        outputs = [] if leg.reoffer is None else self.drop_reoffer(leg, now)
        if leg.unacked is not None and dialog is dialog_of(leg):
            return outputs
        self.legs.open_dialog(leg, dialog)
        bye = dialog.request("BYE", {"reason": write_reason(cause), "user-agent": self.identity.name})
        return [*outputs, self.layer.send(bye, dialog.hop, dialog, now)[1]]

    def prove(
        self, report: ResponseReceived, dialog: Dialog, now: float
    ) -> tuple[ClientTransaction, SendMessage] | None:
        """Send a request that was answered 401 or 407 once more, with a password (RFC 3261 §22.2).

        None when there is no password for it, or when it was the wrong one, or for any other answer.
        """
        known, refused = dialog.authentication, report.transaction
        if known is None or report.response.status not in (401, 407) or not refused.may_be_tried_again:
            return None
        if not known.take(refused.request, report.response):
            return None
        return self.layer.send_again(refused, dialog.request_again(refused.request), dialog.hop, now)

    def drop_reoffer(self, leg: SipLeg, now: float) -> list[Output]:
        """Answer a peer's offer that waits with 487 (RFC 3261 §15.1.2); nothing when none does."""
        if leg.reoffer is None:
            return []
        reoffer, leg.reoffer = leg.reoffer, None
        return self.answer(reoffer, 487, now)
