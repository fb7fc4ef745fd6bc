"""The columns of each table of ``ringmain top``: what they show, and when it is worth a look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from runtime.durations import format_duration

Thing = Mapping[str, Any]
"""A call, an agent or a queue, as its list tells it."""


class Level(StrEnum):
    """How something looks; the values are styles."""

    PLAIN = ""
    GOOD = "green"
    CAUTION = "yellow"
    ALARM = "bold red"


def _plain(value: Any) -> Level:
    return Level.PLAIN


def _from(caution: float, alarm: float) -> Callable[[Any], Level]:
    """By a number; None is plain."""

    def level(value: Any) -> Level:
        if value is None or value < caution:
            return Level.PLAIN
        return Level.ALARM if value >= alarm else Level.CAUTION

    return level


_STATES: Mapping[str, Level] = {
    "AVAILABLE": Level.GOOD,
    "OFFERED": Level.CAUTION,
    "NOT_READY": Level.CAUTION,
}


def _as_text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _as_duration(value: Any) -> str:
    return "–" if value is None else format_duration(value)


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    title: str
    read: Callable[[Thing, float], Any]
    """The value, which rows are sorted by; takes the seconds since the thing was told of."""
    level: Callable[[Any], Level] = _plain
    show: Callable[[Any], str] = _as_text
    from_width: int = 0
    """Shown in terminals of so many columns and more."""


def _of(key: str) -> Callable[[Thing, float], Any]:
    return lambda thing, age_s: thing.get(key)


def _since(key: str, counts: Callable[[Thing], Any] = lambda thing: True) -> Callable[[Thing, float], Any]:
    """A length of time that goes on."""

    def read(thing: Thing, age_s: float) -> float | None:
        value = thing.get(key)
        return None if value is None or not counts(thing) else value + age_s

    return read


def _state_count(*states: str) -> Callable[[Thing, float], int]:
    return lambda queue, age_s: sum(queue.get("agents", {}).get(state, 0) for state in states)


def _count(key: str) -> Callable[[Thing, float], int]:
    return lambda queue, age_s: int(queue.get("calls", {}).get(key, 0))


def _service_level(queue: Thing, age_s: float) -> float | None:
    levels = queue.get("service_level") or [{}]
    share = levels[0].get("share")
    return None if share is None else float(share)


def _low(share: Any) -> Level:
    if share is None or share >= 0.8:
        return Level.PLAIN
    return Level.ALARM if share < 0.5 else Level.CAUTION


TABLES: Mapping[str, tuple[Column, ...]] = {
    "queues": (
        Column("queue", _of("name")),
        Column("waiting", _of("waiting"), _from(1, 10)),
        Column(
            "longest",
            _since("longest_wait_s", lambda queue: queue.get("waiting")),
            _from(20, 60),
            _as_duration,
        ),
        Column("free", _state_count("AVAILABLE")),
        Column("busy", _state_count("ON_CALL", "WRAP_UP", "OFFERED"), from_width=60),
        Column("away", _state_count("NOT_READY"), from_width=70),
        Column("answered", _count("answered"), from_width=80),
        Column("abandoned", _count("abandoned"), from_width=80),
        Column("in time", _service_level, _low, lambda share: "–" if share is None else f"{share:.0%}", 70),
        Column("title", _of("title"), from_width=100),
    ),
    "agents": (
        Column("agent", _of("id")),
        Column("name", _of("name"), from_width=60),
        Column("state", _of("state"), lambda state: _STATES.get(state, Level.PLAIN)),
        Column("reason", _of("reason"), from_width=70),
        Column("since", _since("since_s"), _from(1800, 3600), _as_duration),
        Column("station", _of("station"), from_width=80),
        Column("queues", _of("queues"), from_width=90),
        Column("call", _of("call_id"), from_width=110),
    ),
    "calls": (
        Column("call", _of("call_id"), from_width=70),
        Column("caller", _of("caller_number")),
        Column("state", _of("state"), from_width=60),
        Column("dialled", _of("called_number"), from_width=80),
        Column("where", _of("target")),
        Column("station", _of("station"), from_width=90),
        Column("age", _since("age_s"), _from(1800, 3600), _as_duration),
    ),
}
KEYS: Mapping[str, str] = {"queues": "name", "agents": "id", "calls": "call_id"}
"""What tells the things of a table apart."""
FIRST_ORDER: Mapping[str, tuple[str, bool]] = {
    "queues": ("longest", True),
    "agents": ("agent", False),
    "calls": ("age", True),
}
"""The column a table is sorted by at first, and whether the most comes first."""
