"""What the transaction layer tells the user agent. Inside the stack only; never journalled."""

from typing import TYPE_CHECKING, NamedTuple

from switch.sip.hop import Hop
from switch.sip.message import Request, Response

if TYPE_CHECKING:
    from switch.sip.client_transaction import ClientTransaction
    from switch.sip.server_transaction import ServerTransaction


class RequestReceived(NamedTuple):
    """A new request; answer it through its transaction."""

    transaction: "ServerTransaction"


class AckReceived(NamedTuple):
    """The ACK of a 2xx, which belongs to no transaction (RFC 3261 §17.1.1.3)."""

    request: Request
    hop: Hop


class RequestTurnedAway(NamedTuple):
    """A new request for which there is no room; answer it without a transaction."""

    request: Request
    hop: Hop


class ResponseReceived(NamedTuple):
    """An answer to a request of ours."""

    transaction: "ClientTransaction"
    response: Response
    hop: Hop


class RequestUnanswered(NamedTuple):
    """No final answer will come. ``status`` is what it counts as (RFC 3261 §8.1.3.1): 408 when nothing
    came in time, 503 when the request could not be sent."""

    transaction: "ClientTransaction"
    status: int


Fact = RequestReceived | AckReceived | RequestTurnedAway | ResponseReceived | RequestUnanswered
