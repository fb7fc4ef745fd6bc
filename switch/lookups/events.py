"""What is told of lookups: how they went, never what was asked or answered."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class LookupCompleted(Event):
    """A lookup is over."""

    topic: ClassVar[str] = "lookup.completed"
    request_id: str
    call_id: str
    """Empty for one by hand."""
    service: str
    outcome: str
    """``answered``, ``forgotten``, or why there is no answer, such as ``timed_out`` or ``status_404``."""
    attempts: int
    """Requests that were sent; 0 when the service was not asked at all."""
    duration_ms: int
    """From the order to the end, with all waiting."""


@plain_data
class CircuitOpened(Event):
    """A service failed so often that it is left in peace for a while; lookups fail at once meanwhile."""

    topic: ClassVar[str] = "lookup.circuit_opened"
    service: str
    reason: str
    """Why the last request failed."""
    open_s: float
    """How long it is left in peace before one request may try it."""


@plain_data
class CircuitClosed(Event):
    """A service that was left in peace answered again."""

    topic: ClassVar[str] = "lookup.circuit_closed"
    service: str
    open_s: float
    """How long the circuit was open."""
