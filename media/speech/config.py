"""Section ``[speech]``: which programs say texts, and how much of what they said is kept."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from runtime.models import KeyMistake, Section

_SHIPPED_VOICES = {"zh": "cmn-latn-pinyin", "en": "en-us"}
"""espeak-ng 1.51 reads tones aloud as English numbers with its voice cmn; this one does not."""


class SpeechEngineConfig(Section):
    """One engine in ``[[speech.engines]]``."""

    name: str = Field(
        pattern=r"^[\w-]{1,32}$", description="Its name in events and metrics: letters, digits, _ and -."
    )
    kind: Literal["espeak", "command"] = Field(
        description="espeak: espeak-ng on this machine; command: any program that reads a text in UTF-8 from "
        "its standard input and writes a sound file, such as WAV, to its standard output."
    )
    voices: dict[str, str] = Field(
        default_factory=lambda: dict(_SHIPPED_VOICES),
        min_length=1,
        description="What the engine calls its voices, by language (zh, en, zh-TW) or by a name of your own "
        "that flows ask for (zh-warm). A language without a voice here is not its business.",
    )
    words_per_minute: int = Field(
        default=170, ge=80, le=450, description="How fast it speaks, for kind espeak."
    )
    program: str = Field(
        default="espeak-ng", min_length=1, description="The program of espeak-ng, for kind espeak."
    )
    command: list[str] = Field(
        default_factory=list,
        description="The program and its arguments, for kind command; {voice} and {language} stand for what "
        "is asked. No shell reads them.",
    )
    timeout_s: float = Field(
        default=5.0, ge=0.1, le=60, description="A text that takes longer is given up, in seconds."
    )
    at_once: int = Field(default=2, ge=1, le=32, description="How many texts it says at a time.")

    @field_validator("voices")
    @classmethod
    def _are_no_options(cls, voices: dict[str, str]) -> dict[str, str]:
        for name, voice in voices.items():
            if not name or not voice or voice.startswith("-") or not voice.isprintable():
                raise ValueError(f'voices such as zh = "cmn-latn-pinyin"; {name!r} = {voice!r} is none')
        return voices

    @model_validator(mode="after")
    def _says_what_to_run(self) -> Self:
        if self.kind == "command" and not (self.command and self.command[0]):
            raise KeyMistake("command", "a program with its arguments, as kind is command")
        if self.kind == "espeak" and self.command:
            raise KeyMistake("command", "nothing, as kind is espeak, whose key is program")
        return self


def _shipped_engines() -> list[SpeechEngineConfig]:
    return [SpeechEngineConfig(name="espeak", kind="espeak")]


class SpeechConfig(Section):
    """Section ``[speech]``: speech made from text."""

    engines: list[SpeechEngineConfig] = Field(
        default_factory=_shipped_engines,
        description="Engines, the preferred first; the next speaks where one is down or has no voice.",
    )
    cache: Path = Field(
        default=Path("speech"), description="Folder where all that was said is kept, to be said once only."
    )
    cache_mb: int = Field(
        default=500, ge=1, le=1_000_000, description="How much is kept there; what was longest unused goes."
    )
    memory_mb: int = Field(
        default=64, ge=1, le=65_536, description="How much of it is kept in memory, ready to be played."
    )
    max_characters: int = Field(
        default=1000, ge=1, le=20_000, description="A longer text is refused, in characters."
    )
    answer_within_s: float = Field(
        default=10.0, ge=0.1, le=120, description="Who asked is told after this long that it takes too long."
    )
    max_waiting: int = Field(
        default=100,
        ge=0,
        le=10_000,
        description="So many texts may wait for an engine; those beyond go to the next one.",
    )

    @field_validator("engines")
    @classmethod
    def _are_told_apart(cls, engines: list[SpeechEngineConfig]) -> list[SpeechEngineConfig]:
        names = [engine.name for engine in engines]
        if len(set(names)) < len(names):
            raise ValueError("engines with a name each")
        return engines
