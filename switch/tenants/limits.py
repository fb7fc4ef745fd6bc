"""How many calls of a tenant may be up at a time, so that a noisy one leaves room for the others."""

from collections.abc import Mapping

from runtime.vocabulary import Output
from switch.tenants.config import TenantConfig
from switch.tenants.events import TenantFull


class CallLimits:
    """Decides, by how many are up, whether one more may be."""

    def __init__(self, tenants: Mapping[str, TenantConfig] | None = None) -> None:
        self._told: set[str] = set()
        self.configure(tenants or {})

    def configure(self, tenants: Mapping[str, TenantConfig]) -> None:
        """Know these, and no others. Calls that are up are left alone."""
        self._most = {name: tenant.calls for name, tenant in tenants.items() if tenant.calls}
        self._suspended = frozenset(name for name, tenant in tenants.items() if tenant.suspended)

    def refuse(self, tenant: str, calls: int) -> list[Output] | None:
        """None when a further call may be; else what is told of its refusal."""
        if tenant in self._suspended:
            return []  # which was told when it began
        most = self._most.get(tenant)
        if most is None or calls < most:
            self._told.discard(tenant)
            return None
        if tenant in self._told:
            return []
        self._told.add(tenant)
        return [TenantFull(tenant=tenant, calls=calls)]
