"""What every part of the house stands on."""

import asyncio
from dataclasses import dataclass

from runtime.clock import Clock
from runtime.driver import Driver
from runtime.ids import Ids
from runtime.vocabulary import Event


@dataclass(frozen=True, slots=True)
class Ground:
    """One loop, one clock, one source of ids, one driver."""

    loop: asyncio.AbstractEventLoop
    clock: Clock
    ids: Ids
    driver: Driver

    def report(self, event: Event) -> None:
        """What journal or database tell on their own threads joins the other events on the loop."""
        self.loop.call_soon_threadsafe(self.driver.submit, event)
