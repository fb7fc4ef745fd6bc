"""Leads calls through flows.

    call given ──► (ring, answer) ──► start node ──► node ──► … ──► queue, another target or hang-up
                                       │   ▲   │  ▲
                                       └───┘   └──┴─ lent to a queue, a phone, a message box, and back
                       key · playback over · time-out · answer

What a node does stands in ``ivr/nodes``, how the caller moves between them in ``ivr/walk.py``. Here is what
holds for all calls: entering and leaving, who has the call, and the timers.
"""

from collections import Counter
from collections.abc import Callable, Container, Mapping
from itertools import chain
from typing import Any

from ivr.commands import AnswerCaller, EndCall, RecordCaller, RingCaller
from ivr.config import RETURN
from ivr.editions import FlowSet
from ivr.events import FlowEnd, FlowEntered, FlowResumed
from ivr.inputs import (
    AnswerCame,
    CallerListens,
    CallGiven,
    CallMoved,
    CallOver,
    CallReturned,
    CallTaken,
    DataChanged,
    DigitPressed,
    Input,
    MaskedKeysPressed,
    NoAnswerCame,
    PlaybackOver,
)
from ivr.nodes.node import LONGEST_PRESS_S, Node
from ivr.reaction import Reaction
from ivr.run import Frame, Run
from ivr.visit import Visit
from ivr.walk import Outputs, Rules, Step, Timer, TimerKind, Walk
from ivr.world import World
from runtime.contact_data import Data
from runtime.deadlines import Deadlines
from runtime.errors import UsageError
from runtime.ids import Ids


class FlowInterpreter:
    """All calls that are in a flow now. Inputs about other calls are ignored."""

    def __init__(self, flows: FlowSet, ids: Ids, world: World, rules: Rules) -> None:
        self.flows = flows
        self._ids = ids
        self._world = world
        self._rules = rules
        self._walks: dict[str, Walk] = {}
        """By call: those that are ours now."""
        self.in_flows: Container[str] = self._walks
        """Those that are in a flow now; inputs about any other change nothing."""
        self._lent: dict[str, list[Walk]] = {}
        """By call: flows that wait for it to come back, the innermost last."""
        self.lent: Container[str] = self._lent
        """Calls that flows wait for."""
        self._calls: Counter[str] = Counter()
        self._deadlines: Deadlines[Timer] = Deadlines()

    def configure(self, flows: FlowSet) -> None:
        """Calls given from now on go by these flows; those that are in one keep all of theirs."""
        self.flows = flows

    def knows(self, name: str) -> bool:
        """Whether a target ``flow:<name>`` leads anywhere; to a flow that is gone, only calls it has lent."""
        if name.endswith(RETURN):
            return self._calls[name.removesuffix(RETURN)] > 0
        return self.flows.knows(name)

    def calls_in(self, flow: str) -> int:
        """How many calls are in this flow now."""
        return self._calls[flow]

    def callers_at(self, flow: str) -> Counter[str]:
        """How many callers are at each node of a flow now, those who are lent from there among them."""
        lent = (walk for walks in self._lent.values() for walk in walks)
        frames = (frame for walk in chain(self._walks.values(), lent) for frame in walk.run.frames)
        return Counter(frame.node for frame in frames if frame.flow == flow and frame.node)

    def run_of(self, call_id: str) -> Run | None:
        """Where a call stands that is in a flow now."""
        walk = self._walks.get(call_id)
        return walk.run if walk is not None else None

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> Outputs:
        timer = self._deadlines.first_due(now)
        return self._time_out(self._walks[timer.call_id], timer.kind, now) if timer else []

    def handle(self, given: Input, *, now: float) -> Outputs:
        """Take one input. Raises UsageError when a call is given to a flow that does not exist."""
        match given:
            case CallGiven():
                return self._admit(given, now)
            case CallReturned():
                return self._resume(given, now)
            case CallMoved():
                return self._move(given)
            case CallOver(by_caller=by_caller):
                reason = FlowEnd.CALLER_HUNG_UP if by_caller else FlowEnd.CALL_ENDED
                return self._forget(given.call_id, reason)
            case DataChanged(data=data):
                return self._know(given.call_id, data)
        walk = self._walks.get(given.call_id)
        return self._tell(walk, given, now) if walk is not None else []

    def _tell(self, walk: Walk, given: Input, now: float) -> Outputs:
        run = walk.run
        match given:
            case CallerListens():
                return [] if run.node else self._begin(walk, now)
            case CallTaken():
                return self._drop(walk, FlowEnd.TAKEN)
            case DigitPressed(digit=digit):
                return self._press(walk, digit, now)
            case MaskedKeysPressed(mask_id=mask_id, digits=digits):
                return self._press_masked(walk, mask_id, digits, now)
            case PlaybackOver(playback_id=playback_id, by_key=by_key):
                return self._playback_over(walk, playback_id, by_key, now)
            case AnswerCame(request_id=request_id, answer=answer):
                return self._carry_on(walk, walk.answered(request_id, answer), now)
            case NoAnswerCame(request_id=request_id, reason=reason):
                return self._carry_on(walk, walk.unanswered(request_id, reason), now)
        return []

    # -- coming and going ----------------------------------------------------------------------------

    def _admit(self, given: CallGiven, now: float) -> Outputs:
        if not self.flows.knows(given.flow):
            raise UsageError(f"there is no flow {given.flow!r}; there are {', '.join(self.flows.editions)}")
        earlier = self._walks.get(given.call_id)
        outputs = self._drop(earlier, FlowEnd.TAKEN) if earlier else []
        run = _run_of(given)
        walk = self._walk_of(run)
        flow = walk.flow
        run.language = given.language or flow.language
        self._walks[run.call_id] = walk
        self._calls[run.flow] += 1
        if given.answered:
            return outputs + self._begin(walk, now)
        if not flow.ring_s:
            return [*outputs, AnswerCaller(call_id=run.call_id)]
        self._deadlines.set(Timer(run.call_id, TimerKind.WAIT), now + flow.ring_s)
        return [*outputs, RingCaller(call_id=run.call_id)]

    def _begin(self, walk: Walk, now: float) -> Outputs:
        run, flow = walk.run, walk.flow
        run.is_in = True
        entered = FlowEntered(call_id=run.call_id, flow=run.flow, version=run.version)
        outputs: Outputs = [entered]
        if flow.record:
            outputs.append(RecordCaller(call_id=run.call_id, share=flow.record_share))
        return outputs + self._carry_on(walk, walk.begin(), now)

    def _resume(self, given: CallReturned, now: float) -> Outputs:
        """The call is back; whoever else had it in a flow meanwhile has it no more."""
        between = self._walks.get(given.call_id)
        outputs = self._drop(between, FlowEnd.TAKEN) if between else []
        lent = self._lent.get(given.call_id)
        if not lent:
            over = EndCall(call_id=given.call_id, cause="NORMAL_TEMPORARY_FAILURE")
            return [*outputs, over]
        walk = lent.pop()
        if not lent:
            del self._lent[given.call_id]
        self._walks[given.call_id] = walk
        walk.run.language = given.language or walk.run.language
        outputs.append(FlowResumed(**walk.visit.place, outcome=given.outcome))
        return outputs + self._do(walk, lambda node, visit: node.come_back(visit, given.outcome), now)

    def _move(self, moved: CallMoved) -> Outputs:
        """Flows of the call before get this one back after its own, of which none ends it any more."""
        active = self._walks.get(moved.call_id)
        own = [*self._lent.get(moved.call_id, ()), *((active,) if active else ())]
        if own:
            own[0].run.back = own[0].run.back or moved.back
        if waiting := self._lent.pop(moved.from_call_id, []):
            for walk in waiting:
                walk.run.call_id = moved.call_id
            self._lent[moved.call_id] = [*waiting, *self._lent.get(moved.call_id, ())]
        return []

    def _know(self, call_id: str, data: Data) -> Outputs:
        """Flows that wait for the call to come back know it too."""
        walk = self._walks.get(call_id)
        for known in (*((walk,) if walk else ()), *self._lent.get(call_id, ())):
            known.run.data = dict(data)
        return []

    def _lend(self, walk: Walk) -> Outputs:
        call_id = walk.run.call_id
        del self._walks[call_id]
        self._lent.setdefault(call_id, []).append(walk)
        return []

    def _forget(self, call_id: str, reason: FlowEnd) -> Outputs:
        """The call is gone."""
        walk = self._walks.get(call_id)
        outputs = self._drop(walk, reason) if walk else []
        for lent in reversed(self._lent.pop(call_id, [])):
            outputs += self._left(lent, reason)
        return outputs

    def _drop(self, walk: Walk, reason: FlowEnd, queue: str = "") -> Outputs:
        del self._walks[walk.run.call_id]
        outputs = walk.let_go()
        self._stop_timers(walk.run.call_id)
        return outputs + self._left(walk, reason, queue)

    def _left(self, walk: Walk, reason: FlowEnd, queue: str = "") -> Outputs:
        self._calls[walk.run.flow] -= 1
        if not self._calls[walk.run.flow]:
            del self._calls[walk.run.flow]
        return walk.left(reason, queue)

    # -- in a node -----------------------------------------------------------------------------------

    def _time_out(self, walk: Walk, kind: TimerKind, now: float) -> Outputs:
        run = walk.run
        if not run.node:
            return [AnswerCaller(call_id=run.call_id)]
        if kind is TimerKind.ANSWER:
            return self._carry_on(walk, walk.unanswered(run.stay.request_id, "timed_out"), now)
        if kind is TimerKind.SPEECH:
            return self._carry_on(walk, walk.unanswered(run.stay.speech_id, "timed_out"), now)
        if run.stay.playback_id:
            return self._playback_over(walk, run.stay.playback_id, by_key=False, now=now)
        return self._do(walk, lambda node, visit: node.time_out(visit), now)

    def _press(self, walk: Walk, digit: str, now: float) -> Outputs:
        if not walk.run.node:
            return []
        self._deadlines.cancel(Timer(walk.run.call_id, TimerKind.WAIT))
        return self._do(walk, lambda node, visit: node.press(visit, digit), now)

    def _press_masked(self, walk: Walk, mask_id: str, digits: str, now: float) -> Outputs:
        """One key after the other, each in the node where the one before led."""
        outputs: Outputs = []
        stay = walk.run.stay
        while mask_id == stay.mask_id and stay.masked < len(digits):
            stay.masked += 1
            outputs += self._press(walk, digits[stay.masked - 1], now)
            stay = walk.run.stay
        return outputs

    def _playback_over(self, walk: Walk, playback_id: str, by_key: bool, now: float) -> Outputs:
        """After a key the prompts are over when that is told; without it, after a while."""
        stay = walk.run.stay
        if not stay.playback_id or playback_id != stay.playback_id:
            return []
        if by_key:
            self._deadlines.set(Timer(walk.run.call_id, TimerKind.WAIT), now + LONGEST_PRESS_S)
            return []
        stay.playback_id = ""
        return self._do(walk, lambda node, visit: node.hear_end(visit), now)

    def _do(self, walk: Walk, act: Callable[[Node, Visit], Reaction], now: float) -> Outputs:
        return self._carry_on(walk, walk.act(act), now)

    def _carry_on(self, walk: Walk, step: Step | None, now: float) -> Outputs:
        """Do with the call what came of a step."""
        if step is None:
            return []
        call_id = walk.run.call_id
        if step.moved:
            self._stop_timers(call_id)
        for kind, after_s in step.timers:
            self._deadlines.set(Timer(call_id, kind), now + after_s)
        if step.exit is not None:
            return [*step.outputs, *self._drop(walk, step.exit.reason, step.exit.queue), step.exit.command]
        return [*step.outputs, *self._lend(walk)] if step.is_lent else step.outputs

    def _stop_timers(self, call_id: str) -> None:
        for kind in TimerKind:
            self._deadlines.cancel(Timer(call_id, kind))

    # -- snapshots -----------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """Everything the interpreter knows, as plain data."""
        return {
            "runs": [walk.run.to_data() for walk in self._walks.values()],
            "lent": [walk.run.to_data() for walks in self._lent.values() for walk in walks],
            "waiting": [(*timer, at) for timer, at in self._deadlines.armed()],
        }

    def restore(self, taken: Mapping[str, Any]) -> None:
        """Go on, as a new interpreter of the same flows, where the snapshot was taken."""
        for data in taken["runs"]:
            self._walks[data["call_id"]] = self._restored(data)
        for data in taken["lent"]:
            self._lent.setdefault(data["call_id"], []).append(self._restored(data))
        for call_id, kind, until in taken["waiting"]:
            self._deadlines.set(Timer(call_id, TimerKind(kind)), until)

    def _restored(self, data: dict[str, Any]) -> Walk:
        run = Run.from_data(data)
        self._calls[run.flow] += 1
        return self._walk_of(run)

    def _walk_of(self, run: Run) -> Walk:
        flows, run.version = self.flows.for_call(run.given, run.caller_number or run.call_id)
        return Walk(run, flows, Visit(run, self._world, self._ids), self._rules)


def _run_of(given: CallGiven) -> Run:
    flow = given.flow.partition("?")[0]
    return Run(
        given.call_id,
        flow,
        given=given.flow,
        contact_id=given.contact_id,
        caller_number=given.caller_number,
        caller_name=given.caller_name,
        access_code=given.access_code,
        area=given.area,
        lists=given.lists,
        tags=given.tags,
        data=dict(given.data),
        back=given.back,
        frames=[Frame(flow)],
    )
