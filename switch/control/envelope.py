"""What a request may carry beside its parameters: a second map, the same for every verb."""

from dataclasses import dataclass
from typing import Any

from switch.control.messages import ErrorCode, Failure
from switch.control.verbs import VerbError

_MAX_KEY_CHARACTERS = 128
ENVELOPE = frozenset({"idempotency_key", "deadline_ms"})
"""What it holds."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Of one request."""

    idempotency_key: str | None = None
    """Requests with the same key are carried out once."""
    deadline_ms: float | None = None
    """How long from its arrival the answer is of use."""


BARE = Envelope()


def open_envelope(verb: str, params: list[Any]) -> tuple[list[Any], Envelope]:
    """The verb's own parameters, and what came beside them. Raises VerbError for an envelope that is none.

    Two maps are parameters and envelope; anything else is parameters alone.
    """
    match params:
        case [dict(named), dict(beside)]:
            return [named], _checked(verb, beside)
    return params, BARE


def _checked(verb: str, beside: dict[str, Any]) -> Envelope:
    key, deadline_ms = beside.get("idempotency_key"), beside.get("deadline_ms")
    problems = {name: "is neither idempotency_key nor deadline_ms" for name in beside if name not in ENVELOPE}
    if key is not None and not (isinstance(key, str) and 0 < len(key) <= _MAX_KEY_CHARACTERS):
        problems["idempotency_key"] = f"must be text of 1 to {_MAX_KEY_CHARACTERS} characters"
    if deadline_ms is not None and not _is_a_time(deadline_ms):
        problems["deadline_ms"] = "must be a number of milliseconds, 0 or more"
    if problems:
        wrong = ", ".join(f"{name} {problem}" for name, problem in problems.items())
        raise VerbError(Failure(ErrorCode.BAD_PARAMS, f"{verb}: {wrong}", {"fields": problems}))
    return Envelope(key, deadline_ms)


def _is_a_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
