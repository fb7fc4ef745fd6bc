"""What a tenant's own administrator may change in the tenant's file; all else is for the house.

The house's are what reaches beyond the tenant: numbers and domains, who may dial outside, files and addresses
of other machines, limits.
"""

from collections.abc import Iterable, Mapping

from cli.configuration.changing.differences import Difference
from cli.configuration.comparison import ChangeKind
from runtime.errors import UsageError

ALL_BUT: Mapping[str, frozenset[str]] = {
    "agents": frozenset(),
    "alarms": frozenset(),
    "calendars": frozenset(),
    "message_boxes": frozenset(),
    "number_lists": frozenset(),
    "queues": frozenset({"callback_shown_number"}),
    "stations": frozenset({"outside_level"}),
    "tokens": frozenset(),
}
"""Sections whose objects are the tenant's to add, change and remove, but for these keys."""
ONLY: Mapping[str, frozenset[str]] = {
    "tenant": frozenset({"title"}),
    "access_codes": frozenset({"target", "on_failure", "record", "record_share"}),
    "lookups": frozenset({"timeout_s", "connect_timeout_s", "retries", "retry_pause_s"}),
}
"""Sections whose objects are the house's to add and remove, and of which a tenant changes these keys."""


def check_bounds(changes: Iterable[Difference]) -> None:
    """Raises UsageError for what a tenant may not change."""
    for change in changes:
        if change.section in ONLY:
            allowed = ONLY[change.section]
            if change.kind is not ChangeKind.CHANGED and change.section != "tenant":
                raise UsageError(f"{_named(change)} is for the house to add and remove, not for a tenant")
            refused = change.keys.keys() - allowed
        else:
            kept = ALL_BUT.get(change.section, change.keys.keys())
            refused = set() if change.kind is ChangeKind.REMOVED else change.keys.keys() & kept
        if refused:
            keys = ", ".join(sorted(refused))
            raise UsageError(f"{_named(change)}: {keys} is for the house to set, not for a tenant")


def _named(change: Difference) -> str:
    return f"{change.section} {change.name}".strip()
