"""baresip, a phone other people wrote, driven without a screen or a sound card.

It speaks from a WAV file (module ``aufile``), writes down what it hears (``sndfile``) and takes orders as
JSON in netstrings (``ctrl_tcp``).
"""

import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, Self

import numpy as np
import soundfile

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples
from sipp_scenarios.runner import free_port
from tests.helpers.media_ports import own_media_ports

_MODULES = Path("/usr/lib/baresip/modules")
_PATIENCE_S = 45.0
_RTP_PORTS = slice(200, 249)
"""Behind the switch's. Left to itself it takes any from 1024, also one that ``free_port`` has just told."""
_CONFIG = """\
module_path {modules}
{more}module account.so
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {host}:{control_port}
sip_listen {host}:{sip_port}
rtp_ports {rtp_ports.start}-{rtp_ports.stop}
net_interface {host}
audio_source aufile,{folder}/speech.wav
audio_player aubridge,nobody
audio_alert aubridge,nobody
snd_path {folder}
"""


_WIDE = {"opus": ("opus/48000/2", 48_000, 2), "g722": ("G722/16000/1", 16_000, 1)}
"""Its names for wide-band codecs, the rate in Hz and the channels of sound it wants for them."""


class BaresipError(Exception):
    """The phone did not do what it was asked to."""


class Baresip:
    """One running phone. Use it as a context manager."""

    def __init__(self, host: str, account: str, speech: Samples, folder: Path, *more: str) -> None:
        """``account`` is a line of baresip's ``accounts`` file, ``more`` are lines of its ``config``."""
        folder.mkdir(parents=True, exist_ok=True)
        self._host = host
        self._folder = folder
        self._control_port = free_port(host)
        soundfile.write(folder / "speech.wav", speech, SAMPLE_RATE_HZ, subtype="PCM_16")
        (folder / "accounts").write_text(f"{account}\n", "utf-8")
        (folder / "contacts").touch()
        (folder / "config").write_text(
            _CONFIG.format(
                modules=_MODULES,
                folder=folder,
                host=host,
                control_port=self._control_port,
                sip_port=free_port(host),
                rtp_ports=own_media_ports()[_RTP_PORTS],
                more="".join(f"{line}\n" for line in more),
            ),
            "utf-8",
        )

    @classmethod
    def wide(cls, host: str, module: str, voice: Callable[[int], Samples], folder: Path) -> Self:
        """A caller who speaks only ``opus`` or ``g722``; ``voice`` makes what it says, for a rate in Hz."""
        codec, rate_hz, channels = _WIDE[module]
        account = f"<sip:13900139000@{host}>;regint=0;audio_codecs={codec}"
        phone = cls(host, account, np.zeros(0, np.int16), folder, f"module {module}.so")
        speech = np.tile(voice(rate_hz)[:, None], channels)
        soundfile.write(folder / "speech.wav", speech, rate_hz, subtype="PCM_16")
        return phone

    def __enter__(self) -> Self:
        with (self._folder / "screen.log").open("wb") as screen:
            self._process = subprocess.Popen(
                ["baresip", "-f", str(self._folder)],
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=subprocess.STDOUT,
            )
        self._line = self._connect()
        self._unread = b""
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()
        self._process.terminate()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def order(self, command: str, params: str = "") -> None:
        """Give one of baresip's commands, such as ``dial``, ``accept``, ``sndcode`` or ``hangup``."""
        message = json.dumps({"command": command, "params": params}).encode()
        self._line.sendall(b"%d:%s," % (len(message), message))

    def wait_for(self, kind: str) -> dict[str, Any]:
        """Wait for an event such as ``CALL_ESTABLISHED``. Raises BaresipError with the phone's last words."""
        deadline = monotonic() + _PATIENCE_S
        while (message := self._next_message(kind, deadline)).get("type") != kind:
            pass
        return message

    def wait_to_hear(self, seconds: float) -> None:
        """Wait until it has written down so much more of what it hears."""
        deadline = monotonic() + _PATIENCE_S
        octets = self._octets_heard() + seconds * SAMPLE_RATE_HZ * 2
        while self._octets_heard() < octets:
            if self._ended_within(0.05) or monotonic() > deadline:
                raise self._failure(f"did not hear {seconds} s")

    @property
    def heard(self) -> Samples:
        """What it heard in one channel, once the call is over, 8000 samples a second.

        Of a wide-band call, those between are left out: what is above 4 kHz folds.
        """
        [path] = self._folder.glob("dump-*-dec.wav")
        samples, rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
        return np.asarray(samples[:: rate_hz // SAMPLE_RATE_HZ, 0], np.int16)

    def _octets_heard(self) -> int:
        return sum(path.stat().st_size for path in self._folder.glob("dump-*-dec.wav"))

    def _connect(self) -> socket.socket:
        deadline = monotonic() + _PATIENCE_S
        while True:
            try:
                return socket.create_connection((self._host, self._control_port))
            except OSError:
                if self._ended_within(0.05) or monotonic() > deadline:
                    raise self._failure("did not start") from None

    def _ended_within(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _next_message(self, wanted: str, deadline: float) -> dict[str, Any]:
        while True:
            length, colon, rest = self._unread.partition(b":")
            if colon and len(rest) > int(length):
                self._unread = rest[int(length) + 1 :]
                message: dict[str, Any] = json.loads(rest[: int(length)])
                return message
            self._line.settimeout(max(deadline - monotonic(), 0.001))
            try:
                octets = self._line.recv(65_536)
            except TimeoutError:
                raise self._failure(f"never told {wanted}") from None
            if not octets:
                raise self._failure(f"ended before {wanted}")
            self._unread += octets

    def _failure(self, what: str) -> BaresipError:
        words = (self._folder / "screen.log").read_text("utf-8", "replace").splitlines()[-20:]
        return BaresipError(f"baresip {what}\n" + "\n".join(words))
