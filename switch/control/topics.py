"""The topics there are, and which of them somebody means who names none."""

from collections.abc import Iterator
from functools import cache

from runtime.problems import closest
from runtime.vocabulary import Event
from switch.control.feed import covers


@cache
def known_topics() -> frozenset[str]:
    """The topics of all events of the program, which must be loaded by now."""
    return frozenset(kind.topic for kind in _kinds_of(Event))


@cache
def latest_of(topic: str) -> str:
    """``Event.latest_of`` of the events of a topic."""
    return next((kind.latest_of for kind in _kinds_of(Event) if kind.topic == topic), "")


def covers_any(pattern: str) -> bool:
    """Whether there is a topic that ``pattern`` asks for."""
    return any(covers(pattern, topic) for topic in known_topics())


def closest_pattern(pattern: str) -> str | None:
    """The topic, or the whole family of topics, that was probably meant."""
    families = {f"{topic.rpartition('.')[0]}.*" for topic in known_topics()}
    return closest(pattern, sorted(known_topics() | families))


def _kinds_of(base: type[Event]) -> Iterator[type[Event]]:
    for kind in base.__subclasses__():
        if "topic" in vars(kind):
            yield kind
        yield from _kinds_of(kind)
