"""Why a customer is not called back now, though agents may be free."""

from enum import StrEnum

from acd.callback import Callback, CallbackStage
from acd.calling_back import is_alone, next_number
from acd.entry import Entry
from acd.explained import CallbackExplained
from acd.state import AcdState


class Delay(StrEnum):
    """What a callback waits for that is no agent's affair."""

    QUIET_HOURS = "quiet_hours"
    """The queue's ``callback_calendar`` is closed."""
    PAUSE = "pause"
    """The time between two attempts."""
    ENGAGED = "engaged"
    """The number is called, or talked to, for another callback."""
    AHEAD = "ahead"
    """Agents do not find it: it is called as soon as one is expected for it."""


def delay_of(state: AcdState, entry: Entry) -> Delay | None:
    """None for one who is on the line or being called, and where nothing but an agent is missing."""
    callback = entry.callback
    if callback is None or callback.stage not in (CallbackStage.WAITING, CallbackStage.PAUSED):
        return None
    if _is_engaged(state, entry, callback):
        return Delay.ENGAGED
    if callback.stage is CallbackStage.PAUSED:
        return Delay.QUIET_HOURS if callback.again_at is None else Delay.PAUSE
    return Delay.AHEAD if callback.ahead else None


def told_of_callback(state: AcdState, entry: Entry, now: float) -> CallbackExplained | None:
    """Stage, delay and the number that is called next; None for one who is no callback."""
    callback = entry.callback
    if callback is None:
        return None
    delay, again_at = delay_of(state, entry), callback.again_at
    return {
        "stage": callback.stage,
        "delay": None if delay is None else delay.value,
        "again_in_s": None if again_at is None else round(max(again_at - now, 0.0), 3),
        "number": next_number(state, callback),
        "attempts": callback.attempts,
    }


def _is_engaged(state: AcdState, entry: Entry, callback: Callback) -> bool:
    by = state.engaged.get(next_number(state, callback))
    return by not in (None, entry.entry_id) and is_alone(state, callback)
