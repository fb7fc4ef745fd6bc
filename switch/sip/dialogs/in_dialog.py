"""Requests inside a dialog: which one they belong to, and their order (RFC 3261 §12.2.2); ACK."""

from collections.abc import Callable

from runtime.vocabulary import Output
from switch.sip.dialogs.dialog import Dialog
from switch.sip.dialogs.our_reoffers import OurReoffers
from switch.sip.events import LegConfirmed
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import LegState, SipLeg
from switch.sip.messages.bodies import session_text
from switch.sip.transactions.server_transaction import AckReceived, ServerTransaction

DialogHandler = Callable[[ServerTransaction, SipLeg, Dialog, float], list[Output]]
"""Serves one method inside dialogs. The leg may have ended; its dialog is known until its BYE is answered."""


class DialogRequests:
    """Finds the dialog of a request and hands it to ``handlers``, which are by method."""

    def __init__(
        self, signalling: LegSignalling, ours: OurReoffers, handlers: dict[str, DialogHandler]
    ) -> None:
        self._signalling = signalling
        self._ours = ours
        self._handlers = handlers

    def receive(self, transaction: ServerTransaction, now: float) -> list[Output]:
        """A request with a To tag. Raises SipSyntaxError when it cannot be read."""
        signalling = self._signalling
        headers = transaction.request.headers
        found = signalling.legs.find_dialog(headers.dialog_key())
        if found is None:
            return signalling.answer(transaction, 481, now)
        leg, dialog = found
        session = transaction.session = dialog.session
        if session is not None and "session-id" in headers:
            session.learn(headers)
        handler = self._handlers.get(transaction.method)
        if handler is None:
            return signalling.answer(transaction, 481, now)
        if not dialog.take_cseq(headers.cseq_number()):
            return signalling.answer(transaction, 500, now)
        return handler(transaction, leg, dialog, now)

    def acknowledge(self, report: AckReceived, now: float) -> list[Output]:
        """The ACK of a 200 OK of ours; any other is dropped. Raises SipSyntaxError."""
        signalling = self._signalling
        headers = report.request.headers
        found = signalling.legs.find_dialog(headers.dialog_key())
        if found is None:
            return []
        leg, dialog = found
        cseq = headers.cseq_number()
        if leg.unacked is None or leg.unacked.cseq != cseq:
            return []
        signalling.repeats.stop(leg)
        if leg.state is LegState.ENDED:
            return signalling.say_bye(leg, dialog, leg.cause, now)
        leg.state = LegState.CONFIRMED
        confirmed = LegConfirmed(leg_id=leg.leg_id, sdp=session_text(report.request))
        return [confirmed, *self._ours.go_on(leg, now)] if leg.waiting_offer else [confirmed]
