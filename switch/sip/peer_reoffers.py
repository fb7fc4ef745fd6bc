"""What a peer offers inside a dialog: its re-INVITE and our answer (RFC 3261 §14.2)."""

from runtime.vocabulary import Output
from switch.sip.bodies import check_body, session_text
from switch.sip.commands import AnswerReoffer
from switch.sip.dialog import Dialog
from switch.sip.events import LegReoffered
from switch.sip.header_values import parse_contacts
from switch.sip.leg_signalling import LegSignalling
from switch.sip.legs import ArrivingLeg, LegState, SipLeg, dialog_of
from switch.sip.server_transaction import ServerTransaction

_LONGEST_RETRY_S = 10
"""An INVITE while an earlier one has no answer yet is put off by 0 to 10 seconds (RFC 3261 §14.2)."""


class PeerReoffers:
    """Reports a peer's offers and carries our answers."""

    def __init__(self, signalling: LegSignalling) -> None:
        self._signalling = signalling

    def invite(self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float) -> list[Output]:
        """A re-INVITE. Raises SipSyntaxError when it cannot be read."""
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
        return [*trying, LegReoffered(leg_id=leg.leg_id, sdp=session_text(transaction.request))]

    def answer(self, command: AnswerReoffer, now: float) -> list[Output]:
        """200 OK or 488; nothing when the offer was cancelled meanwhile."""
        signalling = self._signalling
        leg = signalling.legs.find(command.leg_id)
        dialog = dialog_of(leg)
        if leg is None or dialog is None or leg.reoffer is None:
            return []
        reoffer, leg.reoffer = leg.reoffer, None
        if command.sdp is None:
            return signalling.answer(reoffer, 488, now)
        dialog.refresh_target(reoffer.request.headers.get_all("contact"), reoffer.source)
        return signalling.accept(leg, reoffer, dialog, command.sdp, now)
