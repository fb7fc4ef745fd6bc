"""The IVR as an application of the exchange: says in the exchange's words what the interpreter means."""

from collections.abc import Mapping
from typing import Any

from ivr import commands, inputs
from ivr.config import FLOW_SCHEME, IvrConfig
from ivr.document import Flow
from ivr.interpreter import FlowInterpreter
from ivr.records import FlowRuns
from runtime.driver import Handler, Outputs
from runtime.ids import Ids
from runtime.models import NoParams
from switch.application import Application, Gauge, Verb
from switch.causes import Cause
from switch.commands import AnswerCall, HandOff, HangUpCall, PlayPrompt, StopPrompt
from switch.events import CallAnswered, CallArrived, CallEnded, CallHandedOff, DigitReceived, PromptFinished


def build(config: IvrConfig, flows: Mapping[str, Flow], ids: Ids) -> Application:
    """The application that takes targets ``flow:<name>``."""
    interpreter = FlowInterpreter(flows, ids, max_node_visits=config.max_node_visits)
    return Application(
        scheme=FLOW_SCHEME,
        knows=flows.__contains__,
        cores=(interpreter,),
        routes={**_inputs(interpreter), **_ORDERS},
        verbs=(_list_verb(flows, interpreter),),
        projections=(FlowRuns(),),
        gauges=(_calls_gauge(flows, interpreter),),
    )


def _inputs(interpreter: FlowInterpreter) -> dict[type, Handler]:
    """What the exchange reports, as inputs of the interpreter."""
    handle = interpreter.handle

    def arrived(event: CallArrived, now: float) -> Outputs:
        flow = _flow_of(event.target)
        given = inputs.CallGiven(call_id=event.call_id, flow=flow, answered=False) if flow else None
        return handle(given, now=now) if given else ()

    def handed_off(event: CallHandedOff, now: float) -> Outputs:
        flow = _flow_of(event.target)
        if not flow:
            return handle(inputs.CallTaken(call_id=event.call_id), now=now)
        return handle(inputs.CallGiven(call_id=event.call_id, flow=flow, answered=True), now=now)

    def answered(event: CallAnswered, now: float) -> Outputs:
        return handle(inputs.CallerListens(call_id=event.call_id), now=now)

    def digit(event: DigitReceived, now: float) -> Outputs:
        return handle(inputs.DigitPressed(call_id=event.call_id, digit=event.digit), now=now)

    def finished(event: PromptFinished, now: float) -> Outputs:
        over = inputs.PlaybackOver(call_id=event.call_id, playback_id=event.playback_id)
        return handle(over, now=now)

    def ended(event: CallEnded, now: float) -> Outputs:
        return handle(inputs.CallOver(call_id=event.call_id, by_caller=event.by_caller), now=now)

    return {
        CallArrived: arrived,
        CallHandedOff: handed_off,
        CallAnswered: answered,
        DigitReceived: digit,
        PromptFinished: finished,
        CallEnded: ended,
    }


def _flow_of(target: str) -> str | None:
    scheme, _, name = target.partition(":")
    return name if scheme == FLOW_SCHEME else None


def _answer(order: commands.AnswerCaller, _: float) -> Outputs:
    return (AnswerCall(call_id=order.call_id),)


def _play(order: commands.PlayToCaller, _: float) -> Outputs:
    return (PlayPrompt(call_id=order.call_id, playback_id=order.playback_id, prompts=order.prompts),)


def _silence(order: commands.SilencePrompts, _: float) -> Outputs:
    return (StopPrompt(call_id=order.call_id),)


def _send_to_queue(order: commands.SendToQueue, _: float) -> Outputs:
    return (HandOff(call_id=order.call_id, target=f"queue:{order.queue}"),)


def _end(order: commands.EndCall, _: float) -> Outputs:
    return (HangUpCall(call_id=order.call_id, cause=Cause[order.cause]),)


_ORDERS: dict[type, Handler] = {
    commands.AnswerCaller: _answer,
    commands.PlayToCaller: _play,
    commands.SilencePrompts: _silence,
    commands.SendToQueue: _send_to_queue,
    commands.EndCall: _end,
}
"""What the interpreter orders, as commands to the exchange."""


def _list_verb(flows: Mapping[str, Flow], interpreter: FlowInterpreter) -> Verb:
    def view(_: NoParams) -> list[dict[str, Any]]:
        return [
            {
                "name": flow.name,
                "title": flow.title,
                "nodes": len(flow.nodes),
                "calls": interpreter.calls_in(name),
            }
            for name, flow in flows.items()
        ]

    return Verb("flow.list", NoParams, view, "List the flows and how many calls are in each.")


def _calls_gauge(flows: Mapping[str, Flow], interpreter: FlowInterpreter) -> Gauge:
    return Gauge(
        name="flow_calls",
        help="Calls in a flow now.",
        labels=("flow",),
        read=lambda: {(name,): float(interpreter.calls_in(name)) for name in flows},
    )
