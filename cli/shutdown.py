"""How the switch stops: a first signal drains, a second ends at once. Recordings are closed either way."""

import asyncio
import signal

import structlog

from runtime.driver import Driver
from runtime.vocabulary import Event
from switch.causes import Cause
from switch.commands import EndAllCalls, StartDraining
from switch.config import SwitchConfig
from switch.events import CallEnded
from switch.exchange import Exchange

log = structlog.get_logger(__name__)


class Shutdown:
    """Waits for SIGTERM or SIGINT and sees the last call out."""

    def __init__(
        self, config: SwitchConfig, driver: Driver, exchange: Exchange, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._config = config
        self._driver = driver
        self._exchange = exchange
        self._loop = loop
        self._idle = asyncio.Event()
        self._time_is_up: asyncio.TimerHandle | None = None
        driver.observe(self._watch)

    async def wait(self) -> None:
        """Return when the process may go: no call is up any more."""
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._signalled)
        await self._idle.wait()
        if self._time_is_up is not None:
            self._time_is_up.cancel()

    def _signalled(self) -> None:
        if self._exchange.draining:
            self._end_all("a second signal came")
            return
        log.info("draining", calls=self._exchange.open_calls, at_most_s=self._config.drain_s)
        self._driver.submit(StartDraining(retry_after_s=self._config.retry_after_s))
        self._time_is_up = self._loop.call_later(self._config.drain_s, self._end_all, "the time is up")
        self._go_if_idle()

    def _end_all(self, why: str) -> None:
        log.warning("ending all calls", calls=self._exchange.open_calls, why=why)
        self._driver.submit(EndAllCalls(cause=Cause.NORMAL_TEMPORARY_FAILURE))
        self._go_if_idle()

    def _watch(self, event: Event, wall: float) -> None:
        if isinstance(event, CallEnded) and self._exchange.draining:
            self._go_if_idle()

    def _go_if_idle(self) -> None:
        if self._exchange.open_calls == 0:
            self._idle.set()
