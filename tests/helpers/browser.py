"""The media of a browser, by a library other people wrote: ICE, DTLS-SRTP and audio of aiortc."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from fractions import Fraction
from threading import Thread
from time import monotonic, sleep
from typing import Any, Self, TypeVar

import numpy as np
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler

from sipp_scenarios.audio import SAMPLE_RATE_HZ, Samples

_PATIENCE_S = 45.0
_FRAME = SAMPLE_RATE_HZ // 50

T = TypeVar("T")


class _Microphone(MediaStreamTrack):
    """Says a signal, 20 ms at a time, then silence."""

    kind = "audio"

    def __init__(self, voice: Samples) -> None:
        super().__init__()
        self._voice = voice
        self._at = 0
        self._began: float | None = None

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = loop.time() if self._began is None else self._began
        await asyncio.sleep(self._began + self._at / SAMPLE_RATE_HZ - loop.time())
        samples = np.zeros(_FRAME, np.int16)
        part = self._voice[self._at : self._at + _FRAME]
        samples[: len(part)] = part
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, self._at
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        self._at += _FRAME
        return frame


class Browser:
    """One peer connection with a thread of its own. Use it as a context manager."""

    def __init__(self, voice: Samples) -> None:
        self._voice = voice
        self._heard: list[Samples] = []
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="browser", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._peer.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def offer(self) -> str:
        """Its offer, with all its candidates."""
        return self._run(self._describe_offer())

    def answer(self, offer: str) -> str:
        """Its answer to an offer."""
        return self._run(self._describe_answer(offer))

    def take_answer(self, answer: str) -> None:
        self._run(self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer")))

    @property
    def heard(self) -> Samples:
        """What it heard so far."""
        return np.concatenate([np.zeros(0, np.int16), *self._heard])

    def wait_to_hear(self, seconds: float) -> None:
        """Wait until it has heard so much more."""
        deadline = monotonic() + _PATIENCE_S
        wanted = len(self.heard) + seconds * SAMPLE_RATE_HZ
        while len(self.heard) < wanted:
            assert monotonic() < deadline, (
                f"only {len(self.heard)} samples heard, {self._peer.connectionState}"
            )
            sleep(0.05)

    async def _open(self) -> None:
        self._peer = RTCPeerConnection()
        self._peer.on("track", self._listen)
        self._peer.addTrack(_Microphone(self._voice))

    async def _describe_offer(self) -> str:
        await self._peer.setLocalDescription(await self._peer.createOffer())
        return str(self._peer.localDescription.sdp)

    async def _describe_answer(self, offer: str) -> str:
        await self._peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self._peer.setLocalDescription(await self._peer.createAnswer())
        return str(self._peer.localDescription.sdp)

    def _listen(self, track: MediaStreamTrack) -> None:
        self._listening = asyncio.ensure_future(self._write_down(track))

    async def _write_down(self, track: MediaStreamTrack) -> None:
        resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
        with suppress(MediaStreamError):  # the call is over
            while True:
                heard = await track.recv()
                assert isinstance(heard, AudioFrame)
                for frame in resampler.resample(heard):
                    self._heard.append(frame.to_ndarray().reshape(-1).astype(np.int16))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)
