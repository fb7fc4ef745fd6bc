"""How many calls of a tenant may be up at a time, so that a noisy one leaves room for the others."""

from collections.abc import Mapping

from runtime.vocabulary import Output
from switch.tenants.events import TenantFull


class CallLimits:
    """Decides, by how many are up, whether one more may be."""

    def __init__(self, most: Mapping[str, int] | None = None) -> None:
        """``most``: calls at a time, by tenant; there is no limit for those that are not in it."""
        self._most = most or {}
        self._told: set[str] = set()

    def refuse(self, tenant: str, calls: int) -> list[Output] | None:
        """None when a further call may be; else what is told of its refusal."""
        most = self._most.get(tenant)
        if most is None or calls < most:
            self._told.discard(tenant)
            return None
        if tenant in self._told:
            return []
        self._told.add(tenant)
        return [TenantFull(tenant=tenant, calls=calls)]
