"""Which entries belong to a telephone number, without a look at the others."""

from collections.abc import Iterator


class EntriesByNumber:
    """Entry ids by number, each number's in the order in which they were added."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, None]] = {}

    def __iter__(self) -> Iterator[str]:
        """The numbers."""
        return iter(self._ids)

    def add(self, number: str, entry_id: str) -> None:
        self._ids.setdefault(number, {})[entry_id] = None

    def remove(self, number: str, entry_id: str) -> None:
        """Ignored when it is not there."""
        ids = self._ids.get(number, {})
        ids.pop(entry_id, None)
        if not ids:
            self._ids.pop(number, None)

    def of(self, number: str) -> tuple[str, ...]:
        return tuple(self._ids.get(number, ()))
