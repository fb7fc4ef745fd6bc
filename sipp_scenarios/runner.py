"""Runs SIPp: one process a scenario, with a time limit, a folder of its own for logs, and a plain result."""

import fcntl
import os
import random
import socket
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple, Self

_SCENARIOS = Path(__file__).parent
_GRACE_S = 5.0
_PORTS = range(10_000, 20_000, 2)
"""Below the shipped media range, and below what Linux gives to outgoing connections."""
_MOST_HELD = 300
"""Ports told last; those before are in use by now, or were let go."""


class Address(NamedTuple):
    """Where somebody listens, for SIP or for RTP."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class ScenarioError(Exception):
    """SIPp did not come to the end of its scenario as the scenario says it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What SIPp is to do."""

    name: str
    """``<role>_<behaviour>``: a file of this folder without its suffix."""
    switch: Address
    dialled: str = ""
    """User part of the request's URI."""
    local_host: str = ""
    """Address of this side; empty: the switch's."""
    port: int = 0
    """SIP port of this side; 0 takes any that is free."""
    keys: Mapping[str, str | int] = field(default_factory=dict)
    """What stands in ``[brackets]`` in the scenario and is not SIPp's own."""
    user: str = ""
    """Name for a digest challenge."""
    password: str = ""
    options: tuple[str, ...] = ()
    """More of SIPp's command line."""
    calls: int = 1
    calls_per_s: int = 10
    timeout_s: int = 90
    transport: str = "u1"
    """``u`` UDP or ``t`` TCP; ``1`` one socket for all calls or ``n`` one for each."""

    def command(self) -> list[str]:
        """The command line, but for the conductor's."""
        path = _SCENARIOS / f"{self.name}.xml"
        host = self.local_host or self.switch.host
        port = self.port or free_port(host)
        keys = [word for key, value in self.keys.items() for word in ("-key", key, str(value))]
        return [
            *("sipp", str(self.switch), "-sf", str(path), "-t", self.transport, "-max_socket", "1000"),
            *("-i", host, "-mi", host, "-p", str(port), *keys),
            *("-s", self.dialled or "none", "-au", self.user, "-ap", self.password),
            *self._proved_uri(),
            *self.options,
            *("-m", str(self.calls), "-r", str(self.calls_per_s), "-l", str(self.calls), "-nostdin"),
            *("-timeout", f"{self.timeout_s}s", "-timeout_error"),
            *("-trace_err", "-error_file", "errors.log", "-trace_msg", "-message_file", "messages.log"),
        ]

    def _proved_uri(self) -> list[str]:
        """What a password proof names: SIPp leaves out the user part, and the brackets of IPv6."""
        if not self.user or not (self.dialled or ":" in self.switch.host):
            return []
        return ["-auth_uri", f"{self.dialled}@{self.switch}" if self.dialled else str(self.switch)]


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """How a SIPp process ended."""

    scenario: str
    exit_code: int
    errors: str
    """SIPp's own words about what went wrong; empty when nothing did."""
    folder: Path
    """Holds ``errors.log``, ``messages.log`` (every SIP message) and ``screen.log``."""

    def check(self) -> Self:
        """Raise ScenarioError unless every call of the scenario came to its end."""
        if self.exit_code:
            raise ScenarioError(
                f"{self.scenario} failed ({self.exit_code}); see {self.folder}\n{self.errors}"
            )
        return self


class SippProcess:
    """One running SIPp. Use it as a context manager: it never outlives the block."""

    def __init__(self, scenario: Scenario, folder: Path, *more: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.scenario = scenario
        self.folder = Path(tempfile.mkdtemp(prefix=f"{scenario.name}-", dir=folder))
        with (self.folder / "screen.log").open("wb") as screen:
            self._process = subprocess.Popen(
                [*scenario.command(), *more],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def finish(self, timeout_s: float | None = None) -> ScenarioResult:
        """Wait for the scenario's end, by default as long as SIPp's own time limit lets it run."""
        limit = self.scenario.timeout_s + _GRACE_S if timeout_s is None else timeout_s
        try:
            exit_code = self._process.wait(limit)
        except subprocess.TimeoutExpired:
            self._process.kill()
            exit_code = self._process.wait()
        return ScenarioResult(self.scenario.name, exit_code, self._errors(), self.folder)

    def _errors(self) -> str:
        log = self.folder / "errors.log"
        return log.read_text("utf-8", "replace") if log.exists() else ""


def run_scenario(scenario: Scenario, folder: Path) -> ScenarioResult:
    """Run a scenario to its end."""
    with SippProcess(scenario, folder) as process:
        return process.finish()


def free_port(host: str) -> int:
    """An even port that nobody uses now, neither by UDP nor by TCP, nor the next one (SIP over TLS, RTCP).

    It is one the system gives to no connection on its own, and no port is told twice, here or in another
    process, so that it is still free when a program gets round to opening it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = filter(_hold, _untold_ports)
    return next(port for port in held if all(_is_free(family, host, p) for p in (port, port + 1)))


def _ports_in_turn() -> Iterator[int]:
    """Again and again through the ports, each process from a place of its own."""
    first = random.randrange(len(_PORTS))
    while True:
        yield from _PORTS[first:]
        yield from _PORTS[:first]


_untold_ports = _ports_in_turn()
_held_ports: deque[int] = deque()


def _hold(port: int) -> bool:
    """Keep a port from all other processes that look for one; False when another keeps it."""
    try:
        fcntl.lockf(_port_locks(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    _held_ports.append(port)
    if len(_held_ports) > _MOST_HELD:
        fcntl.lockf(_port_locks(), fcntl.LOCK_UN, 1, _held_ports.popleft())
    return True


@cache
def _port_locks() -> int:
    """A file of which each port locks an octet, until the process ends."""
    path = Path(tempfile.gettempdir()) / f"ringmain-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _is_free(family: socket.AddressFamily, host: str, port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(family, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
