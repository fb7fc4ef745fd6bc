"""What flows ask of others: services over HTTP, and applications on the control socket."""

from collections.abc import Callable

from cli.configuration.sections import Configuration
from cli.house.ground import Ground
from runtime.driver import Core
from switch.application import Gauge, Verb
from switch.hooks.hooks import Hooks
from switch.hooks.verbs import HookVerbs
from switch.lookups.http_client import HttpClient
from switch.lookups.lookups import Lookups
from switch.lookups.readings import lookup_gauges, lookup_totals
from switch.lookups.verbs import LookupVerbs
from switch.metrics import Total


class Outside:
    """Lookups, hooks and requests for text messages."""

    def __init__(
        self, configuration: Configuration, ground: Ground, hooks_heard: Callable[[str], bool]
    ) -> None:
        """``hooks_heard``: whether anybody subscribed to the hooks of a tenant. Raises UsageError when a
        file of a service cannot be used.
        """
        clock, ids, submit = ground.clock, ground.ids, ground.driver.submit
        self._lookups = Lookups(configuration.lookups)
        self._client = HttpClient(configuration.lookups, ground.driver)
        hooks = Hooks(ids, hooks_heard)
        self._lookup_verbs = LookupVerbs(self._lookups, clock, ids, submit)
        self._hook_verbs = HookVerbs(hooks, submit)
        self.cores: tuple[Core, ...] = (self._lookups, hooks)
        self.parts = (self._lookups, self._client, self._lookup_verbs, hooks)

    def configure(self, configuration: Configuration) -> None:
        """Ask these services from now on, with the tokens their files have now. Raises UsageError."""
        self._client.configure(configuration.lookups)
        self._lookups.configure(configuration.lookups)

    def verbs(self) -> list[Verb]:
        return [*self._lookup_verbs.verbs(), *self._hook_verbs.verbs()]

    def gauges(self) -> list[Gauge]:
        return lookup_gauges(self._lookups)

    def totals(self) -> list[Total]:
        return lookup_totals(self._lookups)

    async def close(self) -> None:
        await self._client.close()
