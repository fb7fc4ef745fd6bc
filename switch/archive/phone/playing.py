"""Recordings played to phones, piece by piece; the keys of the phone steer it.

ordered ──► called, while the first piece is read ──► answered: plays ──► its end, #: hung up
                                                       │  ▲
                                                any key ▼  │ 4 back, 6 on, 0 from the beginning, 5 pause
"""

from collections.abc import Container, Sequence
from copy import deepcopy

from runtime.ids import Ids
from runtime.target import Target, parse_target
from runtime.vocabulary import Output
from switch.archive.listening.events import RecordingListened
from switch.archive.phone.commands import ForgetExcerpt, PlayToStation, ReadExcerpt, TakeExcerpt
from switch.archive.phone.listener import Excerpt, Listener, Listeners
from switch.causes import Cause
from switch.commands import HangUpCall, PlaceCall, PlayPrompt, StopPrompt
from switch.dial_plan import STATION_SCHEME
from switch.events import CallEnded, CallHandedOff, DigitReceived, PromptFinished
from switch.recording_rule import RecordingRule

RECORDING_SCHEME = "recording"
EXCERPT_MS = 60_000
"""What is held in memory of each recording that is heard is at most twice as long."""
STEP_MS = 10_000
"""How far the keys 4 and 6 lead."""
_BACK, _PAUSE, _ON, _AGAIN, _END = "4", "5", "6", "0", "#"


class RecordingsByPhone:
    """A core between the exchange, and the shell that reads recordings."""

    def __init__(self, ids: Ids, listeners: Listeners | None = None) -> None:
        """``listeners`` is an earlier ``snapshot``, to go on from."""
        self._ids = ids
        self._listeners = listeners if listeners is not None else Listeners()
        self.calls: Container[str] = self._listeners.by_call
        """Those it has."""

    @property
    def open_calls(self) -> int:
        return len(self._listeners.by_call)

    def plays(self, recording_id: str) -> bool:
        """Whether somebody was called to hear it: nobody else gets to hear a recording by its name."""
        return any(listener.recording_id == recording_id for listener in self._listeners.by_call.values())

    def snapshot(self) -> Listeners:
        """All state, as plain data that shares nothing with the running core."""
        return deepcopy(self._listeners)

    # -- the call ------------------------------------------------------------------------------------

    def order(self, command: PlayToStation, now: float) -> Sequence[Output]:
        """Call the station; the first piece is read meanwhile."""
        listener = Listener(
            call_id=command.call_id,
            recording_id=command.recording_id,
            station=command.station,
            who=command.who,
            channels=command.channels,
            place_ms=command.from_ms,
            present=self._excerpt(command.from_ms),
        )
        self._listeners.by_call[command.call_id] = listener
        place = PlaceCall(
            call_id=command.call_id,
            contact_id=command.contact_id,
            whom=str(Target(STATION_SCHEME, command.station)),
            target=str(Target(RECORDING_SCHEME, command.recording_id)),
            ring_s=command.ring_s,
            record=RecordingRule.NEVER,
        )
        return (_read(listener, listener.present), place)

    def call_handed_off(self, event: CallHandedOff, now: float) -> Sequence[Output]:
        """The station has answered; or the call goes elsewhere."""
        listener = self._listeners.by_call.get(event.call_id)
        target = parse_target(event.target)
        if target.scheme != RECORDING_SCHEME:
            return self._let_go(event.call_id)
        if listener is None or listener.recording_id != target.name:
            return (HangUpCall(call_id=event.call_id, cause=Cause.CALL_REJECTED),)
        listener.listens = True
        return self._play(listener)

    def call_ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        return self._let_go(event.call_id)

    # -- what is played ------------------------------------------------------------------------------

    def take(self, command: TakeExcerpt, now: float) -> Sequence[Output]:
        """A piece was read; it may be one that nobody waits for any more."""
        listener = self._listeners.by_call.get(command.call_id)
        excerpt = _awaited(listener, command.prompt)
        if listener is None or excerpt is None:
            return (ForgetExcerpt(prompt=command.prompt),)
        excerpt.length_ms = command.length_ms
        if excerpt is not listener.present:
            return ()
        if command.problem is not None:
            return (HangUpCall(call_id=listener.call_id, cause=Cause.NORMAL_TEMPORARY_FAILURE),)
        return self._play(listener)

    def prompt_finished(self, event: PromptFinished, now: float) -> Sequence[Output]:
        """A piece was heard to its end, or a key has ended it."""
        listener = self._listeners.by_call.get(event.call_id)
        if listener is None or listener.playback_id != event.playback_id:
            return ()
        listener.playback_id = None
        if event.reason == "failed":
            return (HangUpCall(call_id=listener.call_id, cause=Cause.INCOMPATIBLE_DESTINATION),)
        if event.reason == "finished":
            return self._go_to(listener, _end_of(listener.present))
        listener.place_ms = listener.present.from_ms + event.position_ms
        key, listener.key = listener.key, None
        return self._obey(listener, key) if key is not None else ()

    def digit_received(self, event: DigitReceived, now: float) -> Sequence[Output]:
        """A key counts when what plays has stopped; most keys have stopped it before they are told."""
        listener = self._listeners.by_call.get(event.call_id)
        if listener is None or not listener.listens:
            return ()
        if listener.playback_id is None:
            return self._obey(listener, event.digit)
        listener.key = event.digit
        return (StopPrompt(call_id=listener.call_id),)

    def _obey(self, listener: Listener, key: str) -> Sequence[Output]:
        if key == _END:
            return (HangUpCall(call_id=listener.call_id, cause=Cause.NORMAL_CLEARING),)
        listener.paused = key == _PAUSE and not listener.paused
        if listener.paused:
            return ()
        if key == _AGAIN:
            return self._go_to(listener, 0)
        step_ms = {_BACK: -STEP_MS, _ON: STEP_MS}.get(key, 0)
        return self._go_to(listener, max(0, listener.place_ms + step_ms))

    def _go_to(self, listener: Listener, place_ms: int) -> Sequence[Output]:
        """Play from a place on: from what was read, or else it is read now."""
        listener.place_ms = place_ms
        left, following = listener.present, listener.following
        if left.holds(place_ms):
            return self._play(listener)
        if following is not None and (following.from_ms == place_ms or following.holds(place_ms)):
            listener.present, listener.following = following, None
            return (ForgetExcerpt(prompt=left.prompt), *self._play(listener))
        if _is_last(left) and place_ms >= _end_of(left):
            return (HangUpCall(call_id=listener.call_id, cause=Cause.NORMAL_CLEARING),)
        listener.present, listener.following = self._excerpt(place_ms), None
        unneeded = [ForgetExcerpt(prompt=one.prompt) for one in (left, following) if one and _was_read(one)]
        return (*unneeded, _read(listener, listener.present))

    def _play(self, listener: Listener) -> Sequence[Output]:
        """Begin to play, if there is somebody to hear it and something to be heard."""
        present = listener.present
        if not listener.listens or listener.paused or listener.playback_id or not _was_read(present):
            return ()
        if not present.holds(listener.place_ms):  # it ends there
            return (HangUpCall(call_id=listener.call_id, cause=Cause.NORMAL_CLEARING),)
        listener.playback_id = self._ids.new("playback")
        play = PlayPrompt(
            call_id=listener.call_id,
            playback_id=listener.playback_id,
            prompts=(present.prompt,),
            barge_in=True,
            from_ms=listener.place_ms - present.from_ms,
        )
        return (*_told_once(listener), play, *self._read_on(listener))

    def _read_on(self, listener: Listener) -> Sequence[Output]:
        """What comes next is read while this plays."""
        if listener.following is not None or _is_last(listener.present):
            return ()
        listener.following = self._excerpt(_end_of(listener.present))
        return (_read(listener, listener.following),)

    def _excerpt(self, from_ms: int) -> Excerpt:
        return Excerpt(self._ids.new("excerpt"), from_ms)

    def _let_go(self, call_id: str) -> Sequence[Output]:
        """What is still being read is forgotten when it comes."""
        listener = self._listeners.by_call.pop(call_id, None)
        if listener is None:
            return ()
        held = (listener.present, listener.following)
        return [ForgetExcerpt(prompt=one.prompt) for one in held if one is not None and _was_read(one)]


def _read(listener: Listener, excerpt: Excerpt) -> ReadExcerpt:
    return ReadExcerpt(
        call_id=listener.call_id,
        recording_id=listener.recording_id,
        channels=listener.channels,
        prompt=excerpt.prompt,
        from_ms=excerpt.from_ms,
        length_ms=EXCERPT_MS,
    )


def _awaited(listener: Listener | None, prompt: str) -> Excerpt | None:
    """The piece of that name that is still wanted."""
    held = (listener.present, listener.following) if listener is not None else ()
    return next((one for one in held if one is not None and one.prompt == prompt), None)


def _was_read(excerpt: Excerpt) -> bool:
    return excerpt.length_ms is not None


def _end_of(excerpt: Excerpt) -> int:
    return excerpt.from_ms + (excerpt.length_ms or 0)


def _is_last(excerpt: Excerpt) -> bool:
    return excerpt.length_ms is not None and excerpt.length_ms < EXCERPT_MS


def _told_once(listener: Listener) -> Sequence[Output]:
    if listener.told:
        return ()
    listener.told = True
    return (
        RecordingListened(
            recording_id=listener.recording_id,
            who=listener.who,
            host="",
            station=listener.station,
            call_id=listener.call_id,
        ),
    )
