"""The ``menu`` node: the caller is asked for a key, again if need be, and sent on."""

from ivr.commands import PlayToCaller, SilencePrompts
from ivr.document import Menu
from ivr.events import DigitAccepted, DigitRefused, MenuTimedOut
from ivr.run import Run
from ivr.step import Step
from runtime.ids import Ids


def enter(node: Menu, run: Run, ids: Ids) -> Step:
    """Ask, or take the key that was typed ahead as the first answer."""
    run.tries_left = node.tries
    digit = run.take_typed_ahead()
    if digit and node.barge_in:
        return _judge(node, run, ids, digit)
    return _ask(run, ids, node.prompts)


def press(node: Menu, run: Run, ids: Ids, digit: str) -> Step:
    """A key: at once when nothing plays or it may interrupt; else it does not count."""
    if not run.playback_id:
        return _judge(node, run, ids, digit)
    if not node.barge_in:
        return Step()
    run.playback_id = ""
    return _judge(node, run, ids, digit).after(SilencePrompts(call_id=run.call_id))


def hear_end(node: Menu, run: Run) -> Step:
    """The question is asked; the time to answer begins."""
    run.playback_id = ""
    return Step(wait_s=node.timeout_s)


def time_out(node: Menu, run: Run, ids: Ids) -> Step:
    """No key came."""
    run.tries_left -= 1
    told = MenuTimedOut(call_id=run.call_id, flow=run.flow, node=run.node, tries_left=run.tries_left)
    return _ask_again(node, run, ids, node.on_timeout).after(told)


def _judge(node: Menu, run: Run, ids: Ids, digit: str) -> Step:
    run.press(digit)
    choice = node.choices.get(digit)
    if choice is not None:
        accepted = DigitAccepted(
            call_id=run.call_id, flow=run.flow, node=run.node, digit=digit, choice=choice
        )
        return Step((accepted,), go=choice)
    run.tries_left -= 1
    refused = DigitRefused(
        call_id=run.call_id, flow=run.flow, node=run.node, digit=digit, tries_left=run.tries_left
    )
    return _ask_again(node, run, ids, node.on_invalid).after(refused)


def _ask_again(node: Menu, run: Run, ids: Ids, first: tuple[str, ...]) -> Step:
    if run.tries_left == 0:
        return Step(go=node.next)
    return _ask(run, ids, first + node.prompts)


def _ask(run: Run, ids: Ids, prompts: tuple[str, ...]) -> Step:
    run.playback_id = ids.new("playback")
    return Step((PlayToCaller(call_id=run.call_id, playback_id=run.playback_id, prompts=prompts),))
