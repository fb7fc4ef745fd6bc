"""A tenant's targets in the names of the switch: ``queue:billing`` of acme is ``queue:acme/billing``."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from acd.config import AGENT_SCHEME, QUEUE_SCHEME
from acd.queue_config import CALLBACK
from ivr.config import FLOW_SCHEME
from runtime.target import HANG_UP, parse_target
from runtime.tenancy import qualify
from switch.dial_plan import STATION_SCHEME
from switch.parking.parking import PARK_SCHEME
from switch.prompt_recording.booth import PROMPT_SCHEME
from switch.voice_messages.voice_messages import MESSAGE_SCHEME

_NAMING = frozenset({FLOW_SCHEME, AGENT_SCHEME, STATION_SCHEME, MESSAGE_SCHEME, PARK_SCHEME, PROMPT_SCHEME})
"""Schemes of targets that name one object; a queue's target may name several, and agents besides."""
_AGENT = "agent"
"""What a queue's target says that names something too."""


def qualified_target(tenant: str, target: str) -> str:
    """The target inside the switch. What leads to no object, such as a number outside, stays as it is."""
    if not target or target in (HANG_UP, CALLBACK):
        return target
    scheme, name = parse_target(target)
    if scheme == QUEUE_SCHEME:
        return f"{scheme}:{qualified_queues(tenant, name)}"
    return f"{scheme}:{qualify(tenant, name)}" if scheme in _NAMING else target


def qualified_queues(tenant: str, name: str) -> str:
    """Of a target ``queue:<name>`` the part behind the scheme, as flows have it too."""
    queues, mark, query = name.partition("?")
    listed = _each(queues, lambda queue: qualify(tenant, queue))
    if not mark:
        return listed
    given = [
        (
            key,
            _each(value, lambda agent: qualify(tenant, agent) if agent else agent)
            if key == _AGENT
            else value,
        )
        for key, value in parse_qsl(query, keep_blank_values=True)
    ]
    return f"{listed}?{urlencode(given, safe=',/:')}"


def _each(text: str, change: Callable[[str], str]) -> str:
    return ",".join(change(part) for part in text.split(","))
