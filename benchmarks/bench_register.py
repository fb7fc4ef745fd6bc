"""CPU of the switch for a REGISTER with digest, while 20,000 phones are registered.

``python -m benchmarks.bench_register [--rate N] [--seconds S] [--stations N] [--json]``

First every phone registers, which takes two requests each (challenge and answer). Then they refresh in turn
with the nonce they have: one request and its 200 each, which is what is measured. A phone whose nonce has
grown old is challenged again; that pair counts as one REGISTER. CPU is user and system time of the switch's
process with all its threads, the one that writes registrations to the disk among them.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.lines import LineProcess
from benchmarks.switch_subject import HOST, SwitchSubject

FILL_RATE = 1000
FIRST_STATION = 100_000

SECTIONS = f"""
[guard]
allow = ["{HOST}/32"]  # one address stands for all phones here
max_loop_delay_ms = 5000  # on a machine that the phones share with the switch, each waits for the other
"""


@dataclass(frozen=True, slots=True)
class Result:
    """The last line."""

    cpu_ms_per_register: float
    registers_per_s: float
    registers: int
    failed: int
    challenged: int
    repeated: int
    """Requests the phones had to send again."""
    bindings: int
    fill_cpu_ms_per_register: float
    """Of the first registrations: challenge and answer, a new contact, its event."""
    memory_kb_per_binding: float
    """What the process grew by, shared among the bindings: mostly the transactions of the last 32 s."""


def measure(stations: int, rate: int, seconds: float) -> Result:
    """Register all phones, then refresh for about ``seconds``."""
    with tempfile.TemporaryDirectory(prefix="bench-register-") as name:
        folder = Path(name)
        _write_stations(folder / "stations.csv", stations)
        files = {
            "stations_file": str(folder / "stations.csv"),
            "registrations": str(folder / "registrations.db"),
            "nonce_lifetime_s": 3600,
            "max_transactions": 1_000_000,  # each REGISTER is remembered for 32 s over UDP (RFC 3261 timer J)
        }
        with (
            SwitchSubject(folder, SECTIONS, **files) as subject,
            LineProcess([sys.executable, "-m", "benchmarks.register_phones"]) as phones,
        ):
            phones.tell(f"{subject.sip.host} {subject.sip.port} {stations}")
            memory_mb, cpu_s = subject.rss_mb(), subject.cpu_s()
            filled = json.loads(phones.ask(f"{FILL_RATE} {stations / FILL_RATE}"))
            fill_cpu_s, grown_mb = subject.cpu_s() - cpu_s, subject.rss_mb() - memory_mb
            cpu_s = subject.cpu_s()
            run = json.loads(phones.ask(f"{rate} {seconds}"))
            return Result(
                cpu_ms_per_register=_per(subject.cpu_s() - cpu_s, run["answered"]),
                registers_per_s=run["rate"],
                registers=run["answered"],
                failed=run["failed"] + filled["failed"],
                challenged=run["challenged"],
                repeated=run["repeated"],
                bindings=int(subject.total("ringmain_registered_contacts")),
                fill_cpu_ms_per_register=_per(fill_cpu_s, filled["answered"]),
                memory_kb_per_binding=round(grown_mb * 1024 / stations, 2),
            )


def _per(cpu_s: float, registers: int) -> float:
    return round(cpu_s * 1000 / max(registers, 1), 4)


def _write_stations(path: Path, count: int) -> None:
    names = (str(FIRST_STATION + number) for number in range(count))
    path.write_text("name,password\n" + "".join(f"{name},{name}\n" for name in names), "utf-8")


def _table(result: Result) -> Table:
    table = Table("figure", title=f"REGISTER with {result.bindings} bindings held")
    table.add_column("value", justify="right")
    for name, value in asdict(result).items():
        table.add_row(name, f"{value:g}")
    return table


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rate", type=int, default=2000, help="REGISTERs a second")
    parser.add_argument("--seconds", type=float, default=20.0, help="of refreshing")
    parser.add_argument("--stations", type=int, default=20_000, help="phones that are registered")
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    arguments = parser.parse_args()
    result = measure(arguments.stations, arguments.rate, arguments.seconds)
    if not arguments.json:
        Console().print(_table(result))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
