"""What each source has open."""


class OpenCounts:
    """Counts by source what opens and closes; holds nothing of a source that has nothing open."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: dict[str, int] = {}

    def __len__(self) -> int:
        """Sources that have something open."""
        return len(self._counts)

    def is_full(self, source: str) -> bool:
        """Whether a source has as many open as it may."""
        return self._counts.get(source, 0) >= self._most

    def open(self, source: str) -> None:
        self._counts[source] = self._counts.get(source, 0) + 1

    def close(self, source: str) -> None:
        """No harm when nothing of it is open."""
        left = self._counts.get(source, 0) - 1
        if left > 0:
            self._counts[source] = left
        else:
            self._counts.pop(source, None)
