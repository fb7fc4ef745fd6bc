"""The IVR as an application of the exchange. Translates between the words of the two, decides nothing.

Of the IVR only this file, ``orders.py`` and ``records.py`` speak the exchange's words.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from ivr import inputs
from ivr.config import FLOW_SCHEME, RETURN, IvrConfig
from ivr.editions import FlowSet
from ivr.events import DigitAccepted, FlowEntered, NodeEntered
from ivr.expressions import LONGEST_TEXT, Value
from ivr.flow_verbs import FlowVerbs
from ivr.interpreter import FlowInterpreter
from ivr.orders import orders
from ivr.paths import FlowPaths
from ivr.records import FlowRuns, SurveyAnswers
from ivr.walk import Rules
from ivr.world import World
from media.masking import MASKED
from media.speech.events import SpeechFailed, SpeechMade
from runtime.contact_data import Data
from runtime.driver import Handler, Outputs, merge_routes, of_own
from runtime.ids import Ids
from runtime.target import parse_target
from switch.application import Application, Gauge
from switch.events import (
    CallAnswered,
    CallArrived,
    CallDataChanged,
    CallDueBack,
    CallEnded,
    CallHandedOff,
    DigitReceived,
    PromptFinished,
)
from switch.hooks.answers import HookAnswered, HookUnanswered
from switch.lookups.answers import LookupAnswered, LookupFailed
from switch.mrcp.events import Recognised, RecognitionFailed, SpeakFailed, SpeakFinished


class Masks(Protocol):
    """Where the flows' masks are; only who put one on may ask."""

    def digits(self, call_id: str) -> tuple[str, str] | None:
        """The mask of the call's customer and the keys pressed behind it; None when there is none."""

    def leg(self, call_id: str, mask_id: str) -> str | None:
        """Whose keys a mask of a call hides; None when it is over."""


DataOf = Callable[[str], Data]
"""Takes a call; what is noted of its contact. Events do not tell personal values."""


class NoMasks:
    """Where nobody's keys are hidden."""

    def digits(self, call_id: str) -> tuple[str, str] | None:
        return None

    def leg(self, call_id: str, mask_id: str) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class Ivr:
    """The application, and what leads calls."""

    application: Application
    interpreter: FlowInterpreter
    paths: FlowPaths
    """Which way callers took."""


def build(
    config: IvrConfig,
    flows: FlowSet,
    ids: Ids,
    world: World,
    masks: Masks | None = None,
    data_of: DataOf = lambda call_id: {},
) -> Ivr:
    """The application that takes targets ``flow:<name>``.

    ``masks`` knows where keys are hidden, ``data_of`` what is noted of a call's contact.
    """
    masks = masks or NoMasks()
    rules = Rules(config.max_node_visits, config.on_error)
    interpreter = FlowInterpreter(flows, ids, world, rules)
    paths = FlowPaths()
    application = Application(
        scheme=FLOW_SCHEME,
        knows=interpreter.knows,
        cores=(interpreter,),
        routes={**_inputs(interpreter, masks, data_of), **orders(masks.leg), **_ways(paths)},
        verbs=FlowVerbs(interpreter).verbs(),
        projections=(FlowRuns(), SurveyAnswers()),
        gauges=(_calls_gauge(interpreter),),
    )
    return Ivr(application, interpreter, paths)


def _ways(paths: FlowPaths) -> dict[type, Handler]:
    """What the interpreter tells of ways, for those who ask later."""

    def noting(note: Callable[[Any], None]) -> Handler:
        def handle(event: Any, now: float) -> Outputs:
            note(event)
            return ()

        return handle

    return {
        FlowEntered: noting(paths.entered),
        NodeEntered: noting(paths.at_node),
        DigitAccepted: noting(paths.pressed),
    }


def _inputs(interpreter: FlowInterpreter, masks: Masks, data_of: DataOf) -> dict[type, Handler]:
    """What the exchange reports, as inputs of the interpreter."""

    def giving(translate: Callable[[Any], inputs.Input | None]) -> Handler:
        def handle(event: Any, now: float) -> Outputs:
            given = translate(event)
            return interpreter.handle(given, now=now) if given else ()

        return handle

    def telling(translate: Callable[[Any], inputs.Input]) -> Handler:
        """Most calls are in no flow."""
        return of_own(interpreter.in_flows, lambda event, now: interpreter.handle(translate(event), now=now))

    def pressed(event: DigitReceived, now: float) -> Outputs:
        key = _key(event, masks)
        return interpreter.handle(key, now=now) if key is not None else ()

    def ended(event: CallEnded, now: float) -> Outputs:
        over = inputs.CallOver(call_id=event.call_id, by_caller=event.by_caller)
        return interpreter.handle(over, now=now)

    def answering(answer: Callable[[Any], Value]) -> Handler:
        return telling(
            lambda event: inputs.AnswerCame(
                call_id=event.call_id, request_id=event.request_id, answer=answer(event)
            )
        )

    going_without = telling(
        lambda event: inputs.NoAnswerCame(
            call_id=event.call_id, request_id=event.request_id, reason=str(event.reason)
        )
    )
    inputs_of_calls: dict[type, Handler] = {
        CallArrived: giving(lambda event: _arrived(event, data_of)),
        CallHandedOff: giving(lambda event: _handed_off(event, data_of)),
        CallDataChanged: giving(
            lambda event: inputs.DataChanged(call_id=event.call_id, data=data_of(event.call_id))
        ),
        CallAnswered: telling(lambda event: inputs.CallerListens(call_id=event.call_id)),
        DigitReceived: of_own(interpreter.in_flows, pressed),
        PromptFinished: telling(_playback_over),
        SpeechMade: answering(lambda event: event.prompt),
        LookupAnswered: answering(lambda event: event.answer),
        HookAnswered: answering(lambda event: event.data),
        SpeakFinished: answering(lambda event: event.reason),
        Recognised: answering(_understood),
        SpeechFailed: going_without,
        SpeakFailed: going_without,
        RecognitionFailed: going_without,
        LookupFailed: going_without,
        HookUnanswered: going_without,
        CallDueBack: giving(
            lambda event: inputs.CallMoved(
                call_id=event.call_id, from_call_id=event.from_call_id, back=event.target
            )
        ),
    }
    ends: list[dict[type, Handler]] = [
        {CallEnded: of_own(calls, ended)} for calls in (interpreter.in_flows, interpreter.lent)
    ]
    return merge_routes(inputs_of_calls, *ends)


def _key(event: DigitReceived, masks: Masks) -> inputs.Input | None:
    """A masked key is for whoever put the mask on."""
    if event.digit != MASKED:
        return inputs.DigitPressed(call_id=event.call_id, digit=event.digit)
    found = masks.digits(event.call_id)
    if found is None:
        return None
    mask_id, digits = found
    return inputs.MaskedKeysPressed(call_id=event.call_id, mask_id=mask_id, digits=digits)


def _arrived(event: CallArrived, data_of: DataOf) -> inputs.CallGiven | None:
    target = parse_target(event.target)
    if target.scheme != FLOW_SCHEME:
        return None
    return inputs.CallGiven(
        call_id=event.call_id,
        contact_id=event.contact_id,
        flow=target.name,
        answered=False,
        caller_number=event.caller_number,
        caller_name=event.caller_name,
        access_code=event.access_code,
        area=event.area,
        lists=event.lists,
        tags=event.tags,
        data=data_of(event.call_id),
    )


def _handed_off(event: CallHandedOff, data_of: DataOf) -> inputs.Input:
    target = parse_target(event.target)
    if target.scheme != FLOW_SCHEME:
        return inputs.CallTaken(call_id=event.call_id)
    if target.name.endswith(RETURN):
        return inputs.CallReturned(call_id=event.call_id, outcome=event.outcome, language=event.language)
    return inputs.CallGiven(
        call_id=event.call_id,
        contact_id=event.contact_id,
        flow=target.name,
        answered=event.answered,
        back=event.back or "",
        language=event.language,
        caller_number=event.caller_number,
        caller_name=event.caller_name,
        access_code=event.access_code,
        area=event.area,
        lists=event.lists,
        tags=event.tags,
        data=data_of(event.call_id),
    )


def _playback_over(event: PromptFinished) -> inputs.PlaybackOver:
    by_key = event.reason == "barged_in"
    return inputs.PlaybackOver(call_id=event.call_id, playback_id=event.playback_id, by_key=by_key)


def _understood(event: Recognised) -> Value:
    """A meaning of several values is JSON."""
    meaning: Value = event.interpretation if len(event.interpretation) <= LONGEST_TEXT else ""
    if isinstance(meaning, str) and meaning.startswith(("{", "[")):
        with suppress(ValueError, RecursionError):
            meaning = json.loads(meaning)
    return {"text": event.text, "meaning": meaning, "confidence": event.confidence}


def _calls_gauge(interpreter: FlowInterpreter) -> Gauge:
    return Gauge(
        name="flow_calls",
        help="Calls in a flow now.",
        labels=("flow",),
        read=lambda: {(name,): float(interpreter.calls_in(name)) for name in interpreter.flows.editions},
    )
