"""The ACD's errors. Nothing from outside reaches its core unchecked, so there is one family only."""

from runtime.errors import UsageError


class AcdUsageError(UsageError):
    """An order the ACD cannot follow: an unknown name, a taken station, a state that forbids it.

    Raised before anything has changed.
    """
