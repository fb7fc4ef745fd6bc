"""The examples of RFC 3264 §10 and RFC 4733 §2.4.1, answered by us, with addresses where they have names."""

from media.commands import Codec
from switch.sdp.offer_answer import LocalMedia, accept_answer, answer_offer, make_offer
from switch.sdp.parser import parse_sdp

BOB = LocalMedia(
    host="192.0.2.2", port=49920, session_id=2890844730, session_version=0, codecs=(Codec.PCMA, Codec.PCMU)
)
HEAD = "v=0\r\no=alice 2890844526 {version} IN IP4 192.0.2.1\r\ns=\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"


def alice(media: str, version: int = 2890844526) -> str:
    return HEAD.format(version=version) + media.replace("\n", "\r\n")


def streams(sdp: str) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(media.kind, media.port, media.formats) for media in parse_sdp(sdp).media]


def test_basic_exchange() -> None:
    """§10.1: audio and two videos; whoever has no use for a stream refuses it in its place."""
    answer, agreed = answer_offer(
        alice(
            "m=audio 49170 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"
            "m=video 51372 RTP/AVP 31\na=rtpmap:31 H261/90000\n"
            "m=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n"
        ),
        BOB,
    )
    assert streams(answer) == [("audio", 49920, ("0",)), ("video", 0, ("31",)), ("video", 0, ("32",))]
    assert (agreed.host, agreed.port, agreed.codec) == ("192.0.2.1", 49170, Codec.PCMU)
    assert (agreed.sending, agreed.receiving) == (True, True)


def test_a_stream_that_is_added_and_one_that_is_ended() -> None:
    """§10.1, second exchange: another port, a video that stays refused, and a stream for keys alone."""
    answer, agreed = answer_offer(
        alice(
            "m=audio 65422 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"
            "m=video 0 RTP/AVP 31\n"
            "m=video 53000 RTP/AVP 32\na=rtpmap:32 MPV/90000\n"
            "m=audio 51434 RTP/AVP 110\na=rtpmap:110 telephone-events/8000\na=recvonly\n",
            2890844527,
        ),
        BOB,
    )
    assert [port for _, port, _ in streams(answer)] == [49920, 0, 0, 0]
    assert agreed.port == 65422


def test_one_of_n_codecs() -> None:
    """§10.2: three codecs for one stream that starts inactive; one of them is chosen and it stays so."""
    answer, agreed = answer_offer(
        alice(
            "m=audio 62986 RTP/AVP 0 4 18\na=rtpmap:0 PCMU/8000\na=rtpmap:4 G723/8000\n"
            "a=rtpmap:18 G729/8000\na=inactive\n"
        ),
        BOB,
    )
    assert streams(answer) == [("audio", 49920, ("0",))]
    assert "a=inactive" in answer
    assert (agreed.sending, agreed.receiving) == (False, False)


def test_keys_with_a_list_of_events() -> None:
    """RFC 4733 §2.4.1: DTMF, off-hook and dial tone at payload type 100, beside a codec."""
    answer, agreed = answer_offer(
        alice("m=audio 12346 RTP/AVP 0 100\na=rtpmap:100 telephone-event/8000\na=fmtp:100 0-15,66,70\n"),
        BOB,
    )
    assert streams(answer) == [("audio", 49920, ("0", "100"))]
    assert agreed.dtmf_payload_type == 100


def test_keys_beside_fax_and_modem_tones_of_rfc_4734() -> None:
    """The data events (V.8, V.21, ANSam) in the list are nothing to us, and no reason to lose the keys."""
    answer, agreed = answer_offer(
        alice(
            "m=audio 12346 RTP/AVP 8 98\na=rtpmap:98 telephone-event/8000\n"
            "a=fmtp:98 0-15,32-41,43,46,48-49,52-68\n"
        ),
        BOB,
    )
    assert agreed.dtmf_payload_type == 98
    assert "a=fmtp:98 0-16" in answer


def test_hold_both_ways() -> None:
    """§8.4 and §6.1: who is offered sendonly answers recvonly; inactive stays; 0.0.0.0 cannot be sent to."""
    media = "m=audio 49170 RTP/AVP 0\n"
    for attribute, answered in [
        ("sendonly", "recvonly"),
        ("recvonly", "sendonly"),
        ("inactive", "inactive"),
        ("sendrecv", "sendrecv"),
    ]:
        assert f"a={answered}" in answer_offer(alice(f"{media}a={attribute}\n"), BOB)[0]
    old = alice(media).replace("c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0")
    answer, agreed = answer_offer(old, BOB)
    assert "a=recvonly" in answer
    assert (agreed.sending, agreed.receiving) == (False, True)


def test_our_offer_is_answered_by_who_sends_only() -> None:
    """§6.1: an answer may be narrower than its offer."""
    offer = make_offer(BOB)
    agreed = accept_answer(offer, alice("m=audio 49170 RTP/AVP 8\na=sendonly\n"))
    assert (agreed.sending, agreed.receiving) == (False, True)
