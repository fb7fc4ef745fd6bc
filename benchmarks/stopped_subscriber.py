"""Set-up of calls with everybody reading, and with one subscriber of everything stopped (SIGSTOP).

A thousand calls are up: SIPp dials a hundred a second, each of which lasts ten seconds.
"""

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bench_calls import SECTIONS, WARM_UP_S, place_calls, registered_phone
from benchmarks.lines import ROOT
from benchmarks.switch_subject import SwitchSubject
from switch.control.client import connect_sync

RATE = 100
TALK_MS = 10_000
_CATCH_UP_S = 30.0


@dataclass(frozen=True, slots=True)
class StoppedResult:
    """The last line."""

    setup_p99_ms: float
    """INVITE to 200 at SIPp, everybody reading."""
    setup_p99_stopped_ms: float
    """The same while a subscriber of everything is stopped."""
    failed: int
    """Calls of both runs."""
    missed_while_stopped: int
    """Events that waited for it."""
    holes: int
    """In what the subscriber had in the end: events neither told nor in a told gap."""
    gaps: int


def measure_stopped(seconds: float, *, rate: int = RATE, talk_ms: int = TALK_MS) -> StoppedResult:
    """Both runs, after one that warms up."""
    with tempfile.TemporaryDirectory(prefix="bench-stopped-") as name:
        folder = Path(name)
        with (
            SwitchSubject(folder, SECTIONS) as subject,
            registered_phone(subject, folder),
            _following(subject.control_socket) as child,
        ):
            _dial(subject, folder, rate, WARM_UP_S, talk_ms)
            p99_ms, failed = _dial(subject, folder, rate, seconds, talk_ms)
            before = _catch_up(child, subject.control_socket)
            os.kill(child.pid, signal.SIGSTOP)
            stopped_ms, more_failed = _dial(subject, folder, rate, seconds, talk_ms)
            os.kill(child.pid, signal.SIGCONT)
            after = _catch_up(child, subject.control_socket)
    return StoppedResult(
        setup_p99_ms=p99_ms,
        setup_p99_stopped_ms=stopped_ms,
        failed=failed + more_failed,
        missed_while_stopped=after["events"] - before["events"],
        holes=after["holes"],
        gaps=after["gaps"],
    )


def _dial(subject: SwitchSubject, folder: Path, rate: int, seconds: float, talk_ms: int) -> tuple[float, int]:
    """The 99th percentile of the set-up, in milliseconds, and how many calls failed."""
    for old in folder.glob("*_rtt.csv"):
        old.unlink()
    options = ("-trace_rtt", "-rtt_freq", "10")
    run = place_calls(subject.sip, folder, rate, seconds, talk_ms=talk_ms, options=options)
    (path,) = folder.glob("*_rtt.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        times_ms = sorted(float(row[1]) for row in csv.reader(lines, delimiter=";") if row[0][:1].isdigit())
    return times_ms[int(len(times_ms) * 0.99)], run.failed


@contextmanager
def _following(path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.following_child", str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def _catch_up(child: "subprocess.Popen[str]", path: Path) -> dict[str, Any]:
    """What the child has, once it has all there is."""
    assert child.stdin is not None
    assert child.stdout is not None
    deadline = time.monotonic() + _CATCH_UP_S
    with connect_sync(path) as client:
        while True:
            newest = client.call("event.snapshot")["sequence"]
            child.stdin.write("?\n")
            child.stdin.flush()
            had: dict[str, Any] = json.loads(child.stdout.readline())
            if had["last"] >= newest or time.monotonic() > deadline:
                return had
            time.sleep(0.1)
