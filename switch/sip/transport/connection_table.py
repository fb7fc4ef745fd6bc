"""The connections there are: found by their hop, limited in number, and closed when they take too long."""

from collections import Counter
from typing import NamedTuple

from runtime.deadlines import Deadlines
from switch.sip.hop import Hop
from switch.sip.transport.config import ConnectionsConfig
from switch.sip.transport.connection import Connection


class Overdue(NamedTuple):
    """A connection that must be closed."""

    connection: Connection
    is_stalled: bool
    """Whether the peer left something unfinished; otherwise nobody used it, or nobody was there."""


class ConnectionTable:
    """Decides which connections may be, and for how long."""

    def __init__(self, config: ConnectionsConfig) -> None:
        self._config = config
        self._by_hop: dict[Hop, Connection] = {}
        self._aliases: dict[Connection, Hop] = {}
        self._accepted: Counter[str] = Counter()
        self._all: set[Connection] = set()
        self._deadlines: Deadlines[Connection] = Deadlines()

    def __len__(self) -> int:
        return len(self._all)

    def all(self) -> list[Connection]:
        """Every connection."""
        return list(self._all)

    def find(self, hop: Hop) -> Connection | None:
        """The connection that messages for this hop go by."""
        return self._by_hop.get(hop)

    @property
    def is_full(self) -> bool:
        """Whether there is no room for any connection."""
        return len(self._all) >= self._config.max_connections

    def why_not(self, host: str) -> str:
        """Why this host may not open one more connection; empty when it may."""
        if self.is_full:
            return f"more than {self._config.max_connections} connections"
        if self._accepted[host] >= self._config.max_per_source:
            return f"more than {self._config.max_per_source} connections of one source"
        return ""

    def add(self, connection: Connection) -> None:
        """Keep a connection until ``remove``."""
        self._all.add(connection)
        self._by_hop[connection.hop] = connection
        if connection.was_accepted:
            self._accepted[connection.hop.host] += 1
        self._deadlines.set(connection, self._due(connection))

    def remove(self, connection: Connection) -> bool:
        """Forget a connection; False when it is not known (any more)."""
        if connection not in self._all:
            return False
        self._all.remove(connection)
        self._deadlines.cancel(connection)
        for hop in (connection.hop, self._aliases.pop(connection, connection.hop)):
            if self._by_hop.get(hop) is connection:
                del self._by_hop[hop]
        if connection.was_accepted:
            self._forget_source(connection.hop.host)
        return True

    def reuse(self, hop: Hop, alias: Hop) -> None:
        """Send what goes to ``alias`` by the connection of ``hop``, unless it has one (RFC 5923 §5)."""
        connection = self._by_hop.get(hop)
        if connection is not None and alias not in self._by_hop and connection not in self._aliases:
            self._aliases[connection] = alias
            self._by_hop[alias] = connection

    def watch(self, connection: Connection) -> None:
        """The peer began something that it has to finish in time."""
        if connection in self._all:
            self._deadlines.set(connection, self._due(connection))

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def overdue(self, now: float) -> Overdue | None:
        """The connection that is due first, if it really is: a deadline moves while it is used."""
        connection = self._deadlines.first_due(now)
        if connection is None:
            return None
        due = self._due(connection)
        if due > now:
            self._deadlines.set(connection, due)
            return None
        return Overdue(connection, connection.waits_since is not None and not connection.is_connecting)

    def _due(self, connection: Connection) -> float:
        config = self._config
        if connection.waits_since is None:
            return connection.used_at + config.idle_s
        if connection.was_accepted or connection.is_open:
            return connection.waits_since + config.message_timeout_s
        return connection.waits_since + config.connect_timeout_s

    def _forget_source(self, host: str) -> None:
        self._accepted[host] -= 1
        if not self._accepted[host]:
            del self._accepted[host]
