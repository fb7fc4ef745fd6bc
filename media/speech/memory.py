"""Which speech the media core has as prompts: the latest asked for, up to a limit."""

from collections import OrderedDict
from dataclasses import dataclass

HOLD_S = 60.0
"""Nothing is forgotten so soon after somebody was told that it can be played."""


@dataclass(slots=True)
class _Loaded:
    length_ms: int
    size_bytes: int
    asked_at: float


class SpeechMemory:
    """By prompt. A core: it tells what to forget, and somebody else does."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._loaded: OrderedDict[str, _Loaded] = OrderedDict()
        self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    def length_of(self, prompt: str, now: float) -> int | None:
        """In milliseconds, for somebody who is about to play it; None when it is not there."""
        loaded = self._loaded.get(prompt)
        if loaded is None:
            return None
        loaded.asked_at = now
        self._loaded.move_to_end(prompt)
        return loaded.length_ms

    def add(self, prompt: str, length_ms: int, size_bytes: int, now: float) -> list[str]:
        """Returns the prompts to forget for it."""
        replaced = self._loaded.pop(prompt, None)
        self._size_bytes += size_bytes - (replaced.size_bytes if replaced else 0)
        self._loaded[prompt] = _Loaded(length_ms, size_bytes, now)
        return self._forget(now)

    def _forget(self, now: float) -> list[str]:
        forgotten = []
        while self._size_bytes > self._limit_bytes:
            prompt, oldest = next(iter(self._loaded.items()))
            if now < oldest.asked_at + HOLD_S:
                break
            del self._loaded[prompt]
            self._size_bytes -= oldest.size_bytes
            forgotten.append(prompt)
        return forgotten
