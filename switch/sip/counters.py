"""What the SIP stack counts, for metrics."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeVar

_K = TypeVar("_K", str, int)


def _counts() -> defaultdict[_K, int]:
    """Counted in at each message, which a ``Counter`` makes several times as dear."""
    return defaultdict(int)


@dataclass(slots=True)
class Counters:
    """Plain numbers since the start of the process. Methods we do not know are counted as ``other``."""

    requests_received: defaultdict[str, int] = field(default_factory=_counts)
    """By method; repetitions and ACKs included."""
    requests_sent: defaultdict[str, int] = field(default_factory=_counts)
    """By method, each once however often it was repeated."""
    responses_received: defaultdict[int, int] = field(default_factory=_counts)
    """By status; repetitions included."""
    responses_sent: defaultdict[int, int] = field(default_factory=_counts)
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
