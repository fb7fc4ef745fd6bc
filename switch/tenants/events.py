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


@plain_data
class TenantDraining(Event):
    """A tenant is removed as soon as its calls are over; told when that begins, and as each of them ends."""

    topic: ClassVar[str] = "tenant.draining"
    tenant: str
    """Which."""
    calls: int
    """How many are still up."""


@plain_data
class TenantRemoved(Event):
    """A tenant is not there any more. Its recordings and records are."""

    topic: ClassVar[str] = "tenant.removed"
    tenant: str
    """Which."""


@plain_data
class TenantNotRemoved(Event):
    """A tenant's calls are over, and it could not be removed; it stays, suspended."""

    topic: ClassVar[str] = "tenant.not_removed"
    tenant: str
    """Which."""
    reason: str
    """Why not, for people."""
