"""What is offered to speech servers in SDP, and what may come back (RFC 6787 §4.2)."""

import pytest

from media.commands import Codec
from runtime.errors import PeerError
from switch.mrcp.resource import Resource
from switch.mrcp.session_description import ControlChannel, make_session_offer, read_session_answer
from switch.sdp.errors import NotAcceptable
from switch.sdp.offer_answer import LocalMedia

LOCAL = LocalMedia(
    host="192.0.2.10", port=40000, session_id=7, session_version=0, codecs=(Codec.PCMA, Codec.PCMU)
)
ANSWER = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n"
    "m=application 1544 TCP/MRCPv2 1\r\na=setup:passive\r\na=connection:new\r\n"
    "a=channel:32AECB23433802@speechrecog\r\na=cmid:1\r\n"
    "m=audio 48260 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=recvonly\r\na=mid:1\r\n"
)


def offered(resource: Resource = Resource.RECOGNIZER, *, secured: bool = False) -> str:
    return make_session_offer(LOCAL, resource, secured=secured)


def test_a_recogniser_is_offered_a_channel_and_what_the_caller_says() -> None:
    assert offered().split("\r\n") == [
        "v=0",
        "o=- 7 0 IN IP4 192.0.2.10",
        "s=-",
        "c=IN IP4 192.0.2.10",
        "t=0 0",
        "m=application 9 TCP/MRCPv2 1",
        "a=setup:active",
        "a=connection:new",
        "a=resource:speechrecog",
        "a=cmid:1",
        "m=audio 40000 RTP/AVP 8 0",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:0 PCMU/8000",
        "a=ptime:20",
        "a=sendonly",
        "a=mid:1",
        "",
    ]


def test_a_synthesizer_is_only_listened_to() -> None:
    lines = offered(Resource.SYNTHESIZER, secured=True).split("\r\n")
    assert "a=recvonly" in lines
    assert "a=resource:speechsynth" in lines
    assert "m=application 9 TCP/TLS/MRCPv2 1" in lines


def test_the_answer_tells_the_channel_and_where_audio_goes() -> None:
    agreed = read_session_answer(offered(), ANSWER)
    assert agreed.control == ControlChannel("32AECB23433802@speechrecog", "192.0.2.20", 1544)
    media = agreed.media
    assert (media.host, media.port, media.codec) == ("192.0.2.20", 48260, Codec.PCMA)
    assert (media.sending, media.receiving) == (True, False)


def test_the_channel_may_be_at_an_address_of_its_own() -> None:
    there = ANSWER.replace("1\r\na=setup", "1\r\nc=IN IP6 2001:db8::2\r\na=setup")
    assert read_session_answer(offered(), there).control.host == "2001:db8::2"


@pytest.mark.parametrize(
    ("there", "instead", "fault"),
    [
        ("m=application 1544", "m=application 0", "refuses a control channel"),
        ("TCP/MRCPv2", "TCP/TLS/MRCPv2", "refuses a control channel"),
        ("m=application 1544 TCP/MRCPv2", "m=video 1544 RTP/AVP", "refuses a control channel"),
        ("@speechrecog", "@speechsynth", "a=channel"),
        ("a=channel:", "a=other:", "a=channel"),
        ("32AECB23433802", "32 AECB", "a=channel"),
        ("a=setup:passive", "a=setup:active", "wants to connect"),
        ("c=IN IP4 192.0.2.20", "c=IN IP4 speech.example", "audio"),
        ("m=audio 48260", "m=audio 0", "refuses the audio"),
        ("RTP/AVP 8\r\na=rtpmap:8 PCMA/8000", "RTP/AVP 18\r\na=rtpmap:18 G729/8000", "audio"),
    ],
)
def test_an_answer_that_takes_something_else_is_no_good(there: str, instead: str, fault: str) -> None:
    assert there in ANSWER
    with pytest.raises(NotAcceptable, match=fault):
        read_session_answer(offered(), ANSWER.replace(there, instead))


@pytest.mark.parametrize(
    "answer", ["", "v=0", ANSWER.partition("m=audio")[0], ANSWER + "m=audio 1 RTP/AVP 0\r\n"]
)
def test_a_text_that_is_no_answer_is_a_fault_of_the_peer(answer: str) -> None:
    with pytest.raises(PeerError):
        read_session_answer(offered(), answer)
