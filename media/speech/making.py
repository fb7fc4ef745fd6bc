"""The core that makes speech of texts: who asks for the same waits for the same, and engines take turns.

    asked ──► in memory? ──► on the disk? ──► said by the engine ──► made
                                 ▲                   │ down, busy, failed
                                 └─ the next engine ─┘

What an engine has said before needs no engine, so that its voice is heard also while it is down.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from media.speech.commands import FetchSpeech, ForgetSpeech, MakeSpeech, Synthesise, TakeSpeech
from media.speech.events import SpeechEngineDown, SpeechEngineUp, SpeechFailed, SpeechFault, SpeechMade
from media.speech.health import Standing
from media.speech.line import EngineLine, Place
from media.speech.memory import SpeechMemory
from media.speech.text import readable, speech_prompt, voice_for
from runtime.deadlines import Deadlines
from runtime.errors import UsageError
from runtime.vocabulary import Output


@dataclass(frozen=True, slots=True)
class EngineTraits:
    """What the core knows of an engine."""

    name: str
    identity: str
    """All by which it speaks otherwise than another one, but voice and language."""
    voices: Mapping[str, str]
    """Its own by language or name."""
    at_once: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused, and what is forgotten."""

    max_characters: int
    answer_within_s: float
    max_waiting: int
    memory_bytes: int


class _Stage(Enum):
    FETCHING = auto()
    WAITING = auto()
    SAYING = auto()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One engine, by which a text becomes one prompt."""

    engine: str
    voice: str
    prompt: str


@dataclass(slots=True)
class _Making:
    """One text in one voice, for all who ask for it."""

    making_id: int
    text: str
    language: str
    candidates: tuple[_Candidate, ...]
    requests: list[MakeSpeech]
    tried: int = 0
    stage: _Stage = _Stage.FETCHING
    problem: str = ""

    @property
    def candidate(self) -> _Candidate:
        return self.candidates[self.tried]


@dataclass(slots=True)
class SpeechCounts:
    """Since the start."""

    made: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Requests answered: by engine, and ``kept`` or ``said``."""
    failed: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Requests not answered, by reason."""
    engine_failures: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """By engine."""


class SpeechMaking:
    """Answers each MakeSpeech with one SpeechMade or SpeechFailed."""

    def __init__(self, engines: Sequence[EngineTraits], limits: Limits) -> None:
        """``engines``: the preferred first."""
        self._engines = tuple(engines)
        self._limits = limits
        self._lines = {engine.name: EngineLine(engine.at_once, limits.max_waiting) for engine in engines}
        self._memory = SpeechMemory(limits.memory_bytes)
        self._makings: dict[int, _Making] = {}
        self._by_candidates: dict[tuple[_Candidate, ...], _Making] = {}
        self._by_request: dict[str, _Making] = {}
        self._patience: Deadlines[str] = Deadlines()
        """By request."""
        self._last_id = 0
        self.counts = SpeechCounts()

    @property
    def under_way(self) -> int:
        """Texts that somebody waits for, or an engine says."""
        return len(self._makings)

    @property
    def memory_bytes(self) -> int:
        """What the prompts take that can be played at once."""
        return self._memory.size_bytes

    def standings(self, now: float) -> dict[str, Standing]:
        """By engine, in their order."""
        return {name: line.health.standing(now) for name, line in self._lines.items()}

    def make(self, command: MakeSpeech, now: float) -> Sequence[Output]:
        """Raises UsageError when a request of this id is under way."""
        if command.request_id in self._by_request:
            raise UsageError(f"speech of request {command.request_id} is being made already")
        text = readable(command.text)
        if (refused := self._refusal(command, text)) is not None:
            return [refused]
        candidates = tuple(self._candidates(text, command.language, command.voice))
        if not candidates:
            problem = f"no engine has a voice for language {command.language!r}"
            return [self._failed(command, SpeechFault.NO_VOICE, problem)]
        return self._join(command, text, candidates, now)

    def take(self, command: TakeSpeech, now: float) -> Sequence[Output]:
        """The shell has looked on the disk, or an engine has spoken."""
        making = self._makings[command.making_id]
        if making.stage is _Stage.FETCHING:
            return self._made(making, command, now) if command.length_ms else self._say(making, now)
        engine = making.candidate.engine
        self._lines[engine].leave(making.making_id)
        failed = command.engine_failed
        told = self._engine_failed(engine, command, now) if failed else self._engine_spoke(engine)
        follow = self._made if command.length_ms else self._missed
        outcome = follow(making, command, now)
        return [*told, *outcome, *self._say_next(engine)]

    def next_deadline(self) -> float | None:
        return self._patience.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """One has waited long enough. What is being said is said to its end, for the next who asks."""
        request_id = self._patience.first_due(now)
        if request_id is None:
            return ()
        making = self._by_request.pop(request_id)
        request = next(one for one in making.requests if one.request_id == request_id)
        making.requests.remove(request)
        if not making.requests and making.stage is _Stage.WAITING:
            self._lines[making.candidate.engine].leave(making.making_id)
            self._forget(making)
        problem = f"not ready within {self._limits.answer_within_s:g} seconds"
        return [self._failed(request, SpeechFault.LATE, making.problem or problem)]

    def _refusal(self, command: MakeSpeech, text: str) -> SpeechFailed | None:
        most = self._limits.max_characters
        if not text:
            return self._failed(command, SpeechFault.EMPTY, "there is nothing to say in the text")
        if len(text) > most:
            problem = f"the text has {len(text)} characters; speech.max_characters allows {most}"
            return self._failed(command, SpeechFault.TOO_LONG, problem)
        return None

    def _candidates(self, text: str, language: str, voice: str) -> Iterator[_Candidate]:
        for engine in self._engines:
            own = voice_for(engine.voices, language, voice)
            if own is not None:
                prompt = speech_prompt(engine=engine.identity, voice=own, language=language, text=text)
                yield _Candidate(engine.name, own, prompt)

    def _join(
        self, command: MakeSpeech, text: str, candidates: tuple[_Candidate, ...], now: float
    ) -> Sequence[Output]:
        making = self._by_candidates.get(candidates)
        is_new = making is None
        if making is None:
            self._last_id += 1
            making = _Making(self._last_id, text, command.language, candidates, [])
            self._makings[making.making_id] = self._by_candidates[candidates] = making
        making.requests.append(command)
        self._by_request[command.request_id] = making
        self._patience.set(command.request_id, now + self._limits.answer_within_s)
        return self._look_up(making, now) if is_new else ()

    def _look_up(self, making: _Making, now: float) -> Sequence[Output]:
        """Whether the candidate has said it before."""
        if making.tried == len(making.candidates):
            return self._given_up(making)
        prompt = making.candidate.prompt
        length_ms = self._memory.length_of(prompt, now)
        if length_ms is not None:
            return self._finish(making, length_ms, was_kept=True)
        making.stage = _Stage.FETCHING
        return [FetchSpeech(making_id=making.making_id, prompt=prompt)]

    def _say(self, making: _Making, now: float) -> Sequence[Output]:
        """Have the candidate's engine say it, or go on to the next one's."""
        if not making.requests:  # all have lost patience
            self._forget(making)
            return ()
        place = self._lines[making.candidate.engine].join(making.making_id, now)
        if place is Place.PASSED_OVER:
            return self._try_next(making, now)
        if place is Place.WAITING:
            making.stage = _Stage.WAITING
            return ()
        return [self._synthesise(making)]

    def _try_next(self, making: _Making, now: float) -> Sequence[Output]:
        making.tried += 1
        return self._look_up(making, now)

    def _synthesise(self, making: _Making) -> Synthesise:
        making.stage = _Stage.SAYING
        return Synthesise(
            making_id=making.making_id,
            prompt=making.candidate.prompt,
            engine=making.candidate.engine,
            text=making.text,
            language=making.language,
            voice=making.candidate.voice,
        )

    def _say_next(self, engine: str) -> Sequence[Output]:
        """Whoever waits for the engine that has ended one."""
        making_id = self._lines[engine].next_to_say()
        return () if making_id is None else [self._synthesise(self._makings[making_id])]

    def _engine_spoke(self, engine: str) -> Sequence[Output]:
        return [SpeechEngineUp(engine=engine)] if self._lines[engine].health.succeeded() else ()

    def _engine_failed(self, engine: str, command: TakeSpeech, now: float) -> Sequence[Output]:
        """Those that wait for one that goes down try their luck elsewhere."""
        self.counts.engine_failures[(engine,)] += 1
        line = self._lines[engine]
        for_s = line.health.failed(now, at_once=command.engine_missing)
        if for_s is None:
            return ()
        down = SpeechEngineDown(engine=engine, problem=command.problem, for_s=for_s)
        dismissed = [self._makings[making_id] for making_id in line.dismiss()]
        return [down, *(output for making in dismissed for output in self._try_next(making, now))]

    def _missed(self, making: _Making, command: TakeSpeech, now: float) -> Sequence[Output]:
        making.problem = f"{making.candidate.engine}: {command.problem}"
        return self._try_next(making, now)

    def _made(self, making: _Making, command: TakeSpeech, now: float) -> Sequence[Output]:
        prompt = making.candidate.prompt
        forgotten = self._memory.add(prompt, command.length_ms, command.size_bytes, now)
        told = self._finish(making, command.length_ms, was_kept=making.stage is _Stage.FETCHING)
        return [*told, *(ForgetSpeech(prompt=old) for old in forgotten)]

    def _finish(self, making: _Making, length_ms: int, *, was_kept: bool) -> Sequence[Output]:
        self._forget(making)
        engine = making.candidate.engine
        self.counts.made[engine, "kept" if was_kept else "said"] += len(making.requests)
        return [
            SpeechMade(
                request_id=request.request_id,
                call_id=request.call_id,
                prompt=making.candidate.prompt,
                length_ms=length_ms,
                engine=engine,
                was_kept=was_kept,
            )
            for request in making.requests
        ]

    def _given_up(self, making: _Making) -> Sequence[Output]:
        self._forget(making)
        reason = SpeechFault.FAILED if making.problem else SpeechFault.NO_ENGINE
        problem = making.problem or "all engines for the language are down or have too much to say"
        return [self._failed(request, reason, problem) for request in making.requests]

    def _failed(self, request: MakeSpeech, reason: SpeechFault, problem: str) -> SpeechFailed:
        self.counts.failed[(reason.value,)] += 1
        return SpeechFailed(
            request_id=request.request_id, call_id=request.call_id, reason=reason, problem=problem
        )

    def _forget(self, making: _Making) -> None:
        del self._makings[making.making_id]
        del self._by_candidates[making.candidates]
        for request in making.requests:
            del self._by_request[request.request_id]
            self._patience.cancel(request.request_id)
