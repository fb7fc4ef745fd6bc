"""From an event to a program that follows all of them, under 500 calls.

SIPp dials fifty a second, each of which lasts ten seconds. The moment of an event is when the switch took
what it came of, and both look at the same clock of this machine; so what the switch itself took is in the
delay. How long it takes to wake the program is measured beside, by lines that are sent to it.
"""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench_calls import SECTIONS, WARM_UP_S, place_calls, registered_phone
from benchmarks.follower import Subscriber, percentile
from benchmarks.switch_subject import SwitchSubject

RATE = 50
TALK_MS = 10_000


@dataclass(frozen=True, slots=True)
class DelayResult:
    """The last line."""

    event_p50_ms: float
    """From the event until a subscriber has it."""
    event_p99_ms: float
    bare_p50_ms: float
    """From a write to the same program until it has read it."""
    bare_p99_ms: float
    events: int
    failed: int
    """Calls."""


def measure_delay(seconds: float, *, rate: int = RATE, talk_ms: int = TALK_MS) -> DelayResult:
    """For so long from when as many calls are up as there will be."""
    with tempfile.TemporaryDirectory(prefix="bench-delay-") as name:
        folder = Path(name)
        with (
            SwitchSubject(folder, SECTIONS) as subject,
            registered_phone(subject, folder),
            Subscriber(subject.control_socket) as subscriber,
            ThreadPoolExecutor(1) as others,
        ):
            dialled_s = WARM_UP_S + talk_ms / 1000 + seconds
            calls = others.submit(place_calls, subject.sip, folder, rate, dialled_s, talk_ms=talk_ms)
            time.sleep(dialled_s - seconds)
            subscriber.had()
            with subscriber.pinged():
                time.sleep(seconds)
            had = subscriber.had()
            failed = calls.result().failed
    return DelayResult(
        event_p50_ms=round(percentile(had.delays_ms, 0.5), 2),
        event_p99_ms=round(percentile(had.delays_ms, 0.99), 2),
        bare_p50_ms=round(percentile(had.bare_delays_ms, 0.5), 2),
        bare_p99_ms=round(percentile(had.bare_delays_ms, 0.99), 2),
        events=len(had.delays_ms),
        failed=failed,
    )
