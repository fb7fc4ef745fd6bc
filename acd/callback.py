"""A callback: a place in the queues whose customer is not on the line until we call, or they call again.

                  ┌─────────────► paused ◄── an attempt in vain, quiet hours
asked ► confirming│                 │
  └─────────┴► waiting ◄────────────┘
                  ├─► dialling ─► (checking) ─► answered   they wait as any caller; hanging up, they have left
                  └─► returned                             they called in; hanging up: waiting again
"""

from dataclasses import dataclass
from enum import StrEnum


class CallbackStage(StrEnum):
    """Where the customer of a callback is."""

    CONFIRMING = "confirming"
    """The caller is told that the place is kept, and then hung up on."""
    WAITING = "waiting"
    """Nobody is on the line; the customer is called in turn."""
    PAUSED = "paused"
    """Not to be called now: after an attempt in vain, or in quiet hours."""
    DIALLING = "dialling"
    """The customer is being called."""
    CHECKING = "checking"
    """Somebody answered, or a machine: a key is awaited."""
    ANSWERED = "answered"
    """The customer answered and is on the line."""
    RETURNED = "returned"
    """The customer has called in and is on the line."""


class CallbackPolicy(StrEnum):
    """When customers are called back."""

    RESERVE = "reserve"
    """When an agent is there, who is kept free for them and rung as soon as they answer."""
    AHEAD = "ahead"
    """When an agent will probably be there by the time they answer."""


class AskedBy(StrEnum):
    """What a callback was asked for with."""

    KEY = "key"
    HANG_UP = "hang_up"
    TARGET = "target"
    VERB = "verb"


class Refusal(StrEnum):
    """Why a caller cannot be called back."""

    NO_ROUTE = "no_route"
    """The number is unknown, or no route leads there."""
    LEVEL = "level"
    """A route leads there, but not for the rights of who asked."""
    ASKED_ALREADY = "asked_already"
    """The number has as many callbacks as it may have."""
    NO_CALL = "no_call"
    """What waits is a chat, a mail or the like."""


BEING_CALLED = frozenset({CallbackStage.DIALLING, CallbackStage.CHECKING})
"""Stages of an attempt that has not reached the customer yet."""

ABSENT = BEING_CALLED | {CallbackStage.CONFIRMING, CallbackStage.WAITING, CallbackStage.PAUSED}
"""Stages in which no customer is there to be connected."""

WITH_A_CALL = BEING_CALLED | {CallbackStage.CONFIRMING}
"""Of these the stages that have a call all the same."""


@dataclass(slots=True)
class Callback:
    """What an entry has that is, or was, a callback."""

    queue_name: str
    """Its rules hold; one of the queues the entry is in."""
    numbers: tuple[str, ...]
    """The customer's, the best first."""
    asked_at: float
    expires_at: float
    ahead: bool
    """Whether the policy is AHEAD."""
    stage: CallbackStage
    attempts: int = 0
    """How often the customer was called."""
    again_at: float | None = None
    """While PAUSED: when it may be called again; None in quiet hours."""
    engaged: str = ""
    """The number at which the customer is being called or talked to."""

    @property
    def is_absent(self) -> bool:
        return self.stage in ABSENT

    @property
    def is_found_by_agents(self) -> bool:
        """Whether an agent who becomes free may be given to it."""
        if self.stage is CallbackStage.WAITING or self.stage in BEING_CALLED:
            return not self.ahead
        return not self.is_absent

    @property
    def is_due_ahead(self) -> bool:
        """Whether it waits to be dialled for an agent who is expected."""
        return self.ahead and self.stage is CallbackStage.WAITING
