"""Voice messages as an application of the exchange."""

from runtime.driver import of_own
from switch.application import Application, Gauge
from switch.events import (
    CallArrived,
    CallDueBack,
    CallEnded,
    CallHandedOff,
    CallRecorded,
    DigitReceived,
    PromptFinished,
)
from switch.voice_messages.voice_messages import MESSAGE_SCHEME, VoiceMessages


def build(core: VoiceMessages) -> Application:
    """The application that takes ``message:<box>``."""
    return Application(
        scheme=MESSAGE_SCHEME,
        knows=core.knows,
        cores=(core,),
        routes={
            CallArrived: core.call_arrived,
            CallHandedOff: core.call_handed_off,
            CallRecorded: core.call_recorded,
            CallDueBack: core.call_due_back,
            CallEnded: of_own(core.calls, core.call_ended),
            DigitReceived: core.digit_received,
            PromptFinished: core.prompt_finished,
        },
        gauges=(
            Gauge("message_box_calls", "Callers in voice message boxes.", (), lambda: {(): core.open_calls}),
        ),
    )
