"""A switch in a process of its own, as benchmarks of signalling measure it."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from sipp_scenarios.runner import free_port
from sipp_scenarios.switch_process import SwitchProcess

HOST = "127.0.0.1"
_PATIENCE_S = 30.0
_LOOK_AGAIN_S = 0.05


class SwitchSubject(SwitchProcess):
    """``ringmain serve`` with everything it writes in ``folder``: its CPU time and its counters.

    ``sections``: TOML text with what the benchmark needs beside the addresses, such as stations.
    ``media``: whether legs have ports and media threads run.
    """

    def __init__(self, folder: Path, sections: str, media: bool = True, /, **sip: object) -> None:
        self._database = folder / "ringmain.db"
        self._http_port = free_port(HOST)
        configuration = folder / "ringmain.toml"
        configuration.write_text(self._configuration(folder, sections, sip), "utf-8")
        program = "cli.main" if media else "benchmarks.serve_without_media"
        super().__init__(configuration, folder / "switch.log", program)

    def cpu_s(self) -> float:
        """User and system time of all its threads so far, from the kernel's clock of that process.

        The clock's number is what clock_getcpuclockid(3) makes of a process id.
        """
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def python_cpu_s(self) -> float:
        """The same of its Python threads alone: those of the media core have names of their own."""
        threads = list(Path(f"/proc/{self._process.pid}/task").iterdir())
        own = Path(f"/proc/{self._process.pid}/comm").read_text("utf-8")
        plain = (thread for thread in threads if (thread / "comm").read_text("utf-8") == own)
        return sum(int((thread / "schedstat").read_text("utf-8").split()[0]) for thread in plain) / 1e9

    def rss_mb(self) -> float:
        """Memory it has resident now, in megabytes."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    def total(self, name: str, **labels: str) -> float:
        """A counter of /metrics now: the sum of all with these labels."""
        with urlopen(f"http://{HOST}:{self._http_port}/metrics", timeout=_PATIENCE_S) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    def wait_for_records(self, count: int) -> int:
        """Wait until so many call records are written, within reason; how many there are then."""
        deadline = time.monotonic() + _PATIENCE_S
        while (written := self._count_records()) < count and time.monotonic() < deadline:
            time.sleep(_LOOK_AGAIN_S)
        return written

    def _count_records(self) -> int:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
            (count,) = database.execute("SELECT count(*) FROM call_records").fetchone()
            return int(count)

    def _configuration(self, folder: Path, sections: str, sip: dict[str, object]) -> str:
        """JSON writes text, numbers and lists as TOML does."""
        for part in ("flows", "prompts"):
            (folder / part).mkdir()
        known: dict[str, dict[str, object]] = {
            "sip": {"host": HOST, "port": free_port(HOST), **sip},
            # ports do not rest: the phones of a benchmark send nothing late, and come in by the thousand
            "media": {"host": HOST, "prompts": str(folder / "prompts"), "port_rest_s": 0},
            "recordings": {"folder": str(folder / "recordings")},
            "ivr": {"flows": str(folder / "flows")},
            "control": {"socket": str(folder / "ringmain.sock")},
            "records": {"journal": str(folder / "journal"), "database": f"sqlite:///{self._database}"},
            "http": {"enabled": True, "host": HOST, "port": self._http_port},
            "log": {"level": "warning"},
        }
        tables = ("\n".join([f"[{name}]", *_keys(keys)]) for name, keys in known.items())
        return "\n\n".join((*tables, sections))


def _keys(keys: dict[str, object]) -> list[str]:
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
