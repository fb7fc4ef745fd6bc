"""What was done with the switch by verb: a row for each operation, by whom and with what outcome."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Select, String, Table, Text, select

from switch.access.events import VerbCarriedOut
from switch.records.columns import Stamp, stamp
from switch.records.projection import JournalEntry

operations = Table(
    "operations",
    MetaData(),
    Column(
        "operation",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="journal sequence of the event; a later one has a higher",
    ),
    Column("done_at", Stamp, nullable=False, index=True, comment="when"),
    Column("verb", String(64), nullable=False, index=True, comment="the verb, such as call.hang_up"),
    Column("tenant", String(64), nullable=False, comment="whose client it was; empty for the house"),
    Column(
        "done_by",
        String(128),
        nullable=False,
        index=True,
        comment="the token's name or the agent's number; empty for who needs none at the Unix socket",
    ),
    Column("role", String(16), nullable=False, comment="what the client may do"),
    Column("source", String(255), nullable=False, comment="its address; unix for the Unix socket"),
    Column(
        "params", Text, nullable=False, comment="what was given, in JSON; *** for secret, private or personal"
    ),
    Column("outcome", String(32), nullable=False, comment="done, or the code of the error"),
    Column("message", Text, nullable=False, comment="of the error; empty when it was done"),
    comment="One row for each verb that changed something, or was to. Those that only look have none.",
)
_SAME = ("verb", "tenant", "role", "source", "params", "outcome", "message")
"""Columns that are called as the event's fields are."""


class Operations:
    """The projection behind the table ``operations``."""

    table = operations
    topics = frozenset({VerbCarriedOut.topic})

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        """A row for each entry of its topic."""
        told = {name: str(entry.fields[name]) for name in _SAME}
        done_by = str(entry.fields["name"])
        return ({"operation": entry.sequence, "done_at": stamp(entry.time), "done_by": done_by, **told},)

    def oldest_open(self) -> None:
        """No row needs more than its own entry."""


@dataclass(frozen=True, slots=True)
class OperationSearch:
    """Which operations are wanted; None: whatever it is."""

    since: datetime | None = None
    """Done then or later; aware."""
    by: str | None = None
    verb: str | None = None
    """A verb, or ``call.*`` for all of a family."""
    tenant: str | None = None
    """Empty: of the house."""
    refused: bool = False
    """Only those that were not done."""
    limit: int = 50


def found_by(search: OperationSearch) -> Select[Any]:
    """The operations that fit, newest first."""
    column = operations.c
    wanted = select(operations).order_by(column.operation.desc()).limit(search.limit)
    if search.since is not None:
        wanted = wanted.where(column.done_at >= search.since)
    if search.by is not None:
        wanted = wanted.where(column.done_by == search.by)
    if search.tenant is not None:
        wanted = wanted.where(column.tenant == search.tenant)
    if search.refused:
        wanted = wanted.where(column.outcome != "done")
    if search.verb is None:
        return wanted
    if search.verb.endswith("*"):
        return wanted.where(column.verb.startswith(search.verb.removesuffix("*"), autoescape=True))
    return wanted.where(column.verb == search.verb)
