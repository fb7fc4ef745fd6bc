"""What the control socket can carry: small verbs of one client, events to many.

``python -m benchmarks.bench_control [--verbs N] [--events N] [--subscribers N] [--json]``
``python -m benchmarks.bench_control --stopped [--seconds S] [--rounds N]``: calls beside subscribers, see
``stopped_subscriber``
``python -m benchmarks.bench_control --audited [--verbs N]``: verbs of a whole switch, see ``audited_verbs``
``python -m benchmarks.bench_control --delay [--seconds S]``: from event to subscriber, see ``event_delay``

The socket runs in a process of its own (``control_subject``), which tells its CPU time: user and system, of
all its threads. Verbs are written ahead in bunches (pipelined) and their answers read as bytes; subscribers
of ``*`` read bytes until the last event is there. On a busy machine the figures of the CPU say more than
those of the wall.
"""

import argparse
import json
import selectors
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.audited_verbs import measure_audited
from benchmarks.event_delay import measure_delay
from benchmarks.lines import LineProcess
from benchmarks.pipelined import PATIENCE_S, READ_BYTES, PipelinedClient
from benchmarks.stopped_subscriber import ROUNDS, measure_stopped
from switch.control.client import NotConnected, SyncControlClient, connect_sync
from switch.control.protocol import encode_request


@dataclass(frozen=True, slots=True)
class Result:
    """The last line."""

    verbs_per_s: float
    verb_cpu_us: float
    """CPU of the switch for one verb."""
    events_per_s: float
    """Delivered, to all subscribers together."""
    event_cpu_us: float
    """CPU of the switch for one delivery."""
    subscribers: int


def measure_verbs(path: Path, steering: SyncControlClient, verbs: int) -> tuple[float, float]:
    """Verbs a second, and microseconds of CPU each."""
    with PipelinedClient(path) as client:
        client.prepare("bench.look", {"agent": "1001"})
        cpu_s, began = steering.call("bench.cpu"), time.perf_counter()
        carried_out = client.carry_out(verbs)
        took_s = time.perf_counter() - began
        cpu_s = steering.call("bench.cpu") - cpu_s
    return carried_out / took_s, cpu_s * 1e6 / carried_out


def measure_events(
    path: Path, steering: SyncControlClient, events: int, subscribers: int
) -> tuple[float, float]:
    """Deliveries a second, and microseconds of CPU each."""
    readers = [_subscriber(path) for _ in range(subscribers)]
    cpu_s, began = steering.call("bench.cpu"), time.perf_counter()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.connect(str(path))
        asking.sendall(encode_request(1, "bench.emit", {"count": events}))
        _drain(readers, last_sequence=events)
    took_s = time.perf_counter() - began
    cpu_s = steering.call("bench.cpu") - cpu_s
    for reader in readers:
        reader.close()
    return events * subscribers / took_s, cpu_s * 1e6 / (events * subscribers)


def _subscriber(path: Path) -> socket.socket:
    reader = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    reader.settimeout(PATIENCE_S)
    reader.connect(str(path))
    reader.sendall(encode_request(1, "event.subscribe", {"topics": ["*"]}))
    reader.recv(READ_BYTES)
    reader.setblocking(False)
    return reader


def _drain(readers: list[socket.socket], last_sequence: int) -> None:
    """Read until each has the last event. Raises SystemExit when a gap comes, or nothing for long."""
    last = b"\xa8sequence" + b"\xce" + last_sequence.to_bytes(4, "big")
    waiting = selectors.DefaultSelector()
    for reader in readers:
        waiting.register(reader, selectors.EVENT_READ, bytearray())
    while waiting.get_map():
        ready = waiting.select(PATIENCE_S)
        if not ready:
            raise SystemExit("no event for a minute")
        for key, _ in ready:
            data = key.data + key.fileobj.recv(READ_BYTES)  # type: ignore[union-attr]
            if b"event.gap" in data:
                raise SystemExit("a subscriber missed events: emit fewer than the ring holds")
            if last in data:
                waiting.unregister(key.fileobj)
            else:
                key.data[:] = data[-len(last) :]


def measure(verbs: int, events: int, subscribers: int) -> Result:
    """Both, one after the other."""
    with tempfile.TemporaryDirectory(prefix="bench-control-") as name:
        path = Path(name) / "control.sock"
        subject = LineProcess([sys.executable, "-m", "benchmarks.control_subject", str(path)])
        with subject, _connect(path) as steering:
            verbs_per_s, verb_cpu_us = measure_verbs(path, steering, verbs)
            events_per_s, event_cpu_us = measure_events(path, steering, events, subscribers)
    return Result(
        verbs_per_s=round(verbs_per_s),
        verb_cpu_us=round(verb_cpu_us, 1),
        events_per_s=round(events_per_s),
        event_cpu_us=round(event_cpu_us, 2),
        subscribers=subscribers,
    )


def _connect(path: Path) -> SyncControlClient:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return connect_sync(path, answer_timeout_s=PATIENCE_S)
        except NotConnected:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _flat(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", each) for inner, each in _flat(value))
        else:
            yield name, " ".join(f"{one:g}" for one in (value if isinstance(value, tuple) else (value,)))


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--verbs", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=80_000, help="told once, delivered to each subscriber")
    parser.add_argument("--subscribers", type=int, default=50)
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--stopped", action="store_true", help="a thousand calls beside a stopped subscriber, instead"
    )
    instead.add_argument("--audited", action="store_true", help="verbs of a whole switch, instead")
    instead.add_argument("--delay", action="store_true", help="from event to subscriber, instead")
    parser.add_argument("--seconds", type=float, default=20.0, help="of a round, with --stopped or --delay")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of each kind, with --stopped")
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    arguments = parser.parse_args()
    if not 65_536 <= arguments.events <= 100_000:
        parser.error("--events: from 65536 to 100000, which the ring holds")
    if arguments.stopped:
        figures = asdict(measure_stopped(arguments.seconds, rounds=arguments.rounds))
    elif arguments.audited:
        figures = asdict(measure_audited(arguments.verbs))
    elif arguments.delay:
        figures = asdict(measure_delay(arguments.seconds))
    else:
        figures = asdict(measure(arguments.verbs, arguments.events, arguments.subscribers))
    if not arguments.json:
        table = Table("figure", title="the control socket")
        table.add_column("value", justify="right")
        for name, value in _flat(figures):
            table.add_row(name, value)
        Console().print(table)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
