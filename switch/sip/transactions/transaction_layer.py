"""Transactions between the messages of the network and the user agent (RFC 3261 §17).

Which transaction a message belongs to, the four machines with their timers and what is repeated are in the
core (``media._core.SipTransactions``). Here is who may open one, and what leaves in one.
"""

from collections.abc import Sequence
from typing import NamedTuple

from media._core import SipTransactions
from runtime.ids import Ids
from switch.sip.capabilities import KNOWN_METHODS
from switch.sip.commands import ReuseConnection, SendMessage
from switch.sip.counters import Counters
from switch.sip.guard.events import RefusalKind
from switch.sip.guard.guard import Guard
from switch.sip.hop import OPENED, Hop
from switch.sip.identity import Identity
from switch.sip.messages.header_values import parse_via, split_values
from switch.sip.messages.message import Fields, Message, Request, Response, TopVia
from switch.sip.messages.parser import MAX_MESSAGE_BYTES
from switch.sip.messages.reader import READER
from switch.sip.messages.via_rules import MAGIC_COOKIE, hop_of_sent_by, hop_of_target, read_top_via
from switch.sip.messages.writer import write_message
from switch.sip.transactions.client_transaction import (
    ClientTransaction,
    FailureReceived,
    RequestUnanswered,
    ResponseReceived,
    State,
)
from switch.sip.transactions.server_transaction import (
    AckReceived,
    CancelledInvite,
    NewRequest,
    RequestReceived,
    ServerTransaction,
)
from switch.sip.transactions.size_rule import SizeRule
from switch.sip.transactions.timers import Timers


class RequestTurnedAway(NamedTuple):
    """A new request that is not served; answer it without a transaction."""

    request: Request
    kind: RefusalKind
    hop: Hop


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
        max_bytes: int = MAX_MESSAGE_BYTES,
    ) -> None:
        """Longer requests than ``udp_request_max_bytes`` go by TCP; longer messages than ``max_bytes`` are
        refused."""
        self._ids = ids
        self._identity = identity
        self._counters = counters
        self._guard = guard
        self._capacity = capacity
        self._size_rule = SizeRule(udp_request_max_bytes)
        self._invites: dict[int, ServerTransaction] = {}
        """Those that are not answered yet, as a CANCEL may come."""
        self._transactions = SipTransactions(
            durations_s=(timers.t1_s, timers.t2_s, timers.t4_s),
            reader=READER,
            told=(NewRequest, AckReceived, ResponseReceived, FailureReceived, RequestUnanswered),
            send=SendMessage,
            hop=Hop,
            release=guard.release,
            counters=counters,
            known_methods=KNOWN_METHODS,
            answer_to_source=answer_to_source,
            max_bytes=max_bytes,
        )

    @property
    def open_transactions(self) -> int:
        """Transactions that still wait for something, be it only for late repetitions."""
        return len(self._transactions)

    def receive(self, data: bytes, hop: Hop, now: float) -> Outputs:
        """Take a message from the wire. Raises SipSyntaxError for what is none."""
        heard = self._transactions.receive(data, hop, now)
        if isinstance(heard, NewRequest):
            return self._admit(heard, now)
        if isinstance(heard, FailureReceived):
            return self._acknowledge(heard)
        return [] if heard is None else [heard]

    def respond(self, transaction: ServerTransaction, response: Response, now: float) -> SendMessage | None:
        """Answer a request. None when a final answer was given before."""
        data = self._transactions.respond(transaction.number, response, now)
        if data is None:
            return None
        if response.status >= 200:
            transaction.is_answered = True
            transaction.owner = None
            transaction.request.body = b""  # whoever holds it needs the headers at most
            self._invites.pop(transaction.number, None)
        self._counters.responses_sent[response.status] += 1
        return SendMessage(data=data, hop=transaction.hop)

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

    def give_up(self, transaction: ClientTransaction) -> None:
        """Forget a request of ours whose answer is no longer waited for (RFC 3261 §9.1)."""
        self._transactions.forget_client(transaction.number)

    def forget(self, transaction: ServerTransaction) -> None:
        """Serve the repetitions of a request as if they were new."""
        self._transactions.forget_server(transaction.number)
        self._invites.pop(transaction.number, None)

    def cancelled_invite(self, cancel: ServerTransaction) -> CancelledInvite | None:
        """The INVITE a CANCEL is meant for (RFC 3261 §9.2)."""
        found = self._transactions.cancelled_invite(cancel.number)
        if found is None:
            return None
        number, tag = found
        return CancelledInvite(self._invites.get(number), tag)

    def is_merged(self, transaction: ServerTransaction) -> bool:
        """Whether the same request came on another way before (RFC 3261 §8.2.2.2)."""
        return self._transactions.is_merged(transaction.number)

    def is_looped(self, invite: ServerTransaction) -> bool:
        """Whether an INVITE of ours came back as it was sent (RFC 3261 §16.3)."""
        lines = invite.request.headers.get_all("via")
        if len(lines) == 1 and "," not in lines[0]:
            return False
        for via in map(parse_via, split_values(lines)[1:]):
            ours = self._transactions.client(via.branch or "", "INVITE")
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
        branch = read_top_via(message.headers).branch
        transaction = self._transactions.client(branch, message.method)
        if transaction is None or transaction.hop != hop:
            return self._redirect_ack(message, hop)
        if transaction.state in (State.CALLING, State.TRYING):
            again = self._try_otherwise(transaction, now)
            if again is not None:
                return [again]
        is_told = self._transactions.fail(transaction.number, now)
        return [RequestUnanswered(transaction, 503)] if is_told else []

    def reply_hop(self, via: TopVia, source: Hop) -> Hop:
        """Where the answer to a request goes that no transaction serves."""
        return self._transactions.reply_hop(via.port, source, wants_port=via.wants_port)

    def next_deadline(self) -> float | None:
        return self._transactions.next_deadline()

    def wake(self, *, now: float) -> Outputs:
        """Run the timers that are due, up to the first from which something follows.

        Most only end a transaction that waited for late repetitions: each call leaves four behind.
        """
        due = self._transactions.wake(now)
        return [] if due is None else [due]

    # -- what arrives --------------------------------------------------------------------------------

    def _admit(self, new: NewRequest, now: float) -> Outputs:
        number, request, source, hop = new
        refusal: RefusalKind | None = RefusalKind.OVERLOAD
        if self._transactions.served <= self._capacity:
            refusal = self._guard.admit(request, source, now)
        if refusal is not None:
            self._transactions.turn_away(number)
            return [RequestTurnedAway(request, refusal, source)]
        transaction = ServerTransaction(number, request, source, hop)
        if request.method == "INVITE":
            self._invites[number] = transaction
        received = RequestReceived(transaction)
        return [*_reuse(request, source), received] if source.transport in OPENED else [received]

    def _acknowledge(self, failed: FailureReceived) -> Outputs:
        transaction, response, hop, is_new = failed
        ack = SendMessage(data=write_message(transaction.make_ack(response)), hop=transaction.hop)
        return [ack, ResponseReceived(transaction, response, hop)] if is_new else [ack]

    # -- what leaves ---------------------------------------------------------------------------------

    def _put_via(self, request: Request, hop: Hop) -> str:
        token = self._ids.token()
        request.headers.set("via", self._identity.names.of(hop).via + token)
        return MAGIC_COOKIE + token

    def _start(
        self, branch: str, request: Request, hop: Hop, owner: object, now: float
    ) -> tuple[ClientTransaction, SendMessage]:
        transaction = ClientTransaction(self._transactions, branch, request, hop, owner)
        self._counters.requests_sent[request.method] += 1
        transaction.number, data = self._transactions.send(transaction, request, branch, hop, now)
        if len(data) > self._size_rule.udp_max_bytes:
            way = self._size_rule.other_way(hop, now)
            if way is not hop:
                transaction.meant_for = hop
                return transaction, self._send_otherwise(transaction, way, now)
        return transaction, SendMessage(data=data, hop=hop)

    def _try_otherwise(self, transaction: ClientTransaction, now: float) -> SendMessage | None:
        """Another way for a request that could not be sent; None when there is none (RFC 3261 §18.1.1)."""
        meant_for, transaction.meant_for = transaction.meant_for, None
        if meant_for is not None:
            self._size_rule.refused(meant_for, now)
            return self._send_otherwise(transaction, meant_for, now)
        listening = hop_of_target(transaction.request, transaction.hop)
        return None if listening is None else self._send_otherwise(transaction, listening, now)

    def _send_otherwise(self, transaction: ClientTransaction, hop: Hop, now: float) -> SendMessage:
        """As if for the first time: nothing was heard of it yet."""
        request, branch = transaction.request, transaction.branch
        request.headers.set("via", self._identity.names.of(hop).via + branch[len(MAGIC_COOKIE) :])
        self._transactions.forget_client(transaction.number)
        transaction.hop = hop
        transaction.number, data = self._transactions.send(transaction, request, branch, hop, now)
        return SendMessage(data=data, hop=hop)

    def _redirect_ack(self, request: Request, hop: Hop) -> Outputs:
        """An ACK has no transaction; its dialog's connection may be gone."""
        listening = hop_of_target(request, hop) if request.method == "ACK" else None
        return [] if listening is None else [SendMessage(data=write_message(request), hop=listening)]


def _reuse(request: Request, hop: Hop) -> list[ReuseConnection]:
    """The peer wants our requests on its connection, too (RFC 5923 §5); it speaks for its own host only."""
    if ";alias" not in (request.headers.get("via") or ""):
        return []
    alias = hop_of_sent_by(request.headers, hop)
    return [] if alias is None or alias.host != hop.host else [ReuseConnection(hop=hop, alias=alias)]
