"""Orders of applications on their way through the servers, on a hand-moved clock."""

import pytest

from media.commands import CloseEndpoint, Codec, ConfigureEndpoint, JoinMix, LeaveMix, MixRole
from runtime.errors import UsageError
from switch.call import CallState
from switch.causes import Cause
from switch.commands import StopPrompt
from switch.events import CallConnected, CallEnded, CallHandedOff, DigitReceived, PromptFinished
from switch.mrcp.commands import CloseControl, OpenControl, Recognise, SendControl, Speak, StopSpeech
from switch.mrcp.events import (
    Recognised,
    RecognitionFailed,
    RecognitionHeard,
    SpeakBegan,
    SpeakFailed,
    SpeakFinished,
    SpeechFailure,
    SpeechServerDown,
)
from switch.mrcp.reports import ControlClosed, ControlReceived
from switch.sip.commands import AnswerReoffer, DialLeg, HangUpLeg
from switch.sip.events import LegAnswered, LegEnded, LegReoffered
from tests.helpers.speech_rig import SpeechRig

NLSML = "<result><interpretation><instance>bill</instance><input>查电费</input></interpretation></result>"


def recognise(rig: SpeechRig, request_id: str = "r2", *, prompt_plays: bool = False) -> None:
    rig.feed(
        Recognise(
            request_id=request_id,
            call_id=rig.call.call_id,
            grammars=("builtin:speech/transcribe",),
            prompt_plays=prompt_plays,
        )
    )


def refuse(rig: SpeechRig, status: int = 503) -> None:
    dialled = rig.take(DialLeg)
    ended = LegEnded(leg_id=dialled.leg_id, cause=Cause.NORMAL_CLEARING, sip_status=status, by_peer=True)
    rig.feed(ended)


def nothing_is_left(rig: SpeechRig) -> bool:
    sessions = sum(server.sessions for server in rig.speech.servers)
    return (rig.speech.open_sessions, sessions, rig.speech.next_deadline()) == (0, 0, None)


def test_a_text_is_said_and_everything_given_back() -> None:
    rig = SpeechRig()
    rig.speak()
    served = rig.connect()
    configured = rig.take(ConfigureEndpoint)
    assert (configured.host, configured.port, configured.codec) == ("192.0.2.40", 4000, Codec.PCMA)
    request = served.begins()
    assert rig.take(SpeakBegan) == SpeakBegan(request_id="r1", call_id=rig.call.call_id, server="a")
    assert rig.all(StopPrompt) == [StopPrompt(call_id=rig.call.call_id)]
    served.tells(request, "SPEAK-COMPLETE", "000 normal")
    assert rig.take(SpeakFinished).reason == "finished"
    assert [type(output) for output in rig.outputs[-4:]] == [CloseControl, HangUpLeg, CloseEndpoint, LeaveMix]
    assert nothing_is_left(rig)


def test_the_caller_is_heard_by_the_recogniser_and_hears_the_synthesizer_only() -> None:
    rig = SpeechRig()
    recognise(rig)
    hears = rig.connect()
    rig.speak()
    says = rig.connect()
    joined = {command.leg_id: (command.role, command.whisper_to) for command in rig.all(JoinMix)}
    assert joined == {
        rig.leg_id: (MixRole.SPEAKER, None),
        hears.session_id: (MixRole.MONITOR, None),
        says.session_id: (MixRole.WHISPER, rig.leg_id),
    }
    rig.feed(StopSpeech(request_id="r1"))
    assert rig.all(LeaveMix) == []
    rig.feed(StopSpeech(request_id="r2"))
    assert rig.all(LeaveMix) == [LeaveMix(leg_id=rig.leg_id)]


def test_a_caller_is_understood() -> None:
    rig = SpeechRig()
    recognise(rig)
    served = rig.connect()
    request = served.begins()
    served.tells(request, "START-OF-INPUT")
    assert rig.take(RecognitionHeard).request_id == "r2"
    assert rig.all(StopPrompt)
    served.tells(request, "RECOGNITION-COMPLETE", "000 success", NLSML.encode())
    result = rig.take(Recognised)
    assert (result.text, result.interpretation, result.confidence) == ("查电费", "bill", 1.0)
    assert nothing_is_left(rig)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("001 no-match", SpeechFailure.NO_MATCH),
        ("002 no-input-timeout", SpeechFailure.NO_INPUT),
        ("007 speech-too-early", SpeechFailure.TOO_EARLY),
        ("010 language-unsupported", SpeechFailure.UNUSABLE),
        ("006 recognizer-error", SpeechFailure.NO_SERVER),
    ],
)
def test_a_recognition_fails_as_its_cause_says(cause: str, reason: SpeechFailure) -> None:
    rig = SpeechRig()
    recognise(rig)
    served = rig.connect()
    served.tells(served.begins(), "RECOGNITION-COMPLETE", cause)
    assert rig.take(RecognitionFailed).reason is reason
    assert nothing_is_left(rig)


def test_the_next_server_is_asked_in_the_same_request() -> None:
    rig = SpeechRig(3)
    rig.speak()
    refuse(rig)
    rig.feed(ControlClosed(called(rig), "192.0.2.41:1544: Connection refused"))
    served = rig.connect()
    served.begins()
    assert rig.take(SpeakBegan).server == "c"
    assert rig.all(SpeakFailed) == []


def called(rig: SpeechRig) -> str:
    """The next server answers by SIP, and that is all."""
    dialled = rig.take(DialLeg)
    answer = (
        "v=0\r\no=- 1 1 IN IP4 192.0.2.41\r\ns=-\r\nc=IN IP4 192.0.2.41\r\nt=0 0\r\n"
        "m=application 1544 TCP/MRCPv2 1\r\na=setup:passive\r\na=channel:2@speechsynth\r\n"
        "m=audio 4000 RTP/AVP 8\r\n"
    )
    rig.feed(LegAnswered(leg_id=dialled.leg_id, sdp=answer))
    return rig.take(OpenControl).session_id


def test_a_request_fails_when_every_server_did_and_tells_what_they_did() -> None:
    rig = SpeechRig(2, failures_to_down=1)
    rig.speak()
    refuse(rig)
    rig.feed(LegAnswered(leg_id=rig.take(DialLeg).leg_id, sdp="v=0"))
    failed = rig.take(SpeakFailed)
    assert failed.reason is SpeechFailure.NO_SERVER
    assert failed.problem.startswith("a: SIP answer 503 (setting up a session); b: no o= line")
    assert [down.server for down in rig.all(SpeechServerDown)] == ["a", "b"]
    rig.speak("r3")
    assert rig.take(SpeakFailed).request_id == "r3"
    assert nothing_is_left(rig)


def test_a_server_that_is_not_up_in_time_gives_way() -> None:
    rig = SpeechRig(2, setup_timeout_s=3)
    rig.speak()
    first = rig.take(DialLeg)
    rig.pass_time(2.9)
    assert rig.all(DialLeg) == []
    rig.pass_time(0.2)
    assert rig.take(HangUpLeg).leg_id == first.leg_id
    assert rig.connect().asked().method == "SPEAK"


def test_octets_that_are_no_message_end_a_session_and_another_server_is_asked() -> None:
    rig = SpeechRig(2)
    rig.speak()
    served = rig.connect()
    rig.feed(ControlReceived(served.session_id, b"HTTP/1.1 200 OK\r\n"))
    assert rig.all(DialLeg)


def test_what_the_caller_has_heard_or_said_is_not_begun_anew() -> None:
    rig = SpeechRig(2)
    rig.speak()
    served = rig.connect()
    served.begins()
    rig.feed(ControlClosed(served.session_id, "connection closed"))
    assert rig.take(SpeakFailed).reason is SpeechFailure.SERVER_FAILED
    recognise(rig)
    served = rig.connect()
    served.tells(served.begins(), "START-OF-INPUT")
    rig.feed(ControlClosed(served.session_id, "connection closed"))
    assert rig.take(RecognitionFailed).reason is SpeechFailure.SERVER_FAILED
    assert rig.all(DialLeg) == []


def test_a_bad_grammar_takes_no_server_away_from_others() -> None:
    rig = SpeechRig(1, failures_to_down=1)
    for request_id in ("r1", "r2", "r3"):
        recognise(rig, request_id)
        served = rig.connect()
        served.answers(served.asked(), 407, "COMPLETE")
        assert rig.take(RecognitionFailed).problem == "a: answered 407"
    assert rig.all(SpeechServerDown) == []


def test_a_key_ends_a_text_only_if_it_may() -> None:
    rig = SpeechRig()
    for request_id, barge_in in (("r1", False), ("r2", True)):
        rig.speak(request_id, barge_in=barge_in)
        served = rig.connect()
        served.begins()
        rig.feed(DigitReceived(call_id=rig.call.call_id, digit="1", duration_ms=100))
        if barge_in:
            assert rig.take(SpeakFinished).reason == "barged_in"
            assert rig.take(CloseEndpoint).leg_id == served.session_id
            assert served.asked().method == "BARGE-IN-OCCURRED"
        else:
            assert rig.all(SpeakFinished) == []
            rig.feed(StopSpeech(request_id=request_id))
            assert rig.take(SpeakFinished).reason == "stopped"
            rig.outputs.clear()
        rig.pass_time(3)
    assert nothing_is_left(rig)


def test_a_server_that_fails_after_it_was_let_go_is_nobodys_business() -> None:
    rig = SpeechRig(2, failures_to_down=1)
    rig.speak()
    served = rig.connect()
    served.begins()
    rig.feed(StopSpeech(request_id="r1"))
    rig.outputs.clear()
    rig.feed(ControlClosed(served.session_id, "connection closed"))
    assert {type(output) for output in rig.outputs} == {CloseControl, HangUpLeg}
    assert nothing_is_left(rig)


def test_speech_ends_a_text_and_not_one_that_shall_be_heard() -> None:
    rig = SpeechRig()
    recognise(rig)
    hears = rig.connect()
    listening = hears.begins()
    rig.speak(barge_in=True)
    rig.connect().begins()
    hears.tells(listening, "START-OF-INPUT")
    assert rig.take(SpeakFinished).reason == "barged_in"


def test_silence_counts_from_the_end_of_whatever_plays_last() -> None:
    rig = SpeechRig()
    rig.speak()
    recognise(rig, prompt_plays=True)
    says, hears = rig.connect(), rig.connect()
    speaking = says.begins()
    listening = hears.begins()
    assert dict(listening.headers)["Start-Input-Timers"] == "false"
    stopped = PromptFinished(call_id=rig.call.call_id, playback_id="music", reason="stopped")
    rig.feed(stopped)
    assert rig.all(SendControl) == []
    says.tells(speaking, "SPEAK-COMPLETE", "000 normal")
    rig.feed(rig.take(SpeakFinished))
    assert hears.asked().method == "START-INPUT-TIMERS"


def test_another_order_of_the_kind_takes_the_place_of_the_first() -> None:
    rig = SpeechRig()
    rig.speak("r1")
    first = rig.connect()
    first.begins()
    rig.speak("r3")
    assert rig.take(SpeakFinished).request_id == "r1"
    assert first.asked().method == "STOP"
    rig.connect().begins()
    assert [began.request_id for began in rig.all(SpeakBegan)] == ["r1", "r3"]


def test_the_end_of_the_call_ends_all_without_a_word() -> None:
    rig = SpeechRig()
    rig.speak()
    rig.connect().begins()
    recognise(rig)
    rig.outputs.clear()
    call = rig.calls.pop(rig.call.call_id)
    rig.feed(
        CallEnded(call_id=call.call_id, contact_id="contact", cause=Cause.NORMAL_CLEARING, by_caller=True)
    )
    assert {type(output) for output in rig.outputs} == {CloseControl, HangUpLeg, CloseEndpoint}
    assert nothing_is_left(rig)


def test_whoever_gets_the_call_hears_nothing_of_it_and_the_caller_nothing_more() -> None:
    rig = SpeechRig()
    rig.speak()
    served = rig.connect()
    served.begins()
    rig.outputs.clear()
    rig.feed(
        CallHandedOff(
            call_id=rig.call.call_id,
            contact_id="contact",
            caller_number="",
            caller_name="",
            access_code="",
            target="queue:service",
        )
    )
    assert [type(output) for output in rig.outputs] == [CloseEndpoint, SendControl, LeaveMix]
    rig.pass_time(3)
    assert nothing_is_left(rig)


def test_who_talks_with_somebody_is_left_as_they_are() -> None:
    rig = SpeechRig()
    rig.speak()
    recognise(rig)
    rig.connect()
    rig.call.state = CallState.CONNECTED
    rig.feed(CallConnected(call_id=rig.call.call_id, offer_id="o", station="1001"))
    assert rig.take(SpeakFinished).reason == "stopped"
    assert rig.take(RecognitionFailed).reason is SpeechFailure.NOT_NOW
    assert rig.all(LeaveMix) == []
    rig.speak("r5")
    assert rig.take(SpeakFailed).reason is SpeechFailure.NOT_NOW


def test_orders_that_make_no_sense_are_refused_and_those_for_nobody_ignored() -> None:
    rig = SpeechRig()
    rig.speak()
    with pytest.raises(UsageError, match="r1 is in use"):
        rig.speak()
    with pytest.raises(UsageError, match="one line"):
        rig.speak("r2", voice="li\r\nX: y")
    with pytest.raises(UsageError, match="is no grammar"):
        rig.feed(Recognise(request_id="r2", call_id=rig.call.call_id, grammars=("yes",)))
    assert rig.feed(Speak(request_id="r3", call_id="gone", text="x")) == []
    assert rig.feed(StopSpeech(request_id="r9")) == []


def test_without_a_server_an_order_fails_at_once() -> None:
    rig = SpeechRig(0)
    recognise(rig)
    assert rig.take(RecognitionFailed).reason is SpeechFailure.NO_SERVER


def test_what_was_agreed_with_a_server_stays_as_it_is() -> None:
    rig = SpeechRig()
    rig.speak()
    served = rig.connect()
    assert rig.feed(LegReoffered(leg_id=served.session_id, sdp="v=0")) == [
        AnswerReoffer(leg_id=served.session_id, sdp=None)
    ]
    assert rig.feed(LegReoffered(leg_id="another", sdp="v=0")) == []
