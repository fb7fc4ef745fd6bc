"""Feature codes as an application of the exchange."""

from runtime.driver import Handler, merge_routes, of_own
from switch.application import Application, Gauge
from switch.events import (
    CallArrived,
    CallEnded,
    CallHandedOff,
    CallTransferred,
    DigitReceived,
    PromptFinished,
)
from switch.feature_codes.actions import FEATURE_SCHEME, parse_action
from switch.feature_codes.feature_codes import FeatureCodes
from switch.parking.events import CallParked


def build(core: FeatureCodes) -> Application:
    """The application that takes ``feature:<action>``."""
    ends: list[dict[type, Handler]] = [{CallEnded: of_own(calls, core.call_ended)} for calls in core.calls]
    return Application(
        scheme=FEATURE_SCHEME,
        knows=lambda name: parse_action(name) is not None,
        cores=(core,),
        routes=merge_routes(
            {
                CallArrived: core.call_arrived,
                CallHandedOff: core.call_handed_off,
                CallTransferred: core.call_transferred,
                CallParked: core.call_parked,
                DigitReceived: core.digit_received,
                PromptFinished: core.prompt_finished,
            },
            *ends,
        ),
        gauges=(
            Gauge(
                "feature_calls", "Stations that dialled a feature code.", (), lambda: {(): core.open_calls}
            ),
        ),
    )
