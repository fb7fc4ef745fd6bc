"""A request of ours on its way to a final answer (RFC 3261 §17.1, RFC 6026 §8.4)."""

from typing import NamedTuple

from switch.sip.authentication.retries import cseq_number
from switch.sip.commands import SendMessage
from switch.sip.hop import Hop
from switch.sip.messages.message import Headers, Message, Request, Response
from switch.sip.messages.writer import write_message
from switch.sip.transactions.transaction import RequestUnanswered, Transaction, TransactionContext
from switch.sip.transactions.transaction_tables import (
    CLIENT_INVITE_MACHINES,
    CLIENT_OTHER_MACHINES,
    Action,
    Input,
    input_of_status,
)

_MOST_TRIES = 8
"""Passwords, session intervals and extensions a peer may want changed before a request is given up."""


_REPEATED = ("via", "max-forwards", "from", "to", "call-id", "cseq", "route")


class ResponseReceived(NamedTuple):
    """An answer to a request of ours."""

    transaction: "ClientTransaction"
    response: Response
    hop: Hop


class ClientTransaction(Transaction):
    """One request sent, its repetitions, and the answers to it."""

    __slots__ = ("branch", "meant_for", "request", "tries")

    def __init__(
        self, context: TransactionContext, branch: str, request: Request, hop: Hop, owner: object
    ) -> None:
        machines = CLIENT_INVITE_MACHINES if request.method == "INVITE" else CLIENT_OTHER_MACHINES
        super().__init__(context, machines[hop.transport == "udp"], request.method, hop)
        self.branch = branch
        self.request = request
        self.owner = owner
        self.meant_for: Hop | None = None
        """The UDP hop of a request that was too long for it."""
        self.tries = 1
        """How often the request was sent, each time changed as the last refusal asked."""

    @property
    def may_be_tried_again(self) -> bool:
        """Whether another change is worth it: two who ask in turn would never end."""
        return self.tries < _MOST_TRIES

    def start(self, now: float) -> SendMessage:
        """Send the request for the first time."""
        self.data = write_message(self.request)
        self._context.running.change(self, (), self._machine.timers[self.state], now)
        return SendMessage(data=self.data, hop=self.hop)

    def receive(self, response: Response, hop: Hop, now: float) -> list[SendMessage | ResponseReceived]:
        """Take an answer from the wire."""
        actions = self.step(input_of_status(response.status), now)
        if response.status >= 200:  # it is repeated no more; one that was refused may be sent again, changed
            self.data = b""
            if response.status < 300:
                self.request.body = b""
        if Action.PASS_UP not in actions:
            self._context.counters.retransmissions_received += 1
        outputs: list[SendMessage | ResponseReceived] = []
        for action in actions:
            if action is Action.ACKNOWLEDGE:
                outputs.append(SendMessage(data=write_message(self._make_ack(response)), hop=self.hop))
            else:
                outputs.append(ResponseReceived(self, response, hop))
        return outputs

    def start_again(self, hop: Hop, now: float) -> SendMessage:
        """Send the request another way, as if for the first time: nothing was heard of it yet."""
        self.terminate()
        machines = CLIENT_INVITE_MACHINES if self.method == "INVITE" else CLIENT_OTHER_MACHINES
        self._machine = machines[hop.transport == "udp"]
        self._pause_s = self._context.timers.t1_s
        self.state = self._machine.initial
        self.hop = hop
        return self.start(now)

    def fail(self, now: float) -> list[RequestUnanswered]:
        """The transport could not send."""
        return [RequestUnanswered(self, 503) for _ in self.step(Input.TRANSPORT_ERROR, now)]

    def make_cancel(self) -> Request:
        """The CANCEL of this INVITE: same branch, so that its target recognises it (RFC 3261 §9.1)."""
        return self._make_companion("CANCEL", self.request)

    def _make_ack(self, response: Response) -> Request:
        return self._make_companion("ACK", response)

    def _make_companion(self, method: str, to: Message) -> Request:
        """ACK and CANCEL repeat the INVITE's Via, From, Call-ID, Route and CSeq number (§17.1.1.3, §9.1)."""
        fields = self.request.headers.pick(_REPEATED)
        fields |= to.headers.pick(["to"])
        fields["cseq"] = f"{cseq_number(self.request)} {method}"
        return Request(method, self.request.uri, Headers(fields))
