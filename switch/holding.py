"""Hold: who holds hears nothing, and the one that is held hears music.

A phone holds by its session (RFC 3264 §8.4): the bridge between the two stays, since music comes before what
a peer says. An order takes the leg out of the bridge, as its phone would send and hear on. Each of the two
holds for itself, and each way by itself: who holds in both ways talks when both have ended.
"""

from media.commands import FOR_EVER, StartPlayback
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.call import Call, Calls, Leg
from switch.call_media.playing import play_after_programs, stop_but_programs
from switch.commands import HoldCall, RetrieveCall
from switch.conversation import step_in, step_out
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
            return [*self._console(call, other), CallHeld(call_id=call.call_id, by=who)]
        silence = [] if other.holds_by_order else stop_but_programs(other)
        return [*silence, CallResumed(call_id=call.call_id, by=who)]

    def hold(self, command: HoldCall) -> list[Output]:
        leg = self._calls.legs.get(command.leg_id)
        return self.put_away(leg) if leg is not None and self._may_hold(leg) else []

    def retrieve(self, command: RetrieveCall) -> list[Output]:
        leg = self._calls.legs.get(command.leg_id)
        return self.take_back(leg) if leg is not None and self._may_hold(leg) else []

    def _may_hold(self, leg: Leg) -> bool:
        """Whether it talks to somebody; who holds whom in a consultation is decided there."""
        return self._calls.of_leg(leg).other_end(leg) is not None and leg.leg_id not in self._calls.consulting

    def put_away(self, leg: Leg) -> list[Output]:
        """It holds by order from now on, also whom it has yet to be connected with. No harm if it does."""
        if leg.holds_by_order:
            return []
        held_before, leg.holds_by_order = leg.holding, True
        return [*step_out(self._calls.of_leg(leg), leg), *self.changed(leg, held_before=held_before)]

    def take_back(self, leg: Leg) -> list[Output]:
        """It holds by order no longer. No harm if it does not."""
        if not leg.holds_by_order:
            return []
        leg.holds_by_order = False
        call = self._calls.of_leg(leg)
        return [*step_in(call, leg), *self.changed(leg, held_before=True), *self.renew(call)]

    def renew(self, call: Call) -> list[Output]:
        """The two hear each other alone, or anew: who is on hold still hears music, not silence."""
        return [output for leg in _held(call) for output in self._console(call, leg)]

    def hush(self, call: Call) -> list[Output]:
        """Somebody else is there to hear for one who is held, in place of music."""
        held = (leg for leg in _held(call) if not leg.holds_by_order)
        return [output for leg in held for output in stop_but_programs(leg)]

    def connected(self, call: Call) -> list[Output]:
        """Two who are connected may come on hold already."""
        legs = (call.customer, call.connected_leg)
        return [out for leg in legs if leg and leg.holding for out in self.changed(leg, held_before=False)]

    def _console(self, call: Call, held: Leg) -> list[Output]:
        """Music for one who is held, unless there is somebody else to hear."""
        confers = any(party.accepted for party in call.parties)
        return [] if confers or held.holds_by_order else self.entertain(held)

    def entertain(self, leg: Leg) -> list[Output]:
        """Music for somebody who waits, in place of what they hear."""
        if not self._music:
            return []
        playback_id = self._ids.new("playback")
        self._calls.own_playbacks.add(playback_id)
        music = StartPlayback(
            playback_id=playback_id,
            leg_id=leg.leg_id,
            prompts=(self._music,),
            times=FOR_EVER,
            shared=True,
        )
        return play_after_programs(self._calls, leg, music)


def _held(call: Call) -> list[Leg]:
    """Those of the two who talk whom the other holds."""
    both = call.talking
    return [leg for leg, other in zip(both, reversed(both), strict=True) if other.holding]
