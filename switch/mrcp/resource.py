"""What a speech server does for a call."""

from enum import StrEnum


class Resource(StrEnum):
    """A kind of channel, by its name in SDP and in channel identifiers (RFC 6787 §3.1)."""

    SYNTHESIZER = "speechsynth"
    """Says texts."""
    RECOGNIZER = "speechrecog"
    """Understands what is said."""
