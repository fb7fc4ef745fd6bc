"""How the switch stops: a first signal drains, a second ends at once. Recordings are closed either way."""

import asyncio
import signal
from collections.abc import Callable

import structlog

from runtime.driver import Driver
from runtime.vocabulary import Event
from switch.causes import Cause
from switch.commands import EndAllCalls, StartDraining
from switch.config import SwitchConfig
from switch.events import CallEnded
from switch.exchange import Exchange
from switch.sip.events import DialogsClosed

GOODBYE_S = 5.0
"""So long phones may take to confirm their BYE after the last call; it is repeated meanwhile."""

log = structlog.get_logger(__name__)


class Shutdown:
    """Waits for SIGTERM or SIGINT and sees the last call out."""

    def __init__(
        self,
        config: SwitchConfig,
        driver: Driver,
        exchange: Exchange,
        open_dialogs: Callable[[], int],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """``open_dialogs`` counts the phones that still owe an answer to our BYE."""
        self._config = config
        self._driver = driver
        self._exchange = exchange
        self._open_dialogs = open_dialogs
        self._loop = loop
        self._over = asyncio.Event()
        self._timers: list[asyncio.TimerHandle] = []
        driver.observe(self._watch, lambda kind: kind in (CallEnded, DialogsClosed))

    def listen(self) -> None:
        """Take signals from here on, also while the switch is still being opened."""
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._signalled)

    async def wait(self) -> None:
        """Return when the process may go."""
        await self._over.wait()
        for timer in self._timers:
            timer.cancel()

    def _signalled(self) -> None:
        if self._exchange.draining:
            self._end_all("a second signal came")
            self._over.set()
            return
        log.info("draining", calls=self._exchange.open_calls, at_most_s=self._config.drain_s)
        self._driver.submit(StartDraining(retry_after_s=self._config.retry_after_s))
        self._after(self._config.drain_s, self._time_is_up)
        self._go_on()

    def _time_is_up(self) -> None:
        self._end_all("the time is up")

    def _end_all(self, why: str) -> None:
        log.warning("ending all calls", calls=self._exchange.open_calls, why=why)
        self._driver.submit(EndAllCalls(cause=Cause.NORMAL_TEMPORARY_FAILURE))

    def _watch(self, event: Event, wall: float) -> None:
        if self._exchange.draining:
            self._go_on()

    def _go_on(self) -> None:
        """Once the last call is over wait for goodbyes, and once they are said, stop."""
        if self._exchange.open_calls:
            return
        if self._open_dialogs():
            self._after(GOODBYE_S, self._over.set)
        else:
            self._over.set()

    def _after(self, seconds: float, do: Callable[[], None]) -> None:
        self._timers.append(self._loop.call_later(seconds, do))
