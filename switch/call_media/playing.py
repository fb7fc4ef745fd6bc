"""What programs play in calls, beside whoever has them, who need not know of it.

prompts, music ──► a program plays ──► over: they go on where they were
                         └── others are ordered meanwhile: they come after it
"""

from collections.abc import Iterator
from dataclasses import replace

from media.commands import BridgeEndpoints, SeekPlayback, StartPlayback, StopPlayback
from media.events import PlaybackEnded
from runtime.vocabulary import Output
from switch import negotiation
from switch.call import Call, Calls, CallState, Interlude, Leg
from switch.call_media.commands import CallSide, PlayToCall, StopPlayingToCall
from switch.events import PromptFinished
from switch.sip.commands import RingLeg

_STOPPED = "stopped"


class ProgramPlaying:
    """The part of the exchange that plays for programs. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def play(self, command: PlayToCall) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        if call is None:
            return []
        legs = [leg for side in command.sides if (leg := leg_of(call, side)) is not None]
        if not legs or not all(may_hear(call, leg) for leg in legs):
            problem = f"nobody can hear it: the call is {call.state.value}"
            return [_failed(command, problem)]
        call.program_playbacks[command.playback_id] = len(legs)
        early = _early_media(call) if not call.customer.answered else []
        return [*early, *(self._start(call, leg, command) for leg in legs)]

    def stop(self, command: StopPlayingToCall) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        legs = list(_legs(call)) if call is not None else []
        return [StopPlayback(leg_id=leg.leg_id) for leg in legs if leg.interlude is not None]

    def ended(self, event: PlaybackEnded) -> list[Output]:
        """Something is over: what waited goes on; applications do not hear of what only waits."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            self._calls.own_playbacks.discard(event.playback_id)
            return []
        if leg.interlude is not None and leg.interlude.playback_id == event.playback_id:
            interlude, leg.interlude = leg.interlude, None
            return [*self._told(leg, event), *self._resume(leg, interlude)]
        if self._now_waits(leg, event):
            return []
        return self._told(leg, event)

    def _now_waits(self, leg: Leg, event: PlaybackEnded) -> bool:
        """Whether it is over only because a program plays, and goes on afterwards."""
        playing, interlude = leg.playing, leg.interlude
        if playing is None or playing.playback_id != event.playback_id:
            return False
        leg.playing = None
        if interlude is None or interlude.waiting is not None or event.reason != _STOPPED:
            return False
        _put_behind(self._calls, interlude, playing, event.position_ms)
        return True

    def _start(self, call: Call, leg: Leg, command: PlayToCall) -> StartPlayback:
        if not command.over:
            before = leg.interlude or Interlude("", call.call_id, call.state)
            leg.interlude = replace(before, playback_id=command.playback_id)
        return StartPlayback(
            playback_id=command.playback_id,
            leg_id=leg.leg_id,
            prompts=command.prompts,
            times=command.times,
            barge_in=command.barge_in and not command.over,
            laid_over=command.over,
        )

    def _told(self, leg: Leg, event: PlaybackEnded) -> list[Output]:
        """Of several legs the last one's end counts."""
        if event.playback_id in self._calls.own_playbacks:
            self._calls.own_playbacks.remove(event.playback_id)
            return []
        playbacks = self._calls.by_id[leg.call_id].program_playbacks
        left = playbacks.pop(event.playback_id, 1) - 1
        if left:
            playbacks[event.playback_id] = left
            return []
        return [_finished(leg.call_id, event)]

    def _resume(self, leg: Leg, interlude: Interlude) -> list[Output]:
        if interlude.waiting is None:
            return []
        call = self._calls.by_id[leg.call_id]
        if (call.call_id, call.state) != (interlude.call_id, interlude.call_state):
            return _drop_waiting(leg, interlude)
        leg.playing = start = interlude.waiting
        if interlude.waiting_is_own:
            self._calls.own_playbacks.add(start.playback_id)
        return _begin(start, 0 if start.shared else interlude.waiting_from_ms)


def play_after_programs(calls: Calls, leg: Leg, start: StartPlayback, from_ms: int = 0) -> list[Output]:
    """Whoever has the call plays something: at once, or after what a program plays."""
    if leg.interlude is None:
        leg.playing = start
        return _begin(start, from_ms)
    dropped = _drop_waiting(leg, leg.interlude)
    _put_behind(calls, leg.interlude, start, from_ms)
    return dropped


def stop_playing(leg: Leg) -> StopPlayback:
    """It is played nothing any more; what was goes on after no program, however late its end is told."""
    leg.playing = None
    return StopPlayback(leg_id=leg.leg_id)


def bridge(leg: Leg, peer: Leg) -> BridgeEndpoints:
    """They hear each other, in place of what they are played, of which nothing goes on afterwards."""
    leg.playing = peer.playing = None
    return BridgeEndpoints(leg_id=leg.leg_id, peer_leg_id=peer.leg_id)


def stop_but_programs(leg: Leg) -> list[Output]:
    """Whoever has the call plays nothing any more; what a program plays is heard to its end."""
    if leg.interlude is None:
        return [stop_playing(leg)]
    leg.playing = None
    return _drop_waiting(leg, leg.interlude)


def _put_behind(calls: Calls, interlude: Interlude, start: StartPlayback, from_ms: int) -> None:
    interlude.waiting, interlude.waiting_from_ms = start, from_ms
    interlude.waiting_is_own = start.playback_id in calls.own_playbacks
    calls.own_playbacks.discard(start.playback_id)


def _drop_waiting(leg: Leg, interlude: Interlude) -> list[Output]:
    """What waits is not to be heard any more: whoever ordered it is told that it is over."""
    waiting, interlude.waiting = interlude.waiting, None
    if waiting is None or interlude.waiting_is_own:
        return []
    over = PlaybackEnded(
        playback_id=waiting.playback_id,
        leg_id=leg.leg_id,
        reason=_STOPPED,
        position_ms=interlude.waiting_from_ms,
    )
    return [_finished(leg.call_id, over)]


def leg_of(call: Call, side: CallSide) -> Leg | None:
    """Whose leg is meant; None while there is none."""
    customer = call.customers_leg
    if side is CallSide.CUSTOMER:
        return customer
    return next((leg for leg in call.talking if leg is not customer), None)


def may_hear(call: Call, leg: Leg) -> bool:
    """Whether something can be played to a leg: it is answered, or has early media to hear it by."""
    if leg.answered:
        return call.state is not CallState.ARRIVING
    return leg is call.customer and call.state is CallState.ALERTING and leg.agreement is not None


def _legs(call: Call) -> Iterator[Leg]:
    yield call.customer
    yield from (offer.leg for offer in call.offers.values())


def _early_media(call: Call) -> list[Output]:
    leg = call.customer
    return [negotiation.configuration(leg), RingLeg(leg_id=leg.leg_id, sdp=leg.our_sdp)]


def _begin(start: StartPlayback, from_ms: int) -> list[Output]:
    if not from_ms:
        return [start]
    return [start, SeekPlayback(leg_id=start.leg_id, position_ms=from_ms)]


def _finished(call_id: str, event: PlaybackEnded) -> PromptFinished:
    return PromptFinished(
        call_id=call_id,
        playback_id=event.playback_id,
        reason=event.reason,
        position_ms=event.position_ms,
        problem=event.problem,
    )


def _failed(command: PlayToCall, problem: str) -> PromptFinished:
    return PromptFinished(
        call_id=command.call_id, playback_id=command.playback_id, reason="failed", problem=problem
    )
