"""What there is to be done from a phone, and who does it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from runtime.vocabulary import Output


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


REASONED = frozenset({Action.NOT_READY, Action.TOGGLE_READY, Action.LEAVE})
"""Those that want a reason."""


def parse_action(name: str) -> tuple[Action, str] | None:
    """The action and its reason that a target names; None when it names none."""
    action, _, reason = name.partition(":")
    if action not in list(Action) or bool(reason) != (action in REASONED):
        return None
    return Action(action), reason


class PhoneDesk(Protocol):
    """What agents can do without a desktop. ``now``: monotonic seconds."""

    def has_pin(self, number: str, station: str) -> bool:
        """Whether an agent of the station's tenant has a PIN; so it seems of agents that there are not."""

    def sign_in(self, number: str, pin: str, station: str, now: float) -> Sequence[Output] | None:
        """None for a number or a PIN that is wrong. Raises UsageError when the agent cannot sign in now."""

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

    def is_not_ready(self, station: str) -> bool:
        return False

    def do(self, action: Action, reason: str, station: str, now: float) -> Sequence[Output] | None:
        return None
