"""What the interpreter commands, in the words of the exchange and of the services beside it."""

from collections.abc import Callable

from ivr import commands
from ivr.expressions import as_text
from media.speech.commands import MakeSpeech
from runtime.driver import Handler, Outputs, ignoring_time
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    HandOff,
    HangUpCall,
    MaskDigits,
    PauseCallRecording,
    PlayPrompt,
    ResumeCallRecording,
    RingCall,
    SetCallData,
    StartCallRecording,
    StopCallRecording,
    StopPrompt,
    TagCall,
    UnmaskDigits,
)
from switch.hooks.commands import AskApplication, ForgetHook, RequestTextMessage
from switch.lookups.commands import ForgetLookup, LookUp, Method
from switch.mrcp.commands import Recognise, Speak, StopSpeech

MaskedLeg = Callable[[str, str], str | None]
"""Takes a call and a mask; the leg whose keys it hides, None when it is over."""


def orders(masked_leg: MaskedLeg) -> dict[type, Handler]:
    """The driver's table: of each command, what the exchange and the services are told."""
    return {
        commands.RingCaller: ignoring_time(_ring),
        commands.AnswerCaller: ignoring_time(_answer),
        commands.RecordCaller: ignoring_time(_record),
        commands.ChangeRecording: ignoring_time(_change_recording),
        commands.PlayToCaller: ignoring_time(_play),
        commands.SilencePrompts: ignoring_time(_silence),
        commands.TagCaller: ignoring_time(_tag),
        commands.NoteData: ignoring_time(_note),
        commands.HideKeys: ignoring_time(_hide),
        commands.ShowKeys: ignoring_time(lambda command: _show(command, masked_leg)),
        commands.MakeSpeech: ignoring_time(_make_speech),
        commands.SpeakLive: ignoring_time(_speak),
        commands.RecogniseSpeech: ignoring_time(_recognise),
        commands.LookUp: ignoring_time(_look_up),
        commands.AskApplication: ignoring_time(_ask),
        commands.ForgetRequest: ignoring_time(_forget),
        commands.RequestText: ignoring_time(_request_text),
        commands.PassOn: ignoring_time(_pass_on),
        commands.EndCall: ignoring_time(_end),
    }


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


def _pass_on(command: commands.PassOn) -> Outputs:
    passed_on = HandOff(
        call_id=command.call_id,
        target=command.target,
        back=command.back or None,
        language=command.language,
    )
    return [passed_on]


def _change_recording(command: commands.ChangeRecording) -> Outputs:
    match command.change:
        case commands.RecordingChange.START:
            return [StartCallRecording(call_id=command.call_id)]
        case commands.RecordingChange.STOP:
            return [StopCallRecording(call_id=command.call_id)]
        case commands.RecordingChange.PAUSE:
            return [PauseCallRecording(call_id=command.call_id, customer=True, agent=True)]
    return [ResumeCallRecording(call_id=command.call_id)]


def _tag(command: commands.TagCaller) -> Outputs:
    return [TagCall(call_id=command.call_id, tags=command.tags)]


def _note(command: commands.NoteData) -> Outputs:
    return [SetCallData(call_id=command.call_id, data=command.data, remove=command.remove)]


def _make_speech(command: commands.MakeSpeech) -> Outputs:
    order = MakeSpeech(
        request_id=command.request_id,
        call_id=command.call_id,
        text=command.text,
        language=command.language,
        voice=command.voice,
    )
    return [order]


def _look_up(command: commands.LookUp) -> Outputs:
    order = LookUp(
        request_id=command.request_id,
        call_id=command.call_id,
        service=command.service,
        method=Method(command.method),
        path=command.path,
        query=tuple((name, as_text(value)) for name, value in command.query.items()),
        body=command.body or None,
        timeout_s=command.timeout_s,
    )
    return [order]


def _ask(command: commands.AskApplication) -> Outputs:
    order = AskApplication(
        request_id=command.request_id,
        call_id=command.call_id,
        hook=command.hook,
        data=command.data,
        timeout_s=command.timeout_s,
    )
    return [order]


def _speak(command: commands.SpeakLive) -> Outputs:
    order = Speak(
        request_id=command.request_id,
        call_id=command.call_id,
        text=command.text,
        language=command.language,
        voice=command.voice,
        barge_in=command.barge_in,
    )
    return [order]


def _recognise(command: commands.RecogniseSpeech) -> Outputs:
    order = Recognise(
        request_id=command.request_id,
        call_id=command.call_id,
        grammars=command.grammars,
        language=command.language,
        barge_in=command.barge_in,
        prompt_plays=command.prompt_plays,
        no_input_ms=round(command.no_input_s * 1000),
        longest_ms=round(command.longest_s * 1000),
        silence_ms=round(command.pause_s * 1000),
        confidence=command.confidence,
    )
    return [order]


def _request_text(command: commands.RequestText) -> Outputs:
    return [RequestTextMessage(call_id=command.call_id, to=command.to, text=command.text)]


def _forget(command: commands.ForgetRequest) -> Outputs:
    """Whoever was not asked has nothing to forget."""
    request_id = command.request_id
    return [
        ForgetLookup(request_id=request_id),
        ForgetHook(request_id=request_id),
        StopSpeech(request_id=request_id),
    ]


def _hide(command: commands.HideKeys) -> Outputs:
    return [MaskDigits(call_id=command.call_id, mask_id=command.mask_id, max_s=command.max_s)]


def _show(command: commands.ShowKeys, masked_leg: MaskedLeg) -> Outputs:
    leg_id = masked_leg(command.call_id, command.mask_id)
    return [UnmaskDigits(leg_id=leg_id)] if leg_id is not None else []


def _end(command: commands.EndCall) -> Outputs:
    return [HangUpCall(call_id=command.call_id, cause=Cause[command.cause])]
