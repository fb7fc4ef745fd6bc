"""What the ACD's core commands, in the exchange's words."""

from collections.abc import Callable, Mapping

from acd import commands
from acd.config import QUEUE_SCHEME
from acd.events import LeaveReason, OfferResult
from acd.messages.commands import TextStation
from acd.reception import confirmation_of
from media.commands import FOR_EVER
from runtime.driver import Handler, Outputs, ignoring_time
from runtime.ids import Ids
from runtime.tenancy import tenant_of
from switch.causes import Cause
from switch.commands import (
    ConnectCall,
    HandOff,
    HangUpCall,
    OfferCall,
    PlaceCall,
    PlayPrompt,
    PlayToStation,
    StartCallRecording,
    StopPrompt,
    WithdrawOffer,
)
from switch.dial_plan import NUMBER_SCHEME
from switch.sip.commands import AwaitRefresh, SendText

WITHDRAWAL_CAUSES: Mapping[OfferResult, Cause] = {
    OfferResult.ACCEPTED: Cause.NORMAL_CLEARING,
    OfferResult.REJECTED: Cause.ORIGINATOR_CANCEL,
    OfferResult.NO_ANSWER: Cause.NO_ANSWER,
    OfferResult.UNREACHABLE: Cause.NO_USER_RESPONSE,
    OfferResult.FAILED: Cause.NORMAL_TEMPORARY_FAILURE,
    OfferResult.CANCELLED: Cause.ORIGINATOR_CANCEL,
    OfferResult.ELSEWHERE: Cause.LOSE_RACE,
}
"""What the phone is told when the ACD ends an offer."""

RELEASE_CAUSES: Mapping[LeaveReason, Cause] = {
    LeaveReason.CONNECTED: Cause.NORMAL_CLEARING,
    LeaveReason.TIMED_OUT: Cause.NO_ANSWER,
    LeaveReason.FULL: Cause.USER_BUSY,
    LeaveReason.OVERFLOWED: Cause.USER_BUSY,
    LeaveReason.CLOSED: Cause.NORMAL_CLEARING,
    LeaveReason.EXITED: Cause.NORMAL_CLEARING,
    LeaveReason.UNREACHED: Cause.NO_ANSWER,
    LeaveReason.WITHDRAWN: Cause.ORIGINATOR_CANCEL,
}
"""What the caller is told when the ACD ends the call."""

Whom = Callable[[str, int | None, str], str | None]
"""How a customer is called back, as a target: by the customer's number, by routes up to a level (None: any),
and by whose customer it is (a tenant's, or the house's); None when that is impossible."""


def orders(ids: Ids, whom: Whom) -> dict[type, Handler]:
    """The driver's table: of each command, what the exchange is told."""
    return {
        commands.DialCustomer: ignoring_time(lambda command: [_place(command, whom)]),
        commands.PlayMusic: ignoring_time(lambda command: [_music(command, ids.new("playback"))]),
        commands.PlayAnnouncement: ignoring_time(_announce),
        commands.StopAnnouncement: ignoring_time(lambda command: [StopPrompt(call_id=command.call_id)]),
        commands.GreetAgent: ignoring_time(_greet),
        commands.PlayConfirmation: ignoring_time(_confirm),
        commands.AskForKey: ignoring_time(_ask_for_key),
        commands.RingStation: ignoring_time(_ring),
        commands.ReleaseStation: ignoring_time(_release_station),
        commands.ConnectCaller: ignoring_time(_connect),
        commands.ReleaseCaller: ignoring_time(_release_caller),
        commands.PassOnCaller: ignoring_time(_pass_on),
        commands.LendCaller: ignoring_time(_lend),
        commands.RecallCaller: ignoring_time(_recall),
        TextStation: ignoring_time(_text),
        commands.AwaitPhone: ignoring_time(lambda command: [AwaitRefresh(station=command.station)]),
    }


def _music(command: commands.PlayMusic, playback_id: str) -> PlayPrompt:
    return PlayPrompt(
        call_id=command.call_id,
        playback_id=playback_id,
        prompts=(command.prompt,),
        times=FOR_EVER,
        shared=True,
    )


def _announce(command: commands.PlayAnnouncement) -> Outputs:
    return [PlayPrompt(call_id=command.call_id, playback_id=command.playback_id, prompts=command.prompts)]


def _greet(command: commands.GreetAgent) -> Outputs:
    return [
        PlayToStation(
            call_id=command.call_id,
            offer_id=command.offer_id,
            playback_id=command.playback_id,
            prompts=command.prompts,
        )
    ]


def _confirm(command: commands.PlayConfirmation) -> Outputs:
    playback_id = confirmation_of(command.call_id)
    return [PlayPrompt(call_id=command.call_id, playback_id=playback_id, prompts=(command.prompt,))]


def _ask_for_key(command: commands.AskForKey) -> Outputs:
    playback_id = confirmation_of(command.call_id)
    prompts = (command.prompt,)
    return [PlayPrompt(call_id=command.call_id, playback_id=playback_id, prompts=prompts, times=FOR_EVER)]


def _place(command: commands.DialCustomer, whom: Whom) -> PlaceCall:
    return PlaceCall(
        call_id=command.call_id,
        contact_id=command.contact_id,
        whom=whom(command.number, None, tenant_of(command.queue)) or f"{NUMBER_SCHEME}:{command.number}",
        target=f"{QUEUE_SCHEME}:{command.queue}",
        ring_s=command.ring_s,
        shown_number=command.shown_number,
        caller_number=command.number,
        access_code=command.access_code,
    )


def _ring(command: commands.RingStation) -> Outputs:
    return [
        OfferCall(
            call_id=command.call_id,
            offer_id=command.offer_id,
            station=command.station,
            auto_answer=command.auto_answer,
        )
    ]


def _release_station(command: commands.ReleaseStation) -> Outputs:
    cause = WITHDRAWAL_CAUSES[command.result]
    return [WithdrawOffer(call_id=command.call_id, offer_id=command.offer_id, cause=cause)]


def _connect(command: commands.ConnectCaller) -> Outputs:
    connect = ConnectCall(call_id=command.call_id, offer_id=command.offer_id, greeting=command.greeting)
    if not command.record_share:
        return [connect]
    return [StartCallRecording(call_id=command.call_id, share=command.record_share), connect]


def _release_caller(command: commands.ReleaseCaller) -> Outputs:
    return [HangUpCall(call_id=command.call_id, cause=RELEASE_CAUSES[command.reason])]


def _pass_on(command: commands.PassOnCaller) -> Outputs:
    passed_on = HandOff(call_id=command.call_id, target=command.target, outcome=command.outcome)
    return [StopPrompt(call_id=command.call_id), passed_on]


def _lend(command: commands.LendCaller) -> Outputs:
    lent = HandOff(
        call_id=command.call_id, target=command.target, back=command.back, language=command.language
    )
    return [StopPrompt(call_id=command.call_id), lent]


def _recall(command: commands.RecallCaller) -> Outputs:
    return [HandOff(call_id=command.call_id, target=command.target)]


def _text(command: TextStation) -> Outputs:
    """Who sent it shows as the phone shows callers: a number as a number, anything else as a name."""
    is_number = command.by.isascii() and command.by.isalnum()
    return [
        SendText(
            text_id=command.text_id,
            station=command.station,
            text=command.text,
            sender_number=command.by if is_number else "",
            sender_name="" if is_number else command.by,
        )
    ]
