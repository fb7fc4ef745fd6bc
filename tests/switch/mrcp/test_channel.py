"""One request on a control channel, from asking to its end, with a test speaking for the server."""

from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.mrcp.channel import Begun, Channel, Ended, Over, Patience, Refused, Say, SpeechBegan
from switch.mrcp.channel_tables import TABLES, State, Step
from switch.mrcp.completion import Outcome
from switch.mrcp.message import (
    MrcpEvent,
    MrcpMessage,
    MrcpRequest,
    MrcpResponse,
    RequestState,
    header,
)
from switch.mrcp.orders import RecogniseOrder, SpeakOrder, check_grammar
from switch.mrcp.parser import parse_mrcp
from switch.mrcp.resource import Resource

K = TypeVar("K")

CHANNEL_ID = "32AECB23433802@speechsynth"
HEAD = (("Channel-Identifier", CHANNEL_ID),)
TEXT = SpeakOrder(text="您的电费是 <12> 元", language="zh", voice="li")
MENU = "<?xml version='1.0'?><grammar root='menu'/>"
WORDS = RecogniseOrder(
    grammars=("builtin:speech/transcribe",),
    language="zh",
    no_input_ms=5000,
    longest_ms=15_000,
    silence_ms=800,
    confidence=0.4,
)
PATIENCE = Patience(answer_s=3.0, speaking_s=600.0)
NLSML = (
    '<result><interpretation confidence="0.9"><instance>bill</instance><input>查电费</input>'
    "</interpretation></result>"
).encode()


def recogniser(*grammars: str, prompt_plays: bool = False) -> Channel:
    order = RecogniseOrder(
        grammars=grammars or WORDS.grammars,
        language="zh",
        no_input_ms=5000,
        longest_ms=15_000,
        silence_ms=800,
        confidence=0.4,
    )
    return Channel(CHANNEL_ID, order, PATIENCE, prompt_plays=prompt_plays)


def asked(outputs: list[Any]) -> MrcpRequest:
    """The one request among them."""
    (octets,) = [output.octets for output in outputs if isinstance(output, Say)]
    request = parse_mrcp(octets)
    assert isinstance(request, MrcpRequest)
    assert header(request, "Channel-Identifier") == CHANNEL_ID
    return request


def kinds(outputs: list[Any]) -> list[type]:
    return [type(output) for output in outputs]


def only(kind: type[K], outputs: list[Any]) -> K:
    (found,) = [output for output in outputs if isinstance(output, kind)]
    return found


def answer(request: MrcpRequest, status: int = 200, state: str = "IN-PROGRESS") -> MrcpResponse:
    return MrcpResponse(request.request_id, status, RequestState(state), HEAD)


def event(
    request: MrcpRequest,
    name: str,
    *,
    cause: str = "",
    body: bytes = b"",
    kind: str = "application/nlsml+xml",
) -> MrcpEvent:
    state = RequestState.COMPLETE if name.endswith("COMPLETE") else RequestState.IN_PROGRESS
    headers = (*HEAD, ("Completion-Cause", cause)) if cause else HEAD
    return MrcpEvent(name, request.request_id, state, (*headers, ("Content-Type", kind)), body)


# -- synthesis -------------------------------------------------------------------------------------------


def test_a_text_is_said_to_its_end() -> None:
    channel = Channel(CHANNEL_ID, TEXT, PATIENCE)
    request = asked(channel.begin(0.0))
    assert (request.method, request.request_id) == ("SPEAK", 1)
    assert header(request, "Voice-Name") == "li"
    assert header(request, "Speech-Language") == "zh-CN"
    assert header(request, "Content-Type") == "application/ssml+xml"
    assert 'xml:lang="zh-CN">您的电费是 &lt;12&gt; 元</speak>' in request.body.decode()
    assert channel.receive(answer(request), 0.1) == [Begun()]
    outputs = channel.receive(event(request, "SPEAK-COMPLETE", cause="000 normal"), 4.0)
    assert kinds(outputs) == [Ended, Over]
    assert only(Ended, outputs).completion.outcome is Outcome.DONE
    assert channel.next_deadline() is None


def test_markup_goes_as_it_is() -> None:
    ssml = "<speak version='1.0' xml:lang='zh-CN'>您好<break/></speak>"
    request = asked(Channel(CHANNEL_ID, SpeakOrder(text=ssml, language=""), PATIENCE).begin(0.0))
    assert request.body.decode() == ssml
    assert header(request, "Speech-Language") == ""


def test_what_xml_cannot_hold_is_left_out_of_a_text() -> None:
    request = asked(
        Channel(CHANNEL_ID, SpeakOrder(text="a\x00b\x1b&\ufffe", language="en"), PATIENCE).begin(0)
    )
    assert b">a b &amp; </speak>" in request.body


def test_a_caller_who_barges_in_is_told_to_the_synthesizer() -> None:
    channel = Channel(CHANNEL_ID, TEXT, PATIENCE)
    request = asked(channel.begin(0.0))
    channel.receive(answer(request), 0.1)
    told = asked(channel.barge_in(1.0))
    assert (told.method, told.request_id) == ("BARGE-IN-OCCURRED", 2)
    assert channel.receive(answer(told, state="COMPLETE"), 1.1) == [Over()]


def test_a_text_is_stopped_and_its_end_that_crosses_the_stop_is_nothing() -> None:
    channel = Channel(CHANNEL_ID, TEXT, PATIENCE)
    request = asked(channel.begin(0.0))
    channel.receive(answer(request), 0.1)
    stop = asked(channel.stop(1.0))
    assert stop.method == "STOP"
    assert channel.receive(event(request, "SPEAK-COMPLETE", cause="000 normal"), 1.0) == []
    assert channel.receive(answer(stop, state="COMPLETE"), 1.1) == [Over()]


def test_a_server_that_does_not_even_stop_is_let_go() -> None:
    channel = Channel(CHANNEL_ID, TEXT, PATIENCE)
    request = asked(channel.begin(0.0))
    channel.receive(answer(request), 0.0)
    channel.stop(1.0)
    assert channel.next_deadline() == 3.0
    assert channel.wake(3.0) == [Over()]


def test_a_request_that_is_refused_or_not_answered_fails() -> None:
    refused = Channel(CHANNEL_ID, TEXT, PATIENCE)
    request = asked(refused.begin(0.0))
    assert refused.receive(answer(request, 407, "COMPLETE"), 0.1) == [Refused(reason="answered 407"), Over()]
    silent = Channel(CHANNEL_ID, TEXT, PATIENCE)
    silent.begin(0.0)
    assert silent.next_deadline() == 3.0
    assert silent.wake(3.0) == [Refused(reason="silent while asked", late=True), Over()]


def test_a_text_without_end_is_stopped() -> None:
    channel = Channel(CHANNEL_ID, TEXT, PATIENCE)
    request = asked(channel.begin(0.0))
    channel.receive(answer(request), 1.0)
    assert channel.next_deadline() == 601.0
    outputs = channel.wake(601.0)
    assert kinds(outputs) == [Refused, Say]
    assert asked(outputs).method == "STOP"


# -- recognition -----------------------------------------------------------------------------------------


def test_what_a_caller_says_is_recognised() -> None:
    channel = recogniser()
    request = asked(channel.begin(0.0))
    assert request.method == "RECOGNIZE"
    assert request.body == b"builtin:speech/transcribe\r\n"
    told = {
        name: header(request, name) for name in ("No-Input-Timeout", "Start-Input-Timers", "Content-Type")
    }
    assert told == {"No-Input-Timeout": "5000", "Start-Input-Timers": "true", "Content-Type": "text/uri-list"}
    assert channel.receive(answer(request), 0.1) == [Begun()]
    assert channel.receive(event(request, "START-OF-INPUT"), 2.0) == [SpeechBegan()]
    outputs = channel.receive(event(request, "RECOGNITION-COMPLETE", cause="000 success", body=NLSML), 4.0)
    ended = only(Ended, outputs)
    assert ended.completion.outcome is Outcome.DONE
    assert ended.understood == ("查电费", "bill", 0.9)


def test_one_grammar_goes_along_and_several_are_defined_before() -> None:
    request = asked(recogniser(MENU).begin(0.0))
    assert request.body.decode() == MENU
    assert header(request, "Content-Type") == "application/srgs+xml"
    channel = recogniser(MENU, "builtin:speech/digits", "#ABNF 1.0 UTF-8;")
    first = asked(channel.begin(0.0))
    assert (first.method, header(first, "Content-ID")) == ("DEFINE-GRAMMAR", "<grammar-1@ringmain>")
    second = asked(channel.receive(answer(first, state="COMPLETE"), 0.1))
    assert (second.method, header(second, "Content-Type")) == ("DEFINE-GRAMMAR", "application/srgs")
    request = asked(channel.receive(answer(second, state="COMPLETE"), 0.2))
    assert request.body.decode().split() == [
        "session:grammar-1@ringmain",
        "builtin:speech/digits",
        "session:grammar-2@ringmain",
    ]


def test_a_grammar_that_is_refused_ends_all() -> None:
    channel = recogniser(MENU, "#JSGF V1.0;")
    first = asked(channel.begin(0.0))
    assert kinds(channel.receive(answer(first, 407, "COMPLETE"), 0.1)) == [Refused, Over]


def test_silence_counts_from_the_end_of_the_prompt() -> None:
    channel = recogniser(prompt_plays=True)
    request = asked(channel.begin(0.0))
    assert header(request, "Start-Input-Timers") == "false"
    channel.receive(answer(request), 0.0)
    assert channel.next_deadline() == 600.0
    assert asked(channel.prompt_over(20.0)).method == "START-INPUT-TIMERS"
    assert channel.next_deadline() == 20.0 + 20.8 + 5.0
    assert channel.prompt_over(21.0) == []


def test_a_prompt_that_ends_while_grammars_are_told_lets_silence_count_at_once() -> None:
    channel = recogniser(MENU, "#JSGF V1.0;", prompt_plays=True)
    first = asked(channel.begin(0.0))
    assert channel.prompt_over(0.1) == []
    second = asked(channel.receive(answer(first, state="COMPLETE"), 0.2))
    request = asked(channel.receive(answer(second, state="COMPLETE"), 0.3))
    assert header(request, "Start-Input-Timers") == "true"


def test_a_recogniser_that_never_ends_is_stopped() -> None:
    channel = recogniser()
    request = asked(channel.begin(0.0))
    channel.receive(answer(request), 0.0)
    channel.receive(event(request, "START-OF-INPUT"), 1.0)
    assert channel.next_deadline() == 1.0 + 15.8 + 5.0
    assert kinds(channel.wake(30.0)) == [Refused, Say]


@pytest.mark.parametrize(
    ("cause", "kind", "body", "outcome"),
    [
        ("002 no-input-timeout", "application/nlsml+xml", b"", Outcome.NO_INPUT),
        ("000 success", "application/nlsml+xml", b"<result/>", Outcome.NO_MATCH),
        ("000 success", "application/nlsml+xml", b"<result", Outcome.BROKEN),
        ("000 success", "application/emma+xml", NLSML, Outcome.BROKEN),
        ("", "application/nlsml+xml", NLSML, Outcome.BROKEN),
    ],
)
def test_a_recognition_without_a_result_tells_why(
    cause: str, kind: str, body: bytes, outcome: Outcome
) -> None:
    channel = recogniser()
    request = asked(channel.begin(0.0))
    outputs = channel.receive(event(request, "RECOGNITION-COMPLETE", cause=cause, body=body, kind=kind), 1.0)
    assert only(Ended, outputs).completion.outcome is outcome
    assert only(Ended, outputs).understood is None


def test_messages_for_others_are_nothing() -> None:
    channel = recogniser()
    request = asked(channel.begin(0.0))
    for stranger in (
        answer(request)._replace(headers=(("Channel-Identifier", "1@speechrecog"),)),
        answer(request)._replace(request_id=9),
        event(request, "SPEAK-COMPLETE", cause="000 normal"),
        event(request, "RECOGNITION-COMPLETE", cause="000 success")._replace(request_id=9),
        MrcpRequest("STOP", 1, HEAD),
    ):
        assert channel.receive(stranger, 0.1) == []
    assert channel.state is State.ASKED


@pytest.mark.parametrize("grammar", ["yes or no", "", "builtin:speech/a b", "#ABNX", "grammar.xml"])
def test_what_is_no_grammar_is_refused(grammar: str) -> None:
    with pytest.raises(ValueError, match="is no grammar"):
        check_grammar(grammar)


# -- all of it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", Resource)
def test_every_state_can_be_left(resource: Resource) -> None:
    """Whatever the server does, a limit or a stop leads to the end."""
    table = TABLES[resource]
    for state, moves in table.items():
        assert state in (State.IDLE, State.OVER) or Step.LATE in moves
        assert state in (State.STOPPING, State.OVER) or Step.STOP in moves
    reached = {move.state for moves in table.values() for move in moves.values()} | {State.IDLE}
    assert reached == set(table)


@st.composite
def said(draw: st.DrawFn) -> MrcpMessage:
    request_id = draw(st.integers(0, 4))
    state = draw(st.sampled_from(RequestState))
    if draw(st.booleans()):
        return MrcpResponse(request_id, draw(st.sampled_from([200, 201, 401, 407, 501])), state, HEAD)
    name = draw(
        st.sampled_from(["START-OF-INPUT", "RECOGNITION-COMPLETE", "SPEAK-COMPLETE", "SPEECH-MARKER"])
    )
    cause = draw(st.sampled_from(["000", "001 no-match", "006", "x"]))
    body = draw(st.sampled_from([b"", NLSML, b"<"]))
    kind = ("Content-Type", "application/nlsml+xml")
    return MrcpEvent(name, request_id, state, (*HEAD, ("Completion-Cause", cause), kind), body)


@given(
    st.sampled_from([TEXT, WORDS]),
    st.booleans(),
    st.lists(st.one_of(said(), st.sampled_from(["begin", "stop", "barge_in", "prompt_over", "wake"]))),
)
def test_whatever_happens_there_is_one_end_and_nothing_behind_it(
    order: SpeakOrder | RecogniseOrder, prompt_plays: bool, happenings: list[Any]
) -> None:
    channel = Channel(CHANNEL_ID, order, PATIENCE, prompt_plays=prompt_plays)
    outputs = channel.begin(0.0)
    for now, happening in enumerate(happenings):
        if isinstance(happening, str):
            outputs += getattr(channel, happening)(float(now))
        else:
            outputs += channel.receive(happening, float(now))
        assert (channel.next_deadline() is None) == (channel.state is State.OVER)
    counts = {kind: kinds(outputs).count(kind) for kind in (Begun, Ended, Refused, SpeechBegan, Over)}
    assert max(counts.values(), default=0) <= 1
    assert counts[Ended] + counts[Refused] <= 1
    assert counts[Over] == (channel.state is State.OVER)
    if counts[Over]:
        assert isinstance(outputs[-1], Over)
