"""What everybody who serves legs needs: answering, accepting an offer, saying BYE."""

from dataclasses import dataclass
from typing import Any

from runtime.ids import Ids
from switch.causes import Cause
from switch.sip.answer_repeats import AnswerRepeats
from switch.sip.commands import SendMessage
from switch.sip.dialog import Dialog
from switch.sip.facts import Fact
from switch.sip.header_values import parse_cseq
from switch.sip.identity import ALLOW, SDP_TYPE, Identity
from switch.sip.legs import Leg, Legs
from switch.sip.reason_header import write_reason
from switch.sip.request_checks import Refusal
from switch.sip.server_transaction import ServerTransaction
from switch.sip.transaction_layer import TransactionLayer

Outputs = list[Any]
"""Events, SendMessage, and facts for the user agent, in order."""


@dataclass(frozen=True, slots=True)
class LegDesk:
    """Shared by the parts of the user agent."""

    layer: TransactionLayer
    identity: Identity
    legs: Legs
    repeats: AnswerRepeats
    ids: Ids

    def answer(
        self,
        transaction: ServerTransaction,
        status: int,
        now: float,
        *,
        tag: str | None = None,
        extra: dict[str, list[str]] | None = None,
    ) -> list[SendMessage | Fact]:
        """Answer without a body."""
        response = self.identity.answer(transaction.request, status, tag=tag, extra=extra)
        return self.layer.respond(transaction, response, now)

    def refuse(
        self, transaction: ServerTransaction, refusal: Refusal, now: float
    ) -> list[SendMessage | Fact]:
        return self.answer(transaction, refusal.status, now, extra=refusal.extra)

    def accept(
        self, leg: Leg, invite: ServerTransaction, dialog: Dialog, sdp: str, now: float
    ) -> list[SendMessage | Fact]:
        """200 OK with our SDP to an INVITE or re-INVITE, repeated until its ACK comes."""
        request = invite.request
        extra = {
            "contact": self.identity.contact,
            "allow": ALLOW,
            "content-type": SDP_TYPE,
            **record_route(invite),
        }
        response = self.identity.answer(
            request, 200, tag=dialog.local_tag, extra=extra, body=sdp.encode("utf-8")
        )
        outputs = self.layer.respond(invite, response, now)
        cseq = parse_cseq(request.headers.get("cseq") or "").number
        for output in outputs:
            if isinstance(output, SendMessage):
                self.repeats.start(leg, cseq, output, now)
        return outputs

    def say_bye(self, leg: Leg, dialog: Dialog, cause: Cause, now: float) -> list[SendMessage | Fact]:
        """End a confirmed dialog. It stays known until the BYE is answered, so that a BYE that crosses
        ours gets its 200."""
        self.legs.open_dialog(leg, dialog)
        outputs = self.drop_reoffer(leg, now)
        bye = dialog.request("BYE")
        bye.headers.set("reason", write_reason(cause))
        bye.headers.set_all("user-agent", self.identity.name)
        return outputs + self.layer.send(bye, dialog.hop, dialog, now)[1]

    def drop_reoffer(self, leg: Leg, now: float) -> list[SendMessage | Fact]:
        """Answer a re-INVITE that waits with 487 (RFC 3261 §15.1.2); nothing when none does."""
        if leg.reoffer is None:
            return []
        reoffer, leg.reoffer = leg.reoffer, None
        return self.answer(reoffer, 487, now)


def record_route(invite: ServerTransaction) -> dict[str, list[str]]:
    """The proxies that want to stay on the way, repeated in answers (RFC 3261 §12.1.1)."""
    lines = invite.request.headers.get_all("record-route")
    return {"record-route": lines} if lines else {}
