"""What a peer offers inside a dialog: its re-INVITE or UPDATE (RFC 3261 §14.2, RFC 3311 §5.2)."""

from runtime.vocabulary import Output
from switch.sip.commands import AnswerReoffer
from switch.sip.dialogs.dialog import Dialog
from switch.sip.dialogs.our_reoffers import OurReoffers
from switch.sip.events import LegReoffered
from switch.sip.legs.arriving_legs import ArrivingLegs
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import ArrivingLeg, DialledLeg, Fork, LegState, SipLeg, dialog_of
from switch.sip.messages.bodies import check_body, session_text
from switch.sip.messages.header_values import parse_contacts
from switch.sip.refusal import Refusal
from switch.sip.transactions.server_transaction import ServerTransaction

_LONGEST_RETRY_S = 10
"""An offer while an earlier one has no answer yet is put off by 0 to 10 seconds (RFC 3261 §14.2)."""
_CROSSED = Refusal(491)
"""An offer of ours, or an ACK, is still on its way."""


class PeerReoffers:
    """Reports a peer's offers and carries our answers."""

    def __init__(self, signalling: LegSignalling, arriving: ArrivingLegs, ours: OurReoffers) -> None:
        self._signalling = signalling
        self._arriving = arriving
        self._ours = ours

    def invite(self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float) -> list[Output]:
        """A re-INVITE. Raises SipSyntaxError when it cannot be read."""
        refusal = self._refusal_of_invite(transaction, leg)
        if refusal is not None:
            return self._signalling.refuse(transaction, refusal, now)
        trying = self._signalling.answer(transaction, 100, now)
        return trying + self._report(transaction, leg)

    def update(self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float) -> list[Output]:
        """An UPDATE, maybe only a sign of life. Raises SipSyntaxError when it cannot be read."""
        refusal = self._refusal_of_update(transaction, leg, dialog)
        if refusal is not None:
            return self._signalling.refuse(transaction, refusal, now)
        session = session_text(transaction.request)
        if session is not None:
            fork = _early_fork(leg, dialog)
            if fork is not None:
                fork.offered = session
            return self._report(transaction, leg)
        dialog.refresh_target(transaction.request.headers.get_all("contact"), transaction.source)
        return self._signalling.accept(leg, transaction, dialog, None, now)

    def answer(self, command: AnswerReoffer, now: float) -> list[Output]:
        """200 OK or 488; nothing when the offer was cancelled meanwhile."""
        signalling = self._signalling
        leg = signalling.legs.find(command.leg_id)
        if leg is None or leg.reoffer is None:
            return []
        reoffer, leg.reoffer = leg.reoffer, None
        found = signalling.legs.find_dialog(reoffer.request.headers.dialog_key())
        if found is None:
            return signalling.answer(reoffer, 481, now)
        dialog = found[1]
        fork = _early_fork(leg, dialog)
        if fork is not None:
            fork.sdp, fork.offered = (fork.sdp if command.sdp is None else fork.offered), None
        if command.sdp is None:
            warning = signalling.identity.warning(reoffer.hop)
            outputs = signalling.answer(reoffer, 488, now, extra={"warning": warning})
        else:
            dialog.refresh_target(reoffer.request.headers.get_all("contact"), reoffer.source)
            is_offer = session_text(reoffer.request) is None
            outputs = signalling.accept(leg, reoffer, dialog, command.sdp, now, is_offer=is_offer)
        if isinstance(leg, ArrivingLeg):
            outputs += self._arriving.go_on(leg, now)
        return outputs + self._ours.go_on(leg, now)

    def _report(self, transaction: ServerTransaction, leg: SipLeg) -> list[Output]:
        leg.reoffer = transaction
        transaction.owner = leg
        reoffered = LegReoffered(leg_id=leg.leg_id, sdp=session_text(transaction.request))
        return [*self._ours.give_way(leg), reoffered]

    def _refusal_of_invite(self, transaction: ServerTransaction, leg: SipLeg) -> Refusal | None:
        if leg.state is LegState.ENDED:
            return Refusal(481)
        if leg.reoffer is not None or (isinstance(leg, ArrivingLeg) and not leg.invite.is_answered):
            return self._later()
        if leg.state is not LegState.CONFIRMED or leg.unacked is not None or _has_offered(leg):
            return _CROSSED
        return self._refusal_of_content(transaction)

    def _refusal_of_update(
        self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog
    ) -> Refusal | None:
        if leg.state is LegState.ENDED:
            return Refusal(481)
        refusal = self._refusal_of_content(transaction)
        if refusal is not None or session_text(transaction.request) is None:
            return refusal
        if leg.reoffer is not None or (isinstance(leg, ArrivingLeg) and not _has_answered(leg)):
            return self._later()
        awaits_answer = leg.unacked is not None and leg.unacked.is_offer
        if awaits_answer or _has_offered(leg) or not _is_settled(leg, dialog):
            return _CROSSED
        return None

    def _refusal_of_content(self, transaction: ServerTransaction) -> Refusal | None:
        request = transaction.request
        parse_contacts(request.headers.get_all("contact"))
        return self._signalling.keeper.policy.check(request.headers) or check_body(request)

    def _later(self) -> Refusal:
        pause_s = int(self._signalling.ids.token()[:4], 16) % (_LONGEST_RETRY_S + 1)
        return Refusal(500, {"retry-after": str(pause_s)})


def _has_offered(leg: SipLeg) -> bool:
    """Whether an offer of ours is on its way."""
    ours = leg.our_reoffer
    return ours is not None and ours.transaction is not None and ours.sdp is not None


def _is_settled(leg: SipLeg, dialog: Dialog) -> bool:
    """Whether a session is agreed on in this dialog (RFC 3311 §5.1).

    In an early one it is only with the one phone that answered our offer reliably: a leg has one session.
    """
    if dialog is dialog_of(leg) or not isinstance(leg, DialledLeg):
        return True
    told = [fork for attempt in leg.attempts for fork in attempt.forks.values() if fork.sdp is not None]
    return len(told) == 1 and told[0].dialog is dialog and told[0].has_answer


def _early_fork(leg: SipLeg, dialog: Dialog) -> Fork | None:
    """The phone at the other end of a dialog that is not lifted yet."""
    if not isinstance(leg, DialledLeg):
        return None
    forks = (fork for attempt in leg.attempts for fork in attempt.forks.values())
    return next((fork for fork in forks if fork.dialog is dialog), None)


def _has_answered(leg: ArrivingLeg) -> bool:
    """Whether the INVITE's offer has an answer that surely arrived (RFC 3311 §5.1)."""
    if leg.invite.is_answered:
        return True
    return leg.early_sdp is not None and leg.provisional is not None and not leg.provisional.is_unacked
