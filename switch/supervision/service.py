"""Supervision as an application of the exchange: targets ``supervision:<call>``, for its own calls only."""

from switch.application import Application, Gauge
from switch.events import CallConnected, CallEnded, CallHandedOff, SupervisionEnded
from switch.supervision.commands import BeginSupervision, ChangeSupervision
from switch.supervision.supervision import SUPERVISION_SCHEME, Supervision


def build(core: Supervision) -> Application:
    """Its verbs look at the exchange's calls, and come with that."""
    return Application(
        scheme=SUPERVISION_SCHEME,
        knows=core.knows,
        routes={
            BeginSupervision: core.begin,
            ChangeSupervision: core.change,
            CallHandedOff: core.call_handed_off,
            CallConnected: core.call_connected,
            CallEnded: core.call_ended,
            SupervisionEnded: core.supervision_ended,
        },
        gauges=(
            Gauge(
                "supervisors",
                "Supervisors who listen, or are being rung.",
                (),
                lambda: {(): len(core.watches)},
            ),
        ),
    )
