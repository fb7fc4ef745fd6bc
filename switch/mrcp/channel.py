"""One request on a control channel: what to say, what to make of what is said. Time comes in."""

from collections.abc import Callable
from dataclasses import dataclass

from runtime.vocabulary import plain_data
from switch.mrcp.channel_tables import TABLES, Action, State, Step
from switch.mrcp.completion import Completion, Outcome, recognition_completion, synthesis_completion
from switch.mrcp.message import (
    CHANNEL,
    CONTENT_TYPE,
    MrcpEvent,
    MrcpMessage,
    MrcpRequest,
    MrcpResponse,
    MrcpSyntaxError,
    RequestState,
    header,
    write_mrcp,
)
from switch.mrcp.nlsml import TYPES, Understanding, read_nlsml
from switch.mrcp.orders import (
    RecogniseOrder,
    SpeakOrder,
    define_grammar,
    grammars_to_define,
    plain_request,
    recognize,
    speak,
)
from switch.mrcp.resource import Resource

_COMPLETE_EVENTS = {
    Resource.SYNTHESIZER: "SPEAK-COMPLETE",
    Resource.RECOGNIZER: "RECOGNITION-COMPLETE",
}
_MAIN = frozenset({"SPEAK", "RECOGNIZE"})
_STOPPING = frozenset({"STOP", "BARGE-IN-OCCURRED"})
_STOP_PATIENCE_S = 2.0
_MARGIN_S = 5.0
"""So much longer than a recogniser was told to take it may take."""


@plain_data
class Say:
    """These octets go to the server."""

    octets: bytes


@plain_data
class Begun:
    """The server speaks, or listens."""


@plain_data
class SpeechBegan:
    """The caller speaks."""


@plain_data
class Ended:
    """The request came to its end."""

    completion: Completion
    understood: Understanding | None = None
    """What was said, where something was recognised."""


@plain_data
class Refused:
    """The server does not do it, or not in time."""

    reason: str
    late: bool = False


@plain_data
class Over:
    """Nothing more will come; the channel may be closed."""


ChannelOutput = Say | Begun | SpeechBegan | Ended | Refused | Over


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds."""

    answer_s: float
    """For the answer to a request."""
    speaking_s: float
    """For the end of a text."""


class Channel:
    """Serves one order. ``prompt_plays``: silence does not count until ``prompt_over``."""

    def __init__(
        self,
        channel_id: str,
        order: SpeakOrder | RecogniseOrder,
        patience: Patience,
        *,
        prompt_plays: bool = False,
    ) -> None:
        self.state = State.IDLE
        self.resource = resource_of(order)
        self._channel_id = channel_id
        self._order = order
        self._patience = patience
        self._prompt_plays = prompt_plays
        self._grammars = grammars_to_define(order) if isinstance(order, RecogniseOrder) else ()
        self._defined = 0
        self._asked: dict[int, str] = {}
        """Methods of requests that have no answer yet."""
        self._last_id = 0
        self._main_id = 0
        self._deadline: float | None = None
        self._actions: dict[Action, Callable[[MrcpMessage | None], list[ChannelOutput]]] = {
            Action.DEFINE: self._define,
            Action.ASK: self._ask,
            Action.SAY_STOP: lambda message: self._say(Action.SAY_STOP.value),
            Action.SAY_BARGE_IN: lambda message: self._say(Action.SAY_BARGE_IN.value),
            Action.SAY_TIMERS: lambda message: self._say(Action.SAY_TIMERS.value),
            Action.TELL_BEGUN: lambda message: [Begun()],
            Action.TELL_SPEECH: lambda message: [SpeechBegan()],
            Action.TELL_ENDED: self._tell_ended,
            Action.TELL_REFUSED: self._tell_refused,
            Action.TELL_LATE: lambda message: [Refused(reason=f"silent while {self.state}", late=True)],
        }

    # -- what is ordered -----------------------------------------------------------------------------

    def begin(self, now: float) -> list[ChannelOutput]:
        """The connection is there: ask."""
        return self._step(self._first_step(), now)

    def stop(self, now: float) -> list[ChannelOutput]:
        """Nobody wants it any more; nothing but Over follows."""
        return self._step(Step.STOP, now)

    def barge_in(self, now: float) -> list[ChannelOutput]:
        """The caller does not want to hear more; as ``stop``."""
        return self._step(Step.BARGE_IN, now)

    def prompt_over(self, now: float) -> list[ChannelOutput]:
        """From now on silence counts."""
        if not self._prompt_plays:
            return []
        self._prompt_plays = False
        return self._step(Step.PROMPT_OVER, now)

    # -- what happens --------------------------------------------------------------------------------

    def receive(self, message: MrcpMessage, now: float) -> list[ChannelOutput]:
        """What the server says; of another channel or request it is nothing to us."""
        if header(message, CHANNEL) != self._channel_id:
            return []
        step = self._answered(message) if isinstance(message, MrcpResponse) else self._told(message)
        return [] if step is None else self._step(step, now, message)

    def next_deadline(self) -> float | None:
        return self._deadline

    def wake(self, now: float) -> list[ChannelOutput]:
        """Whatever is waited for has not come."""
        return self._step(Step.LATE, now)

    # -- the machine ---------------------------------------------------------------------------------

    def _step(self, step: Step, now: float, message: MrcpMessage | None = None) -> list[ChannelOutput]:
        move = TABLES[self.resource][self.state].get(step)
        if move is None:
            return []
        outputs = [output for action in move.actions for output in self._actions[action](message)]
        before, self.state = self.state, move.state
        if self.state is not before or step is Step.NEXT_GRAMMAR:
            limit_s = self._limit_s()
            self._deadline = None if limit_s is None else now + limit_s
        elif step is Step.PROMPT_OVER and self._deadline is not None:
            self._deadline = now + (self._limit_s() or 0)
        return [*outputs, Over()] if self.state is State.OVER else outputs

    def _limit_s(self) -> float | None:
        if self.state in (State.DEFINING, State.ASKED):
            return self._patience.answer_s
        if self.state is State.STOPPING:
            return _STOP_PATIENCE_S
        if self.state is State.OVER:
            return None
        order = self._order
        if isinstance(order, SpeakOrder) or self._prompt_plays:
            return self._patience.speaking_s
        longest_ms = order.longest_ms + order.silence_ms
        if self.state is State.UNDER_WAY:
            longest_ms += order.no_input_ms
        return longest_ms / 1000 + _MARGIN_S

    def _first_step(self) -> Step:
        return Step.NEXT_GRAMMAR if self._defined < len(self._grammars) else Step.BEGIN

    def _answered(self, response: MrcpResponse) -> Step | None:
        method = self._asked.pop(response.request_id, "")
        if method in _STOPPING:
            return Step.STOPPED
        if method == Action.DEFINE.value:
            return self._first_step() if response.is_success else Step.REFUSED
        if method not in _MAIN:
            return None
        if not response.is_success:
            return Step.REFUSED
        return Step.COMPLETED if response.state is RequestState.COMPLETE else Step.TAKEN

    def _told(self, message: MrcpEvent | MrcpRequest) -> Step | None:
        if not isinstance(message, MrcpEvent) or message.request_id != self._main_id:
            return None
        if message.name == _COMPLETE_EVENTS[self.resource]:
            return Step.COMPLETED
        return Step.SPEECH_BEGAN if message.name == "START-OF-INPUT" else None

    # -- its actions ---------------------------------------------------------------------------------

    def _define(self, message: MrcpMessage | None) -> list[ChannelOutput]:
        position, self._defined = self._defined, self._defined + 1
        grammar = self._grammars[position]
        return self._send(define_grammar(grammar, position, self._channel_id, self._next_id()))

    def _ask(self, message: MrcpMessage | None) -> list[ChannelOutput]:
        self._main_id, order = self._next_id(), self._order
        if isinstance(order, SpeakOrder):
            return self._send(speak(order, self._channel_id, self._main_id))
        timers_run = not self._prompt_plays
        return self._send(recognize(order, self._channel_id, self._main_id, timers_run=timers_run))

    def _say(self, method: str) -> list[ChannelOutput]:
        return self._send(plain_request(method, self._channel_id, self._next_id()))

    def _send(self, request: MrcpRequest) -> list[ChannelOutput]:
        self._asked[request.request_id] = request.method
        return [Say(octets=write_mrcp(request))]

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _tell_ended(self, message: MrcpMessage | None) -> list[ChannelOutput]:
        assert message is not None, "only a message completes a request"
        if self.resource is Resource.SYNTHESIZER:
            return [Ended(completion=synthesis_completion(message))]
        return [_recognised(message)]

    def _tell_refused(self, message: MrcpMessage | None) -> list[ChannelOutput]:
        assert isinstance(message, MrcpResponse), "only an answer refuses a request"
        return [Refused(reason=f"answered {message.status}")]


def resource_of(order: SpeakOrder | RecogniseOrder) -> Resource:
    """What it takes to carry out an order."""
    return Resource.SYNTHESIZER if isinstance(order, SpeakOrder) else Resource.RECOGNIZER


def _recognised(message: MrcpMessage) -> Ended:
    """A success without a result that can be read is none."""
    completion = recognition_completion(message)
    if completion.outcome is not Outcome.DONE:
        return Ended(completion=completion)
    kind = header(message, CONTENT_TYPE).partition(";")[0].strip().lower()
    if kind not in TYPES:
        return _unreadable(completion, f"a result of type {kind[:60]!r}")
    try:
        found = read_nlsml(message.body)
    except MrcpSyntaxError as fault:
        return _unreadable(completion, str(fault))
    if not found:
        return Ended(completion=Completion(outcome=Outcome.NO_MATCH, cause=completion.cause))
    return Ended(completion=completion, understood=found[0])


def _unreadable(completion: Completion, reason: str) -> Ended:
    return Ended(completion=Completion(outcome=Outcome.BROKEN, cause=completion.cause, reason=reason))
