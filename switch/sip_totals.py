"""The SIP stack's counters as metrics, under the names drachtio's exporter made known."""

from collections.abc import Callable, Mapping

from switch.metrics import Total
from switch.sip.counters import Counters
from switch.sip.guard.events import RefusalKind

Labelled = dict[tuple[str, ...], float]


def sip_totals(counters: Counters, refusals: Mapping[RefusalKind, int]) -> tuple[Total, ...]:
    """What the stack and its guard count, read when Prometheus asks."""
    return (
        Total(
            "sip_requests",
            "SIP requests.",
            ("method", "direction"),
            lambda: _both(counters.requests_received, counters.requests_sent),
        ),
        Total(
            "sip_responses",
            "SIP responses.",
            ("code", "direction"),
            lambda: _both(counters.responses_received, counters.responses_sent),
        ),
        Total(
            "sip_retransmissions",
            "SIP messages repeated.",
            ("direction",),
            lambda: {("in",): counters.retransmissions_received, ("out",): counters.retransmissions_sent},
        ),
        Total(
            "security_events",
            "Messages that were refused, by what was wrong with them.",
            ("kind",),
            lambda: {(kind.value,): refusals.get(kind, 0) for kind in RefusalKind},
        ),
        _plain("sip_rejected", "Messages that are not usable SIP.", lambda: counters.rejected),
        _plain(
            "sip_unmatched_responses", "Answers to nothing we asked.", lambda: counters.unmatched_responses
        ),
        _plain("sip_send_errors", "Messages that could not be sent.", lambda: counters.send_errors),
    )


def _both(
    received: Mapping[str, int] | Mapping[int, int], sent: Mapping[str, int] | Mapping[int, int]
) -> Labelled:
    directions = (("in", received), ("out", sent))
    return {(str(key), way): count for way, counts in directions for key, count in counts.items()}


def _plain(name: str, text: str, read: Callable[[], int]) -> Total:
    return Total(name, text, (), lambda: {(): read()})
