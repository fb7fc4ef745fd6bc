"""Recording prompts by phone as an application of the exchange, with its verb."""

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass

from pydantic import Field

from media.events import RecordingCompleted, RecordingFailed
from runtime.driver import Handler, merge_routes, of_own
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, Params
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Command
from switch.application import Application, Gauge, Verb
from switch.events import CallArrived, CallEnded, CallHandedOff, CallRecorded, DigitReceived, PromptFinished
from switch.prompt_recording.booth import PROMPT_SCHEME, PromptBooth
from switch.prompt_recording.commands import RecordPrompt, TakeWasKept, TakeWasRead
from switch.roles import SUPERVISORS


class RecordPromptParams(Params):
    """Which prompt, spoken where."""

    prompt: str = Field(min_length=1, max_length=200, description="its name, such as zh/notice; new or not")
    station: str = Field(min_length=1, max_length=100, description="the station that is called")
    ring_s: float = Field(default=30, gt=0, le=600, description="how long it may go unanswered, in seconds")
    by: str = Field(default="", max_length=100, description="who orders it; the journal keeps it")


class PromptCall(Answer):
    """The call by which a prompt is recorded."""

    call_id: str
    prompt: str
    station: str


@dataclass(frozen=True, slots=True)
class PromptVerbs:
    """``prompt.record``."""

    knows: Callable[[str], bool]
    """Whether a prompt may have such a name."""
    contacts: Callable[[str], Sized]
    """The phones registered for a station."""
    ids: Ids
    submit: Callable[[Command], None]

    def verbs(self) -> tuple[Verb, ...]:
        text = "Call a station to record a prompt there (录制提示音)."
        return (Verb("prompt.record", RecordPromptParams, self._record, text, who=SUPERVISORS),)

    def _record(self, params: RecordPromptParams) -> PromptCall:
        if not self.knows(params.prompt):
            raise UsageError(
                f"{params.prompt!r} is no name for a prompt: expected a path such as zh/greeting"
            )
        if not len(self.contacts(params.station)):
            raise UsageError(f"no phone is registered at station {params.station}")
        tenant = tenant_of(params.station)
        order = RecordPrompt(
            call_id=self.ids.new(id_kind("call", tenant)),
            contact_id=self.ids.new(id_kind("contact", tenant)),
            station=params.station,
            prompt=params.prompt,
            by=params.by,
            ring_s=params.ring_s,
        )
        self.submit(order)
        return {"call_id": order.call_id, "prompt": params.prompt, "station": params.station}


def build(core: PromptBooth, shell: Mapping[type, Handler], verbs: PromptVerbs) -> Application:
    """The application that takes ``prompt:<name>``. ``shell``: the routes of its Takes."""
    return Application(
        scheme=PROMPT_SCHEME,
        knows=verbs.knows,
        cores=(core,),
        routes=merge_routes(
            shell,
            {
                RecordPrompt: core.order,
                TakeWasRead: core.take_was_read,
                TakeWasKept: core.take_was_kept,
                CallArrived: core.call_arrived,
                CallHandedOff: core.call_handed_off,
                CallRecorded: core.call_recorded,
                CallEnded: of_own(core.calls, core.call_ended),
                DigitReceived: core.digit_received,
                PromptFinished: core.prompt_finished,
                RecordingCompleted: core.recording_completed,
                RecordingFailed: core.recording_failed,
            },
        ),
        verbs=verbs.verbs(),
        gauges=(
            Gauge(
                "prompt_recording_calls",
                "Stations that record prompts.",
                (),
                lambda: {(): core.open_calls},
            ),
        ),
    )
