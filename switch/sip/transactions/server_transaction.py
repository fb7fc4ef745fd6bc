"""A request from a neighbour and our answers to it (RFC 3261 §17.2, RFC 6026 §8.7)."""

from collections.abc import Hashable
from typing import NamedTuple

from switch.sip.commands import SendMessage
from switch.sip.hop import Hop
from switch.sip.messages.header_values import read_tag
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


class ServedRequest(Transaction):
    """What serves a request and its repetitions, for up to 64 × T1 after the answer; so the request itself is
    not kept here."""

    __slots__ = ("identity", "origin", "source", "tag")

    def __init__(
        self, context: TransactionContext, identity: Hashable, method: str, source: Hop, reply_hop: Hop
    ) -> None:
        machines = SERVER_INVITE_MACHINES if method == "INVITE" else SERVER_OTHER_MACHINES
        super().__init__(context, machines[reply_hop.transport == "udp"], method, reply_hop)
        self.identity = identity
        """What its repetitions, its ACK and its CANCEL have in common (RFC 3261 §17.2.3)."""
        self.origin: Hashable = None
        """What it has in common with itself on another way (§8.2.2.2); None where that does not matter."""
        self.source = source
        """Where the request came from; answers go to ``hop``."""
        self.tag: str | None = None
        """To tag of an INVITE's final answer."""

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
        status = response.status
        if Action.SEND not in self.step(input_of_status(status), now):
            return None
        message = SendMessage(data=write_message(response), hop=self.hop)
        self.data = b"" if self.state is State.ACCEPTED else message.data  # a 2xx is not repeated from here
        if status >= 200:
            self.owner = None
            if self.method == "INVITE":
                self.tag = read_tag(response.headers.get("to") or "")
        self._context.counters.responses_sent[status] += 1
        return message


class ServerTransaction:
    """One request received, for whoever answers it; the transaction layer itself keeps only ``served``."""

    __slots__ = ("hop", "method", "request", "served", "source", "station")

    def __init__(self, served: ServedRequest, request: Request) -> None:
        self.served = served
        self.request = request
        self.method = served.method
        self.source = served.source
        """Where the request came from."""
        self.hop = served.hop
        """Where answers go."""
        self.station: str | None = None
        """The station that proved to have sent it."""

    @property
    def is_answered(self) -> bool:
        """Whether a final answer was given."""
        return self.served.is_answered
