"""A SIP stack behind a real socket, with a test as its exchange: it dials, and waits for what is reported."""

import asyncio
from typing import Any, Self

from media._core import Ways
from runtime.alarm import LoopAlarm
from runtime.clock import LoopClock
from runtime.driver import Driver
from runtime.ids import RandomIds
from runtime.vocabulary import Command, Event
from sipp_scenarios.runner import Address, free_port
from switch.sip.config import SipConfig
from switch.sip.stack import SipStack
from switch.sip.transport.config import ConnectionsConfig, all_listeners
from switch.sip.transport.transports import Transports

_PATIENCE_S = 45.0


class Dialler:
    """Use it as a context manager. Time passes only while it waits."""

    def __init__(self, **settings: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self.address = Address("127.0.0.1", free_port("127.0.0.1"))
        config = SipConfig.model_validate({"port": self.address.port, "t1_ms": 100, **settings})
        self.stack = SipStack(config, [], RandomIds(), b"key of a test")
        self.events: list[Any] = []
        self._faults: list[Exception] = []
        self._news = asyncio.Event()
        self._driver = Driver(LoopClock(self._loop.time), LoopAlarm(self._loop), self._fault, Ways())
        self._transports = Transports(
            all_listeners(config, ()),
            ConnectionsConfig(),
            self._driver,
            self.stack.counters,
            self.stack.guard.ignores,
        )
        for part in (self.stack, self._transports):
            self._driver.add_core(part)
            self._driver.add_routes(part.routes())
        self._driver.observe(self._observe)

    def __enter__(self) -> Self:
        self._transports.open(self._loop)
        return self

    def __exit__(self, *_: object) -> None:
        self._transports.close()
        self._loop.close()
        assert self._faults == []

    def order(self, command: Command) -> None:
        """Give the stack an order."""
        self._driver.submit(command)

    def wait_for(self, kind: type[Event], **fields: object) -> Any:
        """The first event of this kind with these fields, seen already or yet to come."""
        return self._loop.run_until_complete(asyncio.wait_for(self._find(kind, fields), _PATIENCE_S))

    async def _find(self, kind: type[Event], fields: dict[str, object]) -> Any:
        while True:
            for event in self.events:
                if isinstance(event, kind) and all(getattr(event, k) == v for k, v in fields.items()):
                    return event
            self._news.clear()
            await self._news.wait()

    def _observe(self, event: Event, now: float) -> None:
        self.events.append(event)
        self._news.set()

    def _fault(self, item: object, fault: Exception) -> list[Any]:
        self._faults.append(fault)
        return []
