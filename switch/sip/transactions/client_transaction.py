"""A request of ours on its way to a final answer (RFC 3261 §17.1, RFC 6026 §8.4)."""

from enum import StrEnum
from typing import NamedTuple, Protocol

from switch.sip.authentication.retries import cseq_number
from switch.sip.hop import Hop
from switch.sip.messages.message import Headers, Message, Request, Response

_MOST_TRIES = 8
"""Passwords, session intervals and extensions a peer may want changed before a request is given up."""


_REPEATED = ("via", "max-forwards", "from", "to", "call-id", "cseq", "route")


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
    """A failure of an INVITE of ours, which wants its ACK."""

    transaction: "ClientTransaction"
    response: Response
    hop: Hop
    is_new: bool
    """Whether it comes for the first time."""


class RequestUnanswered(NamedTuple):
    """No final answer will come. ``status`` is what it counts as (RFC 3261 §8.1.3.1): 408 when nothing
    came in time, 503 when the request could not be sent."""

    transaction: "ClientTransaction"
    status: int


class _States(Protocol):
    def state(self, number: int) -> str:
        """Where the request of this number stands."""


class ClientTransaction:
    """One request sent. Its machine, its timers and what is repeated are in the core, under its number."""

    __slots__ = (
        "_states",
        "branch",
        "hop",
        "meant_for",
        "method",
        "number",
        "owner",
        "request",
        "tries",
    )

    def __init__(self, states: _States, branch: str, request: Request, hop: Hop, owner: object) -> None:
        self._states = states
        self.number = 0
        """What the core knows it by, once it is sent."""
        self.branch = branch
        self.request = request
        self.method = request.method
        self.hop = hop
        """Where its messages go."""
        self.owner = owner
        """Whatever the user agent hangs on it, to know it again."""
        self.meant_for: Hop | None = None
        """The UDP hop of a request that was too long for it."""
        self.tries = 1
        """How often the request was sent, each time changed as the last refusal asked."""

    @property
    def state(self) -> State:
        return State(self._states.state(self.number))

    @property
    def may_be_tried_again(self) -> bool:
        """Whether another change is worth it: two who ask in turn would never end."""
        return self.tries < _MOST_TRIES

    def make_cancel(self) -> Request:
        """The CANCEL of this INVITE: same branch, so that its target recognises it (RFC 3261 §9.1)."""
        return self._make_companion("CANCEL", self.request)

    def make_ack(self, failure: Response) -> Request:
        """The ACK of a failure of this INVITE (RFC 3261 §17.1.1.3)."""
        return self._make_companion("ACK", failure)

    def _make_companion(self, method: str, to: Message) -> Request:
        """ACK and CANCEL repeat the INVITE's Via, From, Call-ID, Route and CSeq number (§17.1.1.3, §9.1)."""
        fields = self.request.headers.pick(_REPEATED)
        fields |= to.headers.pick(["to"])
        fields["cseq"] = f"{cseq_number(self.request)} {method}"
        return Request(method, self.request.uri, Headers(fields))
