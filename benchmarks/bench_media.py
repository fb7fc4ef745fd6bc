"""What the media core costs beside relaying: playing, music, mixing, transcoding, encrypting, memory, a leg.

``python -m benchmarks.bench_media [--streams N] [--seconds S]``

Phones talk to the process under test, or listen to it, in short rounds; the cases take turns with a bare
forwarder and a bare sender, so that noise hits all alike, and ratios are taken within each turn. CPU is user
and system time of the process under test. Memory is taken first, the cost of a leg last.
"""

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.bench_relay import BINARIES, build_binaries
from benchmarks.lines import LineProcess, measured_cores, phones_cores

TURNS = 4
CASES = ("bare", "relay", "send", "play", "music", "srtp", "mix", "mix64", "transcode")
LISTENING = ("play", "music")
"""The phones only listen."""
PHONES = {"srtp": ("PCMA", "SRTP"), "transcode": ("PCMA", "OPUS")}
"""Those that are others than of G.711."""
WARM_UP_MS = 300
MEMORY_MS = 2500
"""Long enough for a recording to hold all it ever holds at a time."""
CYCLES = 500
PACKETS_A_CALL = 100
"""A second, both ways."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one case cost in one turn."""

    cpu_s: float
    sent: int
    """By the phones."""
    received: int
    """By the phones."""

    @property
    def cpu_us(self) -> float:
        """Per packet that the process under test sent."""
        return self.cpu_s * 1e6 / max(self.received, 1)


@dataclass(frozen=True, slots=True)
class Result:
    """The last line."""

    streams: int
    play_ratio: float
    """A packet of a prompt, to one of the bare forwarder."""
    send_ratio: float
    """The same for a bare sender, which nobody can do without: on loopback who sends also delivers."""
    music_to_send: float
    """A packet of music on hold, which all share in G722, to one of the bare sender."""
    relay_ratio: float
    srtp_ratio: float
    """The same with both legs encrypted: each packet is decrypted and encrypted again."""
    mix_to_relay: float
    """A packet of a conference of three, to a relayed one."""
    mix64_to_relay: float
    """The same in conferences of 64."""
    transcoded_call_percent: float
    """Of a core, for one call between G.711 and Opus."""
    memory_kb_per_leg: float
    """Relayed and recorded."""
    leg_us: float
    """CPU to open, configure and close one."""
    bare_us: float
    play_us: float
    loss: float
    """Part of what the phones sent to be relayed."""


class Bench:
    """The phones and the two processes they talk to."""

    def __init__(self, streams: int, stack: ExitStack) -> None:
        start = stack.enter_context
        self._streams = streams
        kinds = {"": ("PCMA",), **PHONES}
        command = [str(BINARIES / "phones"), str(streams)]
        self._phones = {
            case: start(LineProcess([*command, *words], phones_cores())) for case, words in kinds.items()
        }
        self._ports = {case: phones.hear() for case, phones in self._phones.items()}
        self._bare = start(LineProcess([str(BINARIES / "bare_forwarder"), str(streams)], measured_cores()))
        self._bare_ports = self._bare.hear()
        self._bare.tell(self._ports[""])
        self._sender = start(LineProcess([str(BINARIES / "bare_sender"), str(streams)], measured_cores()))
        self._sender.hear()
        self._core = start(LineProcess([sys.executable, "-m", "benchmarks.media_subject"], measured_cores()))

    def run(self, case: str, milliseconds: int) -> Round:
        """One case for so long."""
        if case == "bare":
            return self._measure(self._bare, "1", self._bare_ports, milliseconds)
        if case == "send":
            return self._measure_sender(milliseconds)
        kind = case if case in PHONES else ""
        ports = self._core.ask(f"{case} {self._ports[kind]}")
        measured = self._measure(self._core, "0" if case in LISTENING else "1", ports, milliseconds, kind)
        self._core.ask("clear")  # or it would go on playing to phones that count for somebody else
        return measured

    def memory_kb_per_leg(self) -> float:
        """Of legs that are relayed and recorded, while they talk."""
        before = float(self._core.ask("memory"))
        ports = self._core.ask(f"record {self._ports['']}")
        self._phones[""].ask(f"1 {MEMORY_MS} {ports}")
        return (float(self._core.ask("memory")) - before) / self._streams

    def leg_us(self) -> float:
        return min(float(self._core.ask(f"cycle {CYCLES}")) for _ in range(TURNS))

    def _measure(
        self, process: LineProcess, talking: str, ports: str, milliseconds: int, kind: str = ""
    ) -> Round:
        # The first packets of a leg cost more, and those of the scene before may still be on their way.
        self._phones[kind].ask(f"{talking} {WARM_UP_MS} {ports}")
        before_s = process.cpu_s()
        answer = json.loads(self._phones[kind].ask(f"{talking} {milliseconds} {ports}"))
        return Round(cpu_s=process.cpu_s() - before_s, **answer)

    def _measure_sender(self, milliseconds: int) -> Round:
        ports = self._ports[""]
        self._sender.tell(f"{WARM_UP_MS + milliseconds} {ports}")
        measured = self._measure(self._sender, "0", ports, milliseconds)
        self._sender.hear()
        return measured


def measure(streams: int, seconds: float) -> Result:
    """Run all rounds within about ``seconds``."""
    milliseconds = int(seconds * 1000 / (TURNS * len(CASES)))
    with ExitStack() as stack:
        bench = Bench(streams, stack)
        memory_kb = bench.memory_kb_per_leg()
        turns = [{case: bench.run(case, milliseconds) for case in CASES} for _ in range(TURNS)]
        leg_us = bench.leg_us()
    return _result(streams, turns, memory_kb, leg_us)


def _result(streams: int, turns: list[dict[str, Round]], memory_kb: float, leg_us: float) -> Result:
    def ratio(case: str, to: str = "bare") -> float:
        return round(median(turn[case].cpu_us / turn[to].cpu_us for turn in turns), 3)

    def typical(case: str) -> float:
        return round(median(turn[case].cpu_us for turn in turns), 3)

    relayed = [turn["relay"] for turn in turns]
    return Result(
        streams=streams,
        play_ratio=ratio("play"),
        send_ratio=ratio("send"),
        music_to_send=ratio("music", to="send"),
        relay_ratio=ratio("relay"),
        srtp_ratio=ratio("srtp"),
        mix_to_relay=ratio("mix", to="relay"),
        mix64_to_relay=ratio("mix64", to="relay"),
        transcoded_call_percent=round(typical("transcode") * PACKETS_A_CALL / 1e6 * 100, 3),
        memory_kb_per_leg=round(memory_kb, 1),
        leg_us=round(leg_us, 1),
        bare_us=typical("bare"),
        play_us=typical("play"),
        loss=round(1 - sum(one.received for one in relayed) / sum(one.sent for one in relayed), 6),
    )


def _table(result: Result) -> Table:
    table = Table(title=f"{result.streams} streams, {result.streams * 50} packets a second")
    for column in ("what", "figure", "at most"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("bare forwarder, CPU a packet", f"{result.bare_us:.2f} µs", "")
    table.add_row("relaying, times that", f"{result.relay_ratio:.2f}", "1.3")
    table.add_row("sending alone, times that", f"{result.send_ratio:.2f}", "")
    table.add_row("playing a prompt, times that", f"{result.play_ratio:.2f}", "0.6")
    table.add_row("music on hold in G722, times sending alone", f"{result.music_to_send:.2f}", "")
    table.add_row("relaying with SRTP on both legs, times that", f"{result.srtp_ratio:.2f}", "")
    table.add_row("a conference of three, times relaying", f"{result.mix_to_relay:.2f}", "3")
    table.add_row("a conference of 64, times relaying", f"{result.mix64_to_relay:.2f}", "")
    table.add_row(
        "a call between G.711 and Opus, of a core", f"{result.transcoded_call_percent:.2f} %", "0.5 %"
    )
    table.add_row("memory of a leg, relayed and recorded", f"{result.memory_kb_per_leg:.1f} kB", "40 kB")
    table.add_row("opening and closing a leg, CPU", f"{result.leg_us:.1f} µs", "100 µs")
    return table


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--streams", type=int, default=300, help="a multiple of 6: two or three make a call")
    parser.add_argument("--seconds", type=float, default=42.0, help="of talking, for all rounds together")
    arguments = parser.parse_args()
    build_binaries()
    result = measure(arguments.streams, arguments.seconds)
    Console().print(_table(result))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
