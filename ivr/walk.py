"""One call's way from node to node.

Follows what nodes answer until the caller has to wait for something, the flow is over or the call is lent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from ivr.commands import EndCall, ForgetRequest, MakeSpeech, PassOn, PlayToCaller, ShowKeys, SilencePrompts
from ivr.document import Flow
from ivr.events import FlowEnd, FlowLeft, FlowLent, NodeEntered, NodeFailed
from ivr.expressions import Value
from ivr.faults import FlowFault
from ivr.nodes.inner import give_back
from ivr.nodes.node import Node
from ivr.reaction import Exit, Inner, Reaction, Request
from ivr.run import DEEPEST, Frame, Run, Stay, Utterance
from ivr.visit import Visit
from runtime.target import HANG_UP
from runtime.vocabulary import Output

Outputs = list[Output]

SPEECH_LIMIT_S = 10.0
"""So long a text may take to be made to speech."""


class TimerKind(StrEnum):
    """What is waited for."""

    WAIT = "wait"
    """A key, an answer to the ringing, or the key that went down to come up."""
    ANSWER = "answer"
    SPEECH = "speech"


class Timer(NamedTuple):
    """Of one call."""

    call_id: str
    kind: TimerKind


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all flows."""

    max_node_visits: int = 50
    """Nodes a caller may be led through without pressing a key."""
    on_error: str = ""
    """The target for callers whose flow has failed; empty: the call is ended."""


@dataclass(slots=True)
class Step:
    """What came of one thing that happened."""

    outputs: Outputs = field(default_factory=list)
    timers: list[tuple[TimerKind, float]] = field(default_factory=list)
    """To be set, by seconds from now."""
    moved: bool = False
    """Whether the caller has left the node: what was waited for there is not waited for any more."""
    exit: Exit | None = None
    is_lent: bool = False


class Walk:
    """A run, the flows it goes by, and the words of its nodes."""

    __slots__ = ("_flows", "_rules", "run", "visit")

    def __init__(self, run: Run, flows: Mapping[str, Flow], visit: Visit, rules: Rules) -> None:
        self.run = run
        self.visit = visit
        self._flows = flows
        self._rules = rules

    @property
    def flow(self) -> Flow:
        """The one the caller is in, the innermost."""
        return self._flows[self.run.frame.flow]

    @property
    def node(self) -> Node:
        return self.flow.nodes[self.run.node]

    def begin(self) -> Step:
        """Enter the flow."""
        step = Step()
        self._follow(step, self._guarded(lambda: self._start({})))
        return step

    def act(self, act: Callable[[Node, Visit], Reaction]) -> Step:
        """Something happens at the node."""
        step = Step()
        self._follow(step, self._guarded(lambda: act(self.node, self.visit)))
        return step

    def answered(self, request_id: str, answer: Value) -> Step | None:
        """None when the answer is not awaited any more."""
        stay = self.run.stay
        if request_id and request_id == stay.request_id:
            stay.request_id = ""
            return self.act(lambda node, visit: node.take_answer(visit, answer))
        if request_id and request_id == stay.speech_id:
            return self._hear(str(answer))
        return None

    def unanswered(self, request_id: str, reason: str) -> Step | None:
        """None when the answer is not awaited any more."""
        stay = self.run.stay
        if request_id and request_id == stay.request_id:
            stay.request_id = ""
            return self.act(lambda node, visit: node.go_without(visit, reason))
        if request_id and request_id == stay.speech_id:
            return self._hear_nothing(reason)
        return None

    def left(self, reason: FlowEnd, queue: str) -> Outputs:
        """The run is over; one that never got in was told to nobody."""
        run = self.run
        if not run.is_in:
            return []
        left = FlowLeft(
            call_id=run.call_id,
            flow=run.flow,
            node=run.frames[0].node,
            reason=reason,
            queue=queue,
            language=run.language,
            path=run.path,
            keys=run.keys,
        )
        return [left]

    def let_go(self) -> Outputs:
        """Whatever the node has under way is not awaited any more."""
        run, stay = self.run, self.run.stay
        outputs: Outputs = [
            ForgetRequest(call_id=run.call_id, request_id=request_id)
            for request_id in (stay.request_id, stay.speech_id)
            if request_id
        ]
        if stay.mask_id:
            outputs.append(ShowKeys(call_id=run.call_id, mask_id=stay.mask_id))
        run.stay = Stay()
        return outputs

    # -- from node to node ---------------------------------------------------------------------------

    def _follow(self, step: Step, reaction: Reaction) -> None:
        while True:
            step.outputs += reaction.outputs
            moved = self._move(step, reaction)
            if moved is None:
                break
            reaction = moved
        if reaction.exit is not None:
            step.exit = reaction.exit
        elif reaction.is_lent:
            self._lend(step)
        else:
            self._stay(step, reaction)

    def _move(self, step: Step, reaction: Reaction) -> Reaction | None:
        """To where the reaction leads; None when the caller stays or leaves."""
        if reaction.go:
            step.moved = True
            step.outputs += self._stop()
            return self._enter(step, reaction.go)
        if reaction.inner is not None:
            inner = reaction.inner
            return self._guarded(lambda: self._go_inside(inner))
        if reaction.is_done:
            return self._guarded(lambda: self._come_out(reaction.returned))
        return None

    def _stop(self) -> Outputs:
        """What plays and is awaited at a node that is left."""
        playing = bool(self.run.stay.playback_id)
        return [*([SilencePrompts(call_id=self.run.call_id)] if playing else []), *self.let_go()]

    def _enter(self, step: Step, name: str) -> Reaction:
        run = self.run
        if run.idle_visits >= self._rules.max_node_visits:
            return self._runaway()
        run.enter(name)
        node = self.node
        run.language = node.language or run.language
        step.outputs.append(NodeEntered(**self.visit.place))
        return self._guarded(lambda: node.enter(self.visit))

    def _start(self, given: Mapping[str, Value]) -> Reaction:
        """At the first node of the innermost flow, with the variables it begins with."""
        flow = self.flow
        variables = self.run.frame.variables
        variables.update(given)
        self.visit.set({name: value for name, value in flow.variables.items() if name not in given})
        return Reaction(go=flow.start)

    def _go_inside(self, inner: Inner) -> Reaction:
        if inner.flow not in self._flows:
            raise FlowFault(f"there is no flow {inner.flow}")
        if len(self.run.frames) == DEEPEST:
            raise FlowFault(f"more than {DEEPEST} flows within one another")
        self.run.frames.append(Frame(inner.flow))
        return self._start(inner.variables)

    def _come_out(self, returned: Mapping[str, Value]) -> Reaction:
        run = self.run
        if len(run.frames) == 1:
            over = EndCall(call_id=run.call_id, cause="NORMAL_CLEARING")
            return Reaction(exit=give_back(run) if run.back else Exit(FlowEnd.HUNG_UP, over))
        run.frames.pop()
        run.stay = Stay()
        return self.node.take_answer(self.visit, dict(returned))

    def _runaway(self) -> Reaction:
        """Whoever waits in a queue meanwhile goes on doing that."""
        if self.run.back:
            return Reaction(exit=give_back(self.run))
        end = EndCall(call_id=self.run.call_id, cause="NORMAL_TEMPORARY_FAILURE")
        return Reaction(exit=Exit(FlowEnd.RUNAWAY, end))

    def _lend(self, step: Step) -> None:
        step.moved = step.is_lent = True
        (pass_on,) = (output for output in step.outputs[-1:] if isinstance(output, PassOn))
        step.outputs.insert(-1, FlowLent(**self.visit.place, target=pass_on.target))

    # -- faults --------------------------------------------------------------------------------------

    def _guarded(self, act: Callable[[], Reaction]) -> Reaction:
        try:
            return act()
        except FlowFault as fault:
            return self._fail(str(fault))

    def _fail(self, reason: str) -> Reaction:
        """On to who handles the fault: the node, its flow, the flows around it, the switch."""
        run = self.run
        run.fault = reason
        failed = NodeFailed(**self.visit.place, reason=reason)
        while True:
            handler = self._handler()
            if handler or len(run.frames) == 1:
                break
            run.frames.pop()
        return (Reaction(go=handler) if handler else self._give_up()).after(failed)

    def _handler(self) -> str:
        """The node that handles a fault of this one; a handler does not handle its own."""
        name = self.run.node
        own = self.flow.nodes[name].on_error if name else None
        return next((found for found in (own, self.flow.on_error) if found and found != name), "")

    def _give_up(self) -> Reaction:
        run, target = self.run, self._rules.on_error
        if run.back:
            return Reaction(exit=give_back(run))
        if target and target != HANG_UP:
            return Reaction(
                exit=Exit(FlowEnd.FAILED, PassOn(call_id=run.call_id, target=target, language=run.language))
            )
        end = EndCall(call_id=run.call_id, cause="NORMAL_TEMPORARY_FAILURE")
        return Reaction(exit=Exit(FlowEnd.FAILED, end))

    # -- at a node -----------------------------------------------------------------------------------

    def _stay(self, step: Step, reaction: Reaction) -> None:
        """Begin what the node wants to have done while the caller waits in it."""
        self._ask(step, reaction.ask)
        if reaction.wait_s is not None:
            step.timers.append((TimerKind.WAIT, reaction.wait_s))
        if reaction.play:
            self._prepare(step, reaction)

    def _ask(self, step: Step, request: Request | None) -> None:
        if request is not None:
            step.outputs.append(request.command)
            step.timers.append((TimerKind.ANSWER, request.limit_s))

    def _prepare(self, step: Step, reaction: Reaction) -> None:
        """What was still being made to speech for something else is not awaited any more."""
        step.outputs += self._forget_speech()
        try:
            self.run.stay.to_play = list(self.visit.prompts(reaction.play))
        except FlowFault as fault:
            self._follow(step, self._fail(str(fault)))
            return
        self._play(step)

    def _forget_speech(self) -> Outputs:
        speech_id, self.run.stay.speech_id = self.run.stay.speech_id, ""
        return [ForgetRequest(call_id=self.run.call_id, request_id=speech_id)] if speech_id else []

    def _play(self, step: Step) -> None:
        """Play when all texts are speech; else have the next one made."""
        stay = self.run.stay
        text = next((item for item in stay.to_play if isinstance(item, Utterance)), None)
        if text is None:
            prompts, stay.to_play = tuple(str(item) for item in stay.to_play), []
            step.outputs.append(self._playback(prompts))
            self._ask(step, self.node.while_playing(self.visit))
            return
        stay.speech_id = self.visit.ids.new("request")
        step.outputs.append(MakeSpeech(call_id=self.run.call_id, request_id=stay.speech_id, **text._asdict()))
        step.timers.append((TimerKind.SPEECH, SPEECH_LIMIT_S))

    def _playback(self, prompts: tuple[str, ...]) -> PlayToCaller:
        self.run.stay.playback_id = self.visit.ids.new("playback")
        return PlayToCaller(
            call_id=self.run.call_id,
            playback_id=self.run.stay.playback_id,
            prompts=prompts,
            barge_in=self.node.lets_key_interrupt,
        )

    def _hear(self, prompt: str) -> Step:
        """The text is speech now."""
        stay, step = self.run.stay, Step()
        stay.speech_id = ""
        place = next(place for place, item in enumerate(stay.to_play) if isinstance(item, Utterance))
        stay.to_play[place] = prompt
        self._play(step)
        return step

    def _hear_nothing(self, reason: str) -> Step:
        """Without speech: to where the node's errors lead, else on with what else there is to hear."""
        stay, step = self.run.stay, Step()
        stay.speech_id = ""
        if self.node.on_error and not stay.request_id:
            self._follow(step, self._fail(reason))
            return step
        step.outputs.append(NodeFailed(**self.visit.place, reason=reason))
        stay.to_play = [item for item in stay.to_play if not isinstance(item, Utterance)]
        if stay.to_play:
            self._play(step)
        else:
            self._follow(step, self._guarded(lambda: self.node.hear_end(self.visit)))
        return step
