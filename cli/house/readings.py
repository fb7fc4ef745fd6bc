"""The numbers that are true now, for the status and for metrics."""

from collections.abc import Callable, Iterable, Iterator

from cli.house.signalling import Signalling
from media.engine import MediaEngine
from switch.application import Application, Gauge
from switch.metrics import Total
from switch.sip.guard.admission import Admission
from switch.sip_totals import sip_totals
from switch.trunks.views import TrunkReadings


def counts(
    signalling: Signalling, media: MediaEngine, faults: Callable[[], int]
) -> dict[str, Callable[[], float]]:
    """What is zero when nobody calls, the phones that watch, and what must stay zero."""
    stack, guard, registrar = signalling.stack, signalling.stack.guard, signalling.stack.registrar
    return {
        "open_legs": lambda: stack.open_legs,
        "open_transactions": lambda: stack.open_transactions,
        "open_dialogs": lambda: stack.open_dialogs,
        "open_trunk_legs": lambda: signalling.trunks.open_legs,
        "open_endpoints": lambda: media.open_endpoints,
        "open_recordings": lambda: media.open_recordings,
        "open_forks": lambda: len(media.forks()),
        "connections": lambda: signalling.transports.open_connections,
        "bans": lambda: len(guard.bans),
        "subscriptions": lambda: stack.subscriptions,
        "loop_delay_ms": lambda: guard.admission.delay_ms,
        "registered_contacts": lambda: registrar.registered_contacts,
        "unwritten_registrations": lambda: registrar.untold_changes + signalling.registrations.unwritten,
        "media_late_ms": lambda: media.lateness_ms[0],
        "media_late_max_ms": lambda: media.lateness_ms[1],
        "media_facts_lost": lambda: media.facts_lost,
        "faults": faults,
    }


def gauges(signalling: Signalling, applications: Iterable[Application]) -> Iterator[Gauge]:
    """Of applications, trunks and the loop."""
    for application in applications:
        yield from application.gauges
    yield from TrunkReadings(signalling.trunks).gauges()
    yield _loop_lag(signalling.stack.guard.admission)


def totals(signalling: Signalling) -> Iterator[Total]:
    """Of signalling."""
    yield from sip_totals(signalling.stack.counters, signalling.stack.guard.counts)
    yield from TrunkReadings(signalling.trunks).totals()


def _loop_lag(admission: Admission) -> Gauge:
    text = "How long work waits for the event loop, smoothed."
    return Gauge("event_loop_lag_seconds", text, (), lambda: {(): admission.delay_s})
