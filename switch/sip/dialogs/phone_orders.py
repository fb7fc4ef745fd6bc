"""Keys of phones that are pressed from afar: NOTIFY with ``Event: talk`` or ``hold`` in a call's dialog.

No standard: phones that understand it say so by Allow-Events. At ``talk`` a phone that rings answers, and one
that holds retrieves; at ``hold`` it holds. What it then does comes as if somebody had pressed its key.
"""

from dataclasses import dataclass

from runtime.vocabulary import Output
from switch.sip.commands import OrderPhone, PhoneOrder
from switch.sip.dialogs.dialog import Dialog
from switch.sip.events import PhoneDisobeyed
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import ArrivingLeg, DialledLeg, LegState
from switch.sip.transactions.client_transaction import RequestUnanswered, ResponseReceived

_NO_ANSWER = 408


@dataclass(frozen=True, slots=True, eq=False)
class SentOrder:
    """A NOTIFY of ours, until it is answered."""

    leg_id: str
    order: PhoneOrder
    dialog: Dialog


class PhoneOrders:
    """The user agent's part that presses keys of phones."""

    def __init__(self, signalling: LegSignalling) -> None:
        self._signalling = signalling

    def understood_by(self, leg_id: str) -> frozenset[PhoneOrder]:
        """What the phone of a leg understands, as it says; of several that ring what any of them does."""
        phones = self._phones(leg_id)
        return frozenset(order for order in PhoneOrder if any(_understands(phone, order) for phone in phones))

    def give(self, command: OrderPhone, now: float) -> list[Output]:
        """Of several phones that ring the first that understands it. No harm when the leg is over."""
        phones = self._phones(command.leg_id)
        dialog = next((phone for phone in phones if _understands(phone, command.order)), None)
        if dialog is None:
            return []
        signalling = self._signalling
        notify = dialog.request("NOTIFY")
        notify.headers.set("event", command.order)
        notify.headers.set("subscription-state", "active")
        notify.headers.set("contact", dialog.contact or signalling.identity.contact(dialog.hop))
        notify.headers.set("user-agent", signalling.identity.name)
        sent = SentOrder(command.leg_id, command.order, dialog)
        return [signalling.layer.send(notify, dialog.hop, sent, now)[1]]

    def response(self, sent: SentOrder, report: ResponseReceived, now: float) -> list[Output]:
        """The phone obeys, or says why not."""
        status = report.response.status
        if status < 300:
            return []
        again = self._signalling.prove(report, sent.dialog, now)
        return [again[1]] if again is not None else [_disobeyed(sent, status)]

    def unanswered(self, sent: SentOrder, report: RequestUnanswered, now: float) -> list[Output]:
        """It may be gone."""
        return [_disobeyed(sent, _NO_ANSWER)]

    def _phones(self, leg_id: str) -> list[Dialog]:
        leg = self._signalling.legs.find(leg_id)
        if isinstance(leg, ArrivingLeg):
            return [leg.dialog] if leg.state in (LegState.ANSWERED, LegState.CONFIRMED) else []
        if not isinstance(leg, DialledLeg):
            return []
        if leg.dialog is not None:
            return [leg.dialog]
        return [fork.dialog for attempt in leg.attempts for fork in attempt.forks.values()]


def _understands(phone: Dialog, order: PhoneOrder) -> bool:
    """By Allow-Events of its INVITE or answer; whatever else is malformed there is no reason to miss it."""
    return any(order == name.strip().lower() for line in phone.allow_events for name in line.split(","))


def _disobeyed(sent: SentOrder, status: int) -> PhoneDisobeyed:
    return PhoneDisobeyed(leg_id=sent.leg_id, order=sent.order, status=status)
