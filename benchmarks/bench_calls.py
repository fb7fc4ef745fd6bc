"""CPU of the switch for a complete two-leg call, SIPp as caller and as phone, no audio.

``python -m benchmarks.bench_calls [--rate N] [--seconds S] [--media-off] [--proxy] [--json]``

A caller dials an access code that rings one registered station: INVITE, 180, 200 and ACK on both legs,
a moment of silence, BYE and 200 on both legs, call record written to the database. CPU is user and system
time of the switch's process with all its threads, from before the first measured call until the last one's
record is written. A first run warms up and is not counted. Nobody talks, but ports are opened for both legs,
bridged and closed; ``--media-off`` leaves that out (see ``serve_without_media``). ``--proxy`` sends the same
calls through Kamailio as a mere proxy, which tells a slow machine from a slow switch.
"""

import argparse
import csv
import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.proxy_subject import ProxySubject
from benchmarks.switch_subject import HOST, SwitchSubject
from sipp_scenarios.phones import Station
from sipp_scenarios.runner import Address, free_port

SCENARIOS = Path(__file__).resolve().parent.parent / "sipp_scenarios"
STATION, PASSWORD, NUMBER = "2001", "secret-2001", "95598"
WARM_UP_S = 3
TALK_MS = 500
GRACE_S = 60
"""A run that has not ended so long after its time is stopped."""

SECTIONS = f"""
[[stations]]
name = "{STATION}"
password = "{PASSWORD}"

[[access_codes]]
number = "{NUMBER}"
target = "station:{STATION}"
record = false
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What SIPp as the caller says of one run."""

    succeeded: int
    failed: int
    calls_per_s: float
    setup_ms: float
    """From INVITE to 200, on average."""


@dataclass(frozen=True, slots=True)
class Result:
    """The last line."""

    cpu_ms_per_call: float
    calls_per_s: float
    calls: int
    failed: int
    """Calls that failed, or whose record was not written."""
    retransmissions: int
    """Messages the switch sent again."""
    setup_ms: float


@contextmanager
def registered_phone(subject: SwitchSubject, folder: Path) -> Iterator[None]:
    """SIPp as the switch's station, taking any number of calls at once."""
    station = Station(subject.sip, STATION, PASSWORD, folder)
    station.register(expires_s=3600)
    with answering_phone(folder, station.scenario("agent_takes_every_call").port):
        yield


@contextmanager
def answering_phone(folder: Path, port: int) -> Iterator[None]:
    """SIPp, taking any number of calls at once from whoever sends them."""
    keys = ("-key", "station", STATION, "-key", "rtp_port", "9")
    command = ["sipp", *_common("agent_takes_every_call", port), *keys]
    quiet = subprocess.DEVNULL
    sipp = subprocess.Popen(command, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        sipp.kill()
        sipp.wait()


def place_calls(
    switch: Address,
    folder: Path,
    rate: int,
    seconds: float,
    *,
    talk_ms: int = TALK_MS,
    options: Sequence[str] = (),
) -> Run:
    """Dial for so long, and wait for the last call's end. ``options`` are SIPp's."""
    statistics = folder / "statistics.csv"
    statistics.unlink(missing_ok=True)
    command = [
        *("sipp", str(switch), *_common("caller_waits_and_hangs_up", free_port(HOST)), "-s", NUMBER),
        *("-key", "caller", "13800138000", "-key", "caller_name", "客户", "-key", "rtp_port", "9"),
        *("-r", str(rate), "-m", str(int(rate * seconds)), "-l", str(rate * 40)),
        *("-d", str(talk_ms), *options),
        *("-trace_stat", "-stf", statistics.name, "-fd", "1"),
    ]
    subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=seconds + talk_ms / 1000 + GRACE_S,
        check=False,  # SIPp's exit code only says that some call failed, which the statistics count
    )
    return _read_statistics(statistics)


def measure(rate: int, seconds: float, *, media: bool = True) -> Result:
    """Warm up, then measure for about ``seconds``. ``media``: whether the legs have ports."""
    with tempfile.TemporaryDirectory(prefix="bench-calls-") as name:
        folder = Path(name)
        with SwitchSubject(folder, SECTIONS, media) as subject, registered_phone(subject, folder):
            warm = place_calls(subject.sip, folder, rate, WARM_UP_S)
            records = subject.wait_for_records(warm.succeeded + warm.failed)
            repeated, cpu_s = _retransmissions(subject), subject.cpu_s()
            run = place_calls(subject.sip, folder, rate, seconds)
            calls = run.succeeded + run.failed
            written = subject.wait_for_records(records + calls) - records
            return Result(
                cpu_ms_per_call=round((subject.cpu_s() - cpu_s) * 1000 / max(run.succeeded, 1), 4),
                calls_per_s=run.calls_per_s,
                calls=calls,
                failed=max(run.failed, calls - written),
                retransmissions=int(_retransmissions(subject) - repeated),
                setup_ms=run.setup_ms,
            )


def measure_proxy(rate: int, seconds: float) -> float:
    """Milliseconds of CPU these calls cost Kamailio as a mere proxy.

    Raises FileNotFoundError without it, SystemExit when calls fail.
    """
    with tempfile.TemporaryDirectory(prefix="bench-calls-") as name:
        folder, phone = Path(name), Address(HOST, free_port(HOST))
        with answering_phone(folder, phone.port), ProxySubject(folder, phone) as proxy:
            place_calls(proxy.sip, folder, rate, WARM_UP_S)
            cpu_s = proxy.cpu_s()
            run = place_calls(proxy.sip, folder, rate, seconds)
            if not run.succeeded or run.failed:
                raise SystemExit(f"through Kamailio {run.failed} calls failed: no figure to compare with")
            return round((proxy.cpu_s() - cpu_s) * 1000 / run.succeeded, 4)


def _common(scenario: str, port: int) -> list[str]:
    path = str(SCENARIOS / f"{scenario}.xml")
    return ["-sf", path, "-i", HOST, "-p", str(port), "-nostdin", "-buff_size", "1048576"]


def _retransmissions(subject: SwitchSubject) -> float:
    return subject.total("ringmain_sip_retransmissions_total", direction="out")


def _read_statistics(path: Path) -> Run:
    """The last line of SIPp's statistics holds the totals, in the columns ending in (C)."""
    with path.open(encoding="utf-8", newline="") as lines:
        *_, last = csv.DictReader(lines, delimiter=";")
    return Run(
        succeeded=int(last["SuccessfulCall(C)"]),
        failed=int(last["FailedCall(C)"]),
        calls_per_s=round(float(last["CallRate(C)"]), 1),
        setup_ms=_milliseconds(last["ResponseTime1(C)"]),
    )


def _milliseconds(text: str) -> float:
    """Of ``00:00:00:001000``: hours, minutes, seconds, microseconds."""
    hours, minutes, seconds, microseconds = map(int, text.split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + microseconds / 1000


def _table(rate: int, figures: Mapping[str, float]) -> Table:
    table = Table("figure", title=f"two-leg calls, {rate} a second")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    return table


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rate", type=int, default=200, help="calls a second")
    parser.add_argument("--seconds", type=float, default=15.0, help="of dialling, after the warm-up")
    parser.add_argument("--media-off", action="store_true", help="no ports for the legs, no media threads")
    parser.add_argument(
        "--proxy", action="store_true", help="the same calls through Kamailio, for comparison"
    )
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    arguments = parser.parse_args()
    figures = asdict(measure(arguments.rate, arguments.seconds, media=not arguments.media_off))
    if arguments.proxy:
        proxy_ms = measure_proxy(arguments.rate, arguments.seconds)
        figures |= {
            "proxy_ms_per_call": proxy_ms,
            "proxy_ratio": round(figures["cpu_ms_per_call"] / proxy_ms, 2),
        }
    if not arguments.json:
        Console().print(_table(arguments.rate, figures))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
