"""What is said to peers about every leg: answers, an offer accepted, BYE."""

from dataclasses import dataclass

from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.answer_repeats import AnswerRepeats
from switch.sip.capabilities import ALLOW, SDP_TYPE
from switch.sip.client_transaction import ClientTransaction, ResponseReceived
from switch.sip.commands import SendMessage
from switch.sip.dialog import Dialog
from switch.sip.header_values import parse_cseq
from switch.sip.identity import Identity
from switch.sip.legs import Legs, SipLeg
from switch.sip.reason_header import write_reason
from switch.sip.refusal import Refusal
from switch.sip.server_transaction import ServerTransaction
from switch.sip.session_id import Sessions
from switch.sip.transaction_layer import TransactionLayer


@dataclass(frozen=True, slots=True)
class LegSignalling:
    """Shared by the parts of the user agent."""

    layer: TransactionLayer
    identity: Identity
    legs: Legs
    repeats: AnswerRepeats
    ids: Ids
    sessions: Sessions

    def answer(
        self,
        transaction: ServerTransaction,
        status: int,
        now: float,
        *,
        tag: str | None = None,
        extra: dict[str, list[str]] | None = None,
    ) -> list[Output]:
        """Answer without a body; nothing when a final answer was given before.

        ``tag`` is the dialog's, when there is one; ``extra`` are further headers.
        """
        response = self.identity.answer(transaction.request, status, tag=tag, extra=extra)
        message = self.layer.respond(transaction, response, now)
        return [] if message is None else [message]

    def refuse(self, transaction: ServerTransaction, refusal: Refusal, now: float) -> list[Output]:
        """Answer what a check of the request found."""
        return self.answer(transaction, refusal.status, now, extra=refusal.extra)

    def accept(
        self, leg: SipLeg, invite: ServerTransaction, dialog: Dialog, sdp: str, now: float
    ) -> list[Output]:
        """200 OK with our SDP to an INVITE or re-INVITE, repeated until its ACK comes."""
        request = invite.request
        extra = {
            "contact": self.identity.contact(invite.hop),
            "allow": ALLOW,
            "content-type": SDP_TYPE,
            **record_route(invite),
            **dialog.session_lines(),
        }
        response = self.identity.answer(
            request, 200, tag=dialog.local_tag, extra=extra, body=sdp.encode("utf-8")
        )
        message = self.layer.respond(invite, response, now)
        if message is None:
            return []
        self.repeats.start(leg, parse_cseq(request.headers.get("cseq") or "").number, message, now)
        return [message]

    def say_bye(self, leg: SipLeg, dialog: Dialog, cause: Cause, now: float) -> list[Output]:
        """End a confirmed dialog. It stays known until the BYE is answered, so that a BYE that crosses
        ours gets its 200."""
        self.legs.open_dialog(leg, dialog)
        outputs = self.drop_reoffer(leg, now)
        bye = dialog.request("BYE")
        bye.headers.set("reason", write_reason(cause))
        bye.headers.set_all("user-agent", self.identity.name)
        return [*outputs, self.layer.send(bye, dialog.hop, dialog, now)[1]]

    def prove(
        self, report: ResponseReceived, dialog: Dialog, now: float
    ) -> tuple[ClientTransaction, SendMessage] | None:
        """Send a request that was answered 401 or 407 once more, with a password (RFC 3261 §22.2).

        None when there is no password for it, or when it was the wrong one, or for any other answer.
        """
        known, response = dialog.authentication, report.response
        request = report.transaction.request
        if known is None or response.status not in (401, 407) or not known.take(request, response):
            return None
        return self.layer.send(dialog.request_again(request), dialog.hop, report.transaction.owner, now)

    def drop_reoffer(self, leg: SipLeg, now: float) -> list[Output]:
        """Answer a re-INVITE that waits with 487 (RFC 3261 §15.1.2); nothing when none does."""
        if leg.reoffer is None:
            return []
        reoffer, leg.reoffer = leg.reoffer, None
        return self.answer(reoffer, 487, now)


def record_route(invite: ServerTransaction) -> dict[str, list[str]]:
    """The proxies that want to stay on the way, repeated in answers (RFC 3261 §12.1.1)."""
    lines = invite.request.headers.get_all("record-route")
    return {"record-route": lines} if lines else {}
