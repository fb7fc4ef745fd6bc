"""Every state a call can be in for the verbs, how it comes there, and what each verb is given."""

import asyncio
from collections.abc import Callable, Mapping
from inspect import iscoroutine
from typing import Any

from runtime.errors import UsageError
from runtime.ids import SeededIds
from switch.call_recording_verbs import CallRecordingVerbs
from switch.causes import Cause
from switch.commands import AnswerCall, HandOff, OfferCall, PlaceCall
from switch.conference_verbs import ConferenceVerbs
from switch.mask_verbs import MaskVerbs
from tests.helpers.call_media_rig import CallMediaRig
from tests.helpers.exchange_rig import CALLER_SDP
from tests.helpers.supervision_rig import BY
from tests.switch.parking.test_parking import ParkingRig

HELD = CALLER_SDP + "a=sendonly\r\n"


class StatesRig(CallMediaRig, ParkingRig):
    """A customer who talks to station 1001, and every verb that a call may be given."""

    def __init__(self) -> None:
        super().__init__()
        self.registered = {"1001", "1002", "1003"}
        ids, submit = SeededIds(8), self.driver.submit
        more = (
            *ConferenceVerbs(self.exchange, self.reach, ids, submit).verbs(),
            *CallRecordingVerbs(self.exchange, submit).verbs(),
            *MaskVerbs(self.exchange, ids, submit).verbs(),
        )
        self.all_control |= self.verbs | {verb.name: verb for verb in more}
        self.collect_id = "collection-none"

    def come_to(self, state: str) -> None:
        """Bring a call there; it is the one verbs are about from then on."""
        STATES[state](self)

    def outcome(self, verb: str) -> str:
        """``done``, or the reason why the verb is refused."""
        BEFORE.get(verb, _nothing)(self)
        return self.attempt(verb, **VERBS[verb])

    def attempt(self, verb: str, **params: object) -> str:
        """The same of a verb that is given other parameters, or only prepares what is asked."""
        if "collect_id" in self.all_control[verb].params.model_fields:
            params = {"collect_id": self.collect_id} | params
        try:
            answer = self.ask(verb, **params)
            self.answer = asyncio.run(answer) if iscoroutine(answer) else answer
        except UsageError as refusal:
            return refusal.reason or f"no reason: {refusal}"
        if verb in SUPERVISING:
            self.answer_station()
        return "done"

    def hang_up_everything(self) -> None:
        """Whoever is on the phone puts it down, until nobody is."""
        for _ in range(20):
            legs = list(self.exchange.snapshot().legs)
            for leg_id in legs:
                self.end(leg_id, Cause.NORMAL_CLEARING)


def _none(rig: StatesRig) -> None:
    rig.call_id = "call-none"


def _alerting(rig: StatesRig) -> None:
    rig.call_id = rig.arrive("new")


def _in_flow(rig: StatesRig) -> None:
    _alerting(rig)
    rig.feed(AnswerCall(call_id=rig.call_id))


def _waiting(rig: StatesRig) -> None:
    _in_flow(rig)
    rig.feed(HandOff(call_id=rig.call_id, target="queue:service"))


def _ringing(rig: StatesRig) -> None:
    _waiting(rig)
    rig.feed(OfferCall(call_id=rig.call_id, offer_id="ringing", station="1002"))


def _calling(rig: StatesRig) -> None:
    rig.call_id = "call-placed"
    rig.feed(
        PlaceCall(
            call_id=rig.call_id, contact_id="contact-placed", whom="station:1002", target="flow:hotline"
        )
    )


def _connected(rig: StatesRig) -> None:
    """As the rig begins."""


def _held_by_station(rig: StatesRig) -> None:
    rig.reoffer(rig.agent, HELD)


def _held_by_customer(rig: StatesRig) -> None:
    rig.reoffer("customer", HELD)


def _held_by_order(rig: StatesRig) -> None:
    rig.ask("call.hold")


def _transferring(rig: StatesRig) -> None:
    rig.ask("call.transfer", target="station:1002")


def _consulting(rig: StatesRig) -> None:
    rig.ask("call.consult", target="station:1002")


def _consulted(rig: StatesRig) -> None:
    _consulting(rig)
    rig.answer_station()


def _with_customer(rig: StatesRig) -> None:
    _consulted(rig)
    rig.ask("call.toggle")


def _other_call_ringing(rig: StatesRig) -> None:
    rig.call_id = rig.ask("call.consult", target="station:1002")["consultation_call_id"]


def _other_call(rig: StatesRig) -> None:
    _other_call_ringing(rig)
    rig.answer_station()


def _conference(rig: StatesRig) -> None:
    rig.ask("call.add_party", whom="station:1002")
    rig.answer_station()


def _parked(rig: StatesRig) -> None:
    rig.ask("call.park")


def _ended(rig: StatesRig) -> None:
    rig.end("customer", Cause.NORMAL_CLEARING)


def _nothing(rig: StatesRig) -> None:
    """Most verbs need nothing."""


def _plays(rig: StatesRig) -> None:
    rig.attempt("call.play", **VERBS["call.play"])


def _muted(rig: StatesRig) -> None:
    rig.attempt("call.mute")


def _collects(rig: StatesRig, *, masked: bool = False) -> None:
    if rig.attempt("call.collect", masked=masked, **VERBS["call.collect"]) == "done":
        rig.collect_id = rig.answer["collect_id"]


def _collected(rig: StatesRig) -> None:
    _collects(rig, masked=True)
    rig.attempt("call.stop_collecting")


def _supervised(rig: StatesRig) -> None:
    rig.attempt("call.monitor", **SUPERVISOR)


STATES: Mapping[str, Callable[[StatesRig], None]] = {
    "none": _none,
    "alerting": _alerting,
    "in a flow": _in_flow,
    "waiting": _waiting,
    "ringing": _ringing,
    "calling": _calling,
    "connected": _connected,
    "held by the station": _held_by_station,
    "held by the customer": _held_by_customer,
    "held by order": _held_by_order,
    "transferring": _transferring,
    "consulting, it rings": _consulting,
    "consulting": _consulted,
    "consulting, with the customer": _with_customer,
    "consultation, it rings": _other_call_ringing,
    "consultation": _other_call,
    "conference": _conference,
    "parked": _parked,
    "ended": _ended,
}
SUPERVISOR = {"by": BY, "station": "1003"}
SUPERVISING = ("call.monitor", "call.whisper", "call.barge", "call.intercept")
VERBS: Mapping[str, Mapping[str, Any]] = {
    "call.add_party": {"whom": "station:1003"},
    "call.answer": {},
    "call.barge": SUPERVISOR,
    "call.cancel_consultation": {},
    "call.collect": {"max_digits": 4},
    "call.complete_transfer": {},
    "call.consult": {"target": "station:1003"},
    "call.get_data": {},
    "call.hang_up": {},
    "call.hold": {},
    "call.intercept": SUPERVISOR,
    "call.join": {},
    "call.mask_digits": {},
    "call.monitor": SUPERVISOR,
    "call.mute": {},
    "call.park": {},
    "call.parties": {},
    "call.pause_recording": {},
    "call.pick_up": {"station": "1003"},
    "call.play": {"prompts": ["zh/notice"]},
    "call.record": {},
    "call.redirect": {"target": "station:1003"},
    "call.reject": {},
    "call.resume_recording": {},
    "call.retrieve": {},
    "call.say": {"text": "您好"},
    "call.send_digits": {"digits": "1,2#"},
    "call.set_data": {"data": {"订单": "7"}},
    "call.stop_collecting": {},
    "call.stop_playing": {},
    "call.stop_recording": {},
    "call.stop_supervising": SUPERVISOR,
    "call.take_digits": {},
    "call.toggle": {},
    "call.transfer": {"target": "station:1003"},
    "call.unmute": {},
    "call.whisper": SUPERVISOR,
}
BEFORE: Mapping[str, Callable[[StatesRig], None]] = {
    "call.stop_playing": _plays,
    "call.unmute": _muted,
    "call.stop_collecting": _collects,
    "call.take_digits": _collected,
    "call.stop_supervising": _supervised,
}
"""What is attempted first, for there to be something that the verb may end."""
