import pytest

from media.commands import Codec
from switch import negotiation
from switch.call import Leg
from switch.sdp.errors import NotAcceptable
from switch.sdp.parser import parse_sdp

OFFER = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=video 4002 RTP/AVP 96\r\nm=audio 4000 RTP/AVP 0 8 96\r\na=rtpmap:96 telephone-event/8000\r\n"
)


def make_leg() -> Leg:
    leg = Leg(leg_id="leg", call_id="call", offer_id=None)
    negotiation.give_port(leg, "192.0.2.100", 20000, session_id=7)
    return leg


def version(sdp: str) -> str:
    return parse_sdp(sdp).origin.session_version


def test_a_reoffer_that_changes_nothing_is_answered_word_for_word_as_before() -> None:
    leg = make_leg()
    first = negotiation.answer(leg, OFFER)
    assert negotiation.answer_again(leg, OFFER) == first
    assert negotiation.answer_again(leg, OFFER.replace("1 1 IN", "1 2 IN")) == first


@pytest.mark.parametrize(
    "changed",
    [
        OFFER + "a=sendonly\r\n",
        OFFER.replace("RTP/AVP 0 8 96", "RTP/AVP 0 96"),
        OFFER.replace("RTP/AVP 0 8 96", "RTP/AVP 0 8"),
        OFFER.replace("c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0"),
        OFFER + "m=audio 4004 RTP/AVP 0\r\n",
    ],
)
def test_an_answer_that_says_something_else_has_the_next_version(changed: str) -> None:
    leg = make_leg()
    first = negotiation.answer(leg, OFFER)
    second = negotiation.answer_again(leg, changed)
    assert int(version(second)) == int(version(first)) + 1
    third = negotiation.answer_again(leg, OFFER)
    assert int(version(third)) == int(version(first)) + 2, "back, but changed again"


def test_a_move_of_the_peer_changes_nothing_of_ours_but_where_we_send() -> None:
    leg = make_leg()
    first = negotiation.answer(leg, OFFER)
    assert negotiation.answer_again(leg, OFFER.replace("4000", "5000")) == first
    assert negotiation.configuration(leg).port == 5000


def test_how_long_packets_may_be_reaches_the_endpoint() -> None:
    leg = make_leg()
    negotiation.answer(leg, OFFER + "a=ptime:40\r\na=maxptime:50\r\n")
    told = negotiation.configuration(leg)
    assert (told.ptime_ms, told.max_ptime_ms) == (40, 50)


def test_a_hold_and_its_end_reach_the_endpoint() -> None:
    leg = make_leg()
    negotiation.answer(leg, OFFER)
    negotiation.answer_again(leg, OFFER + "a=sendonly\r\n")
    held = negotiation.configuration(leg)
    assert (held.sending, held.receiving) == (False, True)
    negotiation.answer_again(leg, OFFER)
    resumed = negotiation.configuration(leg)
    assert (resumed.sending, resumed.receiving) == (True, True)


def test_a_reoffer_that_cannot_be_taken_leaves_the_leg_as_it_was() -> None:
    leg = make_leg()
    first = negotiation.answer(leg, OFFER)
    with pytest.raises(NotAcceptable):
        negotiation.answer_again(leg, OFFER.replace("RTP/AVP 0 8 96", "RTP/AVP 18"))
    assert (leg.our_sdp, leg.peer_sdp) == (first, OFFER)
    assert negotiation.answer_again(leg, OFFER) == first


def test_our_offer_in_a_running_session_keeps_the_streams_and_the_number_of_keys() -> None:
    leg = make_leg()
    negotiation.answer(leg, OFFER)
    streams = parse_sdp(negotiation.offer(leg)).media
    assert [(stream.kind, stream.port) for stream in streams] == [("video", 0), ("audio", 20000)]
    assert streams[1].formats == ("8", "0", "96")
    answer = (
        "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        "m=video 0 RTP/AVP 96\r\nm=audio 4000 RTP/AVP 0\r\n"
    )
    negotiation.take_answer(leg, answer)
    assert negotiation.configuration(leg).codec is Codec.PCMU


def test_the_same_offer_twice_is_one_version_and_after_an_answer_the_next() -> None:
    leg = make_leg()
    first = negotiation.offer(leg)
    assert negotiation.offer(leg) == first
    negotiation.answer_again(leg, OFFER)
    assert int(version(negotiation.offer(leg))) == int(version(first)) + 2


def offered_beside(spoken: Codec, codecs: tuple[Codec, ...], noise: str = "") -> str:
    first, second = (Leg(leg_id=name, call_id="call", offer_id=None) for name in ("first", "second"))
    every = (Codec.PCMA, Codec.OPUS, Codec.G729)
    negotiation.give_port(first, "192.0.2.100", 20000, session_id=7, codecs=every)
    number = {Codec.PCMA: 8, Codec.OPUS: 96, Codec.G729: 18}[spoken]
    audio = f"m=audio 4000 RTP/AVP {number}{noise}\r\na=rtpmap:96 opus/48000/2\r\n"
    negotiation.answer(first, OFFER.partition("m=")[0] + audio)
    negotiation.give_port(second, "192.0.2.100", 20002, session_id=8, codecs=codecs, beside=first.agreement)
    formats = next(line for line in negotiation.offer(second).splitlines() if line.startswith("m="))
    return formats.partition("RTP/AVP ")[2]


def test_a_leg_is_offered_first_what_the_other_speaks() -> None:
    assert offered_beside(Codec.OPUS, (Codec.PCMA, Codec.OPUS)) == "111 8 101 110"
    assert offered_beside(Codec.PCMA, (Codec.OPUS, Codec.PCMA)) == "8 111 101 110"


def test_comfort_noise_is_offered_beside_a_leg_that_may_send_it() -> None:
    assert offered_beside(Codec.PCMA, (Codec.PCMA,), noise=" 13") == "8 13 101"


def test_what_can_only_be_relayed_is_offered_alone_or_not_at_all() -> None:
    assert offered_beside(Codec.G729, (Codec.PCMA, Codec.G729)) == "18 101"
    assert offered_beside(Codec.PCMA, (Codec.G729, Codec.PCMA)) == "8 101"


def test_what_can_only_be_relayed_is_taken_from_a_caller_who_has_nothing_else() -> None:
    leg = Leg(leg_id="leg", call_id="call", offer_id=None)
    negotiation.give_port(leg, "192.0.2.100", 20000, session_id=7, codecs=(Codec.G729, Codec.PCMA))
    assert "RTP/AVP 8\r\n" in negotiation.answer(leg, OFFER.replace("0 8 96", "18 8"))
    assert "RTP/AVP 18\r\n" in negotiation.answer(leg, OFFER.replace("0 8 96", "18"))


def test_a_peer_at_an_ipv6_address_speaks_ipv6() -> None:
    head = "v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=-\r\n"
    here, there = "udp:[2001:db8::1]:5060", "udp:192.0.2.1:5060"
    assert negotiation.speaks_ipv6(head + "c=IN IP6 2001:db8::1\r\nt=0 0\r\n", there)
    assert not negotiation.speaks_ipv6(head + "c=IN IP4 192.0.2.1\r\nt=0 0\r\n", here)


def test_a_peer_that_leaves_the_offer_to_us_is_offered_what_it_is_reached_by() -> None:
    assert negotiation.speaks_ipv6(None, "udp:[2001:db8::1]:5060")
    assert not negotiation.speaks_ipv6(None, "udp:192.0.2.1:5060")
