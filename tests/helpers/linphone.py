"""linphonec, another phone that other people wrote, driven by lines on its standard input."""

import os
import subprocess
from pathlib import Path
from select import select
from time import monotonic
from typing import Self

import soundfile

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples
from sipp_scenarios.runner import Address, free_port

_PATIENCE_S = 45.0
_SETTINGS = """\
[sip]
sip_port={port}
sip_tcp_port=0
sip_tls_port=0
[net]
mtu=1300
"""


class LinphoneError(Exception):
    """The phone did not do what it was asked to."""


class Linphone:
    """One running phone. Use it as a context manager."""

    def __init__(self, folder: Path, *more: str) -> None:
        """``more`` are lines of its ``linphonerc``."""
        (folder / ".local/share/linphone").mkdir(parents=True, exist_ok=True)  # it does not start without
        self._folder = folder
        self._screen = ""
        self._settings = folder / "linphonerc"
        settings = _SETTINGS.format(port=free_port("127.0.0.1"))
        self._settings.write_text("\n".join([settings, *more, ""]))

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["linphonec", "-c", str(self._settings)],
            env={"HOME": str(self._folder), "PATH": "/usr/bin:/bin"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.order("soundcard use files")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def order(self, command: str) -> None:
        """Type one of its commands, such as ``call``, ``answer`` or ``pause``."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n".encode())
        self._process.stdin.flush()

    def say(self, samples: Samples) -> None:
        """Say these in the calls whose audio begins from now on."""
        path = self._folder / "said.wav"
        soundfile.write(path, samples, SAMPLE_RATE_HZ, subtype="PCM_16")
        self.order(f"play {path}")

    def keep_what_is_heard(self) -> Path:
        """Keep what it hears in the call whose audio begins last, 16 bits at 8 kHz; where."""
        path = self._folder / "heard.wav"
        self.order(f"record {path}")
        return path

    def wait_to_read(self, words: str) -> None:
        """Wait until these words are on its screen. Raises LinphoneError with all that was there instead."""
        assert self._process.stdout is not None
        deadline = monotonic() + _PATIENCE_S
        while words not in self._screen:
            ready, _, _ = select([self._process.stdout], [], [], max(deadline - monotonic(), 0))
            octets = os.read(self._process.stdout.fileno(), 65_536) if ready else b""
            if not octets:
                raise LinphoneError(f"linphonec never said {words!r}:\n{self._screen}")
            self._screen += octets.decode("utf-8", "replace")

    def register(self, name: str, password: str, registrar: Address) -> None:
        host, port = registrar
        self.order(f"register sip:{name}@{host} sip:{host}:{port} {password}")
