"""Codecs of test phones by FFmpeg, which shares no code with ours, and tones to know the speakers by."""

from collections.abc import Sequence
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import soxr

from media.commands import Codec
from sipp_scenarios.audio import SAMPLE_RATE_HZ
from sipp_scenarios.voice import Coded
from switch.sdp.formats import ENCODINGS

Samples = npt.NDArray[np.int16]

_NAMES = {Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw", Codec.G722: "g722", Codec.OPUS: "libopus"}
_RATES_HZ = {Codec.PCMA: 8000, Codec.PCMU: 8000, Codec.G722: 16_000, Codec.OPUS: 48_000}


def encoded_tone(codec: Codec, hz: float, *, ms: int, amplitude: int = 6000) -> list[bytes]:
    """A sine as payloads of 20 ms."""
    rate_hz = _RATES_HZ[codec]
    times = np.arange(rate_hz * ms // 1000) / rate_hz
    return encoded(codec, (amplitude * np.sin(2 * np.pi * hz * times)).astype(np.int16))


def encoded(codec: Codec, samples: Samples) -> list[bytes]:
    """Samples at the codec's rate as payloads of 20 ms."""
    rate_hz = _RATES_HZ[codec]
    context: Any = av.CodecContext.create(_NAMES[codec], "w")
    context.sample_rate, context.format, context.layout = rate_hz, "s16", "mono"
    frame_length = rate_hz // 50
    payloads: list[bytes] = []
    for begin in range(0, len(samples), frame_length):
        frame = av.AudioFrame.from_ndarray(samples[None, begin : begin + frame_length], "s16", "mono")
        frame.sample_rate, frame.pts = rate_hz, begin
        payloads += [bytes(packet) for packet in context.encode(frame)]
    return payloads


def coded(codec: Codec, speech: Samples, payload_type: int) -> Coded:
    """A speech of 8000 samples a second for a talker to go over to."""
    wide = soxr.resample(speech, SAMPLE_RATE_HZ, _RATES_HZ[codec])
    return Coded(payload_type, ENCODINGS[codec].clock_hz, encoded(codec, wide), speech)


def decoded(codec: Codec, payloads: Sequence[bytes]) -> tuple[Samples, int]:
    """What payloads sound like, and the rate in Hz."""
    context: Any = av.CodecContext.create(_NAMES[codec], "r")
    context.sample_rate, context.layout = _RATES_HZ[codec], "mono"
    heard: list[Samples] = []
    for payload in payloads:
        for frame in context.decode(av.Packet(payload)):
            plane = frame.to_ndarray()[0].astype(np.float64)
            scale = 32_768 if frame.format.name.startswith("flt") else 1
            heard.append(np.clip(plane * scale, -32_768, 32_767).astype(np.int16))
    samples: Samples = np.concatenate(heard) if heard else np.zeros(0, np.int16)
    return samples, _RATES_HZ[codec]


def level_of(samples: Samples, rate_hz: int, hz: float) -> float:
    """The amplitude of a sine of this frequency in these samples."""
    if not len(samples):
        return 0.0
    turns = np.exp(-2j * np.pi * hz * np.arange(len(samples)) / rate_hz)
    window = np.hanning(len(samples))
    return float(2 * np.abs(np.dot(samples * window, turns)) / np.sum(window))
