"""Numbers by which customers know a queue: those they call it at, and those they see when called back."""

from collections.abc import Collection, Iterable, Mapping

from acd.queue_target import parse_queue_target
from cli.configuration.installation import Installation
from ivr.document import Flow
from ivr.editions import Editions
from ivr.parts import FlowName, QueueTargetName, references
from runtime.errors import UsageError
from runtime.target import parse_target


def numbers_of(installation: Installation, queues: Collection[str]) -> set[str]:
    """Of any of these queues, whether an access code leads there itself or by flows."""
    configuration, wanted = installation.configuration, frozenset(queues)
    called = {
        code.number
        for code in configuration.access_codes
        if not wanted.isdisjoint(_queues_behind(code.target, installation.flows))
    }
    shown = {each.callback_shown_number for each in configuration.queues if each.name in wanted}
    return called | shown - {""}


def _queues_behind(target: str, flows: Mapping[str, Editions]) -> set[str]:
    scheme, name = parse_target(target)
    if scheme == "queue":
        return _named(name)
    if scheme != "flow":
        return set()
    found, seen, ahead = set[str](), set[str](), [name.partition("?")[0]]
    while ahead:
        flow = ahead.pop()
        if flow in seen or flow not in flows:
            continue
        seen.add(flow)
        for reference in _references(flows[flow].current.flow):
            if isinstance(reference, QueueTargetName):
                found |= _named(reference)
            elif isinstance(reference, FlowName):
                ahead.append(reference)
    return found


def _references(flow: Flow) -> Iterable[str]:
    return (reference for _, reference in references(flow))


def _named(name: str) -> set[str]:
    try:
        return set(parse_queue_target(name).queues)
    except UsageError:
        return set()
