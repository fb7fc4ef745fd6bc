"""Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3), and the time for all of them."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from runtime.ids import Ids
from switch.sip.capabilities import KNOWN_METHODS
from switch.sip.commands import ReuseConnection, SendMessage
from switch.sip.counters import Counters
from switch.sip.guard.events import RefusalKind
from switch.sip.guard.guard import Guard
from switch.sip.hop import OPENED, Hop
from switch.sip.identity import Identity
from switch.sip.messages.header_values import parse_cseq, parse_name_addr, parse_via, split_values
from switch.sip.messages.message import Fields, Message, Request, Response
from switch.sip.messages.via_rules import (
    MAGIC_COOKIE,
    has_cookie,
    hop_of_sent_by,
    hop_of_target,
    note_source,
    reply_hop,
    top_via,
)
from switch.sip.messages.writer import write_message
from switch.sip.transactions.client_transaction import ClientTransaction, ResponseReceived
from switch.sip.transactions.server_transaction import (
    AckReceived,
    RequestReceived,
    ServedRequest,
    ServerTransaction,
)
from switch.sip.transactions.size_rule import SizeRule
from switch.sip.transactions.timers import Timers
from switch.sip.transactions.transaction import RequestUnanswered, Transaction, TransactionContext
from switch.sip.transactions.transaction_tables import State


class RequestTurnedAway(NamedTuple):
    """A new request that is not served; answer it without a transaction."""

    request: Request
    kind: RefusalKind
    hop: Hop


MERGED_METHODS = frozenset({"INVITE", "MESSAGE", "SUBSCRIBE"})
"""Requests that would do twice what was asked once, if they came on two ways (RFC 3261 §8.2.2.2)."""

Report = RequestReceived | AckReceived | RequestTurnedAway | ResponseReceived | RequestUnanswered
"""What the layer tells the user agent. Inside the stack only; never journalled."""
Outputs = Sequence[SendMessage | ReuseConnection | Report]


class TransactionLayer:
    """All open transactions. ``capacity`` bounds the server transactions."""

    def __init__(
        self,
        *,
        timers: Timers,
        ids: Ids,
        identity: Identity,
        counters: Counters,
        guard: Guard,
        capacity: int,
        answer_to_source: bool,
        udp_request_max_bytes: int,
    ) -> None:
        """Longer requests than ``udp_request_max_bytes`` go by TCP."""
        self._context = TransactionContext(timers, counters)
        self._ids = ids
        self._identity = identity
        self._counters = counters
        self._guard = guard
        self._capacity = capacity
        self._answer_to_source = answer_to_source
        self._size_rule = SizeRule(udp_request_max_bytes)
        self._clients: dict[tuple[str, str], ClientTransaction] = {}
        self._servers: dict[tuple[Hashable, str], ServedRequest] = {}
        self._originals: dict[Hashable, ServedRequest] = {}

    @property
    def open_transactions(self) -> int:
        """Transactions that still wait for something, be it only for late repetitions."""
        return len(self._clients) + len(self._servers)

    def receive(self, message: Message, hop: Hop, now: float) -> Outputs:
        """Take a message from the wire.

        Raises SipSyntaxError when the headers that identify its transaction cannot be read; it is only
        counted then.
        """
        if isinstance(message, Request):
            method = message.method
            self._counters.requests_received[method if method in KNOWN_METHODS else "other"] += 1
            return self._receive_request(message, hop, now)
        self._counters.responses_received[message.status] += 1
        return self._receive_response(message, hop, now)

    def respond(self, transaction: ServerTransaction, response: Response, now: float) -> SendMessage | None:
        """Answer a request. None when a final answer was given before."""
        served = transaction.served
        message = served.respond(response, now)
        if message is not None and response.status >= 200:
            transaction.request.body = b""  # whoever holds it needs the headers at most
            if served.state is State.TERMINATED:
                self._forget(served)
        return message

    def send(
        self, request: Request, hop: Hop, owner: object, now: float
    ) -> tuple[ClientTransaction, SendMessage]:
        """Send a request in a transaction of its own; its Via is put on here."""
        branch = self._put_via(request, hop)
        return self._start(branch, request, hop, owner, now)

    def send_again(
        self, refused: ClientTransaction, request: Request, hop: Hop, now: float
    ) -> tuple[ClientTransaction, SendMessage]:
        """Send a request that was refused once more, changed as the refusal asked; its owner stays."""
        transaction, message = self.send(request, hop, refused.owner, now)
        transaction.tries = refused.tries + 1
        return transaction, message

    def send_cancel(self, invite: ClientTransaction, extra: Fields, now: float) -> SendMessage:
        """Send the CANCEL of an INVITE that has a provisional answer (RFC 3261 §9.1)."""
        cancel = invite.make_cancel()
        for name, values in extra.items():
            cancel.headers.set_all(name, values)
        return self._start(invite.branch, cancel, invite.hop, None, now)[1]

    def send_ack(self, ack: Request, hop: Hop) -> SendMessage:
        """Send the ACK of a 2xx: no transaction, a branch of its own (RFC 3261 §13.2.2.4)."""
        self._put_via(ack, hop)
        self._counters.requests_sent["ACK"] += 1
        return SendMessage(data=write_message(ack), hop=hop)

    def abandon(self, transaction: ClientTransaction | ServedRequest) -> None:
        """Forget a request whose answer is no longer waited for (RFC 3261 §9.1), or whose repetitions may be
        served as if they were new."""
        transaction.terminate()
        self._forget(transaction)

    def cancelled_invite(self, cancel: ServerTransaction) -> ServedRequest | None:
        """The INVITE a CANCEL is meant for (RFC 3261 §9.2); it has no owner any more once it is answered."""
        return self._servers.get((cancel.served.identity, "INVITE"))

    def is_merged(self, transaction: ServerTransaction) -> bool:
        """Whether the same request came on another way before (RFC 3261 §8.2.2.2)."""
        return self._originals.get(transaction.served.origin) is not transaction.served

    def is_looped(self, invite: ServerTransaction) -> bool:
        """Whether an INVITE of ours came back as it was sent (RFC 3261 §16.3)."""
        lines = invite.request.headers.get_all("via")
        if len(lines) == 1 and "," not in lines[0]:
            return False
        for via in map(parse_via, split_values(lines)[1:]):
            ours = self._clients.get((via.branch or "", "INVITE"))
            if (
                ours is not None
                and ours.request.uri == invite.request.uri
                and self._identity.names.wrote(via)
            ):
                return True
        return False

    def fail(self, message: Message, hop: Hop, now: float) -> Outputs:
        """The transport could not send this message to this hop. Raises SipSyntaxError."""
        if isinstance(message, Response):
            listening = hop_of_sent_by(message.headers, hop)
            return [] if listening is None else [SendMessage(data=write_message(message), hop=listening)]
        branch = top_via(message).branch
        transaction = self._clients.get((branch, message.method))
        if transaction is None or transaction.hop != hop:
            return self._redirect_ack(message, hop)
        if transaction.state in (State.CALLING, State.TRYING):
            again = self._try_otherwise(transaction, now)
            if again is not None:
                return [again]
        outputs = transaction.fail(now)
        if transaction.state is State.TERMINATED:
            self._forget(transaction)
        return outputs

    def next_deadline(self) -> float | None:
        return self._context.running.next()

    def wake(self, *, now: float) -> Outputs:
        """Run the timers that are due, up to the first from which something follows.

        Most only end a transaction that waited for late repetitions: each call leaves four behind.
        """
        while due := self._context.running.first_due(now):
            transaction, timer = due
            outputs = transaction.fire(timer, now)
            if transaction.state is State.TERMINATED:
                self._forget(transaction)
            if outputs:
                return outputs
            transaction.owner = None  # who may hold it, too: nothing is left for the garbage collector
        return []

    # -- what arrives --------------------------------------------------------------------------------

    def _receive_request(self, request: Request, hop: Hop, now: float) -> Outputs:
        via = note_source(request, hop)
        identity = (via.branch, via.host, via.port) if has_cookie(via.branch) else _old_identity(request)
        method = request.method
        served = self._servers.get((identity, "INVITE" if method == "ACK" else method))
        if served is not None:
            heard = served.receive(request, hop, now)
            if served.state is State.TERMINATED:
                self._forget(served)
            return heard
        if method == "ACK":
            return [AckReceived(request, hop)]
        refusal: RefusalKind | None = RefusalKind.OVERLOAD
        if len(self._servers) < self._capacity:
            refusal = self._guard.admit(request, hop, now)
        if refusal is not None:
            return [RequestTurnedAway(request, refusal, hop)]
        answers_to = reply_hop(via, hop, to_source=self._answer_to_source)
        served = ServedRequest(self._context, identity, method, hop, answers_to)
        self._servers[identity, method] = served
        if method in MERGED_METHODS:
            served.origin = _origin(request)
            self._originals.setdefault(served.origin, served)
        return [*_reuse(request, hop), RequestReceived(ServerTransaction(served, request))]

    def _receive_response(self, response: Response, hop: Hop, now: float) -> Outputs:
        vias = response.headers.get_all("via")
        if (
            len(vias) > 1 or "," in vias[0]
        ):  # meant for somebody behind us, of whom there is nobody (§8.1.3.3)
            self._counters.unmatched_responses += 1
            return []
        branch = top_via(response).branch
        method = parse_cseq(response.headers.get("cseq") or "").method
        transaction = self._clients.get((branch, method))
        if transaction is None:
            self._counters.unmatched_responses += 1
            return []
        outputs = transaction.receive(response, hop, now)
        if transaction.state is State.TERMINATED:
            self._forget(transaction)
        return outputs

    # -- what leaves ---------------------------------------------------------------------------------

    def _put_via(self, request: Request, hop: Hop) -> str:
        """Via stands first, for those who read on the way (RFC 3261 §7.3.1)."""
        token = self._ids.token()
        request.headers.put_first("via", self._identity.names.of(hop).via + token)
        return MAGIC_COOKIE + token

    def _start(
        self, branch: str, request: Request, hop: Hop, owner: object, now: float
    ) -> tuple[ClientTransaction, SendMessage]:
        transaction = ClientTransaction(self._context, branch, request, hop, owner)
        self._clients[branch, request.method] = transaction
        self._counters.requests_sent[request.method] += 1
        message = transaction.start(now)
        if len(message.data) > self._size_rule.udp_max_bytes:
            way = self._size_rule.other_way(hop, now)
            if way is not hop:
                transaction.meant_for = hop
                message = self._send_otherwise(transaction, way, now)
        return transaction, message

    def _try_otherwise(self, transaction: ClientTransaction, now: float) -> SendMessage | None:
        """Another way for a request that could not be sent; None when there is none (RFC 3261 §18.1.1)."""
        meant_for, transaction.meant_for = transaction.meant_for, None
        if meant_for is not None:
            self._size_rule.refused(meant_for, now)
            return self._send_otherwise(transaction, meant_for, now)
        listening = hop_of_target(transaction.request, transaction.hop)
        return None if listening is None else self._send_otherwise(transaction, listening, now)

    def _send_otherwise(self, transaction: ClientTransaction, hop: Hop, now: float) -> SendMessage:
        via = self._identity.names.of(hop).via + transaction.branch[len(MAGIC_COOKIE) :]
        transaction.request.headers.set("via", via)
        return transaction.start_again(hop, now)

    def _redirect_ack(self, request: Request, hop: Hop) -> Outputs:
        """An ACK has no transaction; its dialog's connection may be gone."""
        listening = hop_of_target(request, hop) if request.method == "ACK" else None
        return [] if listening is None else [SendMessage(data=write_message(request), hop=listening)]

    def _forget(self, transaction: Transaction) -> None:
        if isinstance(transaction, ClientTransaction):
            self._clients.pop((transaction.branch, transaction.method), None)
        elif isinstance(transaction, ServedRequest):
            if self._servers.pop((transaction.identity, transaction.method), None) is not None:
                self._guard.release(transaction.source)
            if self._originals.get(transaction.origin) is transaction:
                del self._originals[transaction.origin]


def _reuse(request: Request, hop: Hop) -> list[ReuseConnection]:
    """The peer wants our requests on its connection, too (RFC 5923 §5); it speaks for its own host only."""
    if hop.transport not in OPENED or ";alias" not in (request.headers.get("via") or ""):
        return []
    alias = hop_of_sent_by(request.headers, hop)
    return [] if alias is None or alias.host != hop.host else [ReuseConnection(hop=hop, alias=alias)]


def _old_identity(request: Request) -> Hashable:
    """What, with the method, identifies a server transaction of RFC 2543 elements (RFC 3261 §17.2.3).

    Their branch says nothing, the other headers must agree. To is left out, because the ACK of a failure
    carries our tag in it and the INVITE does not.
    """
    headers = request.headers
    return (
        request.uri,
        parse_name_addr(headers.get("from") or "").tag,
        headers.get("call-id"),
        parse_cseq(headers.get("cseq") or "").number,
        headers.get("via"),
    )


def _origin(request: Request) -> Hashable:
    """What stays the same in a request that a proxy sent out on several ways (RFC 3261 §8.2.2.2)."""
    headers = request.headers
    return headers.get("call-id"), headers.get("cseq"), headers.get("from")
