"""CPU per relayed, and per relayed and recorded, RTP packet: the media core beside a bare forwarder.

``python -m benchmarks.bench_relay [--streams N] [--seconds S] [--turns T] [--workers W] [--find-limit]``

One load generator sends N streams of 50 packets a second, in short rounds, in turn through the bare
forwarder (receive and send, nothing else), through the core, and through the core recording every call.
The rounds interleave so that noise hits all alike, and ratios are taken within each turn. CPU is user and
system time of the process under test. Recording includes opening, hashing and closing the files.

How many streams a machine holds is the kernel's affair first: ``--find-limit`` finds the most, up to N,
that the bare forwarder holds beside the generator, and measures the core there.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.lines import ROOT, LineProcess, measured_cores, phones_cores
from benchmarks.relay_subject import Recorded

CORE = ROOT / "media" / "core"
BINARIES = CORE / "target" / "release"
TURNS = 4
"""Rounds of each case; with more of them each is shorter, and so are the calls that are recorded."""
LINEAR = "linear16"
"""How recordings keep their samples, unless something else is asked for."""
CASES = ("bare", "relay", "record")
WARM_UP_MS = 500
LIMIT_STEP = 250
"""Streams between two tries of ``--find-limit``."""
LIMIT_MS = 2000
LIMIT_TRIES = 3
"""A machine that others use too is slow at times."""
HELD_P99_US = 3000.0
"""What the bare forwarder holds has no loss and stays under this."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one case did in one turn."""

    cpu_us: float
    """Per packet."""
    generator_us: float
    """Per packet, of the generator itself."""
    sent: int
    received: int
    p50_us: float
    p99_us: float


@dataclass(frozen=True, slots=True)
class Result:
    """The last line. Ratios are to the bare forwarder."""

    streams: int
    relay_ratio: float
    record_ratio: float
    loss: float
    """Part of all packets sent through the core."""
    p99_ms: float
    """Added delay through the core, relaying only."""
    record_p99_ms: float
    """The same while it records."""
    bare_us: float
    relay_us: float
    record_us: float
    generator_us: float
    """What the load generator took for each of its packets, to be sent and taken back."""
    bare_p99_ms: float
    writers_us: float
    """Of record_us, what the threads took that write recordings."""
    writers_cores: float
    """The same as part of one processor core."""
    written_mb_a_s: float
    """What they wrote, in a second of sending."""
    recordings_failed: int


class Bench:
    """The generator and what it sends through; the core only once it is started."""

    def __init__(self, streams: int, stack: ExitStack) -> None:
        binary = {name: str(BINARIES / name) for name in ("load_generator", "bare_forwarder")}
        self._start = stack.enter_context
        self._generator = self._start(LineProcess([binary["load_generator"], str(streams)], phones_cores()))
        self._own_ports = self._generator.hear()
        self._bare = self._start(LineProcess([binary["bare_forwarder"], str(streams)], measured_cores()))
        self._bare_ports = self._bare.hear()
        self._bare.tell(self._own_ports)
        self.recorded: list[Recorded] = []

    def start_core(self, workers: int, sample_format: str) -> None:
        subject = [sys.executable, "-m", "benchmarks.relay_subject", str(workers), sample_format]
        self._core = self._start(LineProcess(subject, measured_cores(workers)))
        self._core_ports = self._core.ask(self._own_ports)

    def run(self, case: str, milliseconds: int) -> Round:
        """Send for so long through one case."""
        if case == "bare":
            return self._measure(self._bare, lambda: self._send(self._bare_ports, milliseconds))
        if case == "relay":
            return self._measure(self._core, lambda: self._send(self._core_ports, milliseconds))
        return self._measure(self._core, lambda: self._send_recorded(milliseconds))

    def bare_holds(self) -> bool:
        """Whether the bare forwarder loses nothing and stays in time."""
        self.run("bare", WARM_UP_MS)
        tries = (self.run("bare", LIMIT_MS) for _ in range(LIMIT_TRIES))
        return any(one.received == one.sent and one.p99_us < HELD_P99_US for one in tries)

    def _send(self, ports: str, milliseconds: int) -> str:
        return self._generator.ask(f"{milliseconds} {ports}")

    def _send_recorded(self, milliseconds: int) -> str:
        self._core.ask("record")
        answer = self._send(self._core_ports, milliseconds)
        self.recorded.append(Recorded(**json.loads(self._core.ask("stop"))))
        return answer

    def _measure(self, process: LineProcess, work: Callable[[], str]) -> Round:
        before_s, generator_before_s = process.cpu_s(), self._generator.cpu_s()
        answer = json.loads(work())
        packets = max(answer["received"], 1)
        return Round(
            cpu_us=(process.cpu_s() - before_s) * 1e6 / packets,
            generator_us=(self._generator.cpu_s() - generator_before_s) * 1e6 / packets,
            **answer,
        )


def measure(
    streams: int, seconds: float, workers: int = 1, turns: int = TURNS, sample_format: str = LINEAR
) -> tuple[Result, dict[str, list[Round]]]:
    """Run all rounds within about ``seconds``."""
    milliseconds = int(seconds * 1000 / (turns * len(CASES)))
    with ExitStack() as stack:
        bench = Bench(streams, stack)
        bench.start_core(workers, sample_format)
        for case in CASES:  # the first packets of a leg cost more
            bench.run(case, WARM_UP_MS)
        done = [{case: bench.run(case, milliseconds) for case in CASES} for _ in range(turns)]
    rounds = {case: [turn[case] for turn in done] for case in CASES}
    # The first was for warming up.
    return _result(streams, rounds, bench.recorded[1:], milliseconds / 1000), rounds


def find_limit(most: int) -> int:
    """The most streams, up to ``most``, that the bare forwarder holds for a moment; 0 for none."""
    limit = 0
    for streams in range(LIMIT_STEP, most + 1, LIMIT_STEP):
        with ExitStack() as stack:
            if not Bench(streams, stack).bare_holds():
                break
        limit = streams
    return limit


def measure_at_limit(
    most: int, seconds: float, workers: int, turns: int
) -> tuple[Result, dict[str, list[Round]]] | None:
    """Run all rounds at the most streams that the bare forwarder holds throughout; None if there are none."""
    for streams in range(find_limit(most), 0, -LIMIT_STEP):
        result, rounds = measure(streams, seconds, workers, turns)
        if result.bare_p99_ms * 1000 < HELD_P99_US:
            return result, rounds
    return None


def _result(streams: int, rounds: dict[str, list[Round]], recorded: list[Recorded], round_s: float) -> Result:
    def ratio(case: str) -> float:
        pairs = zip(rounds[case], rounds["bare"], strict=True)
        return round(median(ours.cpu_us / bare.cpu_us for ours, bare in pairs), 3)

    def typical(case: str, figure: str) -> float:
        return float(median(getattr(one, figure) for one in rounds[case]))

    through_core = rounds["relay"] + rounds["record"]
    sent = sum(one.sent for one in through_core)
    return Result(
        streams=streams,
        relay_ratio=ratio("relay"),
        record_ratio=ratio("record"),
        loss=round(1 - sum(one.received for one in through_core) / sent, 6),
        p99_ms=round(typical("relay", "p99_us") / 1000, 3),
        record_p99_ms=round(typical("record", "p99_us") / 1000, 3),
        bare_us=round(typical("bare", "cpu_us"), 3),
        relay_us=round(typical("relay", "cpu_us"), 3),
        record_us=round(typical("record", "cpu_us"), 3),
        generator_us=round(median(one.generator_us for ones in rounds.values() for one in ones), 3),
        bare_p99_ms=round(typical("bare", "p99_us") / 1000, 3),
        writers_us=round(
            sum(one.writers_s for one in recorded) * 1e6 / sum(one.received for one in rounds["record"]), 3
        ),
        writers_cores=round(median(one.writers_s for one in recorded) / round_s, 3),
        written_mb_a_s=round(median(one.written_mb for one in recorded) / round_s, 3),
        recordings_failed=recorded[-1].failed,
    )


def _table(result: Result, rounds: dict[str, list[Round]]) -> Table:
    packets = f"{result.streams} streams, {result.streams * 50} packets a second"
    caption = (
        f"the load generator: {result.generator_us:.2f} µs a packet; of recording, "
        f"{result.writers_us:.2f} µs by the threads that write {result.written_mb_a_s:.1f} MB a second"
    )
    table = Table(title=packets, caption=caption)
    for column in ("through", "CPU µs a packet", "times bare", "loss", "p50 ms", "p99 ms"):
        table.add_column(column, justify="left" if column == "through" else "right")
    names = {"bare": "bare forwarder", "relay": "media core", "record": "media core, recording"}
    ratios = {"bare": 1.0, "relay": result.relay_ratio, "record": result.record_ratio}
    for case, ones in rounds.items():
        loss = 1 - sum(one.received for one in ones) / sum(one.sent for one in ones)
        table.add_row(
            names[case],
            f"{median(one.cpu_us for one in ones):.2f}",
            f"{ratios[case]:.2f}",
            f"{loss:.4%}",
            f"{median(one.p50_us for one in ones) / 1000:.3f}",
            f"{median(one.p99_us for one in ones) / 1000:.3f}",
        )
    return table


def build_binaries() -> None:
    """Always, since cargo knows best whether they are older than their source.

    Those of all crates: for one crate alone, cargo builds again what they share, with other features.
    """
    subprocess.run(["cargo", "build", "--release", "--quiet", "--bins"], cwd=CORE, check=True)


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--streams", type=int, default=500, help="an even number; two make a call")
    parser.add_argument("--seconds", type=float, default=36.0, help="of sending, for all rounds together")
    parser.add_argument("--turns", type=int, default=TURNS, help="rounds of each case")
    parser.add_argument("--workers", type=int, default=1, help="threads of the core that carry packets")
    parser.add_argument("--find-limit", action="store_true", help="as many as the bare forwarder holds")
    arguments = parser.parse_args()
    build_binaries()
    run = measure_at_limit if arguments.find_limit else measure
    measured = run(arguments.streams, arguments.seconds, arguments.workers, arguments.turns)
    if measured is None:
        parser.exit(1, f"the bare forwarder does not hold {LIMIT_STEP} streams here; is the machine busy?\n")
    result, rounds = measured
    Console().print(_table(result, rounds))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
