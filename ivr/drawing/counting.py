"""From the path of a run to the steps it took in one flow."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ivr.document import Flow


def steps_of(path: Sequence[str], flow: Flow, name: str, *, is_own: bool) -> Iterator[tuple[str, str]]:
    """From node to node of ``flow``, which is called ``name`` in the switch.

    ``is_own``: the run was through this flow; else it came to it, if at all, by a flow node, and the nodes
    are told with the flow's name before them.
    """
    before = "" if is_own else f"{name}/"
    inside = [node.removeprefix(before) for node in path if node.startswith(before)]
    return pairwise(node for node in inside if node in flow.nodes)
