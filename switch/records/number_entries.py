"""The entries of number lists: a row for each number of each list, as it was changed last."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Boolean, Column, String, Table

from switch.records.columns import Stamp, record_tables, stamp
from switch.records.inserting import LATEST_ROW_COUNTS
from switch.records.projection import JournalEntry

number_entries = Table(
    "number_entries",
    record_tables,
    Column("list", String(64), primary_key=True, comment="the list; of a tag given to the number, tag:<tag>"),
    Column(
        "number",
        String(64),
        primary_key=True,
        comment="as the house writes it; with * behind it, all numbers that begin so",
    ),
    Column("remark", String(255), nullable=False, comment="what people noted"),
    Column("valid_from", Stamp, comment="from when it is on the list; null: since ever"),
    Column("valid_until", Stamp, comment="until when; null: for ever"),
    Column("removed", Boolean, nullable=False, comment="whether it was taken off the list"),
    Column("changed_at", Stamp, nullable=False, comment="when it was put on, changed or taken off"),
    Column("changed_by", String(100), nullable=False, comment="who did it, as they said"),
    comment="One row for each number that is, or was, on a number list. It changes with the entry.",
    info={LATEST_ROW_COUNTS: True},
)

_ADDED = "list.numbers_added"
_REMOVED = "list.numbers_removed"


class NumberEntries:
    """The projection behind the table ``number_entries``."""

    table = number_entries
    topics = frozenset({_ADDED, _REMOVED})

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        """A row for each number that was changed."""
        fields = entry.fields
        changed = {"list": fields["list"], "changed_at": stamp(entry.time), "changed_by": fields["by"]}
        if entry.topic == _REMOVED:
            return [_row(number, "", None, None, removed=True) | changed for number in fields["numbers"]]
        return [_row(*told, removed=False) | changed for told in fields["entries"]]

    def oldest_open(self) -> None:
        """No row needs more than its own entry."""


def _row(
    number: str, remark: str, begins: float | None, ends: float | None, *, removed: bool
) -> dict[str, Any]:
    return {
        "number": number,
        "remark": remark,
        "valid_from": None if begins is None else stamp(begins),
        "valid_until": None if ends is None else stamp(ends),
        "removed": removed,
    }
