"""Set-up of calls that nobody follows, beside a subscriber of everything, and beside a stopped one.

Two switches take turns, one that nobody ever subscribed to, and one with a subscriber, which is stopped
(SIGSTOP) in every second of its rounds. In each round a thousand calls are up: SIPp dials a hundred a second,
each of which lasts ten seconds. Beside them a caller of our own dials the same station and measures, as SIPp
tells the time in steps of 4 ms. Every kind of round comes as often as the others, and not always in the same
place; of the rounds of a kind the median is told, so that one that others of the machine spoil spoils no
figure.
"""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bench_calls import NUMBER, SECTIONS, WARM_UP_S, place_calls, registered_phone
from benchmarks.follower import Subscriber, percentile
from benchmarks.steady_caller import SteadyCaller
from benchmarks.switch_subject import SwitchSubject

RATE = 100
TALK_MS = 10_000
CALLS_PER_S = 40
"""Of the caller who measures."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the rounds of one kind, in the median. Times are from INVITE to 200."""

    p50_ms: float
    p99_ms: float
    p99_ms_of_rounds: tuple[float, ...]
    """Of each, sorted: how far rounds of one kind differ among themselves."""
    cpu_ms: float
    """CPU of the switch for a call."""


@dataclass(frozen=True, slots=True)
class StoppedResult:
    """The last line."""

    nobody: Figures
    live: Figures
    stopped: Figures
    failed: int
    """Calls of all rounds."""
    missed_while_stopped: int
    """Events that waited for the subscriber when it went on, all rounds together."""
    holes: int
    """In what the subscriber had in the end: events neither told nor in a told gap."""
    gaps: int


@dataclass(frozen=True, slots=True)
class Round:
    """What one gave."""

    times_ms: list[float]
    cpu_ms: float
    failed: int


class Side:
    """One switch with its phone."""

    def __init__(self, stack: ExitStack) -> None:
        self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-stopped-")))
        self.subject = stack.enter_context(SwitchSubject(self._folder, SECTIONS))
        stack.enter_context(registered_phone(self.subject, self._folder))
        self._caller = stack.enter_context(SteadyCaller(self.subject.sip, NUMBER, CALLS_PER_S))

    def dial(self, rate: int, seconds: float, talk_ms: int) -> Round:
        """Dial for so long, and measure from when as many calls are up as there will be."""
        cpu_s, ramp_s = self.subject.cpu_s(), min(talk_ms / 1000, seconds / 2)
        with ThreadPoolExecutor(1) as others:
            run = others.submit(place_calls, self.subject.sip, self._folder, rate, seconds, talk_ms=talk_ms)
            time.sleep(ramp_s)
            times_ms, failed = self._caller.call(seconds - ramp_s)
            beside = run.result()
        calls = len(times_ms) + beside.succeeded
        cpu_ms = (self.subject.cpu_s() - cpu_s) * 1000 / max(calls, 1)
        return Round(times_ms, cpu_ms, failed + beside.failed)


class Bench:
    """Both switches, and the subscriber of one of them."""

    def __init__(self, stack: ExitStack, seconds: float, rate: int, talk_ms: int) -> None:
        self._quiet, self._followed = Side(stack), Side(stack)
        self.subscriber = stack.enter_context(Subscriber(self._followed.subject.control_socket))
        self.missed = 0
        self._seconds, self._rate, self._talk_ms = seconds, rate, talk_ms
        for side in (self._quiet, self._followed):
            side.dial(rate, WARM_UP_S, talk_ms)

    def nobody(self) -> Round:
        """A round of the switch that nobody follows."""
        return self._quiet.dial(self._rate, self._seconds, self._talk_ms)

    def live(self) -> Round:
        """A round beside a subscriber that reads."""
        one = self._followed.dial(self._rate, self._seconds, self._talk_ms)
        self.subscriber.catch_up()
        return one

    def stopped(self) -> Round:
        """A round beside one that does not; it is given the time to read what it missed."""
        before = self.subscriber.catch_up()
        with self.subscriber.stopped():
            one = self._followed.dial(self._rate, self._seconds, self._talk_ms)
        self.missed += self.subscriber.catch_up().events - before.events
        return one


def measure_stopped(
    seconds: float, *, rounds: int = ROUNDS, rate: int = RATE, talk_ms: int = TALK_MS
) -> StoppedResult:
    """So many rounds of each kind, each with so many ``seconds`` of dialling."""
    with ExitStack() as stack:
        bench = Bench(stack, seconds, rate, talk_ms)
        kinds = [bench.nobody, bench.live, bench.stopped]
        had: dict[str, list[Round]] = {kind.__name__: [] for kind in kinds}
        for turn in range(rounds):
            first = turn % len(kinds)
            for kind in (*kinds[first:], *kinds[:first]):
                had[kind.__name__].append(kind())
        after = bench.subscriber.catch_up()
    return StoppedResult(
        nobody=_figures(had["nobody"]),
        live=_figures(had["live"]),
        stopped=_figures(had["stopped"]),
        failed=sum(one.failed for each in had.values() for one in each),
        missed_while_stopped=bench.missed,
        holes=after.holes,
        gaps=after.gaps,
    )


def _figures(rounds: Sequence[Round]) -> Figures:
    p99s = sorted(percentile(one.times_ms, 0.99) for one in rounds)
    return Figures(
        p50_ms=round(median(percentile(one.times_ms, 0.5) for one in rounds), 2),
        p99_ms=round(median(p99s), 2),
        p99_ms_of_rounds=tuple(round(p99, 2) for p99 in p99s),
        cpu_ms=round(median(one.cpu_ms for one in rounds), 3),
    )
