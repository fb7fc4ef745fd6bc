"""Set-up time of good calls beside a flood, and beside none.

``python -m benchmarks.bench_flood [--rate N] [--seconds S] [--json]``

A caller dials a queue, which answers at once, and hangs up, again and again; the time from INVITE to 200 is
measured. In every second round somebody at another address sends N datagrams a second that nobody asked for:
bytes without meaning, REGISTERs without and with a wrong password, calls, a scanner's OPTIONS; each kind from
an address of its own, so that none is banned before it begins. Rounds with and without a flood take turns, so
that noise hits both alike, and the ratio is taken within each turn. Memory is the resident set of the switch.
"""

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from benchmarks.flooder import KINDS
from benchmarks.lines import LineProcess
from benchmarks.steady_caller import SteadyCaller
from benchmarks.switch_subject import SwitchSubject

NUMBER = "95598"
T1_MS = 100
"""Transactions are forgotten after 64 of them, so that memory is steady once the warm-up is over."""
WARM_UP_S = 64 * T1_MS / 1000 + 2
CALLS_PER_S = 50

SECTIONS = f"""
[[stations]]
name = "2001"
password = "secret-2001"

[[queues]]
name = "service"

[[access_codes]]
number = "{NUMBER}"
target = "queue:service"
record = false
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """A round without a flood and one beside it; set-up times in milliseconds."""

    kind: str
    quiet_ms: list[float]
    flooded_ms: list[float]
    failed: int
    datagrams: int
    quiet_growth_mb: float
    flooded_growth_mb: float

    @property
    def ratio(self) -> float:
        """Of the medians."""
        return median(self.flooded_ms) / median(self.quiet_ms)


@dataclass(frozen=True, slots=True)
class Result:
    """The last line. Times are from INVITE to 200."""

    datagrams_per_s: float
    ratio: float
    """Median set-up time beside a flood to that beside none: the median over all turns."""
    worst_ratio: float
    """Of the kind of flood that changes it most."""
    quiet_p50_ms: float
    quiet_p95_ms: float
    flooded_p50_ms: float
    flooded_p95_ms: float
    calls: int
    failed: int
    rss_before_mb: float
    quiet_growth_mb: float
    """Resident memory gained in the rounds without a flood, all together."""
    flooded_growth_mb: float


class Bench:
    """The switch, a caller and somebody who floods."""

    def __init__(self, stack: ExitStack) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-flood-")))
        self.subject = stack.enter_context(SwitchSubject(folder, SECTIONS, t1_ms=T1_MS))
        self._flooder = stack.enter_context(LineProcess([sys.executable, "-m", "benchmarks.flooder"]))
        self._caller = stack.enter_context(SteadyCaller(self.subject.sip, NUMBER, CALLS_PER_S))
        self._sources = iter(range(2, 255))

    def call(self, seconds: float) -> tuple[list[float], int]:
        """Call for so long; the set-up times and how many calls failed."""
        return self._caller.call(seconds)

    def turn(self, kind: str, rate: int, seconds: float) -> Turn:
        """Call for so long in peace, and for so long beside a flood."""
        before_mb = self.subject.rss_mb()
        quiet_ms, quiet_failed = self.call(seconds)
        sip, between_mb = self.subject.sip, self.subject.rss_mb()
        self._flooder.tell(f"{kind} 127.0.0.{next(self._sources)} {sip.host} {sip.port} {rate} {seconds}")
        flooded_ms, flooded_failed = self.call(seconds)
        sent, growth_mb = int(self._flooder.hear()), self.subject.rss_mb() - between_mb
        failed = quiet_failed + flooded_failed
        return Turn(kind, quiet_ms, flooded_ms, failed, sent, between_mb - before_mb, growth_mb)


def measure(rate: int, seconds: float, turns: int, warm_up_s: float = WARM_UP_S) -> tuple[Result, list[Turn]]:
    """Run all rounds within about ``seconds``, after a warm-up."""
    round_s = seconds / (2 * turns * len(KINDS))
    with ExitStack() as stack:
        bench = Bench(stack)
        bench.call(warm_up_s)
        before_mb = bench.subject.rss_mb()
        done = [bench.turn(kind, rate, round_s) for _ in range(turns) for kind in KINDS]
        return _result(done, round_s, before_mb), done


def _result(turns: list[Turn], round_s: float, before_mb: float) -> Result:
    quiet = [ms for turn in turns for ms in turn.quiet_ms]
    flooded = [ms for turn in turns for ms in turn.flooded_ms]
    return Result(
        datagrams_per_s=round(sum(turn.datagrams for turn in turns) / (len(turns) * round_s), 1),
        ratio=round(median(turn.ratio for turn in turns), 3),
        worst_ratio=round(max(_ratio_of(turns, kind) for kind in KINDS), 3),
        quiet_p50_ms=round(median(quiet), 3),
        quiet_p95_ms=round(_p95(quiet), 3),
        flooded_p50_ms=round(median(flooded), 3),
        flooded_p95_ms=round(_p95(flooded), 3),
        calls=len(quiet) + len(flooded),
        failed=sum(turn.failed for turn in turns),
        rss_before_mb=round(before_mb, 1),
        quiet_growth_mb=round(sum(turn.quiet_growth_mb for turn in turns), 1),
        flooded_growth_mb=round(sum(turn.flooded_growth_mb for turn in turns), 1),
    )


def _ratio_of(turns: list[Turn], kind: str) -> float:
    return median(turn.ratio for turn in turns if turn.kind == kind)


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _table(result: Result, turns: list[Turn]) -> Table:
    title = f"set-up time of good calls beside {result.datagrams_per_s:g} unwanted datagrams a second"
    table = Table(title=title)
    for column in ("flood of", "quiet p50 ms", "p95 ms", "flooded p50 ms", "p95 ms", "ratio"):
        table.add_column(column, justify="left" if column == "flood of" else "right")
    for kind in KINDS:
        quiet = [ms for turn in turns if turn.kind == kind for ms in turn.quiet_ms]
        flooded = [ms for turn in turns if turn.kind == kind for ms in turn.flooded_ms]
        figures = (median(quiet), _p95(quiet), median(flooded), _p95(flooded), _ratio_of(turns, kind))
        table.add_row(kind, *(f"{figure:.2f}" for figure in figures))
    return table


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rate", type=int, default=10_000, help="unwanted datagrams a second")
    parser.add_argument("--seconds", type=float, default=40.0, help="of measuring, after the warm-up")
    parser.add_argument("--turns", type=int, default=2, help="of each kind of flood")
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    arguments = parser.parse_args()
    result, turns = measure(arguments.rate, arguments.seconds, arguments.turns)
    if not arguments.json:
        Console().print(_table(result, turns))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
