from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.commands import Codec
from media.config import Srtp
from switch.sdp.crypto_lines import read_crypto_lines
from switch.sdp.errors import NotAcceptable, SdpSyntaxError
from switch.sdp.formats import read_formats
from switch.sdp.offer_answer import LocalMedia, accept_answer, answer_offer, make_offer
from switch.sdp.parser import parse_sdp
from switch.sdp.security import LocalSecurity
from switch.sdp.usual import put_together, take_apart

LOCAL = LocalMedia(
    host="192.0.2.10", port=40000, session_id=7, session_version=3, codecs=(Codec.PCMA, Codec.PCMU)
)
HEAD = "v=0\r\no=phone 1 1 IN IP4 192.0.2.20\r\n"
SESSION = "s=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n"
PLAIN = "m=audio 6000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
USUAL = HEAD + SESSION + PLAIN
TOO_LONG = f"i={'.' * 2000}\r\n"
"""Means nothing, but makes a description unusual."""
OFFER = make_offer(LOCAL)


def test_a_usual_description_is_one_of_text_and_port() -> None:
    assert take_apart(USUAL) == (SESSION, 6000, PLAIN.removeprefix("m=audio 6000 "))
    assert take_apart(put_together(SESSION, PLAIN.removeprefix("m=audio 6000 "))) is not None


@pytest.mark.parametrize(
    "text",
    [
        HEAD + TOO_LONG + SESSION + PLAIN,
        USUAL + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\n",
        HEAD + "a=ice-pwd:secret\r\n" + SESSION + PLAIN,
        USUAL + "m=video 6002 RTP/AVP 96\r\n",
        HEAD + SESSION + "m=video 6002 RTP/AVP 96\r\n" + PLAIN,
        USUAL.replace("6000", "65536"),
        USUAL.replace("6000", "0"),
        USUAL.replace("RTP/AVP", "RTP/SAVP"),
        USUAL.replace("o=phone 1 1", "o=phone"),
        "",
    ],
)
def test_anything_else_is_not_taken_apart(text: str) -> None:
    assert take_apart(text) is None


@pytest.mark.parametrize("policy", Srtp)
@pytest.mark.parametrize(
    "media",
    [
        PLAIN,
        "m=audio 6000 RTP/AVP 0 8 13 101\na=sendonly\na=ptime:30\na=rtcp-mux\n",
        "m=audio 6000 RTP/AVP 8\nc=IN IP4 192.0.2.99\na=rtcp:7001\n",
        "m=audio 6000 RTP/AVP 8\nc=IN IP4 0.0.0.0\n",
        "m=audio 6000 RTP/AVP 8\n m=audio 7000 RTP/AVP 0\n",
        "m=audio 6000 RTP/AVP 9\n m=audio 7000 RTP/AVP 0\n",
        "m=audio 6000 RTP/AVP 3\n",
    ],
)
def test_what_is_remembered_is_what_a_closer_look_finds(media: str, policy: Srtp) -> None:
    local = replace(LOCAL, security=LocalSecurity(policy))
    looked_at, remembered = HEAD + TOO_LONG + SESSION + media, HEAD + SESSION + media
    try:
        answered = answer_offer(looked_at, local)
    except NotAcceptable:
        with pytest.raises(NotAcceptable):
            answer_offer(remembered, local)
        return
    assert answer_offer(remembered, local) == answer_offer(remembered, local) == answered


def test_each_call_has_its_own_ports_and_origin() -> None:
    answer_offer(USUAL, LOCAL)
    ours = replace(LOCAL, port=40002, session_id=8, session_version=0)
    text, agreed = answer_offer(USUAL.replace("6000", "6004"), ours)
    assert (agreed.host, agreed.port) == ("192.0.2.20", 6004)
    assert text.startswith("v=0\r\no=- 8 0 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\n")
    assert "\r\nm=audio 40002 RTP/AVP 8 101\r\n" in text


OFFERING = [
    LOCAL,
    replace(LOCAL, host="2001:db8::1", port=40002, session_id=8, session_version=0),
    replace(LOCAL, host="127.0.0.1", codecs=(Codec.PCMU, Codec.PCMA, Codec.G729)),
    replace(LOCAL, comfort_noise=True, port=40004),
    replace(LOCAL, rtcp_mux=True, session_id=9),
    replace(LOCAL, security=LocalSecurity(Srtp.ACCEPT, b"a" * 32)),
    replace(LOCAL, security=LocalSecurity(Srtp.OPTIONAL, b"b" * 32)),
    replace(LOCAL, security=LocalSecurity(Srtp.OPTIONAL, b"c" * 32)),
]


@pytest.mark.parametrize("before", OFFERING)
def test_an_offer_says_what_is_its_own_whatever_was_offered_before(before: LocalMedia) -> None:
    for ours in OFFERING:
        make_offer(before)
        said = parse_sdp(make_offer(ours))
        (stream,) = said.media
        formats, keys = read_formats(stream), read_crypto_lines(stream.attributes)
        family = "IP6" if ":" in ours.host else "IP4"
        assert said.origin == ("-", str(ours.session_id), str(ours.session_version), family, ours.host)
        assert (said.connection, stream.port) == ((family, ours.host), ours.port)
        assert (tuple(formats.codecs), formats.comfort_noise is not None) == (ours.codecs, ours.comfort_noise)
        assert (stream.attribute("rtcp-mux") is not None) == ours.rtcp_mux
        assert [line.key for line in keys] == [ours.security.key_of(line.suite) for line in keys]
        assert bool(keys) == (ours.security.policy is Srtp.OPTIONAL)


def test_an_answer_agrees_to_its_own_port_and_to_what_was_offered() -> None:
    offer = make_offer(LOCAL)
    assert accept_answer(offer, USUAL).port == 6000
    moved = replace(accept_answer(offer, USUAL), port=6004)
    assert accept_answer(offer, USUAL.replace("6000", "6004")) == moved
    with pytest.raises(NotAcceptable):
        accept_answer(make_offer(replace(LOCAL, codecs=(Codec.PCMU,))), USUAL)
    with pytest.raises(NotAcceptable):
        accept_answer(offer, USUAL, srtp=Srtp.REQUIRED)


LINES = [
    "s=-",
    "s=a talk",
    "t=0 0",
    "t=1 2",
    "c=IN IP4 192.0.2.20",
    "c=IN IP4 0.0.0.0",
    "c=IN IP6 2001:db8::1",
    "c=IN IP4 host.example",
    "a=sendonly",
    "a=recvonly",
    "a=rtpmap:97 PCMA/8000",
    "a=rtpmap:101 telephone-event/8000",
    "a=ptime:30",
    "a=maxptime:40",
    "a=rtcp:6009",
    "a=rtcp-mux",
    "a=ice-ufrag:abcd",
    "a=fingerprint:sha-256 00",
    "i=m=audio 1 RTP/AVP 8",
    " a=inactive",
    "m=audio 7000 RTP/AVP 0",
    " m=audio 7002 RTP/AVP 8",
    "nonsense",
    "",
]


@given(
    session=st.lists(st.sampled_from(LINES), max_size=6),
    stream=st.lists(st.sampled_from(LINES), max_size=6),
    formats=st.sampled_from(["8", "0 8 101", "97 101", "3", "", "13 8"]),
    line_end=st.sampled_from(["\r\n", "\n", "\r"]),
)
def test_a_text_is_understood_alike_whether_it_is_remembered_or_not(
    session: list[str], stream: list[str], formats: str, line_end: str
) -> None:
    def text(*more: str) -> str:
        media = f"m=audio 6000 RTP/AVP {formats}"
        return line_end.join([*HEAD.splitlines(), *more, *session, media, *stream, ""])

    def understood(sdp: str) -> list[object]:
        return [outcome(lambda: answer_offer(sdp, LOCAL)), outcome(lambda: accept_answer(OFFER, sdp))]

    assert understood(text()) == understood(text(TOO_LONG.strip()))


def outcome(negotiate: Callable[[], object]) -> object:
    try:
        return negotiate()
    except (NotAcceptable, SdpSyntaxError) as refused:
        return type(refused)
