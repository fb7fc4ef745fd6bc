"""Answers kept for a while, so that a request sent twice is carried out once. Pure."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

from runtime.errors import UsageError

W = TypeVar("W")

_MOST_KEYS = 100_000
_MOST_BYTES = 67_108_864


class KeyReused(UsageError):
    """A key came again with another request."""


@dataclass(slots=True)
class _Kept(Generic[W]):
    request: bytes
    """The verb and its parameters, or their digest."""
    answer: W
    size_bytes: int
    until: float


class KeptAnswers(Generic[W]):
    """What was answered to requests with a key, by whose key it is.

    Bounded in time, and beyond that by count and bytes: then the oldest go first.
    """

    def __init__(self, kept_s: float) -> None:
        self._kept_s = kept_s
        self._answers: OrderedDict[tuple[str, str], _Kept[W]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, owner: str, key: str, request: bytes, *, now: float) -> W | None:
        """What was answered, or None. Raises KeyReused when it was another request."""
        self._forget_old(now)
        kept = self._answers.get((owner, key))
        if kept is None:
            return None
        if kept.request != request:
            raise KeyReused(f"the key {key!r} was used for another request; each request needs its own")
        return kept.answer

    def keep(self, owner: str, key: str, request: bytes, answer: W, size_bytes: int, *, now: float) -> None:
        """Keep what is answered, in the place of what was kept before."""
        self.forget(owner, key)
        self._answers[owner, key] = _Kept(request, answer, size_bytes, now + self._kept_s)
        self._bytes += size_bytes
        while len(self._answers) > _MOST_KEYS or self._bytes > _MOST_BYTES:
            self.forget(*next(iter(self._answers)))

    def forget(self, owner: str, key: str) -> None:
        """As if the key had never come."""
        kept = self._answers.pop((owner, key), None)
        if kept is not None:
            self._bytes -= kept.size_bytes

    def _forget_old(self, now: float) -> None:
        while self._answers:
            oldest = next(iter(self._answers))
            if self._answers[oldest].until > now:
                return
            self.forget(*oldest)
