"""Where the exchange keeps call data (随路数据): what programs and flows note of a contact, by name.

It belongs to the contact, not to one call: whoever the customer is passed on to, by whatever way, finds it,
and so does the call that brings the customer back later. What was noted of a contact whose calls are over is
kept while there is room, for callbacks.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from runtime.contact_data import Data, changed, problem_of, size_of

LARGEST_KEPT = 32_000_000
"""Bytes of all data together beyond which what contacts without a call have is forgotten, oldest first."""


@dataclass(slots=True)
class ContactData:
    """The data of all contacts that have any."""

    of_contacts: dict[str, Data] = field(default_factory=dict)
    """The longest unchanged first."""
    sizes: dict[str, int] = field(default_factory=dict)
    size_bytes: int = 0
    personal: frozenset[str] = frozenset()
    """Names whose values no event tells."""

    def of(self, contact_id: str) -> Data:
        """A copy."""
        return dict(self.of_contacts.get(contact_id, {}))

    def change(self, contact_id: str, values: Data, removed: Iterable[str]) -> bool:
        """Note values and take others back. False when nothing is other than before, or it is too much."""
        before = self.of_contacts.get(contact_id, {})
        after = changed(before, values, removed)
        if after == before or problem_of(after):
            return False
        self.forget(contact_id)
        if after:
            self.of_contacts[contact_id] = after
            self.sizes[contact_id] = size_of(after)
            self.size_bytes += self.sizes[contact_id]
        return True

    def forget(self, contact_id: str) -> None:
        self.of_contacts.pop(contact_id, None)
        self.size_bytes -= self.sizes.pop(contact_id, 0)

    def make_room(self, live: Collection[str]) -> None:
        """Forget the oldest when there is too much, but nothing of contacts that have a call."""
        if self.size_bytes <= LARGEST_KEPT:
            return
        for contact_id in [contact for contact in self.of_contacts if contact not in live]:
            self.forget(contact_id)
            if self.size_bytes <= LARGEST_KEPT * 3 // 4:
                return
