"""Who is waited for when the switch is told to stop, on a real loop with real signals."""

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from cli.shutdown import Shutdown
from switch.causes import Cause
from switch.config import SwitchConfig
from switch.events import CallEnded, DrainStarted
from switch.sip.events import DialogsClosed, LegEnded
from tests.helpers.exchange_rig import ExchangeRig


class Stopping:
    """An exchange with one call, whose phone has not confirmed the BYE, and the shutdown that watches it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.rig = ExchangeRig()
        self.rig.arrive()
        self.open_dialogs = 1
        config = SwitchConfig(drain_s=3600)
        self.shutdown = Shutdown(config, self.rig.driver, self.rig.exchange, lambda: self.open_dialogs, loop)
        self.shutdown.listen()
        self.waiting = loop.create_task(self.shutdown.wait())

    def signal(self) -> None:
        """SIGTERM arrives."""
        os.kill(os.getpid(), signal.SIGTERM)
        self.run_once()

    def run_once(self) -> None:
        """Let the loop do what is due now."""
        for _ in range(3):
            self.loop.run_until_complete(asyncio.sleep(0))

    def hang_up(self) -> None:
        self.rig.feed(
            LegEnded(leg_id="customer", cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=False)
        )
        self.run_once()

    @property
    def over(self) -> bool:
        return self.waiting.done()


@pytest.fixture
def stopping() -> Iterator[Stopping]:
    loop = asyncio.new_event_loop()
    yield Stopping(loop)
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def test_the_first_signal_waits_for_the_last_call_and_for_its_phones_to_confirm(stopping: Stopping) -> None:
    stopping.signal()
    assert stopping.rig.last(DrainStarted).calls == 1
    assert not stopping.over
    stopping.hang_up()
    assert not stopping.over, "the BYE is not confirmed"
    stopping.open_dialogs = 0
    stopping.rig.feed(DialogsClosed())
    stopping.run_once()
    assert stopping.over


def test_without_open_dialogs_the_last_call_is_the_end(stopping: Stopping) -> None:
    stopping.open_dialogs = 0
    stopping.signal()
    stopping.hang_up()
    assert stopping.over


def test_the_second_signal_ends_all_calls_and_waits_for_nobody(stopping: Stopping) -> None:
    stopping.signal()
    stopping.signal()
    assert stopping.rig.last(CallEnded).by_caller is False
    assert stopping.over


def test_calls_that_end_while_nobody_asked_to_stop_mean_nothing(stopping: Stopping) -> None:
    stopping.hang_up()
    assert not stopping.over
