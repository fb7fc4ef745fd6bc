"""From an agent's becoming free to the next INVITE at the agent's phone, SIPp as callers and as phones.

``python -m benchmarks.bench_dispatch [--agents N] [--calls N] [--beside N] [--json]``

There are always more callers than agents, so each agent who hangs up is wanted at once; no wrap-up is given.
Time is taken where the phones are: from sending the BYE until the INVITE of the next call is read, by SIPp's
own log of messages. It holds everything that lies between, the way of both datagrams included. Then the same
again beside ``--beside`` other calls that are up.
"""

import argparse
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.bench_calls import STATION, registered_phone
from benchmarks.switch_subject import HOST, SwitchSubject
from sipp_scenarios.phones import Station
from sipp_scenarios.runner import free_port
from switch.control.client import connect_sync

SCENARIOS = Path(__file__).resolve().parent.parent / "sipp_scenarios"
QUEUE_NUMBER, DIRECT_NUMBER = "95598", "95599"
WAITING = 20
TALK_S = 1.0
"""On average; the scenario says so."""
GRACE_S = 60.0
_LOOK_AGAIN_S = 0.05
_FIRST_AGENT = 3001
_ENTRY = re.compile(
    r"-{10,} (?P<at>[\d-]+[ \t]+[\d:.]+)\n"
    r"\w+ message (?P<way>sent|received)[^\n]*\n\n(?P<head>.*?)(?=\n-{10,} |\Z)",
    re.DOTALL,
)
_CALLED = re.compile(r"^INVITE sip:(\d+)@")
_HANGS_UP = re.compile(r"^BYE .*?^From: <sip:(\d+)@", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Result:
    """The last line; milliseconds."""

    free_to_invite_p50_ms: float
    free_to_invite_p99_ms: float
    beside_p50_ms: float
    beside_p99_ms: float
    dispatches: int
    dispatches_beside: int
    calls_beside: int


def configuration(agents: Sequence[str]) -> str:
    """One queue without wrap-up, and one more phone that takes the calls beside."""
    stations = [f'[[stations]]\nname = "{name}"\npassword = "secret-{name}"' for name in [STATION, *agents]]
    seats = [f'[[agents]]\nid = "{name}"\nqueues = ["service"]' for name in agents]
    queue = '[[queues]]\nname = "service"\nwrap_up_s = 0'
    codes = [
        f'[[access_codes]]\nnumber = "{number}"\ntarget = "{target}"\nrecord = false'
        for number, target in ((QUEUE_NUMBER, "queue:service"), (DIRECT_NUMBER, f"station:{STATION}"))
    ]
    return "\n\n".join([*stations, *seats, queue, *codes])


@contextmanager
def answering_agents(subject: SwitchSubject, agents: Sequence[str], folder: Path) -> Iterator[Path]:
    """All of them at one SIPp, registered, signed in and ready; its log of messages."""
    port = free_port(HOST)
    for name in agents:
        Station(subject.sip, name, f"secret-{name}", folder, port).register(expires_s=3600)
    log = folder / "agents.log"
    command = _sipp("agent_talks_and_hangs_up", port, "-trace_msg", "-message_file", log.name)
    with _running(command, folder), connect_sync(subject.control_socket) as client:
        for name in agents:
            client.call("agent.sign_in", agent=name, station=name)
            client.call("agent.ready", agent=name)
        yield log


@contextmanager
def calls_beside(subject: SwitchSubject, count: int, folder: Path) -> Iterator[None]:
    """So many calls that are up for as long as the block lasts."""
    if not count:
        yield
        return
    keys = ("-key", "caller", "13900139000", "-key", "caller_name", "", "-key", "rtp_port", "9")
    load = ("-s", DIRECT_NUMBER, "-d", "3600000", "-r", "50", "-m", str(count), "-l", str(count))
    command = _sipp("caller_waits_and_hangs_up", free_port(HOST), *keys, *load, remote=str(subject.sip))
    with registered_phone(subject, folder), _running(command, folder):
        _wait_for_calls(subject, count)
        yield


def serve_callers(subject: SwitchSubject, agents: int, calls: int, folder: Path) -> None:
    """So many callers, always WAITING of them more than there are agents."""
    keys = ("-key", "caller", "13800138000", "-key", "rtp_port", "9")
    load = ("-s", QUEUE_NUMBER, "-r", "50", "-m", str(calls), "-l", str(agents + WAITING))
    command = _sipp("caller_stays_to_the_end", free_port(HOST), *keys, *load, remote=str(subject.sip))
    quiet = subprocess.DEVNULL
    limit_s = calls * TALK_S / agents + GRACE_S
    subprocess.run(command, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet, timeout=limit_s, check=True)


def measure(agent_count: int, calls: int, beside: int) -> Result:
    """First alone, then beside other calls."""
    alone, busy = delays_ms(agent_count, calls, 0), delays_ms(agent_count, calls, beside)
    return Result(
        free_to_invite_p50_ms=_percentile(alone, 0.5),
        free_to_invite_p99_ms=_percentile(alone, 0.99),
        beside_p50_ms=_percentile(busy, 0.5),
        beside_p99_ms=_percentile(busy, 0.99),
        dispatches=len(alone),
        dispatches_beside=len(busy),
        calls_beside=beside,
    )


def delays_ms(agent_count: int, calls: int, beside: int) -> list[float]:
    """Of each time an agent became free while somebody waited."""
    agents = [str(_FIRST_AGENT + number) for number in range(agent_count)]
    with tempfile.TemporaryDirectory(prefix="bench-dispatch-") as name:
        folder = Path(name)
        with (
            SwitchSubject(folder, configuration(agents)) as subject,
            calls_beside(subject, beside, folder),
            answering_agents(subject, agents, folder) as log,
        ):
            serve_callers(subject, agent_count, calls, folder)
            text = log.read_text("utf-8", "replace")
    found = list(_delays_ms(text))
    return found[: max(0, len(found) - WAITING)]  # when nobody new comes, the last are not always wanted


def _delays_ms(log: str) -> Iterator[float]:
    """In the order of the dispatches."""
    free_since: dict[str, float] = {}
    for entry in _ENTRY.finditer(log):
        at = datetime.fromisoformat(re.sub(r"\s+", " ", entry["at"])).timestamp()
        if entry["way"] == "sent" and (found := _HANGS_UP.search(entry["head"])):
            free_since.setdefault(found[1], at)  # sent again it is the same
        elif entry["way"] == "received" and (found := _CALLED.search(entry["head"])):
            since = free_since.pop(found[1], None)
            if since is not None:
                yield (at - since) * 1000


def _sipp(scenario: str, port: int, *options: str, remote: str = "") -> list[str]:
    path = str(SCENARIOS / f"{scenario}.xml")
    where = [remote] if remote else []
    common = ("-i", HOST, "-p", str(port), "-nostdin", "-buff_size", "1048576", "-key", "rtp_port", "9")
    return ["sipp", *where, "-sf", path, *common, *options]


@contextmanager
def _running(command: Sequence[str], folder: Path) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    sipp = subprocess.Popen(command, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        sipp.kill()
        sipp.wait()


def _wait_for_calls(subject: SwitchSubject, count: int) -> None:
    deadline = time.monotonic() + GRACE_S
    with connect_sync(subject.control_socket) as client:
        while (up := client.call("switch.status")["open_calls"]) < count:
            if time.monotonic() > deadline:
                raise SystemExit(f"of {count} calls beside only {up} came up")
            time.sleep(_LOOK_AGAIN_S)


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    if not ordered:
        raise SystemExit("no agent became free while somebody waited: no figure")
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2)


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--agents", type=int, default=20, help="always busy")
    parser.add_argument("--calls", type=int, default=600, help="served in each of the two runs")
    parser.add_argument("--beside", type=int, default=500, help="calls that are up in the second run")
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    arguments = parser.parse_args()
    result = measure(arguments.agents, arguments.calls, arguments.beside)
    if not arguments.json:
        table = Table("figure", title=f"dispatch to {arguments.agents} agents")
        table.add_column("value", justify="right")
        for name, value in asdict(result).items():
            table.add_row(name, f"{value:g}")
        Console().print(table)
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
