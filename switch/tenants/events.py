"""What is told of tenants themselves."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class TenantFull(Event):
    """A call was refused as so many of its tenant are up; told once until another gets through."""

    topic: ClassVar[str] = "tenant.full"
    tenant: str
    """Whose calls they are."""
    calls: int
    """How many are up, which is the most there may be."""


@plain_data
class TenantSuspended(Event):
    """A tenant gets no new calls from now on; those that are up go on."""

    topic: ClassVar[str] = "tenant.suspended"
    tenant: str
    """Which."""
    calls: int
    """How many are up."""


@plain_data
class TenantResumed(Event):
    """A tenant that was suspended gets calls again."""

    topic: ClassVar[str] = "tenant.resumed"
    tenant: str
    """Which."""
