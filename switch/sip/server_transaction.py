"""A request from a neighbour and our answers to it (RFC 3261 §17.2, RFC 6026 §8.7)."""

from collections.abc import Hashable

from switch.sip.commands import SendMessage
from switch.sip.facts import AckReceived, Fact
from switch.sip.hop import Hop
from switch.sip.message import Request, Response
from switch.sip.timers import Timer
from switch.sip.transaction import Transaction, TransactionDesk
from switch.sip.transaction_tables import (
    SERVER_INVITE_MACHINE,
    SERVER_OTHER_MACHINE,
    Action,
    Input,
    State,
    input_of_status,
)
from switch.sip.writer import write_message


class ServerTransaction(Transaction):
    """One request received, its repetitions, and our answers."""

    __slots__ = ("identity", "request", "source")

    def __init__(
        self, desk: TransactionDesk, identity: Hashable, request: Request, source: Hop, reply_hop: Hop
    ) -> None:
        machine = SERVER_INVITE_MACHINE if request.method == "INVITE" else SERVER_OTHER_MACHINE
        super().__init__(desk, machine, request.method, reply_hop)
        self.identity = identity
        """What its repetitions, its ACK and its CANCEL have in common (RFC 3261 §17.2.3)."""
        self.request = request
        self.source = source
        """Where the request came from; answers go to ``hop``."""

    @property
    def is_answered(self) -> bool:
        """Whether a final answer was given."""
        return self.state not in (State.TRYING, State.PROCEEDING)

    def receive(self, request: Request, hop: Hop, now: float) -> list[SendMessage | Fact]:
        """Take the same request again, or the ACK that belongs to it."""
        outputs: list[SendMessage | Fact] = []
        for action in self.step(Input.ACK if request.method == "ACK" else Input.REQUEST, now):
            if action is Action.PASS_UP:
                outputs.append(AckReceived(request, hop))
            elif self.data:
                outputs.append(self._repeat())
        if request.method != "ACK":
            self._desk.counters.retransmissions_received += 1
        return outputs

    def respond(self, response: Response, now: float) -> list[SendMessage | Fact]:
        """Answer. What comes too late (after a final answer) is dropped."""
        if Action.SEND not in self.step(input_of_status(response.status), now):
            return []
        self.data = write_message(response)
        self._desk.counters.responses_sent[response.status] += 1
        return [SendMessage(data=self.data, hop=self.hop)]

    def fire(self, timer: Timer, now: float) -> list[SendMessage | Fact]:
        return [self._repeat() for _ in self.step(timer, now)]

    def _repeat(self) -> SendMessage:
        self._desk.counters.retransmissions_sent += 1
        return SendMessage(data=self.data, hop=self.hop)
