"""Many calls recorded at once as A-law: what a packet costs then, what is written, and what the writers take.

``python -m benchmarks.bench_recording [--calls N] [--seconds S] [--turns T] [--workers W]``

The rounds are those of bench_relay, with two streams a call. ``holds`` tells whether the figures are those
that are wanted. A machine that does not carry so many calls at all proves nothing by them: ``loss`` and
``bare_p99_ms`` tell that. Ends with 1 when a recording failed.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.bench_relay import Result, build_binaries, measure

_FORMAT = "alaw"
_RECORD_RATIO = 1.6
_WRITTEN_MB_A_S = 40.0
_WRITERS_CORES = 0.15
_CALLS = 2000
"""Those figures are wanted of so many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure and the most it may be."""

    name: str
    figure: float
    most: float

    @property
    def holds(self) -> bool:
        return self.figure <= self.most


def wanted(result: Result) -> list[Wanted]:
    """What is asked of 2000 calls; of fewer the writers may take only their part."""
    part = min(1.0, result.streams / 2 / _CALLS)
    return [
        Wanted("record_ratio", result.record_ratio, _RECORD_RATIO),
        Wanted("written_mb_a_s", result.written_mb_a_s, _WRITTEN_MB_A_S * part),
        Wanted("writers_cores", result.writers_cores, _WRITERS_CORES * part),
    ]


def _table(result: Result) -> Table:
    table = Table(title=f"{result.streams // 2} calls recorded as A-law, loss {result.loss:.4%}")
    for column in ("figure", "measured", "at most", ""):
        table.add_column(column, justify="right" if column in ("measured", "at most") else "left")
    for one in wanted(result):
        table.add_row(
            one.name, f"{one.figure:.3f}", f"{one.most:.3f}", "holds" if one.holds else "does not hold"
        )
    return table


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=_CALLS, help="recorded at once")
    parser.add_argument("--seconds", type=float, default=180.0, help="of sending, for all rounds together")
    parser.add_argument(
        "--turns", type=int, default=1, help="rounds of each case; with fewer, calls last longer"
    )
    parser.add_argument("--workers", type=int, default=2, help="threads of the core that carry packets")
    arguments = parser.parse_args()
    build_binaries()
    streams = 2 * arguments.calls
    result, _ = measure(streams, arguments.seconds, arguments.workers, arguments.turns, _FORMAT)
    Console().print(_table(result))
    holds = {one.name: one.holds for one in wanted(result)}
    print(json.dumps({"calls": arguments.calls, **asdict(result), "holds": holds}))
    if result.recordings_failed:
        sys.exit("a recording failed")


if __name__ == "__main__":
    main()
