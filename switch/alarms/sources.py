"""Where figures come from: whoever has queues, agents or trunks says what is true of them now."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from switch.alarms.config import AlarmConfig
from switch.alarms.measures import Kind
from switch.alarms.reading import Reading


@dataclass(frozen=True, slots=True)
class WaitEnded:
    """A caller waits in a queue no longer, however it went."""

    queue: str
    wait_s: float
    answered: bool = False
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of all subjects of one kind."""

    kind: Kind
    names: Callable[[], Iterable[str]]
    """All there are."""
    read: Callable[[AlarmConfig, str, float], Reading | None]
    """An alarm's figure of a subject now; None when there is nothing to measure."""
    changes: Mapping[type, Callable[[Any], Iterable[str]]] = field(default_factory=dict)
    """Events after which figures may be other, and whose."""
    outcomes: Mapping[type, Callable[[Any], WaitEnded | None]] = field(default_factory=dict)
    """Events that tell how a caller fared."""
    looked_at: bool = False
    """No events tell of it: it is looked at every ``LOOK_S`` while an alarm needs that."""
