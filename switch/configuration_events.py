"""What is told of configurations that are read while the switch runs."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class ConfigurationReloaded(Event):
    """The switch goes by the configuration that was read now."""

    topic: ClassVar[str] = "configuration.reloaded"
    counts: tuple[tuple[str, int], ...]
    """How many were added, changed and removed, such as queues.added."""
    changes: tuple[tuple[str, str, str], ...]
    """Section, what became of it, and name; of very many the first."""
    restart_needed: tuple[str, ...]
    """Sections and keys that are other too, and hold from the next start on."""
    duration_ms: int
    by: str = ""
    """Who wanted it, or the signal."""
    why: str = ""
    """As whoever wanted it says."""
    version: int | None = None
    """Of the configuration, as configuration.history names it; None when it is as it was."""


@plain_data
class ConfigurationRefused(Event):
    """The configuration that was read now has mistakes; nothing has changed."""

    topic: ClassVar[str] = "configuration.refused"
    mistakes: int
    """How many there are."""
    problems: tuple[str, ...]
    """File, place and what was expected; of very many the first."""
    by: str = ""
    """Who wanted it, or the signal."""
