"""What the ACD's core is told when the configuration changes."""

from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.queue_config import QueueConfig
from runtime.vocabulary import Command, plain_data


@plain_data
class ConfigureAcd(Command):
    """Go on with other rules. What is not named here stays as it is."""

    rules: AcdConfig | None = None
    queues: tuple[QueueConfig, ...] = ()
    """New ones, and those of which some key is another."""
    agents: tuple[AgentConfig, ...] = ()
    """The same. Their queues are there, or among the new ones."""
    removed_queues: tuple[str, ...] = ()
    removed_agents: tuple[str, ...] = ()
    by: str = ""
    """Who wanted it; empty when nobody in particular did."""
