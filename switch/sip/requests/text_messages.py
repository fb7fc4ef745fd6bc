"""Texts: MESSAGE taken, and passed on to the phones of a station (RFC 3428, pager mode)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from unicodedata import category

from runtime.errors import UsageError
from runtime.tenancy import bare, id_kind, tenant_of
from runtime.vocabulary import Output
from switch.sip.commands import SendRequest, SendText
from switch.sip.dialogs.dialog import Dialog
from switch.sip.events import RequestAnswered, TextDelivered, TextFailed, TextReceived
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import SipLeg
from switch.sip.messages.header_values import NameAddr, parse_name_addr
from switch.sip.messages.message import Request
from switch.sip.messages.text import printable
from switch.sip.messages.uri import SipUri, escape_user, parse_uri
from switch.sip.refusal import Refusal
from switch.sip.registration.directory import ContactAddress, Directory
from switch.sip.registration.domains import Domains
from switch.sip.transactions.server_transaction import ServerTransaction

TEXT_TYPE = "text/plain"
LONGEST_BYTES = 4096
"""More is no text for a phone's display."""
_CHARSETS = ("", "utf-8", "us-ascii")
_SENT_AS = "text/plain;charset=UTF-8"
_KEPT = "\n\t"
_UNREACHABLE = 480


@dataclass(slots=True, eq=False)
class PendingText:
    """A text on its way to the phones of a station."""

    text_id: str
    station: str
    unanswered: int
    """Phones that have not answered yet."""
    status: int = _UNREACHABLE
    """The last failure."""
    is_delivered: bool = False
    received: ServerTransaction | None = None
    """The MESSAGE that brought it; None for a text of ours."""


class TextMessages:
    """The texts that come in and go out.

    ``knows`` says whether a station of that name is configured; ``numbers`` are those that take texts for
    whoever listens to TextReceived, each with its tenant.
    """

    def __init__(
        self,
        signalling: LegSignalling,
        directory: Directory,
        knows: Callable[[str], bool],
        numbers: Mapping[str, str],
    ) -> None:
        self._signalling = signalling
        self._directory = directory
        self._knows = knows
        self._numbers = numbers
        self._pending: dict[str, PendingText] = {}
        """By request."""

    def receive(self, transaction: ServerTransaction, now: float) -> list[Output]:
        """A MESSAGE outside of dialogs. Raises SipSyntaxError when it cannot be read."""
        refusal = _check(transaction.request)
        if refusal is not None:
            return self._signalling.refuse(transaction, refusal, now)
        return self._take(transaction, parse_uri(transaction.request.uri).user, now)

    def receive_in_dialog(
        self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float
    ) -> list[Output]:
        """A MESSAGE during a call: its address is our Contact, so To tells whom the caller dialled."""
        refusal = _check(transaction.request)
        if refusal is not None:
            return self._signalling.refuse(transaction, refusal, now)
        return self._take(transaction, parse_name_addr(dialog.local).uri.user, now)

    def _take(self, transaction: ServerTransaction, called: str, now: float) -> list[Output]:
        signalling = self._signalling
        sender = transaction.station
        station = Domains.within(tenant_of(sender or ""), called)
        if self._knows(station):
            return self._pass_on(transaction, station, now)
        tenant = self._numbers.get(called)
        if tenant is None or (sender is not None and tenant != tenant_of(sender)):
            return signalling.answer(transaction, 404, now)
        event = self._event(transaction, called, signalling.ids.new(id_kind("text", tenant)))
        return [*signalling.answer(transaction, 200, now), event]

    def send(self, command: SendText, now: float) -> list[Output]:
        """A text of ours."""
        if not self._knows(command.station):
            raise UsageError(f"no station {command.station} is configured")
        pending = PendingText(command.text_id, command.station, unanswered=0)
        sender = NameAddr(command.sender_name, SipUri("sip", command.sender_number, ""))
        return self._deliver(pending, sender, command.text, now)

    def answered(self, event: RequestAnswered, now: float) -> list[Output]:
        """A phone took a text, or did not."""
        pending = self._pending.pop(event.request_id, None)
        if pending is None:
            return []
        pending.unanswered -= 1
        if pending.is_delivered:
            return []
        if 200 <= event.status < 300:
            pending.is_delivered = True
            return self._settle(pending, now)
        pending.status = event.status if event.by_peer and event.status < 600 else _UNREACHABLE
        return [] if pending.unanswered else self._settle(pending, now)

    def _pass_on(self, transaction: ServerTransaction, station: str, now: float) -> list[Output]:
        """From station to station: its answer is that of the phones. Strangers do not get that far."""
        if transaction.station is None:
            return self._signalling.answer(transaction, 403, now)
        if not self._directory.contacts(station):
            return self._signalling.answer(transaction, _UNREACHABLE, now)
        text_id = self._signalling.ids.new(id_kind("text", tenant_of(station)))
        event = self._event(transaction, bare(station), text_id)
        pending = PendingText(event.text_id, station, unanswered=0, received=transaction)
        sender = parse_name_addr(transaction.request.headers.get("from") or "")
        return [event, *self._deliver(pending, sender, event.text, now)]

    def _deliver(self, pending: PendingText, sender: NameAddr, text: str, now: float) -> list[Output]:
        """To every phone of the station at once."""
        contacts = self._directory.contacts(pending.station)
        if not contacts:
            return self._settle(pending, now)
        requests = [self._request(pending, contact, sender, text) for contact in contacts]
        for request in requests:
            self._pending[request.request_id] = pending
        pending.unanswered = len(requests)
        return [*requests]

    def _request(
        self, pending: PendingText, contact: ContactAddress, sender: NameAddr, text: str
    ) -> SendRequest:
        signalling = self._signalling
        host = signalling.identity.host(contact.hop)
        known = NameAddr(sender.display_name, SipUri("sip", sender.uri.user, host))
        return SendRequest(
            request_id=signalling.ids.new("request"),
            method="MESSAGE",
            uri=contact.uri,
            hop=contact.hop,
            caller=str(known),
            called=f"<sip:{escape_user(bare(pending.station))}@{host}>",
            routes=contact.path,
            content_type=_SENT_AS,
            body=text.encode("utf-8"),
        )

    def _settle(self, pending: PendingText, now: float) -> list[Output]:
        """Tell what became of it, first of all to the phone it came from."""
        status = 200 if pending.is_delivered else pending.status
        outputs: list[Output] = []
        if pending.received is not None:
            outputs += self._signalling.answer(pending.received, status, now)
        if pending.is_delivered:
            return [*outputs, TextDelivered(text_id=pending.text_id, station=pending.station)]
        return [*outputs, TextFailed(text_id=pending.text_id, station=pending.station, status=status)]

    def _event(self, transaction: ServerTransaction, called: str, text_id: str) -> TextReceived:
        request = transaction.request
        caller = parse_name_addr(request.headers.get("from") or "")
        return TextReceived(
            text_id=text_id,
            station=transaction.station,
            peer=str(transaction.source),
            caller_number=printable(caller.uri.user),
            caller_name=printable(caller.display_name),
            called_number=printable(called),
            text=readable(request.body),
        )


def readable(body: bytes) -> str:
    """A text without what terminals obey; lines stay lines."""
    decoded = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c in _KEPT or not category(c).startswith("C") else "\ufffd" for c in decoded)


def _check(request: Request) -> Refusal | None:
    """The refusal of a MESSAGE that brings no text."""
    headers = request.headers
    content_type, _, parameters = (headers.get("content-type") or TEXT_TYPE).partition(";")
    if len(request.body) > LONGEST_BYTES:
        return Refusal(413)
    if (headers.get("content-encoding") or "identity").strip().lower() != "identity":
        return Refusal(415, {"accept-encoding": "identity"})
    if content_type.strip().lower() != TEXT_TYPE or _charset(parameters) not in _CHARSETS:
        return Refusal(415, {"accept": TEXT_TYPE})
    return None


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""
