"""A request from a neighbour and our answers to it (RFC 3261 §17.2, RFC 6026 §8.7)."""

from collections.abc import Hashable
from typing import NamedTuple

from switch.sip.commands import SendMessage
from switch.sip.hop import Hop
from switch.sip.messages.message import Request, Response
from switch.sip.messages.writer import write_message
from switch.sip.transactions.transaction import Transaction, TransactionContext
from switch.sip.transactions.transaction_tables import (
    SERVER_INVITE_MACHINES,
    SERVER_OTHER_MACHINES,
    Action,
    Input,
    State,
    input_of_status,
)


class RequestReceived(NamedTuple):
    """A new request; answer it through its transaction."""

    transaction: "ServerTransaction"


class AckReceived(NamedTuple):
    """The ACK of a 2xx, which belongs to no transaction (RFC 3261 §17.1.1.3)."""

    request: Request
    hop: Hop


class ServerTransaction(Transaction):
    """One request received, its repetitions, and our answers."""

    __slots__ = ("identity", "origin", "request", "source", "station")

    def __init__(
        self, context: TransactionContext, identity: Hashable, request: Request, source: Hop, reply_hop: Hop
    ) -> None:
        machines = SERVER_INVITE_MACHINES if request.method == "INVITE" else SERVER_OTHER_MACHINES
        super().__init__(context, machines[reply_hop.transport == "udp"], request.method, reply_hop)
        self.identity = identity
        """What its repetitions, its ACK and its CANCEL have in common (RFC 3261 §17.2.3)."""
        self.origin: Hashable = None
        """What it has in common with itself on another way (§8.2.2.2); None where that does not matter."""
        self.request = request
        self.source = source
        """Where the request came from; answers go to ``hop``."""
        self.station: str | None = None
        """The station that proved to have sent it."""

    @property
    def is_answered(self) -> bool:
        """Whether a final answer was given."""
        return self.state not in (State.TRYING, State.PROCEEDING)

    def receive(self, request: Request, hop: Hop, now: float) -> list[SendMessage | AckReceived]:
        """Take the same request again, or the ACK that belongs to it."""
        outputs: list[SendMessage | AckReceived] = []
        for action in self.step(Input.ACK if request.method == "ACK" else Input.REQUEST, now):
            if action is Action.PASS_UP:
                outputs.append(AckReceived(request, hop))
            elif self.data:
                outputs.append(self._repeat())
        if request.method != "ACK":
            self._context.counters.retransmissions_received += 1
        return outputs

    def respond(self, response: Response, now: float) -> SendMessage | None:
        """Answer. None when it comes too late: a final answer was given before."""
        if Action.SEND not in self.step(input_of_status(response.status), now):
            return None
        self.data = write_message(response)
        if self.is_answered:
            self.request.body = b""  # only headers are asked for from here, for up to 64 × T1
        self._context.counters.responses_sent[response.status] += 1
        return SendMessage(data=self.data, hop=self.hop)
