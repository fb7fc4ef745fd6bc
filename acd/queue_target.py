"""Targets that lead to queues: ``queue:<name>[,<name>…][?<key>=<value>[&…]]``, as in a web address.

queue:billing
queue:billing,complaints?priority=20&require=lang:en%20and%20billing>=3
queue:billing?agent=1001,1002&agent_wait_s=30&tag=老人

priority       level of the caller, 0 to 254, in place of the queue's
require        what the caller asks of an agent
agent          agents to be asked first, the best first
agent_wait_s   so long they alone are asked; without it others are asked when none of them is free
tag            what is known of the customer
language       in which the caller is told something: zh or en
callback       the caller is called back and keeps the place: own, or the number to call
place          the callback, or the call in self-service, at whose place the caller goes on, by its id
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from acd.announcements import LANGUAGES
from acd.config import MAX_PRIORITY
from acd.requirement import parse_requirement
from runtime.errors import UsageError

_KEYS = ("priority", "require", "agent", "agent_wait_s", "tag", "language", "callback", "place")
MAX_WAIT_S = 86_400.0


@dataclass(frozen=True, slots=True)
class QueueTarget:
    """What a target says about the wait."""

    queues: tuple[str, ...]
    priority: int | None = None
    requirement: str = ""
    preferred: tuple[str, ...] = ()
    preferred_wait_s: float = 0.0
    tags: tuple[str, ...] = ()
    language: str = ""
    callback_number: str | None = None
    """Where the caller wants to be called back; empty: at the own number; None: the caller waits."""
    place: str = ""
    """The entry at whose place the caller goes on: a callback, or the caller's own."""


def parse_queue_target(name: str) -> QueueTarget:
    """Of a target ``queue:<name>`` the part behind the scheme. Raises UsageError saying what is wrong."""
    queues, _, query = name.partition("?")
    given = parse_qs(query, keep_blank_values=True)
    if unknown := sorted(given.keys() - set(_KEYS)):
        raise UsageError(f"queue:{name} has {unknown[0]!r}; it takes {', '.join(_KEYS)}")
    priority = _number(given, "priority", MAX_PRIORITY)
    return QueueTarget(
        queues=tuple(dict.fromkeys(queues.split(","))),
        priority=None if priority is None else int(priority),
        requirement=parse_requirement(given.get("require", [""])[-1]).text,
        preferred=_listed(given, "agent"),
        preferred_wait_s=_number(given, "agent_wait_s", MAX_WAIT_S) or 0.0,
        tags=_listed(given, "tag"),
        language=_language(given),
        callback_number=_callback_number(given),
        place=given.get("place", [""])[-1],
    )


def _language(given: Mapping[str, list[str]]) -> str:
    language = given.get("language", [""])[-1]
    if language not in ("", *LANGUAGES):
        raise UsageError(f"language={language} is not spoken; there are {', '.join(LANGUAGES)}")
    return language


def _callback_number(given: Mapping[str, list[str]]) -> str | None:
    number = given.get("callback", [None])[-1]
    if number == "":
        raise UsageError("callback= says nothing; it takes own, or the number to call")
    return "" if number == "own" else number


def _listed(given: Mapping[str, list[str]], key: str) -> tuple[str, ...]:
    return tuple(item for value in given.get(key, ()) for item in value.split(",") if item)


def _number(given: Mapping[str, list[str]], key: str, highest: float) -> float | None:
    values = given.get(key)
    if values is None:
        return None
    try:
        number = float(values[-1])
    except ValueError:
        number = -1.0
    if not 0 <= number <= highest:
        raise UsageError(f"{key}={values[-1]} is no number from 0 to {highest:g}")
    return number
