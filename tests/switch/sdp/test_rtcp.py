"""RTCP in session descriptions: shared ports, ports of its own, voice metrics."""

from media.commands import Codec
from switch.sdp.agreement import MediaAgreement
from switch.sdp.offer_answer import LocalMedia, accept_answer, answer_offer, make_offer, offer_again
from switch.sdp.rtcp import RtcpAddress

OFFER = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\nm=audio 6000 RTP/AVP 8\r\n"
)


def local(*, mux: bool = False) -> LocalMedia:
    return LocalMedia(
        host="192.0.2.1", port=4000, session_id=1, session_version=0, codecs=(Codec.PCMA,), rtcp_mux=mux
    )


def agreed(lines: str) -> MediaAgreement:
    return answer_offer(OFFER + lines, local())[1]


def test_a_shared_port_is_taken_when_it_is_offered_and_only_then() -> None:
    answer, agreement = answer_offer(OFFER + "a=rtcp-mux\r\n", local())
    assert agreement.rtcp.mux
    assert "\r\na=rtcp-mux\r\n" in answer
    answer, agreement = answer_offer(OFFER, local(mux=True))
    assert not agreement.rtcp.mux
    assert "rtcp" not in answer


def test_an_answer_shares_the_port_only_if_our_offer_did() -> None:
    answer = OFFER + "a=rtcp-mux\r\n"
    assert accept_answer(make_offer(local(mux=True)), answer).rtcp.mux
    assert not accept_answer(make_offer(local(mux=True)), OFFER).rtcp.mux
    assert not accept_answer(make_offer(local()), answer).rtcp.mux


def test_a_session_that_shares_the_port_goes_on_doing_so() -> None:
    said, _ = answer_offer(OFFER + "a=rtcp-mux\r\n", local())
    assert "a=rtcp-mux" in offer_again(local(), said)


def test_reports_go_where_the_description_says() -> None:
    assert agreed("a=rtcp:7001\r\n").rtcp_address == RtcpAddress(None, 7001)
    assert agreed("a=rtcp:7001 IN IP4 192.0.2.21\r\n").rtcp_address == RtcpAddress("192.0.2.21", 7001)
    for nonsense in ("", "0", "65536", "7001 IN IP4", "port", "7001 IN IP5 192.0.2.21"):
        assert agreed(f"a=rtcp:{nonsense}\r\n").rtcp_address is None


def test_voice_metrics_are_sent_to_who_asks_for_them_and_the_answer_says_so() -> None:
    answer, agreement = answer_offer(OFFER + "a=rtcp-xr:rcvr-rtt=all voip-metrics\r\n", local())
    assert agreement.rtcp.voice_metrics
    assert "\r\na=rtcp-xr:voip-metrics\r\n" in answer
    assert not agreed("a=rtcp-xr:stat-summary\r\n").rtcp.voice_metrics


def test_calls_that_differ_in_their_reports_port_keep_it_apart() -> None:
    assert [agreed(f"a=rtcp:{port}\r\n").rtcp_address for port in (7001, 7003)] == [
        (None, 7001),
        (None, 7003),
    ]
