"""The ``play`` node: prompts, then the next node."""

from ivr.commands import SilencePrompts
from ivr.document import Play
from ivr.reaction import Reaction
from ivr.run import Run


def enter(node: Play, run: Run) -> Reaction:
    """Play, unless a key has been typed ahead."""
    if run.typed_ahead and node.barge_in:
        return Reaction(go=node.next)
    run.typed_ahead = ""
    return Reaction(play=node.prompts)


def press(node: Play, run: Run, digit: str) -> Reaction:
    """Keep the key for the menu that follows."""
    if not node.barge_in:
        return Reaction()
    run.typed_ahead = digit
    return Reaction((SilencePrompts(call_id=run.call_id),), go=node.next)


def hear_end(node: Play) -> Reaction:
    """The prompts are over (or cannot be played: the flow goes on without them)."""
    return Reaction(go=node.next)
