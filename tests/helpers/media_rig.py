"""The real media core with phones that are plain sockets on loopback."""

import select
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from media.commands import CloseEndpoint, Codec, ConfigureEndpoint, OpenEndpoint, StartPlayback
from media.config import MediaConfig, RecordingsConfig
from media.engine import MediaEngine
from media.events import EndpointOpened, PlaybackEnded
from media.masking import TakeMaskedDigit
from media.recordings.disks import Disks
from media.wakes import Later
from runtime.clock import ManualClock
from runtime.vocabulary import Command, Event
from sipp_scenarios.rtp import TELEPHONE_EVENT, RtpPacket, decode
from switch.sdp.formats import ENCODINGS
from tests.helpers.media_ports import own_media_ports

HOST = "127.0.0.1"
PATIENCE_S = 45.0
"""What a slow machine may take; nothing waits so long when it works."""

E = TypeVar("E", bound=Event)


class Phone:
    """A socket that sends RTP to one leg and keeps count."""

    def __init__(self, *, ssrc: int = 0x1234, codec: Codec = Codec.PCMA) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.socket.settimeout(PATIENCE_S)
        self.port: int = self.socket.getsockname()[1]
        self.codec = codec
        self.payload_type = ENCODINGS[codec].payload_type
        self.leg_port = 0
        self._ssrc = ssrc
        self._sequence = 65_530
        self._timestamp = 2**32 - 800

    def talk(self, payload: bytes, *, count: int = 1) -> None:
        """Send packets of 20 ms."""
        for _ in range(count):
            self._send(self.payload_type, payload, self._timestamp)
            ticks = ENCODINGS[self.codec].clock_hz // 50 if self.codec is Codec.OPUS else len(payload)
            self._timestamp = (self._timestamp + ticks) % 2**32

    def drop(self, payload: bytes, *, count: int) -> None:
        """Send packets that the network loses."""
        self._sequence = (self._sequence + count) % 2**16
        self._timestamp = (self._timestamp + count * len(payload)) % 2**32

    def talk_in_order(self, payloads: Sequence[bytes], order: Sequence[int]) -> None:
        """Send packets of 20 ms as the network mixed them up: ``order`` holds indices of ``payloads``."""
        sequence, timestamp = self._sequence, self._timestamp
        for index in order:
            self._sequence = (sequence + index) % 2**16
            self._send(self.payload_type, payloads[index], (timestamp + index * 160) % 2**32)
        self._sequence = (sequence + len(payloads)) % 2**16
        self._timestamp = (timestamp + len(payloads) * 160) % 2**32

    def press(self, code: int, *, ends: int = 3) -> None:
        """Press a key for 100 ms; ``ends`` of its three last packets arrive."""
        durations = [(160, 0), (320, 0), (480, 0), (640, 0)] + [(800, 0x80)] * ends
        for duration, end in durations:
            self._send(TELEPHONE_EVENT, bytes([code, end | 10]) + duration.to_bytes(2), self._timestamp)
        self._timestamp = (self._timestamp + 1600) % 2**32

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, (HOST, self.leg_port))

    def hear(self) -> RtpPacket:
        """The next packet that arrives."""
        packet = decode(self.socket.recv(2048))
        assert packet is not None
        return packet

    def hears_nothing(self) -> bool:
        """Whether no packet has arrived."""
        return not select.select([self.socket], [], [], 0)[0]

    def _send(self, payload_type: int, payload: bytes, timestamp: int) -> None:
        packet = RtpPacket(payload_type, self._sequence, timestamp, self._ssrc, payload)
        self._sequence = (self._sequence + 1) % 2**16
        self.send(packet.encode())


class MediaRig:
    """An engine, the phones of its legs, and everything it reported."""

    def __init__(self, engine: MediaEngine, events: list[Event], keys: list[TakeMaskedDigit]) -> None:
        self.engine = engine
        self.events = events
        self.keys = keys
        """Of masked legs."""
        self._routes = engine.routes()
        self._phones: list[Phone] = []

    def order(self, command: Command) -> list[Event]:
        """Give a command; returns what it answers at once."""
        answer: list[Event] = list(self._routes[type(command)](command, 0.0))
        self.events += answer
        return answer

    def leg(self, leg_id: str, *, near: str | None = None, codec: Codec = Codec.PCMA, ssrc: int = 1) -> Phone:
        """Open and configure a leg for a new phone."""
        (opened,) = self.order(OpenEndpoint(leg_id=leg_id, near=near))
        assert isinstance(opened, EndpointOpened)
        phone = Phone(codec=codec, ssrc=ssrc)
        phone.leg_port = opened.port
        self._phones.append(phone)
        self.configure(leg_id, phone)
        return phone

    def configure(
        self,
        leg_id: str,
        phone: Phone,
        *,
        sending: bool = True,
        receiving: bool = True,
        dtmf_payload_type: int | None = TELEPHONE_EVENT,
        max_ptime_ms: int | None = None,
    ) -> None:
        """Tell a leg where its phone is."""
        self.order(
            ConfigureEndpoint(
                leg_id=leg_id,
                host=HOST,
                port=phone.port,
                codec=phone.codec,
                payload_type=phone.payload_type,
                dtmf_payload_type=dtmf_payload_type,
                ptime_ms=20,
                max_ptime_ms=max_ptime_ms,
                sending=sending,
                receiving=receiving,
            )
        )

    def wait(self, kind: type[E], *, count: int = 1) -> list[E]:
        """Drain until ``count`` events of a kind were reported in all."""
        while len(found := [event for event in self.events if isinstance(event, kind)]) < count:
            self.wait_for_facts(kind.__name__)
        return found

    def wait_for_facts(self, wanted: str = "fact") -> None:
        """Drain once something was reported."""
        assert select.select([self.engine.event_fd], [], [], PATIENCE_S)[0], (
            f"no {wanted}; only {self.events}"
        )
        self.engine.drain()

    def wait_received(self, leg_id: str, count: int) -> None:
        """Until the leg has seen so many packets in all, dropped ones included."""
        while True:
            counters = self.engine.counters_of(leg_id)
            assert counters is not None
            if counters.packets_received + counters.packets_dropped >= count:
                return

    def let_pass(self, milliseconds: int) -> None:
        """Until so much media time is over: as long as a prompt to a leg of its own lasts."""
        name = f"clock-{len(self.events)}"
        # Listeners are played to in common beats, so that the first may be due at once.
        self.engine.load_prompt(name, np.zeros(8 * (milliseconds + 20), dtype=np.int16))
        self.order(OpenEndpoint(leg_id=name, near=None))
        self.order(StartPlayback(playback_id=name, leg_id=name, prompts=(name,)))
        while not any(isinstance(e, PlaybackEnded) and e.playback_id == name for e in self.events):
            self.wait(PlaybackEnded, count=1 + sum(isinstance(e, PlaybackEnded) for e in self.events))
        self.order(CloseEndpoint(leg_id=name))

    def hang_up_phones(self) -> None:
        for phone in self._phones:
            phone.socket.close()


@contextmanager
def media_rig(
    folder: Path,
    *,
    media_timeout_s: float = 0.0,
    workers: int = 1,
    ports: range | None = None,
    max_forks: int = 100,
    fork_authorities: Path | None = None,
    recordings: Mapping[str, object] = MappingProxyType({}),
    disks: Disks | None = None,
    raw_sending: bool = True,
    later: Later = lambda delay_s, act: act(),
) -> Iterator[MediaRig]:
    """An engine whose recordings go to ``folder``; ``recordings`` are further keys of that section."""
    events: list[Event] = []
    ports = ports or own_media_ports()
    config = MediaConfig(
        port_min=ports[0],
        port_max=ports[-1],
        workers=workers,
        media_timeout_s=media_timeout_s,
        max_forks=max_forks,
        fork_authorities=fork_authorities,
        raw_sending=raw_sending,
    )
    keys: list[TakeMaskedDigit] = []
    engine = MediaEngine(
        config,
        RecordingsConfig.model_validate({"folder": folder, **recordings}),
        ManualClock(),
        events.extend,
        later,
        give_key=keys.append,
        disks=disks,
    )
    rig = MediaRig(engine, events, keys)
    try:
        yield rig
    finally:
        engine.close()
        rig.hang_up_phones()


def tone(samples: int, *, amplitude: int = 8000, period: int = 16) -> npt.NDArray[np.int16]:
    """A sine to play."""
    return (amplitude * np.sin(2 * np.pi * np.arange(samples) / period)).astype(np.int16)
