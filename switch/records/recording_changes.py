"""What was done with recordings after they began: a row for each change, and what holds after all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Index, String, Table

from switch.records.columns import Stamp, record_tables, stamp
from switch.records.projection import JournalEntry

_LONGEST_VALUE = 255

recording_changes = Table(
    "recording_changes",
    record_tables,
    Column(
        "change",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="journal sequence of the event; a later one has a higher",
    ),
    Column("recording_id", String(64), nullable=False, index=True, comment="the recording"),
    Column("changed_at", Stamp, nullable=False, comment="when"),
    Column(
        "kind",
        String(16),
        nullable=False,
        comment="tagged, untagged, rated, held, released, moved or deleted",
    ),
    Column(
        "value",
        String(_LONGEST_VALUE),
        comment="the tag, the rating, where it moved, or why it is held, released or deleted",
    ),
    Column("changed_by", String(100), nullable=False, comment="who did it, as they said"),
    Index("recording_changes_by_value", "kind", "value"),
    comment="One row for each thing that was done with a recording after it began.",
)

_VALUES = {
    **dict.fromkeys(("tagged", "untagged"), "tag"),
    "rated": "rating",
    "moved": "path",
    **dict.fromkeys(("held", "released", "deleted"), "reason"),
}
"""The kinds of changes, each with the field of its event that tells the value."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done."""

    kind: str
    value: str | None


class RecordingChanges:
    """The projection behind the table ``recording_changes``."""

    table = recording_changes
    topics = frozenset(f"recording.{kind}" for kind in _VALUES)

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        """A row for each entry of its topics."""
        change = change_of(entry.topic, entry.fields)
        return (
            {
                "change": entry.sequence,
                "recording_id": entry.fields["recording_id"],
                "changed_at": stamp(entry.time),
                "kind": change.kind,
                "value": None if len(change.value or "") > _LONGEST_VALUE else change.value,
                "changed_by": entry.fields["by"],
            },
        )

    def oldest_open(self) -> None:
        """No row needs more than its own entry."""


def change_of(topic: str, fields: Mapping[str, Any]) -> Change:
    """The change that an event of the projection's topics tells of."""
    kind = topic.removeprefix("recording.")
    return Change(kind, str(fields[_VALUES[kind]]))


def with_changes(recording: Mapping[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """A recording after further changes, with ``tags`` (sorted), ``rating`` (1 to 5, or None) and ``held``.

    ``moved_to`` is its place in the second tier, if it has one that fits into a row; ``state`` is ``deleted``
    once it was. A change that was taken into account already does no harm, if those after it follow.
    """
    tags = set(recording.get("tags", ()))
    standing: dict[str, Any] = {name: recording.get(name) for name in ("rating", "moved_to")}
    standing["held"] = recording.get("held", False)
    for change in changes:
        match change.kind:
            case "tagged":
                tags.add(change.value)
            case "untagged":
                tags.discard(change.value)
            case "rated":
                standing["rating"] = int(change.value or 0)
            case "held" | "released":
                standing["held"] = change.kind == "held"
            case "moved":
                standing["moved_to"] = change.value
            case "deleted":
                standing["state"] = "deleted"
    return {**recording, "tags": sorted(tags), **standing}
