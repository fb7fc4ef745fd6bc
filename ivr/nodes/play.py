"""The ``play`` node: prompts, then the next node."""

from ivr.commands import PlayToCaller, SilencePrompts
from ivr.document import Play
from ivr.run import Run
from ivr.step import Step
from runtime.ids import Ids


def enter(node: Play, run: Run, ids: Ids) -> Step:
    """Play, unless the caller has already typed ahead."""
    if run.typed_ahead and node.barge_in:
        return Step(go=node.next)
    run.typed_ahead = ""
    run.playback_id = ids.new("playback")
    play = PlayToCaller(call_id=run.call_id, playback_id=run.playback_id, prompts=node.prompts)
    return Step((play,))


def press(node: Play, run: Run, digit: str) -> Step:
    """Keep the key for the menu that follows."""
    if not node.barge_in:
        return Step()
    run.typed_ahead = digit
    return Step((SilencePrompts(call_id=run.call_id),), go=node.next)


def hear_end(node: Play) -> Step:
    """The prompts are over (or cannot be played: the flow goes on without them)."""
    return Step(go=node.next)
