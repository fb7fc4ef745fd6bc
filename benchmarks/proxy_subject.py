"""Kamailio as a proxy that keeps transactions and nothing else: about the least a call can cost."""

import subprocess
import time
from pathlib import Path
from typing import Self

from sipp_scenarios.runner import Address, free_port

_START_S = 2.0
_MEMORY_MB = 256
_CONFIGURATION = """\
#!KAMAILIO
debug=-1
children=1
listen=udp:{proxy}
disable_tcp=yes
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
request_route {{
  t_relay_to_udp("{phone.host}", "{phone.port}");
}}
"""


class ProxySubject:
    """Kamailio with all requests going to ``phone``. Use it as a context manager."""

    def __init__(self, folder: Path, phone: Address) -> None:
        self.sip = Address(phone.host, free_port(phone.host))
        self._folder = folder
        self._configuration = folder / "kamailio.cfg"
        text = _CONFIGURATION.format(proxy=self.sip, phone=phone)
        self._configuration.write_text(text, "utf-8")

    def __enter__(self) -> Self:
        """Raises FileNotFoundError where it is not installed."""
        own = ["-f", str(self._configuration), "-Y", str(self._folder), "-m", str(_MEMORY_MB)]
        with (self._folder / "kamailio.log").open("wb") as log:
            self._process = subprocess.Popen(["kamailio", *own, "-DD", "-E"], stdout=log, stderr=log)
        time.sleep(_START_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def cpu_s(self) -> float:
        """User and system time of all its processes so far."""
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in [self._process.pid, *self._children()])

    def _children(self) -> list[int]:
        parent = self._process.pid
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()]
