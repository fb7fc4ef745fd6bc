"""What verbs answer about tenants."""

from runtime.models import Answer


class TenantLimits(Answer):
    """How much a tenant may have."""

    calls: int
    """At a time, in and out; 0: no limit."""
    agents: int
    """0: no limit."""
    queues: int
    """0: no limit."""
    stations: int
    """0: no limit."""


class TenantUse(Answer):
    """How much a tenant has."""

    calls: int
    """That are up."""
    agents: int
    queues: int
    stations: int


class TenantSummary(Answer):
    """A tenant in a list."""

    tenant: str
    title: str
    domain: str | None
    """Where its stations register."""
    suspended: bool
    """Whether it gets no new calls."""
    draining: bool
    """Whether it is removed when its calls are over."""
    calls: int
    """That are up."""
    agents_signed_in: int
    waiting: int
    """Callers and items, in all its queues."""


class TenantDetails(TenantSummary):
    """A tenant with its limits and their use."""

    limits: TenantLimits
    use: TenantUse
    agents: dict[str, int]
    """How many are in each state."""
    access_codes: list[str]
    """Numbers its customers dial."""
