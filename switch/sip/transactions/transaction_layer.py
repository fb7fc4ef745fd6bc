"""Transactions between the messages of the network and the user agent (RFC 3261 §17).

Which transaction a message belongs to, the four machines with their timers and what is repeated are in the
core (``media._core.SipTransactions``). Here is who may open one, and what leaves in one.
"""

from collections.abc import Callable
from typing import NamedTuple

from media._core import SipTransactions
from runtime.ids import Ids
from switch.sip.capabilities import KNOWN_METHODS
from switch.sip.commands import ReuseConnection, SendMessage
from switch.sip.counters import Counters
from switch.sip.guard.events import RefusalKind
from switch.sip.guard.guard import Guard
from switch.sip.headers.session_id import answering_lines
from switch.sip.hop import Hop
from switch.sip.identity import Identity, phrase_of
from switch.sip.messages.header_values import parse_via, split_values
from switch.sip.messages.message import Fields, Message, Request, Response, TopVia
from switch.sip.messages.parser import MAX_MESSAGE_BYTES
from switch.sip.messages.reader import READER
from switch.sip.messages.via_rules import MAGIC_COOKIE, hop_of_sent_by, hop_of_target, read_top_via
from switch.sip.messages.writer import write_message
from switch.sip.transactions.client_transaction import (
    ClientTransaction,
    FailureReceived,
    FurtherAnswer,
    RequestUnanswered,
    ResponseReceived,
    State,
)
from switch.sip.transactions.server_transaction import (
    AckReceived,
    CancelledInvite,
    NewRequest,
    ServerTransaction,
)
from switch.sip.transactions.size_rule import SizeRule
from switch.sip.transactions.timers import Timers


class RequestTurnedAway(NamedTuple):
    """A new request that is not served; answer it without a transaction."""

    request: Request
    kind: RefusalKind
    hop: Hop


Report = NewRequest | AckReceived | ResponseReceived | FailureReceived | FurtherAnswer | RequestUnanswered
"""What the layer tells the user agent. Inside the stack only; never journalled."""
Heard = Report | SendMessage


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
        transactions = self._transactions = SipTransactions(
            durations_s=(timers.t1_s, timers.t2_s, timers.t4_s),
            reader=READER,
            told=(
                NewRequest,
                AckReceived,
                ResponseReceived,
                FailureReceived,
                FurtherAnswer,
                RequestUnanswered,
            ),
            send=SendMessage,
            hop=Hop,
            release=guard.release,
            counters=counters,
            server=identity.name,
            known_methods=KNOWN_METHODS,
            answer_to_source=answer_to_source,
            max_bytes=max_bytes,
        )
        self.receive: Callable[[bytes, Hop, float], Heard | None] = transactions.receive
        """Take a message from the wire; what follows. Raises SipSyntaxError for what is none."""

    @property
    def open_transactions(self) -> int:
        """Transactions that still wait for something, be it only for late repetitions."""
        return len(self._transactions)

    def admit(self, new: NewRequest, now: float) -> ServerTransaction | RequestTurnedAway:
        """Serve a new request, if the guard and our capacity allow it."""
        number, request, source, hop = new
        refusal: RefusalKind | None = RefusalKind.OVERLOAD
        if self._transactions.served <= self._capacity:
            refusal = self._guard.admit(request, source, now)
        if refusal is not None:
            self._transactions.turn_away(number)
            return RequestTurnedAway(request, refusal, source)
        method = request.method
        transaction = ServerTransaction(number, request, method, source, hop)
        if method == "INVITE":
            self._invites[number] = transaction
        return transaction

    def respond(
        self,
        transaction: ServerTransaction,
        status: int,
        now: float,
        *,
        tag: str | None = None,
        extra: Fields | None = None,
        body: bytes = b"",
    ) -> SendMessage | None:
        """Answer a request. None when a final answer was given before.

        ``tag`` is the dialog's, when there is one; ``extra`` are headers beside those of every answer.
        """
        if (session := transaction.session) is not None:
            extra = {**extra, "session-id": session.header} if extra else {"session-id": session.header}
        elif "session-id" in transaction.request.headers:
            extra = answering_lines(transaction.request.headers) | (extra or {})
        tag = tag or self._identity.tag
        data = self._transactions.respond(
            transaction.number, status, phrase_of(status), tag, extra, body, now
        )
        if data is None:
            return None
        if status >= 200:
            transaction.is_answered = True
            transaction.owner = None
            transaction.request.body = b""  # whoever holds it needs the headers at most
            self._invites.pop(transaction.number, None)
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

    def acknowledge(self, number: int, ack: Request, hop: Hop, owner: object) -> SendMessage:
        """Send the ACK of a 2xx to the INVITE of this number, and again for each repetition of that 2xx.

        Nothing else is kept of the INVITE: ``owner`` is told with a 2xx of a further phone. None stands for
        no such phone, as inside a dialog.
        """
        message = self.send_ack(ack, hop)
        self._transactions.acknowledge(number, message.data, hop, owner)
        return message

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
            sent_to = self._transactions.invited(via.branch or "")
            if sent_to == invite.request.uri and self._identity.names.wrote(via):
                return True
        return False

    def fail(self, message: Message, hop: Hop, now: float) -> Heard | None:
        """The transport could not send this message to this hop; what follows. Raises SipSyntaxError."""
        if isinstance(message, Response):
            listening = hop_of_sent_by(message.headers, hop)
            return None if listening is None else SendMessage(data=write_message(message), hop=listening)
        if message.method == "ACK":
            return self._redirect_ack(message, hop)
        branch = read_top_via(message.headers).branch
        transaction = self._transactions.client(branch, message.method)
        if transaction is not None and transaction.hop == hop:
            again = self._try_otherwise(transaction, now)
            if again is not None:
                return again
        is_told = self._transactions.fail(branch, message.method, hop, now)
        return RequestUnanswered(transaction, 503) if is_told and transaction is not None else None

    def reply_hop(self, via: TopVia, source: Hop) -> Hop:
        """Where the answer to a request goes that no transaction serves."""
        return self._transactions.reply_hop(via.port, source, wants_port=via.wants_port)

    def next_deadline(self) -> float | None:
        return self._transactions.next_deadline()

    def wake(self, *, now: float) -> Heard | None:
        """Run the timers that are due, up to the first from which something follows.

        Most only end a transaction that waited for late repetitions: each call leaves four behind.
        """
        return self._transactions.wake(now)

    # -- what leaves ---------------------------------------------------------------------------------

    def _put_via(self, request: Request, hop: Hop) -> str:
        token = self._ids.token()
        request.headers.set("via", self._identity.names.of(hop).via + token)
        return MAGIC_COOKIE + token

    def _start(
        self, branch: str, request: Request, hop: Hop, owner: object, now: float
    ) -> tuple[ClientTransaction, SendMessage]:
        transaction = ClientTransaction(self._transactions, branch, request, request.method, hop, owner)
        self._counters.requests_sent[request.method] += 1
        transaction.number, data = self._transactions.send(transaction, request, branch, hop, now)
        if len(data) > self._size_rule.udp_max_bytes:
            way = self._size_rule.other_way(hop, now)
            if way is not hop:
                transaction.meant_for = hop
                return transaction, self._send_otherwise(transaction, way, now)
        return transaction, SendMessage(data=data, hop=hop)

    def _try_otherwise(self, transaction: ClientTransaction, now: float) -> SendMessage | None:
        """Another way for a request that could not be sent; None when there is none (RFC 3261 §18.1.1), or
        when it got there after all."""
        if transaction.state not in (State.CALLING, State.TRYING):
            return None
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

    def _redirect_ack(self, request: Request, hop: Hop) -> SendMessage | None:
        """An ACK has no transaction; its dialog's connection may be gone."""
        listening = hop_of_target(request, hop)
        return None if listening is None else SendMessage(data=write_message(request), hop=listening)


def reused(request: Request, hop: Hop) -> list[ReuseConnection]:
    """The peer wants our requests on its connection, too (RFC 5923 §5); it speaks for its own host only."""
    if ";alias" not in (request.headers.get("via") or ""):
        return []
    alias = hop_of_sent_by(request.headers, hop)
    return [] if alias is None or alias.host != hop.host else [ReuseConnection(hop=hop, alias=alias)]
