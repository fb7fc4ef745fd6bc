"""Keys of a call that a program takes, in place of whoever has the call."""

from media.commands import UnmaskLeg
from media.masking import MASKED
from runtime.vocabulary import Output
from switch.call import Calls, Leg, Mask
from switch.call_media.commands import ListenForKeys, StopListening, TakeKey
from switch.call_media.events import KeyCollected
from switch.call_media.playing import leg_of


class Listening:
    """The part of the exchange that leads keys to collections. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def listen(self, command: ListenForKeys) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        leg = leg_of(call, command.side) if call is not None else None
        if leg is not None:
            leg.collect_id = command.collect_id
            self._calls.collecting[command.collect_id] = leg.leg_id
        return []

    def stop(self, command: StopListening) -> list[Output]:
        """The leg may be in another call meanwhile, or gone."""
        leg = self._calls.legs.get(self._calls.collecting.pop(command.collect_id, ""))
        if leg is None or leg.collect_id != command.collect_id:
            return []
        leg.collect_id = ""
        if leg.mask is None or leg.mask.mask_id != command.collect_id:
            return []
        leg.mask = Mask("")
        return [UnmaskLeg(leg_id=leg.leg_id)]


def collected(leg: Leg, digit: str) -> list[Output]:
    """A key of a leg whose keys a program takes; the event does not tell what is masked."""
    told = MASKED if leg.mask is not None else digit
    return [
        KeyCollected(call_id=leg.call_id, collect_id=leg.collect_id, digit=told),
        TakeKey(collect_id=leg.collect_id, digit=digit),
    ]
