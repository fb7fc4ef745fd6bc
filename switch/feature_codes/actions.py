"""What there is to be done from a phone, and who does it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from runtime.vocabulary import Output

FEATURE_SCHEME = "feature"


class Action(StrEnum):
    """The first part of a target ``feature:<action>``."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    READY = "ready"
    NOT_READY = "not_ready"
    """``feature:not_ready:<reason>``."""
    TOGGLE_READY = "toggle_ready"
    """``feature:toggle_ready:<reason>``: ready when not ready, and not ready for this reason else."""
    END_WRAP_UP = "end_wrap_up"
    LEAVE = "leave"
    """``feature:leave:<reason>``."""
    PARK = "park"
    """``feature:park``, or of one slot ``feature:park:<slot>``: whoever is transferred here waits there."""
    PICK_UP = "pick_up"
    """``feature:pick_up:<number>``: the call that rings at a station or an agent.

    Who does not tell the number is asked for it.
    """
    PICK_UP_PARKED = "pick_up_parked"
    """``feature:pick_up_parked:<slot>``: the call that waits there. Who tells no slot is asked."""
    SLOT = "slot"
    """``feature:slot:<slot>``, the key of a slot's lamp: picks up who waits there, else parks."""
    TELL_SLOT = "tell_slot"
    """``feature:tell_slot:<slot>``: the switch itself calls to say where a call is parked."""


REASONED = frozenset({Action.NOT_READY, Action.TOGGLE_READY, Action.LEAVE})
"""Those that want a reason."""
OF_SLOTS = frozenset({Action.PARK, Action.PICK_UP_PARKED, Action.SLOT, Action.TELL_SLOT})
OF_CALLS = OF_SLOTS | {Action.PICK_UP}
"""Those about calls, not about who sits at the phone."""
_NUMBERED = frozenset({Action.SLOT, Action.TELL_SLOT})
_LONGEST_SLOT, _LONGEST_NUMBER = 6, 32


def parse_action(name: str) -> tuple[Action, str] | None:
    """The action and its reason, slot or number that a target names; None when it names none."""
    told, _, more = name.partition(":")
    if told not in list(Action):
        return None
    action = Action(told)
    fits = _is_number(action, more) if action in OF_CALLS else bool(more) == (action in REASONED)
    return (action, more) if fits else None


def _is_number(action: Action, more: str) -> bool:
    if not more:
        return action not in _NUMBERED
    longest = _LONGEST_SLOT if action in OF_SLOTS else _LONGEST_NUMBER
    return more.isascii() and more.isdecimal() and len(more) <= longest


class PhoneDesk(Protocol):
    """What agents can do without a desktop. ``now``: monotonic seconds."""

    def has_pin(self, number: str, station: str) -> bool:
        """Whether an agent of the station's tenant has a PIN; so it seems of agents that there are not."""

    def sign_in(self, number: str, pin: str, station: str, now: float) -> Sequence[Output] | None:
        """None for a number or a PIN that is wrong. Raises UsageError when the agent cannot sign in now."""

    def seat_of(self, number: str, station: str) -> str | None:
        """The station at which an agent of the station's tenant sits; None when there is none."""

    def is_not_ready(self, station: str) -> bool:
        """Whether who sits there wants no calls."""

    def do(self, action: Action, reason: str, station: str, now: float) -> Sequence[Output] | None:
        """None when nobody sits at the station. Raises UsageError when that cannot be done now."""


class NoDesk:
    """Where there are no agents."""

    def has_pin(self, number: str, station: str) -> bool:
        return True

    def sign_in(self, number: str, pin: str, station: str, now: float) -> Sequence[Output] | None:
        return None

    def seat_of(self, number: str, station: str) -> str | None:
        return None

    def is_not_ready(self, station: str) -> bool:
        return False

    def do(self, action: Action, reason: str, station: str, now: float) -> Sequence[Output] | None:
        return None
