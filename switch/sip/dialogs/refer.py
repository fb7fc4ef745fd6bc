"""REFER: a phone asks that its call be transferred (RFC 3515, RFC 3892, RFC 4488)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from runtime.deadlines import Deadlines
from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.sip.commands import AnswerTransfer, ReportTransfer
from switch.sip.dialogs.dialog import Dialog
from switch.sip.dialogs.replaces import Replaces, find_dialog, parse_replaces
from switch.sip.errors import SipSyntaxError
from switch.sip.events import LegTransferRequested
from switch.sip.identity import phrase_of
from switch.sip.legs.branches import HeaderFields
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import LegState, SipLeg
from switch.sip.messages.header_values import parse_name_addr, split_values
from switch.sip.messages.message import Fields, Headers
from switch.sip.messages.text import printable
from switch.sip.messages.uri import SipUri
from switch.sip.transactions.client_transaction import RequestUnanswered, ResponseReceived
from switch.sip.transactions.server_transaction import ServerTransaction

EVENT = "refer"
"""The event package of the subscription that a REFER makes (RFC 3515 §3)."""
_FRAGMENT_TYPE = "message/sipfrag;version=2.0"
_TALKING = (LegState.ANSWERED, LegState.CONFIRMED)
_DECISION_S = 10.0
"""The exchange decides at once; who never does must not leave the phone waiting."""


class ReferTarget(NamedTuple):
    """Whom a transfer goes to."""

    uri: SipUri
    """Without headers."""
    replaces: Replaces | None
    """The dialog of the target that the new call is to replace: an attended transfer."""


@dataclass(slots=True, eq=False)
class Transfer:
    """One transfer and the subscription in which the phone hears how it goes."""

    transfer_id: str
    leg_id: str
    dialog: Dialog
    refer: ServerTransaction
    event: str
    """Value of the Event header of its NOTIFYs."""
    silent: bool
    """The phone wants no NOTIFY (RFC 4488)."""
    expires_at: float
    accepted: bool = False
    status: int = 100
    """How it stands, as the answer to the call to the target."""
    ended_by: str = ""
    """Why the subscription ends; empty while it goes on."""
    told: tuple[int, str] | None = None
    """``status`` and ``ended_by`` as the last NOTIFY told them."""
    is_asking: bool = False
    """A NOTIFY waits for its answer."""

    @property
    def news(self) -> tuple[int, str]:
        """What the phone is to know."""
        return self.status, self.ended_by


class Transfers:
    """The transfers that phones have asked for, one at a time for each leg.

    ``limit_s`` is how long a phone is kept informed of one.
    """

    def __init__(self, signalling: LegSignalling, *, limit_s: float) -> None:
        self._signalling = signalling
        self._limit_s = limit_s
        self._of_leg: dict[str, Transfer] = {}
        self.concerns: Callable[[str], bool] = self._of_leg.__contains__
        """Whether a leg has asked for a transfer that goes on."""
        self._deadlines: Deadlines[Transfer] = Deadlines()

    def refer(self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float) -> list[Output]:
        """REFER inside a dialog. Raises SipSyntaxError when it does not name one target."""
        signalling = self._signalling
        if leg.state is LegState.ENDED:
            return signalling.answer(transaction, 481, now)
        headers = transaction.request.headers
        target = read_target(headers)
        referred_by = _read_referrer(headers)
        if leg.leg_id in self._of_leg:
            return signalling.answer(transaction, 491, now)
        if leg.state not in _TALKING or _asks_for_more(target.uri):
            return signalling.answer(transaction, 403, now)
        transfer = self._open(transaction, leg, dialog, now)
        replaced = None if target.replaces is None else find_dialog(target.replaces, signalling.legs)
        if target.replaces is not None and (replaced is None or replaced[0].state is LegState.ENDED):
            return self._accept(transfer, now) + self._tell(transfer, 481, now)
        return [
            LegTransferRequested(
                leg_id=leg.leg_id,
                transfer_id=transfer.transfer_id,
                target_number=printable(target.uri.user),
                target_uri=printable(str(target.uri)),
                replaces_leg_id=replaced[0].leg_id if replaced else None,
                referred_by=referred_by,
            )
        ]

    def answer(self, command: AnswerTransfer, now: float) -> list[Output]:
        """Accept, or refuse with a status; nothing when the transfer is over meanwhile."""
        transfer = self._find(command.leg_id, command.transfer_id)
        if transfer is None or transfer.accepted:
            return []
        if 200 <= command.status < 300:
            return self._accept(transfer, now)
        if command.status < 300 or command.status > 699:
            raise UsageError(f"a REFER cannot be answered {command.status}; expected 202 or 300 to 699")
        self._forget(transfer)
        return self._signalling.answer(transfer.refer, command.status, now)

    def report(self, command: ReportTransfer, now: float) -> list[Output]:
        """Tell the phone how the call to the target goes; a final status ends it."""
        transfer = self._find(command.leg_id, command.transfer_id)
        if transfer is None:
            return []
        if not 100 <= command.status <= 699:
            raise UsageError(f"a transfer cannot stand at {command.status}; expected 100 to 699")
        outputs = [] if transfer.accepted else self._accept(transfer, now)
        return outputs + self._tell(transfer, command.status, now)

    def subscribe(
        self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float
    ) -> list[Output]:
        """A SUBSCRIBE inside the dialog of a call: a new time limit for what the phone hears of its
        transfer or, with Expires 0, the end of it (RFC 3515 §2.4.4). How it stands is told at once."""
        signalling = self._signalling
        headers = transaction.request.headers
        event = (headers.get("event") or "").replace(" ", "")
        if event.partition(";")[0] != EVENT:
            return signalling.answer(transaction, 489, now, extra={"allow-events": EVENT})
        transfer = self._of_leg.get(leg.leg_id)
        if transfer is None or not transfer.accepted or event != transfer.event:
            return signalling.answer(transaction, 481, now)
        left_s = self._granted(headers)
        transfer.expires_at = now + left_s
        if not left_s:
            transfer.ended_by = transfer.ended_by or "timeout"
        transfer.told = None
        self._deadlines.set(transfer, transfer.expires_at)
        extra: Fields = {"contact": self._contact(dialog), "expires": str(left_s)}
        return signalling.answer(transaction, 200, now, extra=extra) + self._notify_when_free(transfer, now)

    def response(self, transfer: Transfer, report: ResponseReceived, now: float) -> list[Output]:
        """The answer to a NOTIFY; a failure ends the subscription (RFC 6665 §4.2.2)."""
        status = report.response.status
        if status < 200:
            return []
        again = self._signalling.prove(report, transfer.dialog, now)
        if again is not None:
            return [again[1]]
        return self._notified(transfer, delivered=status < 300, now=now)

    def unanswered(self, transfer: Transfer, report: RequestUnanswered, now: float) -> list[Output]:
        """The phone cannot be told any more."""
        return self._notified(transfer, delivered=False, now=now)

    def say_last_word(self, leg_id: str, now: float) -> list[Output]:
        """The leg is about to be hung up: how its transfer ended must not come behind the BYE."""
        transfer = self._of_leg.get(leg_id)
        if transfer is None or not transfer.ended_by or transfer.told == transfer.news:
            return []
        return self._notify(transfer, now)

    def fields_of(self, leg_id: str, names: Collection[str]) -> HeaderFields | None:
        """What the address of a leg's REFER wants the INVITE to say (RFC 3261 §19.1.1); None without one."""
        transfer = self._of_leg.get(leg_id)
        if transfer is None or transfer.accepted:
            return None
        uri = parse_name_addr(transfer.refer.request.headers.get("refer-to") or "").uri
        fields = (field.partition("=") for field in uri.headers.split("&"))
        return tuple((name.lower(), unquote(value)) for name, _, value in fields if name.lower() in names)

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> list[Output]:
        """Refuse what nobody decided; end a subscription whose time is over."""
        transfer = self._deadlines.first_due(now)
        if transfer is None:
            return []
        if not transfer.accepted:
            self._forget(transfer)
            return self._signalling.answer(transfer.refer, 603, now)
        transfer.ended_by = transfer.ended_by or "timeout"
        return self._notify_when_free(transfer, now)

    def _open(self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float) -> Transfer:
        headers = transaction.request.headers
        number = headers.cseq_number()
        dialog.refers += 1
        transfer = Transfer(
            transfer_id=self._signalling.ids.new("transfer"),
            leg_id=leg.leg_id,
            dialog=dialog,
            refer=transaction,
            event=EVENT if dialog.refers == 1 else f"{EVENT};id={number}",  # RFC 3515 §2.4.6
            silent=(headers.get("refer-sub") or "").strip().lower() == "false",
            expires_at=now + self._limit_s,
        )
        self._of_leg[leg.leg_id] = transfer
        self._deadlines.set(transfer, now + _DECISION_S)
        return transfer

    def _accept(self, transfer: Transfer, now: float) -> list[Output]:
        signalling = self._signalling
        transfer.accepted = True
        extra: Fields = {"contact": self._contact(transfer.dialog)}
        if transfer.silent:
            self._forget(transfer)
            extra["refer-sub"] = "false"
            return signalling.answer(transfer.refer, 202, now, extra=extra)
        self._deadlines.set(transfer, transfer.expires_at)
        outputs = signalling.answer(transfer.refer, 202, now, extra=extra)
        return outputs + self._notify_when_free(transfer, now)

    def _tell(self, transfer: Transfer, status: int, now: float) -> list[Output]:
        if transfer.silent or transfer.ended_by:
            return []
        transfer.status = status
        if status >= 200:
            transfer.ended_by = "noresource"
        return self._notify_when_free(transfer, now)

    def _notify_when_free(self, transfer: Transfer, now: float) -> list[Output]:
        """One NOTIFY at a time, so that none overtakes another; what came between is told at last."""
        return [] if transfer.is_asking else self._notify(transfer, now)

    def _notify(self, transfer: Transfer, now: float) -> list[Output]:
        transfer.is_asking = True
        transfer.told = transfer.news
        signalling = self._signalling
        notify = transfer.dialog.request("NOTIFY")
        notify.headers.set("contact", self._contact(transfer.dialog))
        notify.headers.set("event", transfer.event)
        notify.headers.set("subscription-state", _state_of(transfer, now))
        notify.headers.set("user-agent", signalling.identity.name)
        notify.headers.set("content-type", _FRAGMENT_TYPE)
        notify.body = f"SIP/2.0 {transfer.status} {phrase_of(transfer.status)}\r\n".encode()
        return [signalling.layer.send(notify, transfer.dialog.hop, transfer, now)[1]]

    def _notified(self, transfer: Transfer, *, delivered: bool, now: float) -> list[Output]:
        transfer.is_asking = False
        if delivered and transfer.told != transfer.news:
            return self._notify_when_free(transfer, now)
        if transfer.ended_by or not delivered:
            self._forget(transfer)
        return []

    def _granted(self, headers: Headers) -> int:
        """Seconds; nonsense counts as none given."""
        asked = (headers.get("expires") or "").strip()
        return int(min(float(asked[:6]) if asked.isdecimal() else self._limit_s, self._limit_s))

    def _contact(self, dialog: Dialog) -> str:
        return dialog.contact or self._signalling.identity.contact(dialog.hop)

    def _find(self, leg_id: str, transfer_id: str) -> Transfer | None:
        transfer = self._of_leg.get(leg_id)
        return transfer if transfer is not None and transfer.transfer_id == transfer_id else None

    def _forget(self, transfer: Transfer) -> None:
        self._deadlines.cancel(transfer)
        if self._of_leg.get(transfer.leg_id) is transfer:
            del self._of_leg[transfer.leg_id]


def read_target(headers: Headers) -> ReferTarget:
    """The one target a REFER names (RFC 3515 §2.4.1). Raises SipSyntaxError."""
    values = split_values(headers.get_all("refer-to"))
    if len(values) != 1:
        raise SipSyntaxError(f"REFER with {len(values)} targets; expected one Refer-To")
    uri = parse_name_addr(values[0]).uri
    replaces = None
    for field in uri.headers.split("&"):
        name, _, value = field.partition("=")
        if name.lower() == "replaces":
            replaces = parse_replaces(unquote(value))
    return ReferTarget(uri._replace(headers=""), replaces)


def _read_referrer(headers: Headers) -> str:
    """Who refers, as a URI; empty when it is not said (RFC 3892 §2.1). Raises SipSyntaxError."""
    value = headers.get("referred-by")
    return "" if value is None else printable(str(parse_name_addr(value).uri))


def _asks_for_more(uri: SipUri) -> bool:
    """A REFER may ask for any method; a call is all that is done here."""
    return (uri.param("method") or "INVITE").upper() != "INVITE"


def _state_of(transfer: Transfer, now: float) -> str:
    if transfer.ended_by:
        return f"terminated;reason={transfer.ended_by}"
    return f"active;expires={max(1, int(transfer.expires_at - now))}"
