"""What became of contacts since the last look, collected for whoever keeps them on a disk."""

from collections.abc import Mapping

from runtime.vocabulary import Command, plain_data
from switch.sip.registration.bindings import Binding, BindingKey

_COLLECTED_S = 0.5


@plain_data
class KeepBindings(Command):
    """Write down these contacts as they are now; None for one that is gone.

    That a phone is still where it was is news to nobody but the disk, so it is told a little later, many at
    once.
    """

    changes: Mapping[BindingKey, Binding | None]


class BindingChanges:
    """Remembers which contacts changed, and when that is to be told."""

    def __init__(self) -> None:
        self._changes: dict[BindingKey, Binding | None] = {}
        self._due: float | None = None

    def __len__(self) -> int:
        return len(self._changes)

    def note(self, key: BindingKey, binding: Binding | None, now: float) -> None:
        """This contact changed; a later change takes the place of this one."""
        self._changes[key] = binding
        if self._due is None:
            self._due = now + _COLLECTED_S

    def next_deadline(self) -> float | None:
        return self._due

    def take(self) -> list[KeepBindings]:
        """All that changed since the last time."""
        changes, self._changes, self._due = self._changes, {}, None
        return [KeepBindings(changes=changes)] if changes else []
