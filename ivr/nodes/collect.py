"""The ``collect`` node: the caller types a number in."""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.commands import HideKeys
from ivr.events import DigitsCollected, DigitsRefused, RefusalReason
from ivr.nodes.node import Node, silence
from ivr.parts import Digit, ExpressionField, NodeRef, Variable
from ivr.prompt_list import OptionalPromptList, PromptList
from ivr.reaction import Reaction
from ivr.visit import Visit
from runtime.problems import KeyPath
from runtime.tenancy import id_kind
from runtime.vocabulary import Output

LONGEST_PROMPTS_S = 120.0
LONGEST_MASK_S = 3600.0


class Collect(Node):
    """Play prompts and take a number of several keys, such as a customer number or an identity card's."""

    LOCAL_NAMES: ClassVar[Mapping[str, tuple[str, ...]]] = {"check": ("digits",)}

    type: Literal["collect"]
    prompts: PromptList
    variable: Variable
    """What the number is called from now on; a text of its keys."""
    min_digits: Annotated[int, Field(ge=1, le=64)] = 1
    max_digits: Annotated[int, Field(ge=1, le=64)] = 32
    """With so many keys the number is complete."""
    terminator: Digit | Literal[""] = "#"
    """A key that completes the number and is no part of it; empty for none."""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    """How long to wait for the first key, counted from the end of the prompts."""
    between_s: Annotated[float, Field(gt=0, le=60)] = 3.0
    """How long to wait for each further key; a number that is long enough then is complete."""
    check: ExpressionField | None = None
    """Must hold for the number, which it calls ``digits``: ``starts_with(digits, '13')``."""
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    on_invalid: OptionalPromptList = ()
    """Played before asking again when the number is too short or ``check`` does not hold."""
    on_timeout: OptionalPromptList = ()
    """Played before asking again when no key came."""
    masked: bool = False
    """Whether nobody else may know the keys: no agent, no recording, no event, no log."""
    barge_in: bool = True
    next: NodeRef
    otherwise: NodeRef
    """Where to go when all tries are spent."""

    @model_validator(mode="after")
    def _lengths(self) -> "Collect":
        if self.max_digits < self.min_digits:
            raise PydanticCustomError("lengths", "max_digits that are at least min_digits")
        return self

    def assigned(self) -> Iterable[tuple[KeyPath, str]]:
        return ((("variable",), self.variable),)

    def enter(self, visit: Visit) -> Reaction:
        """Ask; keys that were typed ahead count."""
        run = visit.run
        run.stay.tries_left = self.tries
        hidden = self._hide(visit)
        ahead, run.typed_ahead = run.typed_ahead, ""
        if ahead and self.barge_in and not self.masked:
            return self._take_all(visit, ahead).after(*hidden)
        return Reaction(hidden, play=self.prompts)

    def press(self, visit: Visit, digit: str) -> Reaction:
        if not visit.run.stay.playback_id:
            return self._take_all(visit, digit)
        if not self.barge_in:
            return Reaction()
        silenced = silence(visit)
        return self._take_all(visit, digit).after(silenced)

    def hear_end(self, visit: Visit) -> Reaction:
        return Reaction(wait_s=self.timeout_s)

    def time_out(self, visit: Visit) -> Reaction:
        """No further key came: the number is complete, or there is none."""
        if visit.run.stay.collected:
            return self._judge(visit)
        return self._refuse(visit, RefusalReason.TIMED_OUT, self.on_timeout)

    @property
    def lets_key_interrupt(self) -> bool:
        return self.barge_in

    def _take_all(self, visit: Visit, digits: str) -> Reaction:
        stay = visit.run.stay
        visit.run.idle_visits = 0
        for place, digit in enumerate(digits):
            if digit != self.terminator:
                stay.collected += digit
            if digit == self.terminator or len(stay.collected) == self.max_digits:
                visit.run.typed_ahead = digits[place + 1 :]
                return self._judge(visit)
        return Reaction(wait_s=self.between_s)

    def _judge(self, visit: Visit) -> Reaction:
        digits = visit.run.stay.collected
        if len(digits) < self.min_digits:
            return self._refuse(visit, RefusalReason.TOO_SHORT, self.on_invalid)
        if self.check is not None and not visit.knowing(digits=digits).value(self.check):
            return self._refuse(visit, RefusalReason.CHECK, self.on_invalid)
        visit.run.frame.variables[self.variable] = digits
        visit.run.press("*" * len(digits) if self.masked else digits)
        collected = DigitsCollected(
            **visit.place, digits="" if self.masked else digits, count=len(digits), masked=self.masked
        )
        return Reaction((collected,), go=self.next)

    def _refuse(self, visit: Visit, reason: RefusalReason, first: OptionalPromptList) -> Reaction:
        stay = visit.run.stay
        stay.tries_left -= 1
        stay.collected = ""
        refused = DigitsRefused(**visit.place, reason=reason, tries_left=stay.tries_left)
        if stay.tries_left:
            return Reaction((refused,), play=first + self.prompts)
        return Reaction((refused,), go=self.otherwise)

    @property
    def _longest_s(self) -> float:
        """So long a caller can be here at most: nothing may be in the clear before the node is left."""
        each_s = LONGEST_PROMPTS_S + self.timeout_s + self.max_digits * self.between_s
        return min(self.tries * each_s, LONGEST_MASK_S)

    def _hide(self, visit: Visit) -> tuple[Output, ...]:
        if not self.masked:
            return ()
        run = visit.run
        run.stay.mask_id = visit.ids.new(id_kind("mask", visit.tenant))
        return (HideKeys(call_id=run.call_id, mask_id=run.stay.mask_id, max_s=self._longest_s),)
