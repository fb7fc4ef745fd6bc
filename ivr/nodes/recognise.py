"""The ``recognise`` node: the caller says something, and a speech server understands it."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ivr.commands import RecogniseSpeech
from ivr.events import SpeechRefused, SpeechUnderstood
from ivr.expressions import Value
from ivr.nodes.node import Node, silence
from ivr.parts import Language, NodeRef, Variable
from ivr.prompt_list import OptionalPromptList, PromptList
from ivr.reaction import Reaction, Request
from ivr.visit import Visit
from runtime.problems import KeyPath

GRACE_S = 60.0
"""So much longer than anything may take: prompts, servers that are tried in turn, the caller."""
_NOT_UNDERSTOOD = frozenset(("no_input", "no_match", "too_early"))


_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
"""Of a grammar (RFC 3986 §3)."""


def _grammar(text: str) -> str:
    if not text.startswith(("<", "#ABNF", "#JSGF")) and not _ADDRESS.fullmatch(text):
        expected = "a grammar: an address such as builtin:speech/boolean, or SRGS or JSGF itself"
        raise PydanticCustomError("grammar", "{expected}", {"expected": expected})
    return text


Grammar = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_grammar)]


class Recognise(Node):
    """Play prompts and take what the caller says, through a speech server."""

    type: Literal["recognise"]
    prompts: PromptList
    grammars: Annotated[tuple[Grammar, ...], Field(min_length=1, max_length=16)]
    """What may be said: addresses such as ``builtin:speech/boolean``, or whole grammars."""
    variable: Variable
    """What it means by the grammar, or where that says nothing, the words."""
    spoken_in: Language | None = None
    """Without it in the caller's language."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.5
    """What is less certain counts as not understood."""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    """How long to wait for the caller to begin, counted from the end of the prompts."""
    longest_s: Annotated[float, Field(gt=0, le=120)] = 15.0
    """How long the caller may speak."""
    pause_s: Annotated[float, Field(gt=0, le=10)] = 0.8
    """After so long a pause the caller is done."""
    tries: Annotated[int, Field(ge=1, le=10)] = 2
    on_invalid: OptionalPromptList = ()
    """Played before asking again when nothing was understood."""
    on_timeout: OptionalPromptList = ()
    """Played before asking again when nothing was said."""
    barge_in: bool = True
    """Whether speech stops the prompts."""
    next: NodeRef
    otherwise: NodeRef
    """Where to go when all tries are spent, no server is to be had, or a key is pressed, for that node."""

    def assigned(self) -> Iterable[tuple[KeyPath, str]]:
        return ((("variable",), self.variable),)

    def enter(self, visit: Visit) -> Reaction:
        visit.run.stay.tries_left = self.tries
        return Reaction(play=self.prompts)

    def while_playing(self, visit: Visit) -> Request | None:
        return self._request(visit, prompt_plays=True)

    def hear_end(self, visit: Visit) -> Reaction:
        """Where nothing could be played, nobody listens yet."""
        if visit.run.stay.request_id:
            return Reaction()
        return Reaction(ask=self._request(visit, prompt_plays=False))

    def press(self, visit: Visit, digit: str) -> Reaction:
        visit.run.type_ahead(digit)
        silenced = (silence(visit),) if visit.run.stay.playback_id else ()
        return Reaction(silenced, go=self.otherwise)

    def take_answer(self, visit: Visit, answer: Value) -> Reaction:
        heard = answer if isinstance(answer, dict) else {}
        visit.run.idle_visits = 0
        visit.keep(self.variable, heard.get("meaning") or heard.get("text", ""))
        understood = SpeechUnderstood(**visit.place, confidence=float(heard.get("confidence", 0)))
        return Reaction((understood,), go=self.next)

    def go_without(self, visit: Visit, reason: str) -> Reaction:
        stay = visit.run.stay
        visit.run.fault = reason
        stay.tries_left = stay.tries_left - 1 if reason in _NOT_UNDERSTOOD else 0
        refused = SpeechRefused(**visit.place, reason=reason, tries_left=stay.tries_left)
        if not stay.tries_left:
            return Reaction((refused,), go=self.otherwise)
        first = self.on_timeout if reason == "no_input" else self.on_invalid
        return Reaction((refused,), play=first + self.prompts)

    @property
    def lets_key_interrupt(self) -> bool:
        return True

    def _request(self, visit: Visit, *, prompt_plays: bool) -> Request:
        request_id = visit.new_request()
        command = RecogniseSpeech(
            call_id=visit.run.call_id,
            request_id=request_id,
            grammars=self.grammars,
            language=self.spoken_in or visit.run.language,
            barge_in=self.barge_in,
            prompt_plays=prompt_plays,
            no_input_s=self.timeout_s,
            longest_s=self.longest_s,
            pause_s=self.pause_s,
            confidence=self.confidence,
        )
        longest_s = 32 * 60.0 if prompt_plays else 0.0
        return Request(command, request_id, longest_s + self.timeout_s + self.longest_s + GRACE_S)
