"""Leads calls through flows.

    call given ──► (ring, answer) ──► start node ──► node ──► … ──► queue or hang-up
                                       │   ▲
                                       └───┘ key · playback over · time-out

What a node does stands in ``ivr/nodes``. Here is what holds for all of them: entering and leaving,
the timer, and the guard against a flow that leads a silent caller in circles.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ivr.commands import AnswerCaller, EndCall, PlayToCaller, RecordCaller, RingCaller
from ivr.document import Flow, Menu, Node, Play
from ivr.events import FlowEnd, FlowEntered, FlowLeft, NodeEntered
from ivr.inputs import CallerListens, CallGiven, CallOver, CallTaken, DigitPressed, Input, PlaybackOver
from ivr.nodes import acts
from ivr.nodes.back import give_back
from ivr.outlook import OutlookOf, nothing_known
from ivr.reaction import Exit, Reaction
from ivr.run import Run
from runtime.deadlines import Deadlines
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.vocabulary import Output

Outputs = list[Output]

LONGEST_PRESS_S = 10.0
"""So long a key that went down may be held before the flow goes on without it."""


class FlowInterpreter:
    """All calls that are in a flow now. Inputs about other calls are ignored."""

    def __init__(
        self,
        flows: Mapping[str, Flow],
        ids: Ids,
        *,
        max_node_visits: int,
        outlook: OutlookOf = nothing_known,
    ) -> None:
        """``outlook`` tells branch nodes of queues."""
        """``flows`` may become others: calls given from then on go by these, calls in one keep theirs."""
        self._flows = flows
        self._outlook = outlook
        self._ids = ids
        self._max_node_visits = max_node_visits
        self._runs: dict[str, Run] = {}
        self._documents: dict[str, Flow] = {}
        """By call: the flow as it was when the call was given to it."""
        self._calls: Counter[str] = Counter()
        self._deadlines: Deadlines[str] = Deadlines()
        """Of the calls that ring, or wait in a menu."""

    def calls_in(self, flow: str) -> int:
        """How many calls are in this flow now."""
        return self._calls[flow]

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> Outputs:
        call_id = self._deadlines.first_due(now)
        return self._time_out(self._runs[call_id], now) if call_id else []

    def holds(self, call_id: str) -> bool:
        """Whether the call is in a flow now; inputs about any other change nothing."""
        return call_id in self._runs

    def handle(self, given: Input, *, now: float) -> Outputs:
        """Take one input. Raises UsageError when a call is given to a flow that does not exist."""
        if isinstance(given, CallGiven):
            return self._admit(given, now)
        run = self._runs.get(given.call_id)
        if run is None:
            return []
        match given:
            case CallerListens():
                return [] if run.node else self._begin(run, now)
            case DigitPressed(digit=digit):
                return self._press(run, digit, now)
            case PlaybackOver(playback_id=playback_id, by_key=True):
                return self._await_key(run, playback_id, now)
            case PlaybackOver(playback_id=playback_id):
                return self._hear_end(run, playback_id, now)
            case CallTaken():
                return self._drop(run, FlowEnd.TAKEN)
            case CallOver(by_caller=by_caller):
                return self._drop(run, FlowEnd.CALLER_HUNG_UP if by_caller else FlowEnd.CALL_ENDED)

    def _admit(self, given: CallGiven, now: float) -> Outputs:
        flow = self._flows.get(given.flow)
        if flow is None:
            raise UsageError(f"there is no flow {given.flow!r}; there are {', '.join(self._flows)}")
        earlier = self._runs.get(given.call_id)
        outputs = self._drop(earlier, FlowEnd.TAKEN) if earlier else []
        run = Run(
            given.call_id,
            given.flow,
            given.language or flow.language,
            back=given.back,
            caller_number=given.caller_number,
            lists=given.lists,
            tags=given.tags,
        )
        self._runs[run.call_id], self._documents[run.call_id] = run, flow
        self._calls[run.flow] += 1
        if given.answered:
            return outputs + self._begin(run, now)
        if not flow.ring_s:
            return [*outputs, AnswerCaller(call_id=run.call_id)]
        self._deadlines.set(run.call_id, now + flow.ring_s)
        return [*outputs, RingCaller(call_id=run.call_id)]

    def _time_out(self, run: Run, now: float) -> Outputs:
        if not run.node:
            return [AnswerCaller(call_id=run.call_id)]
        if run.playback_id:
            return self._hear_end(run, run.playback_id, now)
        return self._follow(run, acts.time_out(self._node(run), run), now)

    def _begin(self, run: Run, now: float) -> Outputs:
        flow = self._documents[run.call_id]
        outputs: Outputs = [FlowEntered(call_id=run.call_id, flow=run.flow)]
        if flow.record:
            outputs.append(RecordCaller(call_id=run.call_id, share=flow.record_share))
        return outputs + self._follow(run, Reaction(go=flow.start), now)

    def _press(self, run: Run, digit: str, now: float) -> Outputs:
        if not run.node:
            return []
        self._deadlines.cancel(run.call_id)
        return self._follow(run, acts.press(self._node(run), run, digit), now)

    def _await_key(self, run: Run, playback_id: str, now: float) -> Outputs:
        """The key that ended the prompts is to be told yet; without it the prompts are over."""
        if run.playback_id and playback_id == run.playback_id:
            self._deadlines.set(run.call_id, now + LONGEST_PRESS_S)
        return []

    def _hear_end(self, run: Run, playback_id: str, now: float) -> Outputs:
        if not run.playback_id or playback_id != run.playback_id:
            return []
        run.playback_id = ""
        return self._follow(run, acts.hear_end(self._node(run)), now)

    def _node(self, run: Run) -> Node:
        return self._documents[run.call_id].nodes[run.node]

    def _follow(self, run: Run, reaction: Reaction, now: float) -> Outputs:
        outputs: Outputs = list(reaction.outputs)
        while reaction.go:
            reaction = self._enter(run, reaction.go)
            outputs += reaction.outputs
        if reaction.exit:
            return outputs + self._leave(run, reaction.exit)
        if reaction.play:
            outputs.append(self._play(run, reaction.play))
        if reaction.wait_s is not None:
            self._deadlines.set(run.call_id, now + reaction.wait_s)
        return outputs

    def _play(self, run: Run, prompts: tuple[str, ...]) -> PlayToCaller:
        run.playback_id = self._ids.new("playback")
        node = self._node(run)
        return PlayToCaller(
            call_id=run.call_id,
            playback_id=run.playback_id,
            prompts=prompts,
            barge_in=isinstance(node, Play | Menu) and node.barge_in,
        )

    def _enter(self, run: Run, name: str) -> Reaction:
        if run.idle_visits == self._max_node_visits:
            return self._runaway(run)
        run.enter(name)
        node = self._node(run)
        run.language = node.language or run.language
        entered = NodeEntered(call_id=run.call_id, flow=run.flow, node=name)
        return acts.enter(node, run, self._outlook).after(entered)

    def _runaway(self, run: Run) -> Reaction:
        """Whoever waits in a queue meanwhile goes on doing that."""
        if run.back:
            return Reaction(exit=give_back(run))
        end = EndCall(call_id=run.call_id, cause="NORMAL_TEMPORARY_FAILURE")
        return Reaction(exit=Exit(FlowEnd.RUNAWAY, end))

    def _leave(self, run: Run, way: Exit) -> Outputs:
        return [*self._drop(run, way.reason, way.queue), way.command]

    def _drop(self, run: Run, reason: FlowEnd, queue_name: str = "") -> Outputs:
        del self._runs[run.call_id], self._documents[run.call_id]
        self._calls[run.flow] -= 1
        self._deadlines.cancel(run.call_id)
        if not run.node:  # it never got in: nobody was told that it entered
            return []
        left = FlowLeft(
            call_id=run.call_id,
            flow=run.flow,
            node=run.node,
            reason=reason,
            queue=queue_name,
            language=run.language,
            path=run.path,
            keys=run.keys,
        )
        return [left]

    def snapshot(self) -> dict[str, Any]:
        """Everything the interpreter knows, as plain data."""
        return {
            "runs": [run.to_data() for run in self._runs.values()],
            "waiting": self._deadlines.armed(),
        }

    def restore(self, taken: Mapping[str, Any]) -> None:
        """Go on, as a new interpreter of the same flows, where the snapshot was taken."""
        for data in taken["runs"]:
            run = Run.from_data(data)
            self._runs[run.call_id], self._documents[run.call_id] = run, self._flows[run.flow]
            self._calls[run.flow] += 1
        for call_id, until in taken["waiting"]:
            self._deadlines.set(call_id, until)
