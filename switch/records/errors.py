"""What may go wrong between the record keepers and their callers."""

from runtime.errors import UsageError


class JournalUnusable(UsageError):
    """The journal's folder cannot be used: not writable, or another switch writes there."""


class NoRecords(UsageError):
    """The database is not there, or holds no records yet."""


class RecordNotFound(UsageError):
    """No record has the wanted id, or several begin with it."""
