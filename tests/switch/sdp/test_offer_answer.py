from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.commands import Codec
from switch.sdp.agreement import MediaAgreement
from switch.sdp.direction import Direction
from switch.sdp.errors import NotAcceptable, SdpSyntaxError
from switch.sdp.offer_answer import LocalMedia, accept_answer, answer_offer, make_offer
from switch.sdp.parser import parse_sdp

LOCAL = LocalMedia(
    host="192.0.2.10", port=40000, session_id=7, session_version=3, codecs=(Codec.PCMA, Codec.PCMU)
)
PEER = replace(LOCAL, host="192.0.2.20", port=6000)


def offer(media: str, session: str = "c=IN IP4 192.0.2.20\n") -> str:
    return f"v=0\no=phone 1 1 IN IP4 192.0.2.20\ns=-\n{session}t=0 0\n{media}"


def agree(media: str, session: str = "c=IN IP4 192.0.2.20\n") -> MediaAgreement:
    return answer_offer(offer(media, session), LOCAL)[1]


def test_offer_names_every_codec_in_our_order_and_telephone_event() -> None:
    assert make_offer(LOCAL).splitlines() == [
        "v=0",
        "o=- 7 3 IN IP4 192.0.2.10",
        "s=-",
        "c=IN IP4 192.0.2.10",
        "t=0 0",
        "m=audio 40000 RTP/AVP 8 0 101",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-16",
        "a=ptime:20",
        "a=sendrecv",
    ]


def test_offer_of_an_ipv6_endpoint_says_so() -> None:
    assert "c=IN IP6 2001:db8::1\r\n" in make_offer(replace(LOCAL, host="2001:db8::1"))


def test_answer_takes_one_codec_and_keeps_the_offers_numbers() -> None:
    text, agreed = answer_offer(
        offer("m=audio 6000 RTP/AVP 0 97 96\na=rtpmap:97 PCMA/8000\na=rtpmap:96 telephone-event/8000\n"),
        LOCAL,
    )
    assert agreed == MediaAgreement(
        host="192.0.2.20",
        port=6000,
        codec=Codec.PCMA,
        payload_type=97,
        dtmf_payload_type=96,
        dtmf_clock_hz=8000,
        cn_payload_type=None,
        ptime_ms=20,
        sending=True,
        receiving=True,
    )
    assert text.splitlines()[5:] == [
        "m=audio 40000 RTP/AVP 97 96",
        "a=rtpmap:97 PCMA/8000",
        "a=rtpmap:96 telephone-event/8000",
        "a=fmtp:96 0-16",
        "a=ptime:20",
        "a=sendrecv",
    ]


def test_our_preference_decides_between_common_codecs() -> None:
    assert agree("m=audio 6000 RTP/AVP 0 8\n").codec is Codec.PCMA
    mulaw_first = replace(LOCAL, codecs=(Codec.PCMU, Codec.PCMA))
    assert answer_offer(offer("m=audio 6000 RTP/AVP 8 0\n"), mulaw_first)[1].codec is Codec.PCMU


def test_telephone_event_is_answered_only_when_offered() -> None:
    text, agreed = answer_offer(offer("m=audio 6000 RTP/AVP 8\n"), LOCAL)
    assert agreed.dtmf_payload_type is None
    assert "telephone-event" not in text


def test_other_streams_are_refused_in_their_places() -> None:
    text, agreed = answer_offer(
        offer(
            "m=video 7000 RTP/AVP 31 34\nm=audio 6000 RTP/AVP 8\nm=audio 6002 RTP/AVP 8\nm=image 9 udptl t\n"
        ),
        LOCAL,
    )
    assert [line for line in text.splitlines() if line.startswith("m=")] == [
        "m=video 0 RTP/AVP 31 34",
        "m=audio 40000 RTP/AVP 8",
        "m=audio 0 RTP/AVP 8",
        "m=image 0 udptl t",
    ]
    assert agreed.port == 6000


def test_first_stream_we_can_do_is_taken() -> None:
    assert agree("m=audio 6000 RTP/SAVP 8\nm=audio 6002 RTP/AVP 18\nm=audio 6004 RTP/AVP 8\n").port == 6004


def test_answer_repeats_the_offers_time() -> None:
    text, _ = answer_offer(offer("m=audio 6000 RTP/AVP 8\n").replace("t=0 0", "t=3034423619 0"), LOCAL)
    assert "t=3034423619 0\r\n" in text


@pytest.mark.parametrize(
    "media",
    [
        "",
        "m=audio 6000 RTP/AVP 18\n",
        "m=audio 6000 RTP/SAVP 8\n",
        "m=audio 6000 UDP/TLS/RTP/SAVPF 8\n",
        "m=audio 0 RTP/AVP 8\n",
        "m=video 6000 RTP/AVP 8\n",
        "m=audio 6000 RTP/AVP 101\na=rtpmap:101 telephone-event/8000\n",
        "m=audio 6000 RTP/AVP 8\nc=IN IP4 phone.example\n",
        "m=audio 6000 RTP/AVP 8\nc=IN IP4 224.2.1.1/127\n",
        "m=audio 6000 RTP/AVP 8\nc=IN IP6 fe80::1%eth0\n",
        "m=audio 6000 RTP/AVP 8\nc=IN IP4 " + "1" * 5000 + "\n",
    ],
)
def test_offer_with_nothing_for_us_is_not_acceptable(media: str) -> None:
    with pytest.raises(NotAcceptable):
        agree(media)


def test_stream_without_an_address_is_not_acceptable() -> None:
    with pytest.raises(NotAcceptable):
        agree("m=audio 6000 RTP/AVP 8\n", session="")


def test_streams_own_address_goes_before_the_sessions() -> None:
    assert agree("m=audio 6000 RTP/AVP 8\nc=IN IP4 198.51.100.7\n").host == "198.51.100.7"
    assert agree("m=audio 6000 RTP/AVP 8\n").host == "192.0.2.20"
    assert agree("m=audio 6000 RTP/AVP 8\n", "c=IN IP6 2001:DB8::1\n").host == "2001:db8::1"


@pytest.mark.parametrize(
    ("theirs", "answered", "sending", "receiving"),
    [
        ("a=sendrecv\n", "sendrecv", True, True),
        ("", "sendrecv", True, True),
        ("a=sendonly\n", "recvonly", False, True),
        ("a=recvonly\n", "sendonly", True, False),
        ("a=inactive\n", "inactive", False, False),
        ("c=IN IP4 0.0.0.0\n", "recvonly", False, True),
        ("c=IN IP6 ::\na=sendrecv\n", "recvonly", False, True),
        ("c=IN IP4 0.0.0.0\na=recvonly\n", "inactive", False, False),
    ],
)
def test_direction_is_answered_by_its_mirror(
    theirs: str, answered: str, sending: bool, receiving: bool
) -> None:
    text, agreed = answer_offer(offer(f"m=audio 6000 RTP/AVP 8\n{theirs}"), LOCAL)
    assert text.splitlines()[-1] == f"a={answered}"
    assert (agreed.sending, agreed.receiving) == (sending, receiving)


def test_streams_own_direction_goes_before_the_sessions() -> None:
    held = "c=IN IP4 192.0.2.20\na=sendonly\n"
    assert not agree("m=audio 6000 RTP/AVP 8\n", held).sending
    assert agree("m=audio 6000 RTP/AVP 8\na=sendrecv\n", held).sending


@pytest.mark.parametrize("theirs", Direction)
def test_both_sides_agree_on_who_sends(theirs: Direction) -> None:
    offered = make_offer(PEER).replace("a=sendrecv", f"a={theirs}")
    answer, agreed = answer_offer(offered, LOCAL)
    accepted = accept_answer(offered, answer)
    assert agreed.sending is accepted.receiving is theirs.receives
    assert agreed.receiving is accepted.sending is theirs.sends


def test_packet_time_of_the_peer_is_kept_and_answered() -> None:
    text, agreed = answer_offer(offer("m=audio 6000 RTP/AVP 8\na=ptime:30\n"), LOCAL)
    assert (agreed.ptime_ms, agreed.max_ptime_ms) == (30, None)
    assert "a=ptime:30\r\n" in text


def test_the_longest_packet_of_the_peer_is_kept_from_offer_and_answer() -> None:
    short = "m=audio 6000 RTP/AVP 8\na=ptime:40\na=maxptime:30\n"
    for agreed in (answer_offer(offer(short), LOCAL)[1], accept_answer(make_offer(LOCAL), offer(short))):
        assert (agreed.ptime_ms, agreed.max_ptime_ms) == (30, 30)


def test_answerers_first_codec_is_taken() -> None:
    agreed = accept_answer(make_offer(LOCAL), offer("m=audio 6000 RTP/AVP 0 8\n"))
    assert (agreed.codec, agreed.payload_type) == (Codec.PCMU, 0)


def test_answer_may_use_numbers_of_its_own() -> None:
    answer = offer("m=audio 6000 RTP/AVP 8 96\na=rtpmap:96 telephone-event/8000\n")
    assert accept_answer(make_offer(LOCAL), answer).dtmf_payload_type == 96


def test_telephone_event_we_did_not_offer_is_not_taken() -> None:
    answer = offer("m=audio 6000 RTP/AVP 8 96\na=rtpmap:96 telephone-event/8000\n")
    assert accept_answer(offer("m=audio 6000 RTP/AVP 8\n"), answer).dtmf_payload_type is None


@pytest.mark.parametrize(
    "media",
    [
        "m=audio 0 RTP/AVP 8\n",
        "m=audio 6000 RTP/AVP 18\n",
        "m=audio 6000 RTP/SAVP 8\n",
        "",
        "m=audio 6000 RTP/AVP 8\nm=video 0 RTP/AVP 31\n",
    ],
)
def test_answer_that_refuses_or_does_not_fit_is_not_acceptable(media: str) -> None:
    with pytest.raises(NotAcceptable):
        accept_answer(make_offer(LOCAL), offer(media))


def test_codec_that_was_not_offered_is_not_accepted() -> None:
    only_alaw = make_offer(replace(LOCAL, codecs=(Codec.PCMA,)))
    with pytest.raises(NotAcceptable):
        accept_answer(only_alaw, offer("m=audio 6000 RTP/AVP 0\n"))


def test_junk_is_a_syntax_error_on_both_sides() -> None:
    with pytest.raises(SdpSyntaxError):
        answer_offer("junk", LOCAL)
    with pytest.raises(SdpSyntaxError):
        accept_answer(make_offer(LOCAL), "junk")


STREAMS = st.builds(
    "m={} {} {} {}\n{}".format,
    st.sampled_from(["audio", "video"]),
    st.integers(0, 65535),
    st.sampled_from(["RTP/AVP", "RTP/SAVP"]),
    st.lists(st.sampled_from(["0", "8", "18", "96", "97"]), min_size=1).map(" ".join),
    st.lists(
        st.sampled_from(
            [f"a={direction}\n" for direction in Direction]
            + [
                "a=rtpmap:96 telephone-event/8000\n",
                "a=rtpmap:97 PCMA/8000\n",
                "a=ptime:40\n",
                "c=IN IP4 0.0.0.0\n",
            ]
        )
    ).map("".join),
)


@given(st.lists(STREAMS, max_size=5).map("".join))
def test_answer_mirrors_any_offer_and_takes_only_what_was_offered(media: str) -> None:
    offered = offer(media)
    try:
        answer, agreed = answer_offer(offered, LOCAL)
    except NotAcceptable:
        return
    pairs = list(zip(parse_sdp(offered).media, parse_sdp(answer).media, strict=True))
    assert all((mine.kind, mine.protocol) == (theirs.kind, theirs.protocol) for theirs, mine in pairs)
    assert all(set(mine.formats) <= set(theirs.formats) for theirs, mine in pairs)
    assert [mine.port for _, mine in pairs if mine.port] == [LOCAL.port]
    accepted = accept_answer(offered, answer)
    assert (accepted.codec, accepted.payload_type) == (agreed.codec, agreed.payload_type)
    assert accepted.dtmf_payload_type == agreed.dtmf_payload_type
    assert (agreed.sending, agreed.receiving) == (accepted.receiving, accepted.sending)
