"""What is told of names in DNS."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class NameLocated(Event):
    """The servers of a name are known, and others than before, or known again after a failure."""

    topic: ClassVar[str] = "name.located"
    name: str
    """As the configuration has it."""
    addresses: tuple[str, ...]
    """Such as ``udp:192.0.2.1:5060``, the first to be tried first."""


@plain_data
class NameLost(Event):
    """DNS no longer tells where a name's servers are. The last known stay in use."""

    topic: ClassVar[str] = "name.lost"
    name: str
    """As the configuration has it."""
    reason: str
    kept: int
    """How many addresses stay in use; 0 when none was ever known."""
