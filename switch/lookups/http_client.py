"""The HTTP shell: sends a request as it is told to and reports what came. Decides nothing."""

import asyncio
from collections.abc import Iterable

from runtime.driver import Driver, Handler, Outputs
from switch.lookups.answers import AttemptEnded, Failed, Reason
from switch.lookups.commands import DropRequest, SendRequest
from switch.lookups.config import LookupConfig
from switch.lookups.door import Door


class HttpClient:
    """Between the driver and the services. A request that is dropped is told of no more."""

    def __init__(self, configs: Iterable[LookupConfig], driver: Driver) -> None:
        self._doors = {config.name: Door(config) for config in configs}
        self._driver = driver
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        """Doors that are closed once nobody is in them any more."""

    def routes(self) -> dict[type, Handler]:
        return {SendRequest: self._send, DropRequest: self._drop}

    def configure(self, configs: Iterable[LookupConfig]) -> None:
        """Ask these services from now on; tokens are read anew. Requests under way end as they began.

        Raises UsageError, and leaves everything as it was, when one of their files cannot be used.
        """
        before = self._doors
        self._doors = {config.name: _kept(before.get(config.name), config) for config in configs}
        kept = set(self._doors.values())
        for door in before.values():
            if door not in kept:
                leaving = asyncio.get_running_loop().create_task(door.retire())
                self._leaving.add(leaving)
                leaving.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Stop all requests and let go of all connections."""
        tasks = [*self._tasks.values(), *self._leaving]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for door in self._doors.values():
            await door.close()

    def _send(self, command: SendRequest, now: float) -> Outputs:
        order = command.lookup
        door = self._doors.get(order.service)
        if door is None:  # it was removed while the lookup waited
            return [AttemptEnded(order.request_id, command.attempt, Failed(Reason.UNKNOWN_SERVICE))]
        self._tasks[order.request_id] = asyncio.get_running_loop().create_task(self._ask(command, door))
        return ()

    def _drop(self, command: DropRequest, now: float) -> Outputs:
        task = self._tasks.pop(command.request_id, None)
        if task is not None:
            task.cancel()
        return ()

    async def _ask(self, command: SendRequest, door: Door) -> None:
        order = command.lookup
        outcome = await door.ask(order)
        del self._tasks[order.request_id]
        ended = AttemptEnded(order.request_id, command.attempt, outcome)
        self._driver.run_step(lambda now: [ended])


def _kept(door: Door | None, config: LookupConfig) -> Door:
    return door if door is not None and door.serves(config) else Door(config)
