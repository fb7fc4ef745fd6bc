"""The IVR as an application of the exchange. Translates between the words of the two, decides nothing.

Of the IVR only this file and ``records.py`` speak the exchange's words.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr import commands, inputs
from ivr.config import FLOW_SCHEME, IvrConfig
from ivr.document import Flow
from ivr.interpreter import FlowInterpreter
from ivr.outlook import Outlook
from ivr.records import FlowRuns
from media.masking import MASKED
from runtime.driver import Handler, Outputs, ignoring_time
from runtime.ids import Ids
from runtime.models import TenantParams
from runtime.target import parse_target
from runtime.tenancy import tenant_of
from switch.application import Application, Gauge, ProspectOf, Verb
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    HandOff,
    HangUpCall,
    PlayPrompt,
    RingCall,
    StartCallRecording,
    StopPrompt,
)
from switch.events import CallAnswered, CallArrived, CallEnded, CallHandedOff, DigitReceived, PromptFinished


def build(
    config: IvrConfig, flows: Mapping[str, Flow], ids: Ids, prospect: ProspectOf = lambda queue, number: None
) -> Application:
    """The application that takes targets ``flow:<name>``; ``prospect`` tells of the queues."""

    def outlook(queue: str, number: str) -> Outlook | None:
        found = prospect(queue, number)
        return None if found is None else Outlook(found.repeats, found.wait_s, found.waiting, found.is_open)

    interpreter = FlowInterpreter(flows, ids, max_node_visits=config.max_node_visits, outlook=outlook)
    return Application(
        scheme=FLOW_SCHEME,
        knows=flows.__contains__,
        cores=(interpreter,),
        routes={**_inputs(interpreter), **_COMMANDS},
        verbs=(_list_verb(flows, interpreter),),
        projections=(FlowRuns(),),
        gauges=(_calls_gauge(flows, interpreter),),
    )


def _inputs(interpreter: FlowInterpreter) -> dict[type, Handler]:
    """What the exchange reports, as inputs of the interpreter."""

    def giving(translate: Callable[[Any], inputs.Input | None]) -> Handler:
        def handle(event: Any, now: float) -> Outputs:
            given = translate(event)
            return interpreter.handle(given, now=now) if given else ()

        return handle

    def telling(translate: Callable[[Any], inputs.Input]) -> Handler:
        """Most calls are in no flow."""
        return lambda event, now: (
            interpreter.handle(translate(event), now=now) if interpreter.holds(event.call_id) else ()
        )

    def pressed(event: DigitReceived, now: float) -> Outputs:
        """A masked key is for whoever collects it, not for the flow."""
        if event.digit == MASKED or not interpreter.holds(event.call_id):
            return ()
        key = inputs.DigitPressed(call_id=event.call_id, digit=event.digit)
        return interpreter.handle(key, now=now)

    return {
        CallArrived: giving(_arrived),
        CallHandedOff: giving(_handed_off),
        CallAnswered: telling(lambda event: inputs.CallerListens(call_id=event.call_id)),
        DigitReceived: pressed,
        PromptFinished: telling(_playback_over),
        CallEnded: telling(lambda event: inputs.CallOver(call_id=event.call_id, by_caller=event.by_caller)),
    }


def _arrived(event: CallArrived) -> inputs.CallGiven | None:
    target = parse_target(event.target)
    if target.scheme != FLOW_SCHEME:
        return None
    return inputs.CallGiven(
        call_id=event.call_id,
        flow=target.name,
        answered=False,
        caller_number=event.caller_number,
        lists=event.lists,
        tags=event.tags,
    )


def _handed_off(event: CallHandedOff) -> inputs.CallGiven | inputs.CallTaken:
    target = parse_target(event.target)
    if target.scheme != FLOW_SCHEME:
        return inputs.CallTaken(call_id=event.call_id)
    return inputs.CallGiven(
        call_id=event.call_id,
        flow=target.name,
        answered=event.answered,
        back=event.back or "",
        language=event.language,
        caller_number=event.caller_number,
        lists=event.lists,
        tags=event.tags,
    )


def _playback_over(event: PromptFinished) -> inputs.PlaybackOver:
    by_key = event.reason == "barged_in"
    return inputs.PlaybackOver(call_id=event.call_id, playback_id=event.playback_id, by_key=by_key)


def _ring(command: commands.RingCaller) -> Outputs:
    return [RingCall(call_id=command.call_id)]


def _answer(command: commands.AnswerCaller) -> Outputs:
    return [AnswerCall(call_id=command.call_id)]


def _record(command: commands.RecordCaller) -> Outputs:
    return [StartCallRecording(call_id=command.call_id, share=command.share)]


def _play(command: commands.PlayToCaller) -> Outputs:
    return [
        PlayPrompt(
            call_id=command.call_id,
            playback_id=command.playback_id,
            prompts=command.prompts,
            barge_in=command.barge_in,
        )
    ]


def _silence(command: commands.SilencePrompts) -> Outputs:
    return [StopPrompt(call_id=command.call_id)]


def _send_to_queue(command: commands.SendToQueue) -> Outputs:
    return [HandOff(call_id=command.call_id, target=f"queue:{command.queue}", language=command.language)]


def _give_back(command: commands.GiveBack) -> Outputs:
    return [HandOff(call_id=command.call_id, target=command.target, language=command.language)]


def _end(command: commands.EndCall) -> Outputs:
    return [HangUpCall(call_id=command.call_id, cause=Cause[command.cause])]


_COMMANDS: dict[type, Handler] = {
    commands.RingCaller: ignoring_time(_ring),
    commands.AnswerCaller: ignoring_time(_answer),
    commands.RecordCaller: ignoring_time(_record),
    commands.PlayToCaller: ignoring_time(_play),
    commands.SilencePrompts: ignoring_time(_silence),
    commands.SendToQueue: ignoring_time(_send_to_queue),
    commands.GiveBack: ignoring_time(_give_back),
    commands.EndCall: ignoring_time(_end),
}
"""What the interpreter commands, in the exchange's words."""


def _list_verb(flows: Mapping[str, Flow], interpreter: FlowInterpreter) -> Verb:
    def view(params: TenantParams) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "title": flow.title,
                "nodes": len(flow.nodes),
                "calls": interpreter.calls_in(name),
            }
            for name, flow in flows.items()
            if params.means(tenant_of(name))
        ]

    return Verb("flow.list", TenantParams, view, "List the flows and how many calls are in each.")


def _calls_gauge(flows: Mapping[str, Flow], interpreter: FlowInterpreter) -> Gauge:
    return Gauge(
        name="flow_calls",
        help="Calls in a flow now.",
        labels=("flow",),
        read=lambda: {(name,): float(interpreter.calls_in(name)) for name in flows},
    )
