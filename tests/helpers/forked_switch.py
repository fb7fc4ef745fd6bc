"""Switches begun by a process that has loaded their code already.

To load it takes seconds of computing, at every start of a switch anew; to fork takes none.
"""

import os
import subprocess
import sys
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sipp_scenarios.switch_process import Child, SwitchProcess

_forks = get_context("forkserver")
_forks.set_forkserver_preload(["cli.commands", "cli.configuration.installation", "cli.serve"])


class ForkedSwitch(SwitchProcess):
    """A switch as any other once it runs."""

    def _begin(self) -> Child:
        process = _forks.Process(target=_serve, args=(self.path, self.log, dict(os.environ)), daemon=True)
        process.start()
        return _Forked(process)


class _Forked:
    """A process of ``multiprocessing`` in the words of ``subprocess``."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)


def _serve(configuration: Path, log: Path, environment: dict[str, str]) -> None:
    """What ``ringmain serve`` does, in the environment that the test has now."""
    from cli.main import main

    os.environ.clear()
    os.environ.update(environment)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(written, stream.fileno())
    os.close(written)
    sys.argv = ["ringmain", "serve", "--config", str(configuration)]
    main()
