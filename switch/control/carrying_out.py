"""One request carried out: once, if it has a key; in time, if it has a deadline."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from hashlib import blake2b
from inspect import isawaitable
from typing import Any

import msgpack  # type: ignore[import-untyped]

from switch.control.envelope import BARE, Envelope, open_envelope
from switch.control.kept_answers import KeptAnswers, KeyReused
from switch.control.messages import ErrorCode, Failure
from switch.control.verbs import VerbError

_NOTHING_BEGAN = frozenset({ErrorCode.BAD_PARAMS, ErrorCode.UNKNOWN_VERB, ErrorCode.NOT_ALLOWED})
"""After these the same key may be used for the request as it was meant."""

Call = Callable[[str, list[Any]], object]
"""Carries out a verb; the answer may be awaitable. Raises VerbError, and so does what is awaited."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb answered."""

    result: object


Outcome = Done | Failure
UnderWay = asyncio.Task[Outcome]
Answers = KeptAnswers[Outcome | UnderWay]


class CarryingOut:
    """Between a client's requests and its verbs."""

    def __init__(self, call: Call, answers: Answers, now: Callable[[], float]) -> None:
        self._call = call
        self._answers = answers
        self._now = now

    def begin(self, owner: str, verb: str, params: list[Any], arrived_at: float) -> object:
        """The answer, or an awaitable of it. Raises VerbError, and so does what is awaited.

        ``owner``: whose keys these are; ``arrived_at``: when the request came, as ``now`` tells the time.
        """
        params, envelope = open_envelope(verb, params)
        if envelope is BARE:
            return self._call(verb, params)
        deadline = None if envelope.deadline_ms is None else arrived_at + envelope.deadline_ms / 1000
        if deadline is not None and self._now() > deadline:
            raise VerbError(_passed(verb, envelope, begun=False))
        if envelope.idempotency_key is not None:
            return self._once(owner, verb, params, envelope, deadline)
        answer = self._call(verb, params)
        if isawaitable(answer) and deadline is not None:
            return _within(answer, deadline, _passed(verb, envelope, begun=True))
        return answer

    def _once(
        self, owner: str, verb: str, params: list[Any], envelope: Envelope, deadline: float | None
    ) -> object:
        key, request = str(envelope.idempotency_key), _digest(verb, params)
        try:
            kept = self._answers.find(owner, key, request, now=self._now())
        except KeyReused as reused:
            raise VerbError(Failure(ErrorCode.KEY_REUSED, str(reused))) from reused

        def keep(outcome: Outcome | UnderWay) -> None:
            size = 0 if isinstance(outcome, asyncio.Task) else _size(outcome)
            self._answers.keep(owner, key, request, outcome, size, now=self._now())

        if kept is None:
            kept = self._first(verb, params, keep, deadline, _passed(verb, envelope, begun=True))
            deadline = None  # it keeps it itself
        if isinstance(kept, asyncio.Task):
            # Others wait for it too, and it goes on when this client is cut off: it may come back and ask.
            return _within(_result_of(kept), deadline, _passed(verb, envelope, begun=True))
        return _told(kept)

    def _first(
        self,
        verb: str,
        params: list[Any],
        keep: Callable[[Outcome | UnderWay], None],
        deadline: float | None,
        passed: Failure,
    ) -> Outcome | UnderWay:
        try:
            answer = self._call(verb, params)
        except VerbError as error:
            if error.failure.code not in _NOTHING_BEGAN:
                keep(error.failure)
            raise
        if not isawaitable(answer):
            done = Done(answer)
            keep(done)
            return done
        task = asyncio.get_running_loop().create_task(_finish(_within(answer, deadline, passed), keep))
        keep(task)
        return task


async def _finish(answer: Coroutine[Any, Any, object], keep: Callable[[Outcome], None]) -> Outcome:
    try:
        outcome: Outcome = Done(await answer)
    except VerbError as error:
        outcome = error.failure
    keep(outcome)
    return outcome


async def _result_of(task: UnderWay) -> object:
    return _told(await asyncio.shield(task))


def _told(outcome: Outcome) -> object:
    if isinstance(outcome, Failure):
        raise VerbError(outcome)
    return outcome.result


async def _within(answer: Awaitable[object], deadline: float | None, passed: Failure) -> object:
    try:
        async with asyncio.timeout_at(deadline):
            return await answer
    except TimeoutError:
        raise VerbError(passed) from None


def _passed(verb: str, envelope: Envelope, *, begun: bool) -> Failure:
    effect = "it had begun, and may have had an effect" if begun else "nothing has happened"
    message = f"{verb} could not be answered within {envelope.deadline_ms or 0:g} ms; {effect}"
    return Failure(ErrorCode.DEADLINE_PASSED, message, {"begun": begun})


def _digest(verb: str, params: list[Any]) -> bytes:
    return blake2b(msgpack.packb([verb, params]), digest_size=16).digest()


def _size(outcome: Outcome) -> int:
    try:
        return len(msgpack.packb(outcome.result if isinstance(outcome, Done) else outcome.message))
    except (TypeError, ValueError, OverflowError):  # it cannot be sent either, and its client is told so
        return 0
