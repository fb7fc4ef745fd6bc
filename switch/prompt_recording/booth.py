"""A station that records a prompt.

answered ──► told what to do, tone ──► speaks, recorded ──► # or too long ──► hears it back ──► 1 keep
2 hear again, 3 speak again, * discard. Hung up before it is kept, it is discarded.

What was said is a recording of the call like others, tagged with the prompt, which the shell makes of it.
"""

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from media.events import RecordingCompleted, RecordingFailed
from runtime.deadlines import Deadlines
from runtime.ids import Ids
from runtime.target import Target, parse_target
from runtime.vocabulary import Output
from switch.archive.catalogue.events import RecordingTagged
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    HangUpCall,
    PlaceCall,
    PlayPrompt,
    StartCallRecording,
    StopCallRecording,
    StopPrompt,
)
from switch.dial_plan import STATION_SCHEME
from switch.events import CallArrived, CallEnded, CallHandedOff, CallRecorded, DigitReceived, PromptFinished
from switch.prompt_recording.commands import (
    ForgetTake,
    KeepTake,
    ReadTake,
    RecordPrompt,
    TakeWasKept,
    TakeWasRead,
)
from switch.prompt_recording.events import PromptNotRecorded, PromptRecorded
from switch.recording_rule import RecordingRule

PROMPT_SCHEME = "prompt"
INSTRUCTIONS = ("begin", "choices", "kept", "discarded", "failed")
"""What leads through it: prompts below ``prompt_recording/`` of the language."""
LONGEST_TAG = 64
"""Characters of the catalogue's tags."""
MOST_TAKES = 10
PATIENCE_S = 15.0
"""For a key, for the disk."""
REMINDERS = 2
"""How often who does not choose hears the choices again."""
_END = "#"
_IN_BAND = "in_band"
_TONE_REST_MS = 60
"""Of a key heard as a tone, before it was recognised."""


class _Stage(Enum):
    CALLED = auto()
    INVITED = auto()
    SPEAKING = auto()
    ENDING = auto()
    """Until the recording is over."""
    READING = auto()
    CHOOSING = auto()
    KEEPING = auto()
    PARTING = auto()
    """Hears the last prompt."""


@dataclass(slots=True)
class _Visit:
    """One call of a station."""

    call_id: str
    station: str
    prompt: str
    by: str = ""
    stage: _Stage = _Stage.CALLED
    takes: int = 0
    take: str = ""
    """The one to be heard back; empty for none."""
    recording_id: str | None = None
    cut_ms: int = 0
    playback_id: str = ""
    reminders: int = 0
    is_gone: bool = False
    """Hung up while what was chosen is done."""


class PromptBooth:
    """A core between the exchange's events and commands."""

    def __init__(
        self,
        ids: Ids,
        agent_at: Callable[[str], str | None],
        *,
        stations: Collection[str],
        instructions: Mapping[str, str],
        tone: str,
        max_s: float,
    ) -> None:
        """``stations`` may dial for it; ``agent_at`` tells who is signed in at one. ``instructions``: the
        prompts there are, by their names in INSTRUCTIONS.
        """
        self._ids = ids
        self._agent_at = agent_at
        self._stations = frozenset(stations)
        self._instructions = dict(instructions)
        self._tone = tone
        self._max_s = max_s
        self._visits: dict[str, _Visit] = {}
        """By call."""
        self.calls: Container[str] = self._visits
        """Those it has."""
        self._lasting: Deadlines[str] = Deadlines()
        """Call → until when something must come."""

    @property
    def open_calls(self) -> int:
        return len(self._visits)

    def order(self, command: RecordPrompt, now: float) -> Sequence[Output]:
        """Call the station."""
        visit = _Visit(command.call_id, command.station, command.prompt, command.by)
        self._visits[command.call_id] = visit
        place = PlaceCall(
            call_id=command.call_id,
            contact_id=command.contact_id,
            whom=str(Target(STATION_SCHEME, command.station)),
            target=str(Target(PROMPT_SCHEME, command.prompt)),
            ring_s=command.ring_s,
            record=RecordingRule.ON_COMMAND,
        )
        return (place,)

    def call_arrived(self, event: CallArrived, now: float) -> Sequence[Output]:
        scheme, prompt = parse_target(event.target)
        if scheme != PROMPT_SCHEME:
            return ()
        if event.station is None or event.station not in self._stations:
            return (HangUpCall(call_id=event.call_id, cause=Cause.CALL_REJECTED),)
        visit = _Visit(event.call_id, event.station, prompt)
        return (AnswerCall(call_id=event.call_id), *self._invite(visit, now))

    def call_handed_off(self, event: CallHandedOff, now: float) -> Sequence[Output]:
        """The station that was called has answered, or one comes from a flow; or the call goes elsewhere."""
        scheme, prompt = parse_target(event.target)
        if scheme != PROMPT_SCHEME:
            return self._leave(event.call_id)
        visit = self._visits.get(event.call_id)
        if visit is None and (event.station is None or event.station not in self._stations):
            return (HangUpCall(call_id=event.call_id, cause=Cause.CALL_REJECTED),)
        answer = () if event.answered else (AnswerCall(call_id=event.call_id),)
        return (*answer, *self._invite(visit or _Visit(event.call_id, event.station or "", prompt), now))

    def call_recorded(self, event: CallRecorded, now: float) -> Sequence[Output]:
        visit = self._visits.get(event.call_id)
        if visit is not None and visit.stage is _Stage.SPEAKING:
            visit.recording_id = event.recording_id
        return ()

    def digit_received(self, event: DigitReceived, now: float) -> Sequence[Output]:
        visit = self._visits.get(event.call_id)
        if visit is None:
            return ()
        if visit.stage is _Stage.INVITED and event.digit == _END:
            return self._listen(visit, now)
        if visit.stage is _Stage.SPEAKING and event.digit == _END:
            visit.cut_ms = event.duration_ms + _TONE_REST_MS if event.source == _IN_BAND else 0
            return self._end_take(visit, now)
        return self._chosen(visit, event.digit, now) if visit.stage is _Stage.CHOOSING else ()

    def prompt_finished(self, event: PromptFinished, now: float) -> Sequence[Output]:
        visit = self._visits.get(event.call_id)
        if visit is None or visit.playback_id != event.playback_id:
            return ()
        visit.playback_id = ""
        match visit.stage:
            case _Stage.INVITED:
                return self._listen(visit, now)
            case _Stage.CHOOSING:
                self._lasting.set(visit.call_id, now + PATIENCE_S)
            case _Stage.PARTING:
                return self._hang_up(visit)
        return ()

    def recording_completed(self, event: RecordingCompleted, now: float) -> Sequence[Output]:
        visit = self._ending(event.call_id, event.recording_id)
        if visit is None:
            return ()
        visit.stage, visit.recording_id = _Stage.READING, None
        visit.take = f"take:{visit.call_id}-{visit.takes}"
        self._lasting.set(visit.call_id, now + PATIENCE_S)
        tagged = RecordingTagged(
            recording_id=event.recording_id,
            tag=f"{PROMPT_SCHEME}:{visit.prompt}"[:LONGEST_TAG],
            by="prompt recording",
        )
        return (
            tagged,
            ReadTake(call_id=visit.call_id, take=visit.take, path=event.path, cut_ms=visit.cut_ms),
        )

    def recording_failed(self, event: RecordingFailed, now: float) -> Sequence[Output]:
        visit = self._ending(event.call_id, event.recording_id)
        return () if visit is None else self._fail(visit, event.reason, now)

    def take_was_read(self, command: TakeWasRead, now: float) -> Sequence[Output]:
        visit = self._visits.get(command.call_id)
        if visit is None or visit.take != command.take or visit.stage is not _Stage.READING:
            return (ForgetTake(take=command.take),)  # hung up meanwhile
        if command.problem:
            return self._fail(visit, command.problem, now)
        return self._hear_back(visit)

    def take_was_kept(self, command: TakeWasKept, now: float) -> Sequence[Output]:
        visit = self._visits[command.call_id]
        if command.problem:
            return (self._not_recorded(visit, command.problem), *self._part(visit, "failed"))
        told = PromptRecorded(
            call_id=visit.call_id,
            prompt=visit.prompt,
            station=visit.station,
            agent=self._agent_at(visit.station),
            by=visit.by,
            length_ms=command.length_ms,
            replaced=command.replaced,
        )
        return (told, *self._part(visit, "kept"))

    def call_ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        return self._leave(event.call_id)

    def next_deadline(self) -> float | None:
        return self._lasting.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """One has spoken long enough, has not chosen, or waits for a disk in vain."""
        call_id = self._lasting.first_due(now)
        if call_id is None:
            return ()
        visit = self._visits[call_id]
        if visit.stage is _Stage.SPEAKING:
            return self._end_take(visit, now)
        if visit.stage is not _Stage.CHOOSING:
            return self._fail(visit, f"the disk did not answer within {PATIENCE_S:g} seconds", now)
        if visit.reminders == REMINDERS:
            return self._part(visit, "discarded")
        visit.reminders += 1
        return self._play(visit, visit.take, "choices")

    def _invite(self, visit: _Visit, now: float, *before: str) -> Sequence[Output]:
        self._visits[visit.call_id] = visit
        visit.stage, visit.takes = _Stage.INVITED, visit.takes + 1
        told = self._play(visit, *before, "begin", self._tone)
        return (*self._forget_take(visit), *(told or self._listen(visit, now)))

    def _listen(self, visit: _Visit, now: float) -> Sequence[Output]:
        """A recording of its own begins, whatever was recorded before."""
        visit.stage, visit.recording_id, visit.playback_id, visit.cut_ms = _Stage.SPEAKING, None, "", 0
        self._lasting.set(visit.call_id, now + self._max_s)
        call_id = visit.call_id
        return (
            StopPrompt(call_id=call_id),
            StopCallRecording(call_id=call_id),
            StartCallRecording(call_id=call_id),
        )

    def _end_take(self, visit: _Visit, now: float) -> Sequence[Output]:
        if visit.recording_id is None:
            return self._fail(visit, "the call may not be recorded, or could not be", now)
        visit.stage = _Stage.ENDING
        self._lasting.set(visit.call_id, now + PATIENCE_S)
        return (StopCallRecording(call_id=visit.call_id),)

    def _ending(self, call_id: str, recording_id: str) -> _Visit | None:
        """Whose take is over with this recording."""
        visit = self._visits.get(call_id)
        if visit is None or visit.stage not in (_Stage.SPEAKING, _Stage.ENDING):
            return None
        return visit if visit.recording_id == recording_id else None

    def _hear_back(self, visit: _Visit) -> Sequence[Output]:
        visit.stage, visit.reminders = _Stage.CHOOSING, 0
        self._lasting.cancel(visit.call_id)
        return self._play(visit, visit.take, "choices")

    def _chosen(self, visit: _Visit, digit: str, now: float) -> Sequence[Output]:
        match digit:
            case "1":
                visit.stage = _Stage.KEEPING
                self._lasting.cancel(visit.call_id)
                keep = KeepTake(call_id=visit.call_id, take=visit.take, prompt=visit.prompt)
                return (StopPrompt(call_id=visit.call_id), keep)
            case "2":
                return self._hear_back(visit)
            case "3":
                self._lasting.cancel(visit.call_id)
                return (
                    self._invite(visit, now) if visit.takes < MOST_TAKES else self._part(visit, "discarded")
                )
            case "*":
                return self._part(visit, "discarded")
        return ()

    def _fail(self, visit: _Visit, problem: str, now: float) -> Sequence[Output]:
        """The take cannot be used; there may be another."""
        told = self._not_recorded(visit, problem)
        if visit.takes >= MOST_TAKES:
            return (told, *self._part(visit, "failed"))
        self._lasting.cancel(visit.call_id)
        return (told, *self._invite(visit, now, "failed"))

    def _part(self, visit: _Visit, instruction: str) -> Sequence[Output]:
        self._lasting.cancel(visit.call_id)
        forgotten = self._forget_take(visit)
        if visit.is_gone:
            del self._visits[visit.call_id]
            return forgotten
        visit.stage = _Stage.PARTING
        return (*forgotten, *(self._play(visit, instruction) or self._hang_up(visit)))

    def _hang_up(self, visit: _Visit) -> Sequence[Output]:
        return (HangUpCall(call_id=visit.call_id, cause=Cause.NORMAL_CLEARING),)

    def _play(self, visit: _Visit, *names: str) -> Sequence[Output]:
        """Prompts, by the name of the instruction or their own; of nothing nothing is played."""
        wanted = (self._instructions.get(name, "") if name in INSTRUCTIONS else name for name in names)
        prompts = tuple(name for name in wanted if name)
        if not prompts:
            return ()
        visit.playback_id = self._ids.new("playback")
        return (PlayPrompt(call_id=visit.call_id, playback_id=visit.playback_id, prompts=prompts),)

    def _not_recorded(self, visit: _Visit, problem: str) -> PromptNotRecorded:
        return PromptNotRecorded(
            call_id=visit.call_id, prompt=visit.prompt, station=visit.station, problem=problem
        )

    def _forget_take(self, visit: _Visit) -> Sequence[Output]:
        take, visit.take = visit.take, ""
        return (ForgetTake(take=take),) if take else ()

    def _leave(self, call_id: str) -> Sequence[Output]:
        """The call is over or elsewhere; what is being kept is kept."""
        visit = self._visits.get(call_id)
        if visit is None:
            return ()
        if visit.stage is _Stage.KEEPING:
            visit.is_gone = True
            return ()
        del self._visits[call_id]
        self._lasting.cancel(call_id)
        return self._forget_take(visit)
