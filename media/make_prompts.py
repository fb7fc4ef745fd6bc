"""Makes the shipped prompts in conf/prompts: speech from texts.yaml by espeak-ng, a pause, and two tones.

Run it by hand after a change of the texts (``make prompts``) and commit what it made. The same texts and
the same espeak-ng give the same files.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from ruamel.yaml import YAML

from media.prompt_sound import Sound, treat
from media.spoken.words import PAUSE

RATE_HZ = 8000
FOLDER = Path(__file__).parent.parent / "conf" / "prompts"

SPEECH = "ALAW"
"""Half as large as 16 bits, and no other to who hears it by G.711. It has no silence, which a pause is."""
PAUSE_S = 0.25


def main() -> None:
    """Make every prompt."""
    table = YAML(typ="safe").load(FOLDER / "texts.yaml")
    for language, texts in table["texts"].items():
        for name, text in flatten(texts):
            write(f"{language}/{name}", speak(text, **table["voices"][language]), SPEECH)
    write("ring_back", ring_back())
    write("music", music())
    write(PAUSE, np.zeros(int(PAUSE_S * RATE_HZ)))


def flatten(texts: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """The texts with their names: ``digits/0`` for ``0`` below ``digits``."""
    for key, text in texts.items():
        name = f"{above}{key}"
        if isinstance(text, Mapping):
            yield from flatten(text, f"{name}/")
        else:
            yield name, text


def write(name: str, sound: Sound, subtype: str = "PCM_16") -> None:
    """Keep a sound as WAV."""
    path = FOLDER / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, RATE_HZ, subtype=subtype)


def speak(text: str, voice: str, speed: int) -> Sound:
    """The text as telephone speech: trimmed, and as loud as all others."""
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-w", spoken, text], check=True)
        sound, rate_hz = soundfile.read(spoken, dtype="float64")
    return treat(soxr.resample(sound, rate_hz, RATE_HZ, quality="VHQ"), RATE_HZ).sound


def ring_back() -> Sound:
    """The Chinese ring-back tone: 450 Hz, 1 s on, 4 s off, at -10 dBm0 (GB/T 3380; ITU-T E.180)."""
    full_scale_dbm0 = 3.14  # of a sine in A-law (ITU-T G.711)
    amplitude = 10 ** ((-10 - full_scale_dbm0) / 20)
    tone = amplitude * np.sin(2 * np.pi * 450 * np.arange(RATE_HZ) / RATE_HZ)
    return np.concatenate([tone, np.zeros(4 * RATE_HZ)])


CHORDS = ((60, 64, 67, 71), (57, 60, 64, 67), (65, 69, 72, 76), (55, 62, 65, 71))
"""Cmaj7, Am7, Fmaj7, G7 as MIDI note numbers; four bars make the loop."""
BAR_S = 2.5
PATTERN = (0, 1, 2, 3, 2, 1, 2, 1)
"""The order in which a bar picks the notes of its chord."""
MUSIC_RMS = 10 ** (-28 / 20)


def music() -> Sound:
    """Ten seconds of softly picked chords that join end to beginning without a seam."""
    loop = np.zeros(int(len(CHORDS) * BAR_S * RATE_HZ))
    step_s = BAR_S / len(PATTERN)
    for bar, chord in enumerate(CHORDS):
        add_note(loop, bar * BAR_S, chord[0] - 12, loudness=1.2)
        for beat, which in enumerate(PATTERN):
            add_note(loop, bar * BAR_S + beat * step_s, chord[which], loudness=0.7)
    loop *= MUSIC_RMS / np.sqrt(np.mean(loop**2))
    return loop


def add_note(loop: Sound, at_s: float, midi: int, loudness: float) -> None:
    """A plucked note; what rings on past the end of the loop is heard at its beginning."""
    time = np.arange(int(3.0 * RATE_HZ)) / RATE_HZ
    pitch_hz = 440 * 2 ** ((midi - 69) / 12)
    attack = np.minimum(time / 0.015, 1.0)
    note = sum(
        np.sin(2 * np.pi * pitch_hz * harmonic * time) * np.exp(-time * 1.6 * harmonic) / harmonic**2
        for harmonic in (1, 2, 3)
    )
    places = (np.arange(len(time)) + int(at_s * RATE_HZ)) % len(loop)
    loop[places] += loudness * attack * note


if __name__ == "__main__":
    main()
