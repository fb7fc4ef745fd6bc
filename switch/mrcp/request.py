"""An order of an application, on its way through the servers."""

from dataclasses import dataclass, field

from runtime.errors import UsageError
from switch.mrcp.channel import resource_of
from switch.mrcp.commands import Recognise, Speak
from switch.mrcp.completion import Completion, Outcome
from switch.mrcp.events import (
    Recognised,
    RecognitionBegan,
    RecognitionFailed,
    SpeakBegan,
    SpeakFailed,
    SpeakFinished,
    SpeechFailure,
)
from switch.mrcp.nlsml import Understanding
from switch.mrcp.orders import RecogniseOrder, SpeakOrder, check_grammar, check_line
from switch.mrcp.resource import Resource

_NOT_UNDERSTOOD = {
    Outcome.NO_INPUT: SpeechFailure.NO_INPUT,
    Outcome.NO_MATCH: SpeechFailure.NO_MATCH,
    Outcome.TOO_EARLY: SpeechFailure.TOO_EARLY,
}


@dataclass(slots=True)
class SpeechRequest:
    """One ``Speak`` or ``Recognise`` that is not over."""

    command: Speak | Recognise
    order: SpeakOrder | RecogniseOrder
    leg_id: str
    """The caller's."""
    prompt_plays: bool
    """Whether silence does not count yet."""
    tried: list[str] = field(default_factory=list)
    """Servers, in the order they were asked."""
    problems: list[str] = field(default_factory=list)
    """What each of them did."""
    session_id: str = ""
    """Of the server that is asked now."""
    began: bool = False
    """Whether a server speaks or listens."""
    heard: bool = False
    """Whether the caller's speech has begun."""

    @property
    def request_id(self) -> str:
        return self.command.request_id

    @property
    def call_id(self) -> str:
        return self.command.call_id

    @property
    def resource(self) -> Resource:
        return resource_of(self.order)

    @property
    def may_go_elsewhere(self) -> bool:
        """Whether another server can begin anew without the caller hearing, or saying, anything twice."""
        return not (self.heard if self.resource is Resource.RECOGNIZER else self.began)

    def begun(self, server: str) -> SpeakBegan | RecognitionBegan:
        kind = SpeakBegan if isinstance(self.command, Speak) else RecognitionBegan
        return kind(request_id=self.request_id, call_id=self.call_id, server=server)

    def ended(
        self, completion: Completion, understood: Understanding | None
    ) -> SpeakFinished | SpeakFailed | Recognised | RecognitionFailed:
        """What is told of it when a server that works has come to its end."""
        if isinstance(self.command, Speak):
            reason = "finished" if completion.outcome is Outcome.DONE else "barged_in"
            return SpeakFinished(request_id=self.request_id, call_id=self.call_id, reason=reason)
        if understood is None:
            return self.failed(_NOT_UNDERSTOOD.get(completion.outcome, SpeechFailure.SERVER_FAILED))
        return Recognised(
            request_id=self.request_id,
            call_id=self.call_id,
            text=understood.text,
            interpretation=understood.interpretation,
            confidence=understood.confidence,
        )

    def failed(self, reason: SpeechFailure) -> SpeakFailed | RecognitionFailed:
        return failed(self.command, reason, "; ".join(self.problems))


class SpeechRequests:
    """Those that are not over, by their id and by their call."""

    def __init__(self) -> None:
        self._all: dict[str, SpeechRequest] = {}
        self._of_calls: dict[str, list[SpeechRequest]] = {}

    def find(self, request_id: str) -> SpeechRequest | None:
        return self._all.get(request_id)

    def of_call(self, call_id: str) -> list[SpeechRequest]:
        """In the order they came; the list is the caller's own."""
        return list(self._of_calls.get(call_id, ()))

    def add(self, request: SpeechRequest) -> None:
        """Its id is not known here yet."""
        self._all[request.request_id] = request
        self._of_calls.setdefault(request.call_id, []).append(request)

    def drop(self, request: SpeechRequest) -> None:
        """It is over."""
        del self._all[request.request_id]
        of_call = self._of_calls[request.call_id]
        of_call.remove(request)
        if not of_call:
            del self._of_calls[request.call_id]


def failed(
    command: Speak | Recognise, reason: SpeechFailure, problem: str = ""
) -> SpeakFailed | RecognitionFailed:
    """What is told of an order that came to nothing."""
    kind = SpeakFailed if isinstance(command, Speak) else RecognitionFailed
    return kind(request_id=command.request_id, call_id=command.call_id, reason=reason, problem=problem)


def order_of(command: Speak | Recognise) -> SpeakOrder | RecogniseOrder:
    """What servers are asked for. Raises UsageError when it cannot be written."""
    check_line(command.language, "language")
    if isinstance(command, Speak):
        check_line(command.voice, "voice")
        return SpeakOrder(text=command.text, language=command.language, voice=command.voice)
    if not command.grammars:
        raise UsageError(f"{command.request_id} has no grammar; expected at least one")
    try:
        grammars = tuple(check_grammar(grammar) for grammar in command.grammars)
    except ValueError as fault:
        raise UsageError(str(fault)) from None
    return RecogniseOrder(
        grammars=grammars,
        language=command.language,
        no_input_ms=command.no_input_ms,
        longest_ms=command.longest_ms,
        silence_ms=command.silence_ms,
        confidence=command.confidence,
    )
