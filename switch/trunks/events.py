"""What is told of trunks."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class TrunkUp(Event):
    """Every address of a trunk answers."""

    topic: ClassVar[str] = "trunk.up"
    trunk: str
    address: str
    """The one that changed."""
    status: int | None
    """What it answered; null when it began to ring or answered a call."""


@plain_data
class TrunkDegraded(Event):
    """Some address of a trunk is down or failed to answer; calls use the others."""

    topic: ClassVar[str] = "trunk.degraded"
    trunk: str
    address: str
    """The one that changed."""
    status: int | None
    """What it answered; null when it did not."""


@plain_data
class TrunkDown(Event):
    """No address of a trunk answers: calls that could take it take others, or none."""

    topic: ClassVar[str] = "trunk.down"
    trunk: str
    address: str
    """The last one that failed."""
    status: int | None
    """What it answered; null when it did not."""


@plain_data
class TrunkRegistered(Event):
    """A trunk took our registration; not told again when it is refreshed."""

    topic: ClassVar[str] = "trunk.registered"
    trunk: str
    registrar: str
    """The address that took it."""
    expires_s: int


@plain_data
class TrunkRegistrationFailed(Event):
    """A trunk did not take our registration, or its refreshing."""

    topic: ClassVar[str] = "trunk.registration_failed"
    trunk: str
    registrar: str
    """The address that was asked; empty when none is known."""
    status: int
    """What it answered: 200 when it granted no time; 408 when it did not, 503 when nothing could be sent."""
    retry_in_s: int
    """When it is asked for again."""


@plain_data
class TrunkFull(Event):
    """A call was turned away by a limit of a trunk; told again when one of the same tenant got through."""

    topic: ClassVar[str] = "trunk.full"
    trunk: str
    direction: str
    """``in`` or ``out``."""
    limit: str
    """``channels``, of which a part may be kept for others, or ``calls_per_s``."""
    tenant: str
    """Whose call it was; empty for the house's own."""


@plain_data
class TrunkEnabled(Event):
    """Somebody let a trunk carry calls again."""

    topic: ClassVar[str] = "trunk.enabled"
    trunk: str


@plain_data
class TrunkDisabled(Event):
    """Somebody let a trunk carry no new calls."""

    topic: ClassVar[str] = "trunk.disabled"
    trunk: str
