"""Sections of the configuration as plain data, and back, as the core has them.

A tenant's queues and agents have names there that nobody can give in a file, such as ``acme/billing``
(``runtime/tenancy.py``).
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from acd.agent_config import AgentConfig
from acd.queue_config import QueueConfig
from runtime.models import Section
from runtime.tenancy import bare

S = TypeVar("S", bound=Section)

_NAMED_BY: Mapping[type[Section], str] = {QueueConfig: "name", AgentConfig: "id"}


def plain_of(section: Section) -> dict[str, Any]:
    """What is not as it is by default."""
    return section.model_dump(mode="json", exclude_defaults=True)


def section_of(kind: type[S], plain: Mapping[str, Any]) -> S:
    """Raises ValueError for what is no such section."""
    key = _NAMED_BY.get(kind)
    if key is None or key not in plain:
        return kind.model_validate(plain)
    section = kind.model_validate({**plain, key: bare(plain[key])})
    return section.model_copy(update={key: plain[key]})
