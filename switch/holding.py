"""Hold: a phone that holds hears nothing, and the one it holds hears music (RFC 3264 §8.4).

The bridge between the two stays, since music comes before what a peer says; each holds for itself.
"""

from media.commands import FOR_EVER, StartPlayback, StopPlayback
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.call import Call, Calls, Leg
from switch.events import CallHeld, CallResumed


class Holding:
    """The part of the exchange that knows who holds whom. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls, ids: Ids, music: str) -> None:
        """``music``: the prompt those hear who are held; empty for silence."""
        self._calls = calls
        self._ids = ids
        self._music = music

    def changed(self, leg: Leg, *, held_before: bool) -> list[Output]:
        """A leg agreed on media anew: tell a hold that begins or ends, and let the other end hear it."""
        call = self._calls.of_leg(leg)
        other = call.other_end(leg)
        if other is None or leg.holding is held_before:
            return []
        who = "customer" if leg is call.customers_leg else "station"
        if leg.holding:
            confers = any(party.accepted for party in call.parties)  # there is somebody else to hear
            return [*([] if confers else self.entertain(other)), CallHeld(call_id=call.call_id, by=who)]
        return [StopPlayback(leg_id=other.leg_id), CallResumed(call_id=call.call_id, by=who)]

    def connected(self, call: Call) -> list[Output]:
        """Two who are connected may come on hold already."""
        legs = (call.customer, call.connected_leg)
        return [out for leg in legs if leg and leg.holding for out in self.changed(leg, held_before=False)]

    def entertain(self, leg: Leg) -> list[Output]:
        """Music for somebody who waits, in place of what they hear."""
        if not self._music:
            return []
        playback_id = self._ids.new("playback")
        self._calls.own_playbacks.add(playback_id)
        return [
            StartPlayback(
                playback_id=playback_id,
                leg_id=leg.leg_id,
                prompts=(self._music,),
                times=FOR_EVER,
                shared=True,
            )
        ]
