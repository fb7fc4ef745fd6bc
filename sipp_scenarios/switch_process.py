"""The real switch as a child process, for the demonstration, tests and load."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Protocol, Self

from cli.configuration.loading import load_configuration
from sipp_scenarios.runner import Address
from switch.control.client import NotConnected, connect_sync

_ROOT = Path(__file__).resolve().parent.parent
_START_S = 120.0
_LOOK_AGAIN_S = 0.05
_AT_WORK_S = 0.03
"""Between two stops of a process that is made late: less than the pause of its probe."""


class SwitchError(Exception):
    """The switch did not start, or did not end as it should."""


class Child(Protocol):
    """What is asked of the process of a switch: as of ``subprocess.Popen``, whose words these are."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...


class SwitchProcess:
    """``ringmain serve`` with one configuration file: up within a ``with`` block, stopped after it."""

    def __init__(self, configuration: Path, log: Path, program: str = "cli.main") -> None:
        """``program``: the module that is run as ``ringmain``."""
        self.configuration = load_configuration(configuration)
        self._program = program
        self.sip = Address(self.configuration.sip.host, self.configuration.sip.port)
        self.control_socket = self.configuration.control.socket
        self.path = configuration.resolve()
        self.log = log
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for patience_s in (1.0, 5.0):
            if self.running:
                self.terminate()
                with suppress(SwitchError):
                    self.wait(patience_s)
        if self.running:
            self.kill()

    def start(self) -> None:
        """Start it and wait until it answers on its control socket. Raises SwitchError when it does not."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._child = self._begin()
        deadline = monotonic() + _START_S
        while not self._answers():
            if not self.running:
                raise SwitchError(f"the switch ended at once:\n{self.last_words()}")
            if monotonic() > deadline:
                self.kill()
                raise SwitchError(f"the switch did not answer within {_START_S:g} s:\n{self.last_words()}")

    def _begin(self) -> Child:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", self._program, "serve", "--config", str(self.path)],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _answers(self) -> bool:
        """Try the control socket once; when nobody is there, leave the process a moment to start or end."""
        try:
            with connect_sync(self.control_socket) as client:
                client.call("switch.status")
            return True
        except NotConnected:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_LOOK_AGAIN_S)
            return False

    @property
    def _process(self) -> Child:
        if self._child is None:
            raise SwitchError("the switch was never started")
        return self._child

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def open_files(self) -> int:
        """Descriptors the process has: sockets, files, eventfds."""
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    @property
    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self._process.pid}/task"))

    def terminate(self) -> None:
        """SIGTERM: drain. A second one ends it at once."""
        self._process.send_signal(signal.SIGTERM)

    @contextmanager
    def made_late(self, each_time_s: float) -> Iterator[None]:
        """Stop its process for so long again and again, with a moment between in which it works."""
        enough = Event()
        thread = Thread(target=self._keep_stopping, args=(each_time_s, enough))
        thread.start()
        try:
            yield
        finally:
            enough.set()
            thread.join()

    def _keep_stopping(self, each_time_s: float, enough: Event) -> None:
        while not enough.wait(_AT_WORK_S):
            self._process.send_signal(signal.SIGSTOP)
            enough.wait(each_time_s)
            self._process.send_signal(signal.SIGCONT)

    def read_anew(self) -> None:
        """SIGHUP: read the configuration and the certificates of TLS anew."""
        self._process.send_signal(signal.SIGHUP)

    def pause(self) -> None:
        """Let nothing run until ``go_on``, so that all that is sent meanwhile reaches it at once."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End a pause."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def wait(self, timeout_s: float = 10.0) -> int:
        """Wait for its end and return the exit code. Raises SwitchError when it goes on."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise SwitchError(f"the switch still runs after {timeout_s:g} s:\n{self.last_words()}") from None

    def last_words(self, lines: int = 30) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])
