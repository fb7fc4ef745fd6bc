import asyncio
import time

from runtime.loop_probe import PAUSE_S, LoopProbe

BUSY_S = 0.3


def test_a_loop_that_is_kept_busy_is_late() -> None:
    loop = asyncio.new_event_loop()
    measured: list[float] = []

    def take(late_s: float) -> None:
        measured.append(late_s)
        if len(measured) == 1:
            keep_busy()
        else:
            loop.stop()

    def keep_busy() -> None:
        end = time.monotonic() + BUSY_S
        while time.monotonic() < end:
            pass

    probe = LoopProbe(loop, take)
    probe.start()
    loop.run_forever()
    probe.stop()
    loop.close()
    assert measured[1] >= (BUSY_S - PAUSE_S) * 0.9


def test_a_probe_that_was_stopped_says_nothing() -> None:
    loop = asyncio.new_event_loop()
    measured: list[float] = []
    probe = LoopProbe(loop, measured.append)
    probe.stop()
    probe.start()
    probe.stop()
    loop.call_later(2 * PAUSE_S, loop.stop)
    loop.run_forever()
    loop.close()
    assert measured == []
