"""The thread that keeps traced messages as pcap files. Whatever the disk does, no call waits for it."""

from collections import deque
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from time import gmtime, strftime
from typing import BinaryIO

import structlog

from switch.sip.trace.config import TraceConfig
from switch.sip.trace.pcap import encode_packet, file_header
from switch.sip.trace.traced import TracedMessage

log = structlog.get_logger(__name__)

_COLLECTED_S = 0.5
"""Messages are collected so long before they are written together."""


class TraceRecorder:
    """A bounded queue with a thread behind it that fills one file after the other."""

    def __init__(self, config: TraceConfig) -> None:
        self._config = config
        self._queue: deque[TracedMessage] = deque()
        self._lost = 0
        self._failing = False
        self._file: BinaryIO | None = None
        self._wake = Signal()
        self._closing = Signal()
        self._thread = Thread(target=self._run, name="sip-trace", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, message: TracedMessage) -> None:
        """Queue a message; one that finds the queue full is left out and counted. Never waits."""
        if len(self._queue) >= self._config.buffer_messages:
            self._lost += 1
            return
        self._queue.append(message)
        if not self._wake.is_set():
            self._wake.set()

    def close(self) -> None:
        """Write what is queued, unless the disk takes longer than two seconds."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._closing.wait(_COLLECTED_S)
            self._wake.clear()
            self._write()
        self._write()
        self._end_file()

    def _write(self) -> None:
        batch = [self._queue.popleft() for _ in range(len(self._queue))]
        if self._lost:
            lost, self._lost = self._lost, 0
            log.warning("SIP messages left out of the trace", count=lost)
        try:
            for message in batch:
                self._file_for(message).write(encode_packet(message))
            if self._file is not None:
                self._file.flush()
            self._failing = False
        except Exception as error:  # a fault of ours, too, must not end the thread: nothing would be kept
            self._fail(error, len(batch))

    def _fail(self, error: Exception, messages: int) -> None:
        if not self._failing:
            self._failing = True
            reason = str(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
            log.error("the SIP trace cannot be written", path=str(self._config.folder), reason=reason)
        self._lost += messages
        self._end_file()

    def _file_for(self, message: TracedMessage) -> BinaryIO:
        file = self._file
        if file is not None and file.tell() < self._config.segment_max_mb * 2**20:
            return file
        self._end_file()
        folder = self._config.folder
        folder.mkdir(parents=True, exist_ok=True)
        path = _new_path(folder, message.time)
        self._file = path.open("xb")
        path.chmod(0o640)
        self._file.write(file_header())
        for old in trace_files(folder)[: -self._config.segments]:
            old.unlink(missing_ok=True)
        return self._file

    def _end_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                log.error("a SIP trace was not written to its end", path=file.name, reason=error.strerror)


def trace_files(folder: Path) -> list[Path]:
    """The files of a trace, oldest first."""
    return sorted(folder.glob("sip_*.pcap"))


def _new_path(folder: Path, wall: float) -> Path:
    """Named by the UTC moment of its first message, so that names sort by time."""
    moment = strftime("%Y%m%dT%H%M%S", gmtime(wall)) + f"{int(wall % 1 * 1e6):06d}"
    return folder / f"sip_{moment}Z.pcap"
