"""The ``menu`` node: the caller is asked for a key, again if need be, and sent on."""

from ivr.commands import SilencePrompts
from ivr.document import Menu
from ivr.events import DigitAccepted, DigitRefused, MenuTimedOut
from ivr.reaction import Reaction
from ivr.run import Run


def enter(node: Menu, run: Run) -> Reaction:
    """Ask, or take the key that was typed ahead as the first answer."""
    run.tries_left = node.tries
    digit = run.take_typed_ahead()
    if digit and node.barge_in:
        return _judge(node, run, digit)
    return Reaction(play=node.prompts)


def press(node: Menu, run: Run, digit: str) -> Reaction:
    """A key: at once when nothing plays or it may interrupt; else it does not count."""
    if not run.playback_id:
        return _judge(node, run, digit)
    if not node.barge_in:
        return Reaction()
    run.playback_id = ""
    return _judge(node, run, digit).after(SilencePrompts(call_id=run.call_id))


def hear_end(node: Menu) -> Reaction:
    """The question is asked; the time to answer begins."""
    return Reaction(wait_s=node.timeout_s)


def time_out(node: Menu, run: Run) -> Reaction:
    """No key came."""
    run.tries_left -= 1
    timed_out = MenuTimedOut(call_id=run.call_id, flow=run.flow, node=run.node, tries_left=run.tries_left)
    return _ask_again(node, run, node.on_timeout).after(timed_out)


def _judge(node: Menu, run: Run, digit: str) -> Reaction:
    run.press(digit)
    choice = node.choices.get(digit)
    if choice is not None:
        accepted = DigitAccepted(
            call_id=run.call_id, flow=run.flow, node=run.node, digit=digit, choice=choice
        )
        return Reaction((accepted,), go=choice)
    run.tries_left -= 1
    refused = DigitRefused(
        call_id=run.call_id, flow=run.flow, node=run.node, digit=digit, tries_left=run.tries_left
    )
    return _ask_again(node, run, node.on_invalid).after(refused)


def _ask_again(node: Menu, run: Run, first: tuple[str, ...]) -> Reaction:
    if run.tries_left == 0:
        return Reaction(go=node.next)
    return Reaction(play=first + node.prompts)
