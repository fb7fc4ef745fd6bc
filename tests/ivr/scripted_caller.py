"""A caller who acts by script on a flow, on the manual clock."""

from typing import Any

from ivr.commands import PlayToCaller
from ivr.document import Flow
from ivr.events import FlowLeft, NodeEntered
from ivr.inputs import CallerListens, CallGiven, CallOver, CallTaken, DigitPressed, Input, PlaybackOver
from ivr.interpreter import FlowInterpreter
from runtime.clock import ManualClock
from runtime.ids import SeededIds


def flow_of(nodes: dict[str, Any], *, name: str = "hotline", start: str | None = None) -> Flow:
    """A flow of these nodes that begins with the first."""
    header = {"name": name, "title": "客户服务热线", "language": "zh", "start": start or next(iter(nodes))}
    return Flow.model_validate({**header, "nodes": nodes})


def interpreter_of(*flows: Flow, max_node_visits: int = 50) -> FlowInterpreter:
    return FlowInterpreter({f.name: f for f in flows}, SeededIds(), max_node_visits=max_node_visits)


class ScriptedCaller:
    """Does one thing after the other and remembers everything the interpreter answered."""

    def __init__(self, interpreter: FlowInterpreter, call_id: str = "call-1") -> None:
        self.interpreter = interpreter
        self.call_id = call_id
        self.clock = ManualClock(100.0)
        self.outputs: list[Any] = []

    def enters(self, flow: str = "hotline") -> "ScriptedCaller":
        return self._give(CallGiven(call_id=self.call_id, flow=flow, answered=True))

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
