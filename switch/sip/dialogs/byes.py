"""The end of a dialog by BYE: the peer's, and what becomes of ours (RFC 3261 §15)."""

from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.dialogs.dialog import Dialog
from switch.sip.headers.reason_header import read_reason
from switch.sip.legs.arriving_legs import ArrivingLegs
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import WAITING, ArrivingLeg, LegState, SipLeg, dialog_of
from switch.sip.transactions.client_transaction import RequestUnanswered, ResponseReceived
from switch.sip.transactions.server_transaction import ServerTransaction


class Byes:
    """BYE from either side. A dialog whose BYE is on its way owns that transaction."""

    def __init__(self, signalling: LegSignalling, arriving: ArrivingLegs) -> None:
        self._signalling = signalling
        self._arriving = arriving

    def receive(self, bye: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float) -> list[Output]:
        """The dialog is over, and with it the leg, unless other phones still ring for it."""
        signalling = self._signalling
        outputs = signalling.answer(bye, 200, now)
        signalling.legs.close_dialog(dialog)
        if dialog is not dialog_of(leg):
            return outputs
        cause = read_reason(bye.request.headers) or Cause.NORMAL_CLEARING
        if leg.state in WAITING and isinstance(leg, ArrivingLeg):
            outputs += self._arriving.hung_up_early(leg, cause, now)
        if leg.unacked is not None:
            signalling.repeats.stop(leg)
        if leg.reoffer is not None:
            outputs += signalling.drop_reoffer(leg, now)
        return outputs + signalling.legs.end(leg, cause, status=None, by_peer=True)

    def give_up(self, leg: SipLeg, now: float) -> list[Output]:
        """An ACK never came: the session ends with a BYE (RFC 3261 §13.3.1.4)."""
        dialog = dialog_of(leg)
        cause = leg.cause if leg.state is LegState.ENDED else Cause.RECOVERY_ON_TIMER_EXPIRE
        outputs = self._signalling.legs.end(leg, cause, status=None, by_peer=False)
        return outputs + self._signalling.say_bye(leg, dialog, cause, now) if dialog else outputs

    def response(self, dialog: Dialog, report: ResponseReceived, now: float) -> list[Output]:
        """Whatever the peer says to our BYE, the dialog is over (§15.1.1), unless it asks for a password."""
        if report.response.status < 200:
            return []
        again = self._signalling.prove(report, dialog, now)
        if again is not None:
            return [again[1]]
        self._signalling.legs.close_dialog(dialog)
        return []

    def unanswered(self, dialog: Dialog, report: RequestUnanswered, now: float) -> list[Output]:
        """A peer that says nothing has gone."""
        self._signalling.legs.close_dialog(dialog)
        return []
