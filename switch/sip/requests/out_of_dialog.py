"""Requests of ours outside of any dialog, with a password where one is asked for (RFC 3261 §8.1)."""

from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.sip.authentication.client_authentication import ClientAuthentication, ClientAuthentications
from switch.sip.authentication.retries import renew
from switch.sip.commands import GiveUpRequest, SendMessage, SendRequest
from switch.sip.events import RequestAnswered
from switch.sip.identity import MAX_FORWARDS
from switch.sip.legs.invites import add_fields, check_fields
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.messages.message import Fields, Headers, Request
from switch.sip.messages.text import printable
from switch.sip.transactions.client_transaction import ClientTransaction, RequestUnanswered, ResponseReceived

_NOT_FOR_HERE = frozenset({"INVITE", "ACK", "CANCEL", "BYE", "PRACK"})
_MOST_VALUES = 16


class PendingRequest:
    """Owner of the transaction of a SendRequest."""

    __slots__ = ("authentication", "cseq", "hop", "request_id")

    def __init__(self, command: SendRequest, authentication: ClientAuthentication | None) -> None:
        self.request_id = command.request_id
        self.hop = command.hop
        self.cseq = command.cseq
        """Of the last request sent."""
        self.authentication = authentication


class OutOfDialog:
    """The user agent's part as a client of everything but calls."""

    def __init__(self, signalling: LegSignalling, authentications: ClientAuthentications) -> None:
        self._signalling = signalling
        self._authentications = authentications
        self._open: dict[str, ClientTransaction] = {}
        """In which each request waits for its answer, by the request's id."""

    def send(self, command: SendRequest, now: float) -> list[Output]:
        """Ask."""
        if command.method in _NOT_FOR_HERE:
            raise UsageError(f"{command.method} belongs to a leg; SendRequest is for other methods")
        check_fields(command.headers)
        account = command.credentials
        known = None if account is None else self._authentications.of(account, command.hop)
        pending = PendingRequest(command, known)
        request = self._make(command)
        if known is not None:
            known.put_on(request)
        self._open[command.request_id], message = self._signalling.layer.send(
            request, command.hop, pending, now
        )
        return [message]

    def give_up(self, command: GiveUpRequest, now: float) -> list[Output]:
        """Wait no longer."""
        transaction = self._open.pop(command.request_id, None)
        if transaction is not None:
            self._signalling.layer.give_up(transaction)
        return []

    def response(self, pending: PendingRequest, report: ResponseReceived, now: float) -> list[Output]:
        """An answer: the end, unless it asks for a password that we have."""
        response = report.response
        if response.status < 200:
            return []
        if response.status in (401, 407) and (again := self._prove(pending, report, now)) is not None:
            return [again]
        self._open.pop(pending.request_id, None)
        headers = response.headers
        return [
            RequestAnswered(
                request_id=pending.request_id,
                status=response.status,
                by_peer=True,
                cseq=pending.cseq,
                peer=str(report.hop),
                contact=_text(headers, "contact"),
                expires=_text(headers, "expires"),
                min_expires=_text(headers, "min-expires"),
                retry_after=_text(headers, "retry-after"),
                service_route=_text(headers, "service-route"),
                path=_text(headers, "path"),
            )
        ]

    def unanswered(self, pending: PendingRequest, report: RequestUnanswered, now: float) -> list[Output]:
        """No answer will come."""
        self._open.pop(pending.request_id, None)
        return [
            RequestAnswered(
                request_id=pending.request_id,
                status=report.status,
                by_peer=False,
                cseq=pending.cseq,
                peer=str(pending.hop),
            )
        ]

    def _prove(self, pending: PendingRequest, report: ResponseReceived, now: float) -> SendMessage | None:
        """The request once more with a password; None when there is none that could help."""
        known, refused = pending.authentication, report.transaction
        if known is None or not refused.may_be_tried_again:
            return None
        if not known.take(refused.request, report.response):
            return None
        pending.cseq += 1
        again = renew(refused.request, pending.cseq)
        known.put_on(again)
        self._open[pending.request_id], message = self._signalling.layer.send_again(
            refused, again, pending.hop, now
        )
        return message

    def _make(self, command: SendRequest) -> Request:
        signalling = self._signalling
        fields: Fields = {
            "max-forwards": MAX_FORWARDS,
            "from": f"{command.caller};tag={signalling.ids.token()}",
            "to": command.called,
            "call-id": command.sip_call_id or signalling.ids.token(),
            "cseq": f"{command.cseq} {command.method}",
            "user-agent": signalling.identity.name,
        }
        if command.routes:
            fields["route"] = list(command.routes)
        if command.contact is not None:
            fields["contact"] = signalling.identity.contact_of(command.contact, command.hop)
        if command.content_type:
            fields["content-type"] = command.content_type
        add_fields(fields, command.headers)
        return Request(command.method, command.uri, Headers(fields), command.body)


def _text(headers: Headers, name: str) -> str:
    """A header's values as text that may be shown and kept."""
    return ", ".join(printable(value) for value in headers.get_all(name)[:_MOST_VALUES])
