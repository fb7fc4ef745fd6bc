"""A caller who acts by script on a flow, on the manual clock."""

from datetime import UTC, datetime
from typing import Any

from ivr.commands import (
    AskApplication,
    LookUp,
    MakeSpeech,
    PlayToCaller,
    RecogniseSpeech,
    SpeakLive,
)
from ivr.document import Flow
from ivr.editions import FlowSet
from ivr.events import FlowLeft, NodeEntered
from ivr.inputs import (
    AnswerCame,
    CallerListens,
    CallGiven,
    CallOver,
    CallReturned,
    CallTaken,
    DigitPressed,
    Input,
    NoAnswerCame,
    PlaybackOver,
)
from ivr.interpreter import FlowInterpreter
from ivr.walk import Rules
from ivr.world import World
from runtime.clock import ManualClock
from runtime.ids import SeededIds


def flow_of(nodes: dict[str, Any], *, name: str = "hotline", start: str | None = None) -> Flow:
    """A flow of these nodes that begins with the first."""
    header = {"name": name, "title": "客户服务热线", "language": "zh", "start": start or next(iter(nodes))}
    return Flow.model_validate({**header, "nodes": nodes})


MORNING = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
"""A Saturday."""


def world_of(**known: Any) -> World:
    """What flows may ask, at nine in the morning."""
    return World(**{"wall": lambda: MORNING, **known})


def interpreter_of(*flows: Flow, world: World | None = None, **rules: Any) -> FlowInterpreter:
    """``rules`` as in ``ivr.walk.Rules``."""
    return FlowInterpreter(
        FlowSet.of({f.name: f for f in flows}), SeededIds(), world or world_of(), Rules(**rules)
    )


class ScriptedCaller:
    """Does one thing after the other and remembers everything the interpreter answered."""

    def __init__(self, interpreter: FlowInterpreter, call_id: str = "call-1") -> None:
        self.interpreter = interpreter
        self.call_id = call_id
        self.clock = ManualClock(100.0)
        self.outputs: list[Any] = []

    def enters(self, flow: str = "hotline", **known: Any) -> "ScriptedCaller":
        """``known`` of the caller, as in CallGiven."""
        return self._give(CallGiven(call_id=self.call_id, flow=flow, answered=True, **known))

    def arrives(self, flow: str = "hotline") -> "ScriptedCaller":
        return self._give(CallGiven(call_id=self.call_id, flow=flow, answered=False))

    def is_lent(self, back: str, flow: str = "hotline") -> "ScriptedCaller":
        """By a queue, in which the caller waits on."""
        return self._give(CallGiven(call_id=self.call_id, flow=flow, answered=True, back=back))

    def is_answered(self) -> "ScriptedCaller":
        return self._give(CallerListens(call_id=self.call_id))

    def presses(self, digits: str) -> "ScriptedCaller":
        for digit in digits:
            self._give(DigitPressed(call_id=self.call_id, digit=digit))
        return self

    def hears_it_out(self) -> "ScriptedCaller":
        return self._give(PlaybackOver(call_id=self.call_id, playback_id=self.plays[-1].playback_id))

    def holds_a_key_down(self) -> "ScriptedCaller":
        """The prompts stop at once; ``presses`` is the key coming up."""
        playback_id = self.plays[-1].playback_id
        return self._give(PlaybackOver(call_id=self.call_id, playback_id=playback_id, by_key=True))

    def waits(self, seconds: float) -> "ScriptedCaller":
        until = self.clock.now() + seconds
        while (at := self.interpreter.next_deadline()) is not None and at <= until:
            self.clock.move_to(at)
            self.outputs += self.interpreter.wake(now=at)
        self.clock.move_to(until)
        return self

    def hangs_up(self) -> "ScriptedCaller":
        return self._give(CallOver(call_id=self.call_id, by_caller=True))

    def is_taken(self) -> "ScriptedCaller":
        return self._give(CallTaken(call_id=self.call_id))

    def comes_back(self, outcome: str = "") -> "ScriptedCaller":
        """From where the call was lent."""
        return self._give(CallReturned(call_id=self.call_id, outcome=outcome))

    def is_told(self, answer: Any) -> "ScriptedCaller":
        """What the flow asked last is answered."""
        return self._give(AnswerCame(call_id=self.call_id, request_id=self.asked[-1], answer=answer))

    def is_told_nothing(self, reason: str = "timed_out") -> "ScriptedCaller":
        return self._give(NoAnswerCame(call_id=self.call_id, request_id=self.asked[-1], reason=reason))

    @property
    def asked(self) -> list[str]:
        """The requests so far, by their ids."""
        asking = (LookUp, AskApplication, MakeSpeech, SpeakLive, RecogniseSpeech)
        return [output.request_id for output in self.outputs if isinstance(output, asking)]

    @property
    def plays(self) -> list[PlayToCaller]:
        return self.all_of(PlayToCaller)

    @property
    def heard(self) -> list[tuple[str, ...]]:
        """What was played, playback by playback."""
        return [play.prompts for play in self.plays]

    @property
    def path(self) -> list[str]:
        return [entered.node for entered in self.all_of(NodeEntered)]

    @property
    def left(self) -> FlowLeft:
        (left,) = (output for output in self.outputs if isinstance(output, FlowLeft))
        return left

    def all_of(self, kind: type[Any]) -> list[Any]:
        return [output for output in self.outputs if type(output) is kind]

    def _give(self, given: Input) -> "ScriptedCaller":
        self.outputs += self.interpreter.handle(given, now=self.clock.now())
        return self
