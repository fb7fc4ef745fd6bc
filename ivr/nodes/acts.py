"""What can happen in a node, sent to the file of the node's type."""

from ivr.document import Back, Branch, HangUp, Menu, Node, Play, Queue
from ivr.nodes import back, branch, hang_up, menu, play, queue
from ivr.outlook import OutlookOf
from ivr.reaction import Reaction
from ivr.run import Run
from runtime.errors import UsageError


def enter(node: Node, run: Run, outlook: OutlookOf) -> Reaction:
    """The caller comes to the node."""
    match node:
        case Play():
            return play.enter(node, run)
        case Menu():
            return menu.enter(node, run)
        case Queue():
            return queue.enter(node, run)
        case Branch():
            return branch.enter(node, run, outlook)
        case Back():
            return back.enter(node, run)
        case HangUp():
            return hang_up.enter(node, run)


def press(node: Node, run: Run, digit: str) -> Reaction:
    """The caller presses a key in the node."""
    match node:
        case Play():
            return play.press(node, run, digit)
        case Menu():
            return menu.press(node, run, digit)
    raise _nobody_stays_in(node)


def hear_end(node: Node) -> Reaction:
    """The prompts the node asked for are over."""
    match node:
        case Play():
            return play.hear_end(node)
        case Menu():
            return menu.hear_end(node)
    raise _nobody_stays_in(node)


def time_out(node: Node, run: Run) -> Reaction:
    """The time the node asked for has passed without a key."""
    if isinstance(node, Menu):
        return menu.time_out(node, run)
    raise UsageError(f"a {node.type} node does not wait")


def _nobody_stays_in(node: Node) -> UsageError:
    return UsageError(f"a call leaves the flow in a {node.type} node and cannot be in it")
