"""Feature codes as an application of the exchange."""

from switch.application import Application, Gauge
from switch.events import CallArrived, CallEnded, CallHandedOff, DigitReceived, PromptFinished
from switch.feature_codes.actions import parse_action
from switch.feature_codes.feature_codes import FEATURE_SCHEME, FeatureCodes


def build(core: FeatureCodes) -> Application:
    """The application that takes ``feature:<action>``."""
    return Application(
        scheme=FEATURE_SCHEME,
        knows=lambda name: parse_action(name) is not None,
        cores=(core,),
        routes={
            CallArrived: core.call_arrived,
            CallHandedOff: core.call_handed_off,
            CallEnded: core.call_ended,
            DigitReceived: core.digit_received,
            PromptFinished: core.prompt_finished,
        },
        gauges=(
            Gauge(
                "feature_calls", "Stations that dialled a feature code.", (), lambda: {(): core.open_calls}
            ),
        ),
    )
