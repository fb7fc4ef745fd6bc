"""What the SIP stack counts, for metrics."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Plain numbers since the start of the process. Methods we do not know are counted as ``other``."""

    requests_received: Counter[str] = field(default_factory=Counter)
    """By method; repetitions and ACKs included."""
    requests_sent: Counter[str] = field(default_factory=Counter)
    """By method, each once however often it was repeated."""
    responses_received: Counter[int] = field(default_factory=Counter)
    """By status; repetitions included."""
    responses_sent: Counter[int] = field(default_factory=Counter)
    """By status, each once however often it was repeated."""
    retransmissions_sent: int = 0
    retransmissions_received: int = 0
    unmatched_responses: int = 0
    """Answers to nothing we asked."""
    rejected: int = 0
    """Messages that are not usable SIP."""
    send_errors: int = 0
    """Messages the transport could not send."""
    registrations_refreshed: int = 0
    """Contacts that said again, in time, that they are where they were."""
