"""Verbs that make speech of texts and tell of the engines, and the numbers of both."""

import asyncio
from collections.abc import Callable

from pydantic import Field

from media.speech.commands import MakeSpeech
from media.speech.events import SpeechFailed, SpeechMade
from media.speech.health import Standing
from media.speech.making import SpeechMaking
from runtime.clock import Clock
from runtime.driver import Handler, Outputs, ignoring_time
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, NoParams, Params
from runtime.vocabulary import Command
from switch.application import Gauge, Verb
from switch.metrics import Total
from switch.roles import INTEGRATORS, TECHNICIANS


class SpeechParams(Params):
    """What to say, and how."""

    text: str = Field(min_length=1, max_length=20_000, description="what is said")
    language: str = Field(
        pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$", description="its language, such as zh or en"
    )
    voice: str = Field(
        default="",
        max_length=100,
        description="a name that speech.engines gives a voice",
    )
    call_id: str | None = Field(default=None, description="the call it is for, for the events")


class SpeechView(Answer):
    """A prompt made of a text."""

    prompt: str
    length_ms: int
    engine: str
    was_kept: bool
    """Whether it was made before."""


class EngineView(Answer):
    """An engine of speech."""

    engine: str
    state: Standing
    failures: int


class SpeechVerbs:
    """``speech.make``, ``speech.engines``."""

    def __init__(self, core: SpeechMaking, clock: Clock, ids: Ids, submit: Callable[[Command], None]) -> None:
        self._core = core
        self._clock = clock
        self._ids = ids
        self._submit = submit
        self._asked: dict[str, asyncio.Future[SpeechMade]] = {}

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "speech.make",
                SpeechParams,
                self.make,
                "Make a prompt of a text (TTS).",
                who=INTEGRATORS,
                private=frozenset({"text"}),
            ),
            Verb(
                "speech.engines",
                NoParams,
                self._engines,
                "Tell which engines of speech there are.",
                who=TECHNICIANS,
                reads=True,
            ),
        )

    def routes(self) -> dict[type, Handler]:
        return {SpeechMade: ignoring_time(self._made), SpeechFailed: ignoring_time(self._failed)}

    def gauges(self) -> tuple[Gauge, ...]:
        return (
            Gauge("speech_engine_up", "1 unless the engine is passed over.", ("engine",), self._up),
            Gauge(
                "speech_under_way",
                "Texts that are being made speech.",
                (),
                lambda: {(): self._core.under_way},
            ),
            Gauge(
                "speech_memory_bytes",
                "What speech takes that can be played at once.",
                (),
                lambda: {(): self._core.memory_bytes},
            ),
        )

    def totals(self) -> tuple[Total, ...]:
        counts = self._core.counts
        return (
            Total(
                "speech_made",
                "Texts made speech: said by an engine, or kept from before.",
                ("engine", "origin"),
                lambda: counts.made,
            ),
            Total("speech_failed", "Texts not made speech.", ("reason",), lambda: counts.failed),
            Total(
                "speech_engine_failures",
                "Times an engine did not say a text.",
                ("engine",),
                lambda: counts.engine_failures,
            ),
        )

    async def make(self, params: SpeechParams) -> SpeechView:
        """A prompt of the text. Raises UsageError when no engine says it."""
        request_id = self._ids.new("speech")
        answer = self._asked[request_id] = asyncio.get_running_loop().create_future()
        try:
            self._submit(
                MakeSpeech(
                    request_id=request_id,
                    call_id=params.call_id,
                    text=params.text,
                    language=params.language,
                    voice=params.voice,
                )
            )
            made = await answer
        finally:
            del self._asked[request_id]
        return {
            "prompt": made.prompt,
            "length_ms": made.length_ms,
            "engine": made.engine,
            "was_kept": made.was_kept,
        }

    def _engines(self, params: NoParams) -> list[EngineView]:
        return [
            {"engine": name, "state": standing, "failures": self._core.counts.engine_failures[(name,)]}
            for name, standing in self._core.standings(self._clock.now()).items()
        ]

    def _up(self) -> dict[tuple[str, ...], float]:
        standings = self._core.standings(self._clock.now())
        return {(name,): float(standing.value == "speaking") for name, standing in standings.items()}

    def _made(self, event: SpeechMade) -> Outputs:
        answer = self._asked.get(event.request_id)
        if answer is not None and not answer.done():
            answer.set_result(event)
        return ()

    def _failed(self, event: SpeechFailed) -> Outputs:
        answer = self._asked.get(event.request_id)
        if answer is not None and not answer.done():
            answer.set_exception(UsageError(event.problem))
        return ()
