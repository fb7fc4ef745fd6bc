"""Mute: one side of a call is heard by nobody, and hears on."""

from runtime.vocabulary import Output
from switch.call import Calls
from switch.call_media.commands import MuteSide
from switch.call_media.events import CallMuted
from switch.call_media.playing import leg_of
from switch.conversation import mute, unmute


class Muting:
    """The part of the exchange that knows who is muted. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def change(self, command: MuteSide) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        leg = leg_of(call, command.side) if call is not None else None
        if call is None or leg is None or leg.muted is command.muted:
            return []
        told = CallMuted(call_id=call.call_id, side=command.side, muted=command.muted, by=command.by)
        return [*(mute(call, leg) if command.muted else unmute(call, leg)), told]
