"""The ``survey`` node: the caller rates by keys (话后评价)."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from ivr.events import SurveyAnswered
from ivr.nodes.node import Node, silence
from ivr.parts import Digit, NodeRef, Part, Variable
from ivr.prompt_list import OptionalPromptList, PromptList
from ivr.reaction import Reaction
from ivr.visit import Visit
from runtime.problems import KeyPath


class Question(Part):
    """One dimension of a survey."""

    name: Variable
    """Of the answer, also as a variable: the key's text, or nothing when there is no answer."""
    prompts: PromptList
    keys: Annotated[tuple[Digit, ...], Field(min_length=1, max_length=16)]
    """The keys that are an answer."""


class Survey(Node):
    """Ask one question or several, each answered by one key; who does not answer is asked the next."""

    type: Literal["survey"]
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=16)]
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    tries: Annotated[int, Field(ge=1, le=10)] = 2
    """How often each question is asked."""
    on_invalid: OptionalPromptList = ()
    on_timeout: OptionalPromptList = ()
    thanks: OptionalPromptList = ()
    """Played after the last question."""
    next: NodeRef

    def assigned(self) -> Iterable[tuple[KeyPath, str]]:
        return ((("questions", place, "name"), asked.name) for place, asked in enumerate(self.questions))

    def enter(self, visit: Visit) -> Reaction:
        for question in self.questions:
            visit.run.frame.variables[question.name] = ""
        visit.run.typed_ahead = ""
        return self._ask(visit, 0)

    def press(self, visit: Visit, digit: str) -> Reaction:
        """The key that stops the thanks is no answer; the prompts' end is told no more after it."""
        if self._is_over(visit):
            return Reaction(go=self.next)
        silenced = (silence(visit),) if visit.run.stay.playback_id else ()
        return self._judge(visit, digit).after(*silenced)

    def hear_end(self, visit: Visit) -> Reaction:
        return Reaction(go=self.next) if self._is_over(visit) else Reaction(wait_s=self.timeout_s)

    def time_out(self, visit: Visit) -> Reaction:
        return self._again(visit, self.on_timeout)

    @property
    def lets_key_interrupt(self) -> bool:
        return True

    def _is_over(self, visit: Visit) -> bool:
        return visit.run.stay.question == len(self.questions)

    def _judge(self, visit: Visit, digit: str) -> Reaction:
        run = visit.run
        run.press(digit)
        question = self.questions[run.stay.question]
        if digit not in question.keys:
            return self._again(visit, self.on_invalid)
        run.frame.variables[question.name] = digit
        answered = SurveyAnswered(
            **visit.place,
            contact_id=run.contact_id,
            caller_number=run.caller_number,
            question=question.name,
            answer=digit,
            language=run.language,
        )
        return self._ask(visit, run.stay.question + 1).after(answered)

    def _again(self, visit: Visit, first: OptionalPromptList) -> Reaction:
        stay = visit.run.stay
        stay.tries_left -= 1
        if stay.tries_left == 0:
            return self._ask(visit, stay.question + 1)
        return Reaction(play=first + self.questions[stay.question].prompts)

    def _ask(self, visit: Visit, question: int) -> Reaction:
        stay = visit.run.stay
        stay.question, stay.tries_left = question, self.tries
        if question < len(self.questions):
            return Reaction(play=self.questions[question].prompts)
        return Reaction(play=self.thanks) if self.thanks else Reaction(go=self.next)
