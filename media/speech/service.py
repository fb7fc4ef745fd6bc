"""The shell of speech: has the disk read and engines run on threads, and makes prompts of what they give."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import structlog

from media.prompt_file import PromptSamples, samples_of
from media.prompts import Samples
from media.speech.command_engine import CommandEngine
from media.speech.commands import FetchSpeech, ForgetSpeech, MakeSpeech, Synthesise, TakeSpeech
from media.speech.config import SpeechConfig, SpeechEngineConfig
from media.speech.engine import (
    EngineFailed,
    EngineMissing,
    NothingSaid,
    SpeechEngine,
    as_prompt_file,
)
from media.speech.espeak import Espeak
from media.speech.making import EngineTraits, Limits, SpeechMaking
from media.speech.program import Programs
from media.speech.speech_cache import SpeechCache
from media.speech.text import PREFIX
from runtime.driver import Handler, Outputs, ignoring_time
from runtime.vocabulary import Command

log = structlog.get_logger(__name__)

A = TypeVar("A", FetchSpeech, Synthesise)

MEGABYTE = 1024 * 1024

KeepPrompt = Callable[[str, Samples, Samples], None]
"""Takes a name, and the sound at 8 and at 16 kHz."""


def build_engine(config: SpeechEngineConfig, now: Callable[[], float]) -> SpeechEngine:
    """The engine that a table of the configuration describes. ``now``: monotonic seconds."""
    programs = Programs(now)
    if config.kind == "espeak":
        return Espeak(
            programs,
            program=config.program,
            words_per_minute=config.words_per_minute,
            timeout_s=config.timeout_s,
        )
    return CommandEngine(programs, command=config.command, timeout_s=config.timeout_s)


def traits_of(config: SpeechEngineConfig) -> EngineTraits:
    """What the core knows of it."""
    said_by = (config.program, str(config.words_per_minute)) if config.kind == "espeak" else config.command
    identity = "\0".join((config.kind, *said_by))
    return EngineTraits(config.name, identity, config.voices, config.at_once)


class SpeechService:
    """Carries out MakeSpeech. The core is ``core``; nothing here decides."""

    def __init__(
        self,
        config: SpeechConfig,
        engines: Mapping[str, SpeechEngine],
        *,
        keep: KeepPrompt,
        forget: Callable[[str], None],
        submit: Callable[[Command], object],
    ) -> None:
        """``keep`` and ``forget`` prompts where playbacks find them; ``keep`` and ``submit`` are called on
        threads. ``engines`` by their names in ``config``.
        """
        self.core = SpeechMaking([traits_of(engine) for engine in config.engines], limits_of(config))
        self._engines = dict(engines)
        self._cache = SpeechCache(config.cache, config.cache_mb * MEGABYTE)
        self._keep = keep
        self._forget = forget
        self._submit = submit
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="speech-disk")
        self._speakers = {
            engine.name: ThreadPoolExecutor(engine.at_once, thread_name_prefix=f"speech-{engine.name}")
            for engine in config.engines
        }

    def routes(self) -> dict[type, Handler]:
        return {
            MakeSpeech: self.core.make,
            TakeSpeech: self.core.take,
            FetchSpeech: ignoring_time(self._fetch),
            Synthesise: ignoring_time(self._synthesise),
            ForgetSpeech: ignoring_time(self._forget_speech),
        }

    def close(self) -> None:
        """End the programs that run. Whoever waits is not told."""
        for engine in self._engines.values():
            engine.close()
        for threads in (self._disk, *self._speakers.values()):
            threads.shutdown(wait=False, cancel_futures=True)

    def _fetch(self, command: FetchSpeech) -> Outputs:
        self._disk.submit(self._do, self._from_disk, command)
        return ()

    def _synthesise(self, command: Synthesise) -> Outputs:
        self._speakers[command.engine].submit(self._do, self._say, command)
        return ()

    def _forget_speech(self, command: ForgetSpeech) -> Outputs:
        self._forget(command.prompt)
        return ()

    def _do(self, work: Callable[[A], TakeSpeech], command: A) -> None:
        """On a thread. Whatever happens, the core is answered."""
        try:
            taken = work(command)
        except Exception as fault:  # ours: nobody may wait for ever because of it
            log.exception("speech cannot be made", prompt=command.prompt)
            problem = f"a fault of the switch: {fault}"
            taken = TakeSpeech(making_id=command.making_id, length_ms=0, problem=problem)
        with suppress(RuntimeError):  # the loop is closed already
            self._submit(taken)

    def _from_disk(self, command: FetchSpeech) -> TakeSpeech:
        file = self._cache.get(command.prompt.removeprefix(PREFIX))
        if file is None:
            return TakeSpeech(making_id=command.making_id, length_ms=0)
        return self._kept(command, samples_of(file))

    def _say(self, command: Synthesise) -> TakeSpeech:
        engine = self._engines[command.engine]
        try:
            file = as_prompt_file(engine.synthesise(command.text, command.language, command.voice))
        except NothingSaid as nothing:
            return TakeSpeech(making_id=command.making_id, length_ms=0, problem=str(nothing))
        except EngineFailed as failure:
            log.warning("a speech engine failed", engine=command.engine, problem=str(failure))
            return TakeSpeech(
                making_id=command.making_id,
                length_ms=0,
                problem=str(failure),
                engine_failed=True,
                engine_missing=isinstance(failure, EngineMissing),
            )
        with suppress(RuntimeError):  # the switch is being stopped
            self._disk.submit(self._write, command.prompt, file)
        return self._kept(command, samples_of(file))

    def _kept(self, command: FetchSpeech | Synthesise, samples: PromptSamples) -> TakeSpeech:
        self._keep(command.prompt, samples.narrow, samples.wide)
        return TakeSpeech(
            making_id=command.making_id, length_ms=samples.length_ms, size_bytes=samples.size_bytes
        )

    def _write(self, prompt: str, file: bytes) -> None:
        """It can be played even if it cannot be kept."""
        try:
            self._cache.put(prompt.removeprefix(PREFIX), file)
        except OSError as fault:
            log.warning("speech cannot be kept on the disk", prompt=prompt, problem=str(fault))


def limits_of(config: SpeechConfig) -> Limits:
    """What the core goes by."""
    return Limits(
        max_characters=config.max_characters,
        answer_within_s=config.answer_within_s,
        max_waiting=config.max_waiting,
        memory_bytes=config.memory_mb * MEGABYTE,
    )
