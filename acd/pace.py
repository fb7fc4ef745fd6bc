"""How fast a queue goes of late: running figures, kept by ``pacing.py``.

Each is a rate, of happenings by the time in which they could have happened. So talks and waits that are not
over yet count with the time they have lasted: nothing is known too late because it takes long, and callers
who were served tell of patience too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

_KEPT = 1 - 1 / 64
"""Of what was, at each happening: about the last hundred count."""


@dataclass(slots=True)
class Rate:
    """Happenings by the time in which they could have happened, the older the less."""

    happened: float = 0.0
    exposed_s: float = 0.0

    def happen(self) -> None:
        self.happened = self.happened * _KEPT + 1
        self.exposed_s *= _KEPT

    def take_back(self) -> None:
        """The last was none."""
        self.happened = max(self.happened - 1, 0.0)

    @property
    def per_s(self) -> float:
        return self.happened / self.exposed_s if self.exposed_s else 0.0


@dataclass(slots=True)
class Pace:
    """The running figures of one queue, and the levels since ``at``."""

    at: float = 0.0
    """Monotonic seconds."""
    working: int = 0
    """Agents who take calls, now or after the one they have."""
    waiting: int = 0
    talking: int = 0
    backlog: bool = False
    """Whether somebody waits whom no agent is rung for."""
    taken: Rate = field(default_factory=Rate)
    """Callers taken out of a backlog, by the time of each working agent, whatever else is done in it."""
    given_up: Rate = field(default_factory=Rate)
    """Callers who hung up, by the time of each who waits."""
    talked: Rate = field(default_factory=Rate)
    """Talks ended, by the time of each talk."""
    came: dict[int, Rate] = field(default_factory=dict)
    """By priority."""
    ring_s: float = 0.0
    """From an offer to its answer, on average."""

    def settle(self, now: float) -> None:
        """Let the levels count up to now."""
        passed_s, self.at = now - self.at, now
        if not passed_s:
            return
        self.given_up.exposed_s += self.waiting * passed_s
        self.talked.exposed_s += self.talking * passed_s
        for rate in self.came.values():
            rate.exposed_s += passed_s
        if self.backlog:
            self.taken.exposed_s += self.working * passed_s

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """The same from its fields as plain data."""
        rates = {name: Rate(*plain[name]) for name in ("taken", "given_up", "talked")}
        came = {priority: Rate(happened, exposed_s) for priority, happened, exposed_s in plain["came"]}
        return cls(**{**plain, **rates, "came": came})

    def plain(self) -> dict[str, Any]:
        """Its fields as plain data."""
        rates = {"taken": self.taken, "given_up": self.given_up, "talked": self.talked}
        return {
            **{name: getattr(self, name) for name in Pace.__slots__},
            **{name: [rate.happened, rate.exposed_s] for name, rate in rates.items()},
            "came": [[priority, rate.happened, rate.exposed_s] for priority, rate in self.came.items()],
        }
