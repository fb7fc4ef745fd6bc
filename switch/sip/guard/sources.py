"""What is remembered of each source, in a table that never grows beyond its size."""

from collections.abc import Callable

from switch.sip.guard.bans import Ban
from switch.sip.guard.networks import Standing
from switch.sip.guard.rates import KINDS_OF_RATES


class Source:
    """One IPv4 address, or one IPv6 network."""

    __slots__ = ("ban", "is_denied", "is_trusted", "key", "spent")

    def __init__(self, key: str, standing: Standing, ban: Ban | None) -> None:
        self.key = key
        self.is_trusted = standing is Standing.TRUSTED
        self.is_denied = standing is Standing.DENIED
        self.ban = ban
        """The ban it is under; None for most."""
        self.spent = [0.0] * KINDS_OF_RATES


class Sources:
    """Sources by the address they send from. Those not heard of for longest are forgotten first.

    Two tables of half the size: one is filled, then becomes the older one, whose entries go when the next
    is full, except those that were asked for. So nothing has to be put in order at each message.
    """

    def __init__(
        self, capacity: int, source_key: Callable[[str], str], meet: Callable[[str], Source]
    ) -> None:
        """``source_key`` tells the source of an address, ``meet`` makes one that is not known."""
        self._half = max(1, capacity // 2)
        self._source_key = source_key
        self._meet = meet
        self._recent = _Recent(self._find)
        self._older: dict[str, Source] = {}
        self._keys: dict[str, str] = {}
        self.of = self._recent.__getitem__
        """The source that an address belongs to."""

    def __len__(self) -> int:
        return len(self._recent) + len(self._older)

    def key_of(self, host: str) -> str:
        """The name of the source; IPv4 addresses are their own."""
        if ":" not in host:
            return host
        key = self._keys.get(host)
        if key is None:
            if len(self._keys) >= self._half:
                self._keys.clear()
            key = self._keys[host] = self._source_key(host)
        return key

    def forget(self) -> None:
        """Meet everybody anew."""
        self._recent.clear()
        self._older.clear()
        self._keys.clear()

    def _find(self, host: str) -> Source:
        key = self.key_of(host)
        source = self._recent.get(key)
        if source is not None:
            return source
        source = self._older.pop(key, None) or self._meet(key)
        if len(self._recent) >= self._half:
            self._older = dict(self._recent)
            self._recent.clear()
        self._recent[key] = source
        return source


class _Recent(dict[str, Source]):
    """Looks for whom it does not hold. Whom it holds is told at once, as each message asks for its source."""

    def __init__(self, find: Callable[[str], Source]) -> None:
        self._find = find

    def __missing__(self, host: str) -> Source:
        return self._find(host)
