"""The verbs for a call as it stands: answer it, turn it away, lead it elsewhere, hold and retrieve."""

import re
from collections.abc import Callable

from pydantic import Field

from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.target import TARGET_PATTERN
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call import Call, CallState, Leg
from switch.call_control.live import free_leg, live_call, stations_leg
from switch.call_control.phone_keys import PhoneKeys, ringing_leg
from switch.call_control.targets import Targets
from switch.causes import Cause
from switch.commands import AnswerCall, HandOff, HangUpCall, HoldCall, RetrieveCall, SendAway
from switch.exchange import Exchange
from switch.roles import DESK_AND_BUSINESS
from switch.sip.commands import PhoneOrder
from switch.verbs import CallParams, CallView, view_of_call

_SIP_URI = re.compile(r"^sips?:[^\s<>\"]+$")


class AnswerParams(CallParams):
    """What is answered."""

    station: str = Field(
        default="",
        max_length=255,
        description="whose phone rings and is to answer, where it understands that; empty: the call itself",
    )


class RejectParams(CallParams):
    """Why a call is turned away."""

    cause: Cause = Field(
        default=Cause.CALL_REJECTED,
        description="such as USER_BUSY, CALL_REJECTED, UNALLOCATED_NUMBER: what the caller is told",
    )


class HoldParams(CallParams):
    """Who holds."""

    station: str = Field(
        default="",
        max_length=255,
        description="the station that holds; empty: the one that serves the customer",
    )
    by_phone: bool = Field(
        default=False,
        description="whether its phone shall do it as if its key were pressed, where it understands that",
    )


class RedirectParams(CallParams):
    """Where a call goes instead."""

    target: str = Field(
        pattern=TARGET_PATTERN,
        max_length=255,
        description="who gets it, such as agent:1001 or queue:service; sip:… outside, before it is answered",
    )


class CallControlVerbs:
    """``call.answer``, ``call.reject``, ``call.redirect``, ``call.hold``, ``call.retrieve``."""

    def __init__(
        self,
        exchange: Exchange,
        targets: Targets,
        phone_keys: PhoneKeys,
        clock: Clock,
        submit: Callable[[Command], None],
    ) -> None:
        self._exchange = exchange
        self._targets = targets
        self._phone_keys = phone_keys
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        who = DESK_AND_BUSINESS
        return (
            Verb(
                "call.answer",
                AnswerParams,
                self._answer,
                "Answer a call, or have a phone do so.",
                who,
            ),
            Verb("call.reject", RejectParams, self._reject, "Turn away a call before it is answered.", who),
            Verb(
                "call.redirect",
                RedirectParams,
                self._redirect,
                "Lead a call elsewhere that talks to nobody.",
                who,
            ),
            Verb("call.hold", HoldParams, self._hold, "Let the other end of a station hear music.", who),
            Verb("call.retrieve", HoldParams, self._retrieve, "End the hold that call.hold began.", who),
        )

    def _answer(self, params: AnswerParams) -> CallView:
        call = live_call(self._exchange, params.call_id)
        if params.station:
            self._phone_keys.press(call, ringing_leg(call, params.station), PhoneOrder.TALK)
            return self._view(call)
        _refuse_unless_unanswered(call)
        self._submit(AnswerCall(call_id=call.call_id))
        return self._view(call)

    def _reject(self, params: RejectParams) -> CallView:
        call = live_call(self._exchange, params.call_id)
        _refuse_unless_unanswered(call)
        view = self._view(call)
        self._submit(HangUpCall(call_id=call.call_id, cause=params.cause))
        return view

    def _redirect(self, params: RedirectParams) -> CallView:
        call = live_call(self._exchange, params.call_id)
        if _SIP_URI.match(params.target):
            return self._send_away(call, params.target)
        if call.state is CallState.CONNECTED:
            raise UsageError(
                f"two talk in call {call.call_id}; call.transfer passes it on", reason="already_connected"
            )
        self._targets.refuse_what_is_in_vain(call, params.target)
        self._submit(HandOff(call_id=call.call_id, target=params.target))
        return self._view(call)

    def _send_away(self, call: Call, uri: str) -> CallView:
        """The caller's own switch follows; ours has nothing to do with the call then."""
        _refuse_unless_unanswered(call)
        view = self._view(call)
        self._submit(SendAway(call_id=call.call_id, uri=uri))
        return view

    def _hold(self, params: HoldParams) -> CallView:
        call = live_call(self._exchange, params.call_id)
        leg = self._holder(call, params.station)
        if params.by_phone:
            self._phone_keys.press(call, leg, PhoneOrder.HOLD)
        else:
            self._submit(HoldCall(call_id=call.call_id, leg_id=leg.leg_id))
        return self._view(call)

    def _retrieve(self, params: HoldParams) -> CallView:
        call = live_call(self._exchange, params.call_id)
        leg = self._holder(call, params.station)
        if params.by_phone:
            self._phone_keys.press(call, leg, PhoneOrder.TALK)
        else:
            self._submit(RetrieveCall(call_id=call.call_id, leg_id=leg.leg_id))
        return self._view(call)

    def _holder(self, call: Call, station: str) -> Leg:
        """The leg that holds; while a phone rings for a transfer the two may do as they like."""
        return stations_leg(call, station) if call.transfer else free_leg(self._exchange, call, station)

    def _view(self, call: Call) -> CallView:
        return view_of_call(call, self._clock.now())


def _refuse_unless_unanswered(call: Call) -> None:
    if call.state is CallState.CALLING:
        raise UsageError(
            f"the switch calls {call.placement.whom if call.placement else ''} in call {call.call_id}: "
            "it is theirs to answer; call.hang_up ends it",
            reason="is_outgoing",
        )
    if call.customer.answered:
        raise UsageError(
            f"call {call.call_id} is answered already; call.hang_up ends it", reason="already_answered"
        )
