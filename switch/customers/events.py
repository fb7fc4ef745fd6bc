"""What is told of number lists. Their entries come back from these events after a restart."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class NumbersAdded(Event):
    """Numbers were put on a list, or what is known of them was changed."""

    topic: ClassVar[str] = "list.numbers_added"
    list: str
    entries: tuple[tuple[str, str, float | None, float | None], ...]
    """Number, remark, and from when and until when it is on the list, in seconds since the Unix epoch."""
    by: str


@plain_data
class NumbersRemoved(Event):
    """Numbers were taken off a list."""

    topic: ClassVar[str] = "list.numbers_removed"
    list: str
    numbers: tuple[str, ...]
    by: str


@plain_data
class ListsLoaded(Event):
    """The entries of the run before are known; until then nobody is on any list."""

    topic: ClassVar[str] = "list.loaded"
    entries: int
    """How many there are."""
    duration_ms: int
    """How long it took since the start."""
