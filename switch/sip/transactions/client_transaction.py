"""A request of ours on its way to a final answer (RFC 3261 §17.1, RFC 6026 §8.4)."""

from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from switch.sip.authentication.retries import cseq_number
from switch.sip.commands import SendMessage
from switch.sip.hop import Hop
from switch.sip.messages.message import Headers, Request, Response

_MOST_TRIES = 8
"""Passwords, session intervals and extensions a peer may want changed before a request is given up."""
_REPEATED = ("via", "max-forwards", "from", "to", "call-id", "cseq", "route")
"""What a CANCEL repeats of its INVITE."""


class State(StrEnum):
    """Where a request of ours stands."""

    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    TERMINATED = "terminated"


class ResponseReceived(NamedTuple):
    """An answer to a request of ours."""

    transaction: "ClientTransaction"
    response: Response
    hop: Hop


class FailureReceived(NamedTuple):
    """A failure of an INVITE of ours."""

    ack: SendMessage
    told: ResponseReceived


class FurtherAnswer(NamedTuple):
    """A 2xx to an INVITE of ours that another phone has answered before (RFC 6026 §8.4)."""

    number: int
    """Of the INVITE's transaction."""
    owner: Any
    """What was given with the ACK of the first."""
    invite: Request
    """As much of it as its ACK repeats."""
    response: Response
    hop: Hop


class RequestUnanswered(NamedTuple):
    """No final answer will come. ``status`` is what it counts as (RFC 3261 §8.1.3.1): 408 when nothing
    came in time, 503 when the request could not be sent."""

    transaction: "ClientTransaction"
    status: int


class _States(Protocol):
    def state(self, number: int) -> str:
        """Where the request of this number stands."""


class ClientTransaction(Struct, eq=False):
    """One request sent. Its machine, its timers and what is repeated are in the core, under its number."""

    states: _States
    """Who knows where it stands."""
    branch: str
    request: Request
    method: str
    """That of the request."""
    hop: Hop
    """Where its messages go."""
    owner: object
    """Whatever the user agent hangs on it, to know it again; None once it has heard the last of it."""
    number: int = 0
    """What the core knows it by, once it is sent."""
    meant_for: Hop | None = None
    """The UDP hop of a request that was too long for it."""
    tries: int = 1
    """How often the request was sent, each time changed as the last refusal asked."""

    @property
    def state(self) -> State:
        return State(self.states.state(self.number))

    @property
    def may_be_tried_again(self) -> bool:
        """Whether another change is worth it: two who ask in turn would never end."""
        return self.tries < _MOST_TRIES

    def make_cancel(self) -> Request:
        """The CANCEL of this INVITE: same branch, so that its target recognises it (RFC 3261 §9.1)."""
        fields = self.request.headers.pick(_REPEATED)
        fields["cseq"] = f"{cseq_number(self.request)} CANCEL"
        return Request("CANCEL", self.request.uri, Headers(fields))
