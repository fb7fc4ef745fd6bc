"""A station that is recorded by itself: it dials an access code for that, or is called.

dialled, or called and answered ──► recorded ──► # or hung up, by whomever; or it lasted long enough
"""

from collections.abc import Callable, Container, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from runtime.deadlines import Deadlines
from runtime.ids import Ids
from runtime.target import Target, parse_target
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.commands import AnswerCall, HangUpCall, PlaceCall, PlayPrompt, StartCallRecording
from switch.counter.commands import RecordStation
from switch.counter.events import StationRecorded
from switch.dial_plan import STATION_SCHEME
from switch.events import CallArrived, CallEnded, CallHandedOff, DigitReceived
from switch.recording_rule import RecordingRule

COUNTER_SCHEME = "counter"
RECORD = "record"
"""The one thing there is to be had at the counter."""
_END = "#"


@dataclass(slots=True)
class Counter:
    """A station that is recorded, or is called to be."""

    call_id: str
    station: str
    by: str = ""


@dataclass(slots=True)
class Counters:
    """All of them, and until when they may last."""

    by_call: dict[str, Counter] = field(default_factory=dict)
    lasting: Deadlines[str] = field(default_factory=Deadlines)
    """Call → when it has been recorded long enough."""


class CounterRecording:
    """A core between the exchange's events and commands."""

    def __init__(
        self,
        ids: Ids,
        agent_at: Callable[[str], str | None],
        *,
        tone: str,
        limit_s: float,
        counters: Counters | None = None,
    ) -> None:
        """``agent_at`` tells who is signed in at a station. ``tone``: the prompt the station hears when it
        begins; empty for none. ``limit_s`` ends what somebody forgot to end. ``counters`` is an earlier
        ``snapshot``, to go on from.
        """
        self._ids = ids
        self._agent_at = agent_at
        self._tone = tone
        self._limit_s = limit_s
        self._counters = counters if counters is not None else Counters()
        self.calls: Container[str] = self._counters.by_call
        """Those it has."""

    @property
    def open_calls(self) -> int:
        return len(self._counters.by_call)

    def call_at(self, station: str) -> str | None:
        """The call by which a station is recorded, or is about to be."""
        return next((one.call_id for one in self._counters.by_call.values() if one.station == station), None)

    def snapshot(self) -> Counters:
        """All state, as plain data that shares nothing with the running core."""
        return deepcopy(self._counters)

    def order(self, command: RecordStation, now: float) -> Sequence[Output]:
        """Call the station; it is recorded when it answers."""
        counter = Counter(command.call_id, command.station, command.by)
        self._counters.by_call[command.call_id] = counter
        place = PlaceCall(
            call_id=command.call_id,
            contact_id=command.contact_id,
            whom=str(Target(STATION_SCHEME, command.station)),
            target=str(Target(COUNTER_SCHEME, RECORD)),
            ring_s=command.ring_s,
            record=RecordingRule.ON_COMMAND,
        )
        return (place,)

    def call_arrived(self, event: CallArrived, now: float) -> Sequence[Output]:
        """A station has dialled. Nobody else is let in: there is no counter where they are."""
        if parse_target(event.target).scheme != COUNTER_SCHEME:
            return ()
        if event.station is None:
            return (HangUpCall(call_id=event.call_id, cause=Cause.CALL_REJECTED),)
        counter = Counter(event.call_id, event.station)
        return (AnswerCall(call_id=event.call_id), *self._begin(counter, now))

    def call_handed_off(self, event: CallHandedOff, now: float) -> Sequence[Output]:
        """The station that was called has answered, or one comes from a flow; or the call goes elsewhere."""
        if parse_target(event.target).scheme != COUNTER_SCHEME:
            return self._forget(event.call_id)
        if event.station is None:
            return (HangUpCall(call_id=event.call_id, cause=Cause.CALL_REJECTED),)
        known = self._counters.by_call.get(event.call_id)
        answer = () if event.answered else (AnswerCall(call_id=event.call_id),)
        return (*answer, *self._begin(known or Counter(event.call_id, event.station), now))

    def digit_received(self, event: DigitReceived, now: float) -> Sequence[Output]:
        if event.digit != _END or event.call_id not in self._counters.by_call:
            return ()
        return (HangUpCall(call_id=event.call_id, cause=Cause.NORMAL_CLEARING),)

    def call_ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        return self._forget(event.call_id)

    def next_deadline(self) -> float | None:
        return self._counters.lasting.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """One has lasted long enough."""
        call_id = self._counters.lasting.first_due(now)
        return () if call_id is None else (HangUpCall(call_id=call_id, cause=Cause.RECOVERY_ON_TIMER_EXPIRE),)

    def _begin(self, counter: Counter, now: float) -> Sequence[Output]:
        self._counters.by_call[counter.call_id] = counter
        self._counters.lasting.set(counter.call_id, now + self._limit_s)
        told = StationRecorded(
            call_id=counter.call_id,
            station=counter.station,
            agent=self._agent_at(counter.station),
            by=counter.by,
        )
        return (told, StartCallRecording(call_id=counter.call_id), *self._sound(counter))

    def _sound(self, counter: Counter) -> Sequence[Output]:
        if not self._tone:
            return ()
        playback_id = self._ids.new("playback")
        return (PlayPrompt(call_id=counter.call_id, playback_id=playback_id, prompts=(self._tone,)),)

    def _forget(self, call_id: str) -> Sequence[Output]:
        if self._counters.by_call.pop(call_id, None) is not None:
            self._counters.lasting.cancel(call_id)
        return ()
