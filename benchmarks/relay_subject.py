"""The media core as bench_relay measures it: in a process of its own, driven through MediaEngine.

``python -m benchmarks.relay_subject <workers> <sample format of recordings>``

Takes lines: first the ports of the load generator's streams, answered with the ports to send to; then
``record`` and ``stop``, each answered when it is done. Stream 2n and stream 2n+1 are the legs of a call.
The answer to ``stop`` is one of JSON: a ``Recorded``.
"""

import json
import select
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from media.commands import (
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    Codec,
    ConfigureEndpoint,
    OpenEndpoint,
    StartRecording,
    StopRecording,
)
from media.config import MediaConfig, RecordingsConfig
from media.engine import MediaEngine
from media.events import EndpointOpened
from runtime.clock import LoopClock
from runtime.vocabulary import Command, Event

HOST = "127.0.0.1"
_TASKS = Path("/proc/self/task")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording took, from ``record`` on until the last file was closed."""

    completed: int
    failed: int
    writers_s: float
    """CPU time of the threads that write."""
    written_mb: float
    """What they gave the kernel to write."""


class Subject:
    """N legs bridged in pairs, recorded on demand."""

    def __init__(self, folder: Path, workers: int, sample_format: str) -> None:
        media = MediaConfig(host=HOST, media_timeout_s=0, workers=workers)
        recordings = RecordingsConfig.model_validate({"folder": folder, "format": sample_format})
        self._engine = MediaEngine(media, recordings, LoopClock(lambda: 0.0), self._note)
        self._routes = self._engine.routes()
        self._told: Counter[str] = Counter()
        self._legs = 0
        self._recordings = 0
        self._before = (0.0, 0)

    def open(self, generator_ports: list[int]) -> list[int]:
        """Open a leg for each stream and bridge them in pairs. Returns the legs' ports."""
        ports = [self._open_leg(number, port) for number, port in enumerate(generator_ports)]
        for number in range(0, self._legs, 2):
            self._order(BridgeEndpoints(leg_id=f"leg-{number}", peer_leg_id=f"leg-{number + 1}"))
        return ports

    def record(self) -> None:
        """Start recording every call."""
        self._before = (writers_cpu_s(), written_bytes())
        for number in range(0, self._legs, 2):
            recording_id = f"recording-{self._recordings}"
            self._recordings += 1
            start = StartRecording(recording_id=recording_id, contact_id="", call_id="")
            self._order(start)
            for leg, channel in ((number, Channel.CUSTOMER), (number + 1, Channel.AGENT)):
                leg_id = f"leg-{leg}"
                self._order(AttachToRecording(recording_id=recording_id, leg_id=leg_id, channel=channel))

    def stop(self) -> Recorded:
        """Stop recording and wait until every file is closed."""
        for number in range(self._recordings):
            self._order(StopRecording(recording_id=f"recording-{number}"))
        while self._engine.open_recordings:
            select.select([self._engine.event_fd], [], [])
            self._engine.drain()
        cpu_s, written = self._before
        return Recorded(
            completed=self._told["recording.completed"],
            failed=self._told["recording.failed"],
            writers_s=round(writers_cpu_s() - cpu_s, 3),
            written_mb=round((written_bytes() - written) / 1e6, 3),
        )

    def close(self) -> None:
        self._engine.close()

    def _open_leg(self, number: int, generator_port: int) -> int:
        near = f"leg-{number - 1}" if number % 2 else None
        (opened,) = self._order(OpenEndpoint(leg_id=f"leg-{number}", near=near))
        if not isinstance(opened, EndpointOpened):
            raise RuntimeError(f"no port for leg {number}: {opened}")
        self._legs += 1
        self._order(
            ConfigureEndpoint(
                leg_id=f"leg-{number}",
                host=HOST,
                port=generator_port,
                codec=Codec.PCMA,
                payload_type=8,
                dtmf_payload_type=101,
                ptime_ms=20,
                sending=True,
                receiving=True,
            )
        )
        return opened.port

    def _order(self, command: Command) -> list[Event]:
        return list(self._routes[type(command)](command, 0.0))

    def _note(self, events: Sequence[Event]) -> None:
        self._told.update(event.topic for event in events)


def writers_cpu_s() -> float:
    """User and system time so far of this process's threads that write recordings (proc(5), schedstat)."""
    writers = [task for task in _TASKS.iterdir() if (task / "comm").read_text().startswith("media-writer")]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in writers) / 1e9


def written_bytes() -> int:
    """What this process has written so far, to files and elsewhere (proc(5), io)."""
    counters = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counters["wchar"])


def main() -> None:
    """Serve the lines on standard input until it ends."""
    with tempfile.TemporaryDirectory() as folder:
        subject = Subject(Path(folder), int(sys.argv[1]), sys.argv[2])
        answer = subject.open([int(word) for word in sys.stdin.readline().split()])
        print(*answer, flush=True)
        for line in sys.stdin:
            if line.strip() == "record":
                subject.record()
                print("recording", flush=True)
            else:
                print(json.dumps(asdict(subject.stop())), flush=True)
        subject.close()


if __name__ == "__main__":
    main()
