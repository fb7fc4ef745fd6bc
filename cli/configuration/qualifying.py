"""A tenant's sections in the names of the switch: ``billing`` of acme is ``acme/billing`` from here on.

REFERENCES says, for each model a tenant's file can hold, which of its keys name something, and of what kind.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from acd.agent_config import AgentConfig
from acd.announcements import Announcements
from acd.queue_config import QueueConfig
from acd.queue_rules import OverflowRule
from acd.spoken import in_language
from cli.tenant_names import qualified_queues, qualified_target
from ivr.document import Flow
from ivr.parts import Renaming, renamed
from runtime.models import Section
from runtime.tenancy import qualify
from switch.access.config import TokenConfig
from switch.alarms.config import AlarmConfig
from switch.calendars.config import CalendarConfig
from switch.config import AccessCodeConfig
from switch.customers.config import NumberListConfig
from switch.lookups.config import LookupConfig
from switch.sip.config import StationConfig
from switch.voice_messages.config import MessageBoxConfig

S = TypeVar("S", bound=Section)


@dataclass(frozen=True, slots=True)
class Naming:
    """How a tenant's names read inside the switch."""

    tenant: str
    prompts: Collection[str] = ()
    """The tenant's own prompts; of all others it hears the house's."""
    language: str = ""
    """Of the section that is being named."""

    def name(self, name: str) -> str:
        return qualify(self.tenant, name) if name else name

    def target(self, target: str) -> str:
        return qualified_target(self.tenant, target)

    def prompt(self, name: str) -> str:
        return qualify(self.tenant, name) if in_language(name, self.language) in self.prompts else name


Change = Callable[[Naming, Any], Any]


def _name(naming: Naming, value: str) -> str:
    return naming.name(value)


def _names(naming: Naming, values: list[str]) -> list[str]:
    return [naming.name(value) for value in values]


def _by_name(naming: Naming, values: Mapping[str, Any]) -> dict[str, Any]:
    return {naming.name(name): value for name, value in values.items()}


def _target(naming: Naming, value: str | None) -> str | None:
    return None if value is None else naming.target(value)


def _targets(naming: Naming, values: Mapping[str, str]) -> dict[str, str]:
    return {key: naming.target(target) for key, target in values.items()}


def _prompt(naming: Naming, value: str) -> str:
    return naming.prompt(value)


def _prompts(naming: Naming, values: list[str]) -> list[str]:
    return [naming.prompt(value) for value in values]


def _part(naming: Naming, value: Section) -> Section:
    return qualified(value, naming)


def _parts(naming: Naming, values: list[Section]) -> list[Section]:
    return [qualified(value, naming) for value in values]


REFERENCES: Mapping[type[Section], Mapping[str, Change]] = {
    StationConfig: {"name": _name},
    AccessCodeConfig: {"number": _name, "target": _target, "on_failure": _target},
    CalendarConfig: {"name": _name},
    MessageBoxConfig: {
        "name": _name,
        "greeting": _prompts,
        "tone": _prompt,
        "thanks": _prompts,
        "then": _target,
    },
    NumberListConfig: {"name": _name, "target": _target},
    LookupConfig: {"name": _name},
    QueueConfig: {
        "name": _name,
        "overflow": _parts,
        "calendar": _name,
        "exit_keys": _targets,
        "self_service_keys": _targets,
        "callback_prompt": _prompt,
        "callback_confirm_prompt": _prompt,
        "callback_calendar": _name,
        "on_timeout": _target,
        "on_full": _target,
        "music": _prompt,
        "announcements": _part,
        "agent_greeting": _prompts,
        "caller_greeting": _prompts,
    },
    OverflowRule: {"to": _target, "also": _name},
    Announcements: {
        "position_before": _prompt,
        "position_after": _prompt,
        "wait_before": _prompt,
        "wait_after": _prompt,
        "wait_after_one": _prompt,
        "messages": _prompts,
    },
    AlarmConfig: {"name": _name, "services": _names, "agents": _names, "calendar": _name},
    TokenConfig: {"name": _name, "agent": _name},
    AgentConfig: {"id": _name, "queues": _names, "priorities": _by_name, "penalties": _by_name},
}


def qualified(section: S, naming: Naming) -> S:
    """A copy in the names of the switch."""
    update = {key: change(naming, getattr(section, key)) for key, change in REFERENCES[type(section)].items()}
    return section.model_copy(update=update)


def qualified_queue(queue: QueueConfig, naming: Naming) -> QueueConfig:
    """The same for a queue, whose prompts are looked for in its language."""
    return qualified(queue, Naming(naming.tenant, naming.prompts, queue.language))


class _FlowNaming(Renaming):
    """Of what a flow names."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming

    def prompt(self, name: str) -> str:
        return self._naming.prompt(name)

    def queues(self, name: str) -> str:
        return qualified_queues(self._naming.tenant, name)

    def other(self, name: str) -> str:
        return self._naming.name(name)


def qualified_flow(flow: Flow, naming: Naming) -> Flow:
    """A flow with all it names in the names of the switch."""
    whole: Flow = renamed(flow, _FlowNaming(naming))
    return whole.model_copy(update={"name": naming.name(flow.name)})
