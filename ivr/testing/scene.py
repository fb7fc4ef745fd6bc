"""One call in a dialogue: the real interpreter on the manual clock, and what it does with the caller.

Nobody else is there. Prompts take no time, a text is speech at once, and whoever is asked or rung answers
when the dialogue says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ivr.commands import (
    AskApplication,
    EndCall,
    ForgetRequest,
    HideKeys,
    LookUp,
    MakeSpeech,
    PassOn,
    PlayToCaller,
    RecogniseSpeech,
    ShowKeys,
    SilencePrompts,
    SpeakLive,
)
from ivr.config import FLOW_SCHEME
from ivr.document import Flow
from ivr.editions import FlowSet
from ivr.expressions import Value
from ivr.inputs import (
    AnswerCame,
    CallerListens,
    CallGiven,
    CallOver,
    CallReturned,
    DigitPressed,
    Input,
    MaskedKeysPressed,
    NoAnswerCame,
    PlaybackOver,
)
from ivr.interpreter import FlowInterpreter
from ivr.run import Run
from ivr.testing.document import RECOGNISER, Call, QueueNow
from ivr.walk import Rules
from ivr.world import Hours, Outlook, World
from runtime.clock import ManualClock
from runtime.ids import SeededIds
from runtime.target import first_queue, parse_target
from runtime.vocabulary import Output

CALL_ID = "call-1"
SPEECH = "say:"
"""Stands before the text in the name of a prompt that was made to speech."""


@dataclass(slots=True)
class Scene:
    """What there is and what has happened."""

    call: Call
    flows: Mapping[str, Flow]
    rules: Rules
    clock: ManualClock = field(default_factory=ManualClock)
    run: Run | None = None
    """None before the call came."""
    trail: list[tuple[float, Output]] = field(default_factory=list)
    """All that came of it, and when."""
    latest: list[Output] = field(default_factory=list)
    """What came of the latest step."""
    _playing: str = ""
    _live: str = ""
    """The request of a text that a speech server is saying."""
    _mask: tuple[str, str] = ("", "")
    """Its id, and the keys behind it."""
    _asked: dict[str, str] = field(default_factory=dict)
    """Names of services and applications whose answers are awaited, with the ids of the requests."""
    _interpreter: FlowInterpreter = field(init=False)

    def __post_init__(self) -> None:
        self._interpreter = FlowInterpreter(FlowSet.of(self.flows), SeededIds(), self._world(), self.rules)

    # -- what the dialogue does ----------------------------------------------------------------------

    def begin(self, flow: str) -> None:
        """The call comes in and is answered."""
        self._arrive(flow, self.call.waits)
        while self.run is not None and not self.run.node and self._wake_before(float("inf")):
            pass

    def press(self, keys: str) -> None:
        for key in keys:
            mask_id, behind = self._mask
            if mask_id:
                self._mask = (mask_id, behind + key)
                self._give(MaskedKeysPressed(call_id=CALL_ID, mask_id=mask_id, digits=behind + key))
            else:
                self._give(DigitPressed(call_id=CALL_ID, digit=key))

    def hear_out(self) -> None:
        """All that plays, until the flow waits for something else."""
        while self._playing or self._live:
            playing, self._playing = self._playing, ""
            live, self._live = self._live, ""
            if live:
                self._give(AnswerCame(call_id=CALL_ID, request_id=live, answer="said"))
            else:
                self._give(PlaybackOver(call_id=CALL_ID, playback_id=playing))

    def wait(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        self.hear_out()
        while self._wake_before(until):
            self.hear_out()
        self.clock.move_to(until)

    def answer(self, name: str, answer: Value) -> bool:
        """False when the flow does not wait for this."""
        request_id = self._asked.pop(name, None)
        if request_id is not None:
            self._give(AnswerCame(call_id=CALL_ID, request_id=request_id, answer=answer))
        return request_id is not None

    def fail(self, name: str, reason: str) -> bool:
        """False when the flow does not wait for this."""
        request_id = self._asked.pop(name, None)
        if request_id is not None:
            self._give(NoAnswerCame(call_id=CALL_ID, request_id=request_id, reason=reason))
        return request_id is not None

    def come_back(self, outcome: str) -> None:
        self._give(CallReturned(call_id=CALL_ID, outcome=outcome))

    def hang_up(self) -> None:
        self._give(CallOver(call_id=CALL_ID, by_caller=True))

    # -- what becomes of it --------------------------------------------------------------------------

    @property
    def is_in_flow(self) -> bool:
        """Whether keys go anywhere."""
        return CALL_ID in self._interpreter.in_flows

    @property
    def awaited(self) -> list[str]:
        """Whose answers are."""
        return list(self._asked)

    def _arrive(self, flow: str, back: str) -> None:
        call = self.call
        language = self.run.language if self.run is not None else call.language or ""
        given = CallGiven(
            call_id=CALL_ID,
            flow=flow,
            answered=False,
            back=back,
            language=language,
            caller_number=call.caller_number,
            caller_name=call.caller_name,
            access_code=call.access_code,
            area=call.area,
            lists=call.lists,
            tags=call.tags if self.run is None else self.run.tags,
            data=dict(call.data) if self.run is None else self.run.data,
            contact_id="contact-1",
        )
        self._give(given)
        self.run = self._interpreter.run_of(CALL_ID)
        if not self.flows[flow].ring_s:
            self._give(CallerListens(call_id=CALL_ID))

    def _wake_before(self, until: float) -> bool:
        at = self._interpreter.next_deadline()
        if at is None or at > until:
            return False
        self.clock.move_to(at)
        self._take(self._interpreter.wake(now=at))
        if self.run is not None and not self.run.node:
            self._give(CallerListens(call_id=CALL_ID))
        return True

    def _give(self, given: Input) -> None:
        self._take(self._interpreter.handle(given, now=self.clock.now()))

    def _take(self, outputs: list[Output]) -> None:
        for output in outputs:
            self.latest.append(output)
            self.trail.append((self.clock.now(), output))
            self._note(output)
        for output in outputs:
            self._react(output)

    def _note(self, output: Output) -> None:
        match output:
            case PlayToCaller(playback_id=playback_id):
                self._playing = playback_id
            case SilencePrompts() | EndCall() | PassOn():
                self._playing = ""
            case (
                LookUp(service=name, request_id=request_id) | AskApplication(hook=name, request_id=request_id)
            ):
                self._asked[name] = request_id
            case RecogniseSpeech(request_id=request_id):
                self._asked[RECOGNISER] = request_id
            case SpeakLive(request_id=request_id):
                self._live = request_id
            case ForgetRequest(request_id=request_id):
                self._forget(request_id)
            case HideKeys(mask_id=mask_id):
                self._mask = (mask_id, "")
            case ShowKeys():
                self._mask = ("", "")

    def _forget(self, request_id: str) -> None:
        self._live = "" if request_id == self._live else self._live
        self._asked = {name: asked for name, asked in self._asked.items() if asked != request_id}

    def _react(self, output: Output) -> None:
        """What the rest of the switch does at once."""
        match output:
            case MakeSpeech(request_id=request_id, text=text) if self.call.speech:
                speech = AnswerCame(call_id=CALL_ID, request_id=request_id, answer=SPEECH + text)
                self._give(speech)
            case MakeSpeech(request_id=request_id) | SpeakLive(request_id=request_id) if not self.call.speech:
                self._live = ""
                self._give(NoAnswerCame(call_id=CALL_ID, request_id=request_id, reason="no speech engine"))
            case PassOn(target=target, back=back):
                scheme, name = parse_target(target)
                if scheme == FLOW_SCHEME and name in self.flows:
                    self._arrive(name, back)

    # -- what flows may ask --------------------------------------------------------------------------

    def _world(self) -> World:
        return World(
            wall=lambda: self.call.at + timedelta(seconds=self.clock.now()),
            outlook=self._outlook,
            hours=self._hours,
        )

    def _outlook(self, queue: str, _: str) -> Outlook:
        now = self.call.queues.get(first_queue(queue), QueueNow())
        return Outlook(now.repeats, now.wait_s, now.waiting, now.open)

    def _hours(self, calendar: str) -> Hours:
        occasion = self.call.holidays.get(calendar)
        return Hours(calendar in self.call.open, occasion is None, occasion or "")
