"""What may go wrong between the record keepers and their callers."""

from runtime.errors import UsageError


class JournalUnusable(UsageError):  # noqa: N818 - says what is the matter
    """The journal's folder cannot be used: not writable, or another switch writes there."""


class NoRecords(UsageError):  # noqa: N818 - says what is the matter
    """The database is not there, or holds no records yet."""


class RecordNotFound(UsageError):  # noqa: N818 - says what is the matter
    """No record has the wanted id, or several begin with it."""
