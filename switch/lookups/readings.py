"""What metrics tell of lookups."""

from switch.application import Gauge
from switch.lookups.breaker import BreakerState
from switch.lookups.lookups import Lookups
from switch.metrics import Total


def lookup_gauges(lookups: Lookups) -> list[Gauge]:
    """What is true now, by service."""
    return [
        Gauge(
            "lookup_circuit_open",
            "1 while the circuit breaker of a service is not closed.",
            ("service",),
            lambda: {
                (one.config.name,): float(one.breaker.state is not BreakerState.CLOSED)
                for one in lookups.services
            },
        ),
        Gauge(
            "lookups_under_way",
            "Lookups that have a place at a service.",
            ("service",),
            lambda: {(one.config.name,): float(one.under_way) for one in lookups.services},
        ),
        Gauge(
            "lookups_waiting",
            "Lookups that wait for a place at a service.",
            ("service",),
            lambda: {(one.config.name,): float(len(one.waiting)) for one in lookups.services},
        ),
    ]


def lookup_totals(lookups: Lookups) -> list[Total]:
    """What rises, by service and outcome."""
    return [
        Total(
            "lookups",
            "Lookups that are over, by how they ended.",
            ("service", "outcome"),
            lambda: {
                (one.config.name, str(outcome)): count
                for one in lookups.services
                for outcome, count in one.outcomes.items()
            },
        ),
        Total(
            "lookup_seconds",
            "Seconds that lookups took whose service was asked.",
            ("service",),
            lambda: {(one.config.name,): one.asked_s for one in lookups.services},
        ),
    ]
