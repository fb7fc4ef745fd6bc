"""CPU per relayed, and per relayed and recorded, RTP packet: the media core beside a bare forwarder.

``python -m benchmarks.bench_relay [--streams N] [--seconds S]``

One load generator sends N streams of 50 packets a second, in short rounds, in turn through the bare
forwarder (receive and send, nothing else), through the core, and through the core recording every call.
The rounds interleave so that noise hits all alike, and ratios are taken within each turn. CPU is user and
system time of the process under test. Recording includes opening, hashing and closing the files.
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

from benchmarks.lines import ROOT, LineProcess

CORE = ROOT / "media" / "core"
BINARIES = CORE / "target" / "release"
TURNS = 4
CASES = ("bare", "relay", "record")


@dataclass(frozen=True, slots=True)
class Round:
    """What one case did in one turn."""

    cpu_us: float
    """Per packet."""
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
    bare_us: float
    relay_us: float
    record_us: float
    bare_p99_ms: float
    recordings_failed: int


class Bench:
    """The generator and the processes it sends through."""

    def __init__(self, streams: int, stack: ExitStack) -> None:
        binary = {name: str(BINARIES / name) for name in ("load_generator", "bare_forwarder")}
        start = stack.enter_context
        self._generator = start(LineProcess([binary["load_generator"], str(streams)]))
        own_ports = self._generator.hear()
        self._bare = start(LineProcess([binary["bare_forwarder"], str(streams)]))
        self._bare_ports = self._bare.hear()
        self._bare.tell(own_ports)
        self._core = start(LineProcess([sys.executable, "-m", "benchmarks.relay_subject"]))
        self._core_ports = self._core.ask(own_ports)
        self.recordings = "0 0"

    def run(self, case: str, milliseconds: int) -> Round:
        """Send for so long through one case."""
        if case == "bare":
            return self._measure(self._bare, lambda: self._send(self._bare_ports, milliseconds))
        if case == "relay":
            return self._measure(self._core, lambda: self._send(self._core_ports, milliseconds))
        return self._measure(self._core, lambda: self._send_recorded(milliseconds))

    def _send(self, ports: str, milliseconds: int) -> str:
        return self._generator.ask(f"{milliseconds} {ports}")

    def _send_recorded(self, milliseconds: int) -> str:
        self._core.ask("record")
        answer = self._send(self._core_ports, milliseconds)
        self.recordings = self._core.ask("stop")
        return answer

    @staticmethod
    def _measure(process: LineProcess, work: Callable[[], str]) -> Round:
        before_s = process.cpu_s()
        answer = json.loads(work())
        cpu_us = (process.cpu_s() - before_s) * 1e6 / max(answer["received"], 1)
        return Round(cpu_us=cpu_us, **answer)


def measure(streams: int, seconds: float) -> tuple[Result, dict[str, list[Round]]]:
    """Run all rounds within about ``seconds``."""
    milliseconds = int(seconds * 1000 / (TURNS * len(CASES)))
    with ExitStack() as stack:
        bench = Bench(streams, stack)
        for case in CASES:  # the first packets of a leg cost more
            bench.run(case, 500)
        turns = [{case: bench.run(case, milliseconds) for case in CASES} for _ in range(TURNS)]
        failed = int(bench.recordings.split()[1])
    rounds = {case: [turn[case] for turn in turns] for case in CASES}
    return _result(streams, rounds, failed), rounds


def _result(streams: int, rounds: dict[str, list[Round]], failed: int) -> Result:
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
        bare_us=round(typical("bare", "cpu_us"), 3),
        relay_us=round(typical("relay", "cpu_us"), 3),
        record_us=round(typical("record", "cpu_us"), 3),
        bare_p99_ms=round(typical("bare", "p99_us") / 1000, 3),
        recordings_failed=failed,
    )


def _table(result: Result, rounds: dict[str, list[Round]]) -> Table:
    title = f"{result.streams} streams, {result.streams * 50} packets a second"
    table = Table(title=title)
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
    """Always, since cargo knows best whether they are older than their source."""
    subprocess.run(["cargo", "build", "--release", "--quiet", "-p", "bench"], cwd=CORE, check=True)


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--streams", type=int, default=500, help="an even number; two make a call")
    parser.add_argument("--seconds", type=float, default=36.0, help="of sending, for all rounds together")
    arguments = parser.parse_args()
    build_binaries()
    result, rounds = measure(arguments.streams, arguments.seconds)
    Console().print(_table(result, rounds))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
