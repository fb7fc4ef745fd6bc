"""The media core as bench_media measures it: in a process of its own, driven through MediaEngine.

Takes lines ``<scene> <ports of phones …>``: legs to these phones take the place of those before, arranged as
the scene wants. Answers with the legs' ports. ``clear`` closes them all;
``cycle <count>`` and ``memory`` answer with a figure.
"""

import select
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from media.commands import (
    FOR_EVER,
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    CloseEndpoint,
    Codec,
    ConfigureEndpoint,
    JoinMix,
    MixRole,
    OpenEndpoint,
    SrtpKeys,
    SrtpSuite,
    StartPlayback,
    StartRecording,
    StopRecording,
)
from media.config import MediaConfig, RecordingsConfig
from media.engine import MediaEngine
from media.events import EndpointOpened
from runtime.clock import LoopClock
from runtime.vocabulary import Command, Event

HOST = "127.0.0.1"
PROMPT = "prompt"
PROMPT_S = 5
_MASTER_KEY = bytes([7]) * 30
"""What the phones of the benchmark encrypt with (``MASTER_KEY`` of the crate bench)."""
_KEYS = SrtpKeys(suite=SrtpSuite.AES_CM_128_HMAC_SHA1_80, ours=_MASTER_KEY, theirs=_MASTER_KEY)
_PAYLOAD_TYPES = {Codec.PCMA: 8, Codec.G722: 9, Codec.OPUS: 111}


class Stage:
    """One scene after the other."""

    def __init__(self, folder: Path) -> None:
        media = MediaConfig(host=HOST, media_timeout_s=0)
        self._engine = MediaEngine(media, RecordingsConfig(folder=folder), LoopClock(lambda: 0.0), self._note)
        self._engine.load_prompt(PROMPT, _voice(PROMPT_S))
        self._routes = self._engine.routes()
        self._told: Counter[str] = Counter()
        self._opened = 0
        self._legs: list[str] = []
        self._recordings: list[str] = []

    def relay(self, phones: list[int]) -> list[int]:
        """Bridged in pairs."""
        return self._bridge(self._open(phones, [Codec.PCMA]))

    def srtp(self, phones: list[int]) -> list[int]:
        """Bridged in pairs, every leg encrypted."""
        return self._bridge(self._open(phones, [Codec.PCMA], _KEYS))

    def transcode(self, phones: list[int]) -> list[int]:
        """Bridged in pairs, each of G.711 and Opus."""
        return self._bridge(self._open(phones, [Codec.PCMA, Codec.OPUS]))

    def mix(self, phones: list[int]) -> list[int]:
        """Conferences of three."""
        return self._confer(self._open(phones, [Codec.PCMA]), 3)

    def mix64(self, phones: list[int]) -> list[int]:
        """Conferences as large as they may be; the last has who is left."""
        return self._confer(self._open(phones, [Codec.PCMA], row=64), 64)

    def record(self, phones: list[int]) -> list[int]:
        """Bridged in pairs, each of them recorded."""
        ports = self.relay(phones)
        for pair in self._pairs():
            recording_id = f"recording of {pair[0]}"
            self._recordings.append(recording_id)
            self._order(StartRecording(recording_id=recording_id, contact_id="", call_id=""))
            for leg_id, channel in zip(pair, (Channel.CUSTOMER, Channel.AGENT), strict=True):
                self._order(AttachToRecording(recording_id=recording_id, leg_id=leg_id, channel=channel))
        return ports

    def play(self, phones: list[int]) -> list[int]:
        """Each leg plays one prompt over and over."""
        ports = self._open(phones, [Codec.PCMA])
        for leg_id in self._legs:
            self._order(StartPlayback(playback_id=leg_id, leg_id=leg_id, prompts=(PROMPT,), times=FOR_EVER))
        return ports

    def music(self, phones: list[int]) -> list[int]:
        """All hear the same music on hold, quieter than it is, in the codec that nothing is made ahead of."""
        ports = self._open(phones, [Codec.G722])
        for leg_id in self._legs:
            self._order(
                StartPlayback(
                    playback_id=leg_id,
                    leg_id=leg_id,
                    prompts=(PROMPT,),
                    times=FOR_EVER,
                    gain_db=-6.0,
                    shared=True,
                )
            )
        return ports

    def clear(self) -> None:
        """Close everything and wait until that is done."""
        for recording_id in self._recordings:
            self._order(StopRecording(recording_id=recording_id))
        for leg_id in self._legs:
            self._order(CloseEndpoint(leg_id=leg_id))
        self._recordings, self._legs = [], []
        while self._engine.open_endpoints or self._engine.open_recordings:
            select.select([self._engine.event_fd], [], [])
            self._engine.drain()

    def cycle(self, count: int) -> float:
        """CPU µs to open, configure and close a leg, in all threads."""
        self.clear()
        begun_s = time.process_time()
        self._open([9] * count, [Codec.PCMA])
        self.clear()
        return (time.process_time() - begun_s) * 1e6 / count

    def close(self) -> None:
        self._engine.close()

    def _open(
        self, phones: list[int], codecs: list[Codec], keys: SrtpKeys | None = None, *, row: int = 6
    ) -> list[int]:
        """Legs of one call lie beside each other: so many in a row are on one worker."""
        self.clear()
        return [
            self._open_leg(port, codecs[n % len(codecs)], keys, begins=n % row == 0)
            for n, port in enumerate(phones)
        ]

    def _confer(self, ports: list[int], size: int) -> list[int]:
        for number, leg_id in enumerate(self._legs):
            mix_id = f"mix of {self._legs[number - number % size]}"
            self._order(JoinMix(mix_id=mix_id, leg_id=leg_id, role=MixRole.SPEAKER))
        return ports

    def _bridge(self, ports: list[int]) -> list[int]:
        for one, other in self._pairs():
            self._order(BridgeEndpoints(leg_id=one, peer_leg_id=other))
        return ports

    def _open_leg(self, phone: int, codec: Codec, keys: SrtpKeys | None, *, begins: bool) -> int:
        """One beside the leg before, unless it ``begins`` a row."""
        near = None if begins else self._legs[-1]
        leg_id = f"leg-{self._opened}"
        self._opened += 1
        (opened,) = self._order(OpenEndpoint(leg_id=leg_id, near=near))
        if not isinstance(opened, EndpointOpened):
            raise RuntimeError(f"no port for {leg_id}: {opened}")
        self._legs.append(leg_id)
        self._order(
            ConfigureEndpoint(
                leg_id=leg_id,
                host=HOST,
                port=phone,
                codec=codec,
                payload_type=_PAYLOAD_TYPES[codec],
                dtmf_payload_type=101,
                ptime_ms=20,
                sending=True,
                receiving=True,
                srtp=keys,
            )
        )
        return opened.port

    def _pairs(self) -> list[tuple[str, str]]:
        return list(zip(self._legs[::2], self._legs[1::2], strict=True))

    def _order(self, command: Command) -> list[Event]:
        return list(self._routes[type(command)](command, 0.0))

    def _note(self, events: Sequence[Event]) -> None:
        self._told.update(event.topic for event in events)


def _voice(length_s: int) -> npt.NDArray[np.int16]:
    """Something that is not silence."""
    at_s = np.arange(length_s * 8000) / 8000
    return (8000 * np.sin(2 * np.pi * 220 * at_s)).astype(np.int16)


def _memory_kb() -> float:
    """What of this process lies in memory."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    raise RuntimeError("no Pss in /proc/self/smaps_rollup")


def main() -> None:
    """Serve the lines on standard input until it ends."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        conferences = (stage.mix, stage.mix64)
        acts = (stage.relay, stage.record, stage.play, stage.music, stage.srtp, *conferences, stage.transcode)
        scenes = {act.__name__: act for act in acts}
        for line in sys.stdin:
            scene, *words = line.split()
            numbers = [int(word) for word in words]
            if scene == "memory":
                print(_memory_kb(), flush=True)
            elif scene == "clear":
                stage.clear()
                print("clear", flush=True)
            elif scene == "cycle":
                print(stage.cycle(numbers[0]), flush=True)
            else:
                print(*scenes[scene](numbers), flush=True)
        stage.clear()
        stage.close()


if __name__ == "__main__":
    main()
