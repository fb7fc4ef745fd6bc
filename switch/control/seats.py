"""How many connections of other machines there may be: of one source, and in all, whatever door they take."""

from collections import Counter

from switch.control.config import ControlConfig
from switch.sip.guard.networks import source_of


class Seat:
    """A place among the connections of a source, given back once."""

    def __init__(self, taken: Counter[str], source: str) -> None:
        self._taken = taken
        self._source = source
        self._mine = True
        taken[source] += 1

    def leave(self) -> None:
        """Give it back; no harm if it was."""
        if self._mine:
            self._mine = False
            self._taken[self._source] -= 1
            if not self._taken[self._source]:
                del self._taken[self._source]


class Seats:
    """Those of all listeners and of the WebSocket together."""

    def __init__(self, config: ControlConfig) -> None:
        self._config = config
        self._taken: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many are taken."""
        return self._taken.total()

    def take(self, address: str) -> Seat | None:
        """A place for who comes from an address; None when it has as many as it may, or all are taken."""
        source = source_of(address)
        full = self._taken[source] >= self._config.max_per_source or len(self) >= self._config.max_clients
        return None if full else Seat(self._taken, source)
