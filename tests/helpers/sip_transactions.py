"""A transaction layer that is told messages, and what it does in time."""

from collections.abc import Iterator, Sequence
from typing import Any

from runtime.ids import SeededIds
from switch.sip.config import SipConfig
from switch.sip.counters import Counters
from switch.sip.guard.config import GuardConfig
from switch.sip.guard.guard import Guard
from switch.sip.hop import Hop
from switch.sip.identity import Identity
from switch.sip.messages.message import Message, Request
from switch.sip.transactions.client_transaction import FailureReceived
from switch.sip.transactions.server_transaction import NewRequest
from switch.sip.transactions.timers import Timers
from switch.sip.transactions.transaction_layer import TransactionLayer
from tests.helpers.sip_messages import as_bytes, make_request


def make_layer(
    capacity: int = 100, *, answer_to_source: bool = False, counters: Counters | None = None
) -> TransactionLayer:
    return TransactionLayer(
        timers=Timers(),
        ids=SeededIds(7),
        identity=Identity(SipConfig(), SeededIds(7)),
        counters=counters or Counters(),
        guard=Guard(GuardConfig()),
        capacity=capacity,
        answer_to_source=answer_to_source,
        udp_request_max_bytes=1300,
    )


def hear(layer: TransactionLayer, message: Message, hop: Hop, now: float) -> list[Any]:
    """Let a message come from this neighbour; what follows, with new requests as they are admitted."""
    heard = layer.receive(as_bytes(message), hop, now)
    if isinstance(heard, NewRequest):
        return [layer.admit(heard, now)]
    if isinstance(heard, FailureReceived):
        return [*heard]
    return [] if heard is None else [heard]


def fail(layer: TransactionLayer, message: Message, hop: Hop, now: float) -> list[Any]:
    """The message could not be sent there; what follows."""
    heard = layer.fail(message, hop, now)
    return [] if heard is None else [heard]


def make_ours(method: str) -> Request:
    """A request of ours, which gets its Via from the layer."""
    request = make_request(method)
    request.headers.set_all("via", [])
    return request


def one(outputs: Sequence[Any], kind: type[Any]) -> Any:
    (output,) = outputs
    assert isinstance(output, kind)
    return output


def run(layer: TransactionLayer) -> Iterator[tuple[float, Any]]:
    """Everything told until no timer is left, with its time; last when that was, with None."""
    at = 0.0
    while (due := layer.next_deadline()) is not None:
        at = due
        while (output := layer.wake(now=at)) is not None:
            yield at, output
    yield at, None
