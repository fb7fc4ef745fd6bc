"""What may go wrong between the record keepers and their callers."""

from runtime.errors import UsageError


class JournalUnusable(UsageError):
    """The journal's folder cannot be used: not writable, or another switch writes there."""


class NoRecords(UsageError):
    """The database is not there, or holds no records yet."""


class RecordNotFound(UsageError):
    """No record has the wanted id, or several begin with it."""


class OtherSchema(UsageError):
    """The database was made by another version and lacks what this one writes."""


def reason_of(error: Exception) -> str:
    """What went wrong, for an event; what nobody expects with its kind, since its words alone say little."""
    return str(error) if isinstance(error, OSError | UsageError) else f"{type(error).__name__}: {error}"
