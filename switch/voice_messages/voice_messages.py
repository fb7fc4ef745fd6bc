"""A caller who leaves a voice message.

answered ──► greeting and tone ──► speaks, recorded ──► # or too long ──► thanks ──► hung up or passed on
                                        └── hung up, at any time

The message is the call's recording, tagged with its box: the catalogue lists it, plays it, keeps and deletes
it.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from runtime.deadlines import Deadlines
from runtime.ids import Ids
from runtime.target import HANG_UP, parse_target
from runtime.vocabulary import Output
from switch.archive.catalogue.events import RecordingTagged
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    HandOff,
    HangUpCall,
    PlayPrompt,
    StartCallRecording,
    StopCallRecording,
    StopPrompt,
)
from switch.events import (
    CallArrived,
    CallDueBack,
    CallEnded,
    CallHandedOff,
    CallRecorded,
    DigitReceived,
    PromptFinished,
)
from switch.voice_messages.config import MessageBoxConfig
from switch.voice_messages.events import MessageEnd, VoiceMessageLeft, VoiceMessageStarted

MESSAGE_SCHEME = "message"
TAGGED_BY = "message box"


@dataclass(slots=True)
class Visit:
    """A caller in a box."""

    call_id: str
    contact_id: str
    caller_number: str
    box: str
    playback_id: str = ""
    """Of the prompts that are heard now."""
    began_at: float | None = None
    """When the message began."""
    recording_id: str | None = None
    """Of the call, once it is recorded."""
    was_recorded: bool = False
    """Whether it was before, for another reason."""
    is_over: bool = False
    """Whether only the thanks are left."""
    back: str | None = None
    """Where the call goes in place of the box's ``then``: the caller waits there."""


@dataclass(slots=True)
class Visits:
    """All of them, and until when they may speak."""

    by_call: dict[str, Visit] = field(default_factory=dict)
    lasting: Deadlines[str] = field(default_factory=Deadlines)


class VoiceMessages:
    """A core between the exchange's events and commands."""

    def __init__(
        self,
        boxes: Iterable[MessageBoxConfig],
        ids: Ids,
        recording_of: Callable[[str], str | None],
        visits: Visits | None = None,
    ) -> None:
        """``recording_of`` tells a call's recording under way. ``visits``: an earlier ``snapshot``."""
        self._boxes = {box.name: box for box in boxes}
        self._removed: dict[str, MessageBoxConfig] = {}
        """For those who are in one still."""
        self._ids = ids
        self._recording_of = recording_of
        self._visits = visits if visits is not None else Visits()
        self.calls: Container[str] = self._visits.by_call
        """Those it has."""

    def configure(self, boxes: Iterable[MessageBoxConfig]) -> None:
        """Have these from now on; who is in one that goes stays there to the end."""
        before, self._boxes = self._boxes, {box.name: box for box in boxes}
        visited = {visit.box for visit in self._visits.by_call.values()}
        gone = {**self._removed, **before}
        self._removed = {name: gone[name] for name in visited - self._boxes.keys()}

    def _box(self, visit: Visit) -> MessageBoxConfig:
        return self._boxes.get(visit.box) or self._removed[visit.box]

    @property
    def open_calls(self) -> int:
        return len(self._visits.by_call)

    def knows(self, box: str) -> bool:
        return box in self._boxes

    def snapshot(self) -> Visits:
        """All state, as plain data that shares nothing with the running core."""
        return deepcopy(self._visits)

    def call_arrived(self, event: CallArrived, now: float) -> Sequence[Output]:
        visit = _visit(event)
        return (AnswerCall(call_id=event.call_id), *self._greet(visit, now)) if visit else ()

    def call_handed_off(self, event: CallHandedOff, now: float) -> Sequence[Output]:
        """Into a box, or out of it."""
        left = self._leave(event.call_id, MessageEnd.HANDED_OFF, now)
        visit = _visit(event)
        if visit is None:
            return left
        answer = () if event.answered else (AnswerCall(call_id=event.call_id),)
        return (*left, *answer, *self._greet(visit, now))

    def prompt_finished(self, event: PromptFinished, now: float) -> Sequence[Output]:
        """The greeting is over, however it ended, or the thanks."""
        visit = self._visits.by_call.get(event.call_id)
        if visit is None or visit.playback_id != event.playback_id:
            return ()
        visit.playback_id = ""
        return self._part(visit) if visit.is_over else self._listen(visit, now)

    def call_recorded(self, event: CallRecorded, now: float) -> Sequence[Output]:
        visit = self._visits.by_call.get(event.call_id)
        if visit is not None:
            visit.recording_id = event.recording_id
        return ()

    def digit_received(self, event: DigitReceived, now: float) -> Sequence[Output]:
        visit = self._visits.by_call.get(event.call_id)
        if visit is None or visit.began_at is None or event.digit != self._box(visit).end_key:
            return ()
        return self._thank(visit, MessageEnd.KEY, now)

    def call_due_back(self, event: CallDueBack, now: float) -> Sequence[Output]:
        visit = self._visits.by_call.get(event.call_id)
        if visit is not None:
            visit.back = visit.back or event.target
        return ()

    def call_ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        return self._leave(event.call_id, MessageEnd.HUNG_UP, now)

    def next_deadline(self) -> float | None:
        return self._visits.lasting.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """One has spoken long enough."""
        call_id = self._visits.lasting.first_due(now)
        return () if call_id is None else self._thank(self._visits.by_call[call_id], MessageEnd.LIMIT, now)

    def _greet(self, visit: Visit, now: float) -> Sequence[Output]:
        self._visits.by_call[visit.call_id] = visit
        box = self._box(visit)
        prompts = [*box.greeting, *([box.tone] if box.tone else [])]
        return self._play(visit, prompts) if prompts else self._listen(visit, now)

    def _play(self, visit: Visit, prompts: Sequence[str]) -> Sequence[Output]:
        visit.playback_id = self._ids.new("playback")
        return (PlayPrompt(call_id=visit.call_id, playback_id=visit.playback_id, prompts=tuple(prompts)),)

    def _listen(self, visit: Visit, now: float) -> Sequence[Output]:
        visit.began_at = now
        visit.recording_id = self._recording_of(visit.call_id)
        visit.was_recorded = visit.recording_id is not None
        self._visits.lasting.set(visit.call_id, now + self._box(visit).max_s)
        started = VoiceMessageStarted(
            call_id=visit.call_id,
            contact_id=visit.contact_id,
            box=visit.box,
            caller_number=visit.caller_number,
        )
        return (StopPrompt(call_id=visit.call_id), started, StartCallRecording(call_id=visit.call_id))

    def _thank(self, visit: Visit, end: MessageEnd, now: float) -> Sequence[Output]:
        left = self._end(visit, end, now)
        visit.is_over = True
        thanks = self._box(visit).thanks
        return (*left, *(self._play(visit, thanks) if thanks else self._part(visit)))

    def _part(self, visit: Visit) -> Sequence[Output]:
        self._visits.by_call.pop(visit.call_id)
        then = visit.back or self._box(visit).then
        if then == HANG_UP:
            return (HangUpCall(call_id=visit.call_id, cause=Cause.NORMAL_CLEARING),)
        return (HandOff(call_id=visit.call_id, target=then),)

    def _leave(self, call_id: str, end: MessageEnd, now: float) -> Sequence[Output]:
        """The call is out of the box; what was said before counts."""
        visit = self._visits.by_call.pop(call_id, None)
        return self._end(visit, end, now) if visit is not None else ()

    def _end(self, visit: Visit, end: MessageEnd, now: float) -> Sequence[Output]:
        if visit.began_at is None:
            return ()
        self._visits.lasting.cancel(visit.call_id)
        length_s, visit.began_at = now - visit.began_at, None
        counts = length_s >= self._box(visit).min_s
        recording_id = visit.recording_id if counts else None
        left = VoiceMessageLeft(
            call_id=visit.call_id,
            contact_id=visit.contact_id,
            box=visit.box,
            caller_number=visit.caller_number,
            recording_id=recording_id,
            length_ms=round(length_s * 1000),
            end=end,
        )
        stop = () if visit.was_recorded else (StopCallRecording(call_id=visit.call_id),)
        return (left, *_tags(recording_id, visit.box), *stop)


def _visit(event: CallArrived | CallHandedOff) -> Visit | None:
    scheme, box = parse_target(event.target)
    if scheme != MESSAGE_SCHEME:
        return None
    back = event.back if isinstance(event, CallHandedOff) else None
    return Visit(event.call_id, event.contact_id, event.caller_number, box, back=back)


def _tags(recording_id: str | None, box: str) -> tuple[RecordingTagged, ...]:
    if recording_id is None:
        return ()
    return (RecordingTagged(recording_id=recording_id, tag=f"{MESSAGE_SCHEME}:{box}", by=TAGGED_BY),)
