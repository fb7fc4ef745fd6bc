"""The ``menu`` node: the caller is asked for a key, again if need be, and sent on."""

from typing import Annotated, Literal

from pydantic import Field

from ivr.events import DigitAccepted, DigitRefused, MenuTimedOut
from ivr.nodes.node import Node, silence
from ivr.parts import Digit, NodeRef
from ivr.prompt_list import OptionalPromptList, PromptList
from ivr.reaction import Reaction
from ivr.visit import Visit


class Menu(Node):
    """Play prompts and let the caller choose by a key."""

    type: Literal["menu"]
    prompts: PromptList
    choices: Annotated[dict[Digit, NodeRef], Field(min_length=1)]
    """The node each key leads to."""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    """How long to wait for a key, counted from the end of the prompts."""
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    """How often the caller is asked before the flow goes to ``next``."""
    on_invalid: OptionalPromptList = ()
    """Played before asking again when the key is no choice."""
    on_timeout: OptionalPromptList = ()
    """Played before asking again when no key came."""
    next: NodeRef
    """Where to go when all tries are spent."""
    barge_in: bool = True
    """A key counts while the prompts still play and stops them."""

    def enter(self, visit: Visit) -> Reaction:
        """Ask, or take the key that was typed ahead as the first answer."""
        visit.run.stay.tries_left = self.tries
        digit = visit.run.take_typed_ahead()
        if digit and self.barge_in:
            return self._judge(visit, digit)
        visit.run.typed_ahead = ""
        return Reaction(play=self.prompts)

    def press(self, visit: Visit, digit: str) -> Reaction:
        """A key: at once when nothing plays or it may interrupt; else it does not count."""
        if not visit.run.stay.playback_id:
            return self._judge(visit, digit)
        if not self.barge_in:
            return Reaction()
        silenced = silence(visit)
        return self._judge(visit, digit).after(silenced)

    def hear_end(self, visit: Visit) -> Reaction:
        """The question is asked; the time to answer begins."""
        return Reaction(wait_s=self.timeout_s)

    def time_out(self, visit: Visit) -> Reaction:
        """No key came."""
        run = visit.run
        run.stay.tries_left -= 1
        timed_out = MenuTimedOut(**visit.place, tries_left=run.stay.tries_left)
        return self._ask_again(visit, self.on_timeout).after(timed_out)

    @property
    def lets_key_interrupt(self) -> bool:
        return self.barge_in

    def _judge(self, visit: Visit, digit: str) -> Reaction:
        run = visit.run
        run.press(digit)
        choice = self.choices.get(digit)
        if choice is not None:
            return Reaction((DigitAccepted(**visit.place, digit=digit, choice=choice),), go=choice)
        run.stay.tries_left -= 1
        refused = DigitRefused(**visit.place, digit=digit, tries_left=run.stay.tries_left)
        return self._ask_again(visit, self.on_invalid).after(refused)

    def _ask_again(self, visit: Visit, first: OptionalPromptList) -> Reaction:
        if visit.run.stay.tries_left == 0:
            return Reaction(go=self.next)
        return Reaction(play=first + self.prompts)
