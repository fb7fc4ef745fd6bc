"""Tenants that are to be removed once their calls are over: they get no new ones, and nobody is cut off."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from runtime.errors import UsageError
from runtime.tenancy import tenant_of_id
from runtime.vocabulary import Event
from switch.events import CallEnded
from switch.tenants.events import TenantDraining, TenantNotRemoved

Remove = Callable[[], Coroutine[Any, Any, object]]
"""Takes the tenant out of the configuration. Raises UsageError."""


class DrainingTenants:
    """What waits for the end of calls; a switch that starts anew has forgotten it, and its calls are over."""

    def __init__(
        self,
        calls_of: Callable[[str], int],
        tell: Callable[[Event], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """``calls_of`` a tenant are up."""
        self._calls_of = calls_of
        self._tell = tell
        self._loop = loop
        self._waiting: dict[str, Remove] = {}
        self._removing: dict[asyncio.Task[None], str] = {}

    def __contains__(self, tenant: str) -> bool:
        return tenant in self._waiting or tenant in self._removing.values()

    def begin(self, tenant: str, remove: Remove) -> None:
        """Remove a tenant, which gets no new calls by now, when those it has are over."""
        self._waiting[tenant] = remove
        self._look(tenant)

    def forget(self, tenant: str) -> None:
        """It stays; no harm if it is not draining."""
        self._waiting.pop(tenant, None)

    def wants(self, kind: type[Event]) -> bool:
        """Whether events of this kind are to be shown to ``observe``."""
        return kind is CallEnded

    def observe(self, event: Event, wall: float) -> None:
        """A call is over."""
        assert isinstance(event, CallEnded), "nothing else is wanted"
        if self._waiting and (tenant := tenant_of_id(event.call_id)) in self._waiting:
            self._loop.call_soon(self._look, tenant)  # when all that goes with its end is done

    def _look(self, tenant: str) -> None:
        if tenant not in self._waiting:
            return
        calls = self._calls_of(tenant)
        self._tell(TenantDraining(tenant=tenant, calls=calls))
        if not calls:
            task = self._loop.create_task(self._remove(tenant, self._waiting.pop(tenant)))
            self._removing[task] = tenant
            task.add_done_callback(self._removing.pop)

    async def _remove(self, tenant: str, remove: Remove) -> None:
        try:
            await remove()
        except UsageError as obstacle:
            self._tell(TenantNotRemoved(tenant=tenant, reason=str(obstacle)))
