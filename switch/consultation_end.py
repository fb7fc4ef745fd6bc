"""How a consultation ends."""

from enum import StrEnum


class ConsultationEnd(StrEnum):
    """Why a station consults no longer."""

    COMPLETED = "completed"
    """The customer was left to whom was consulted."""
    CANCELLED = "cancelled"
    """The station went back to the customer."""
    JOINED = "joined"
    """All three talk."""
    OTHER_LEFT = "other_left"
    """Who was consulted hung up, or could not be had; the station is back with the customer."""
    CALL_OVER = "call_over"
    """The customer hung up, or the call went elsewhere."""
