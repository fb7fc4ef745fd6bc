from dataclasses import replace

import pytest

from media.commands import Codec
from switch.sdp.codec_choice import choose_codecs
from switch.sdp.offer_answer import LocalMedia, make_offer

A, MU = Codec.PCMA, Codec.PCMU
LOCAL = LocalMedia(host="192.0.2.1", port=4000, session_id=7, session_version=1, codecs=(A, MU))
OFFER = (
    "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
)


def test_an_offer_that_is_right_stays_as_it_is() -> None:
    assert choose_codecs(OFFER, [A, MU]) is OFFER


def test_only_the_chosen_codecs_are_offered_in_their_order_with_keys_and_all_else() -> None:
    assert choose_codecs(OFFER, [MU, A]) == OFFER.replace("8 0 101", "0 8 101")
    only_mu = OFFER.replace("8 0 101", "0 101").replace("a=rtpmap:8 PCMA/8000\r\n", "")
    assert choose_codecs(OFFER, [MU]) == only_mu
    assert choose_codecs(only_mu, [A, MU]) is only_mu


@pytest.mark.parametrize("codecs", [[], [A]])
def test_without_one_in_common_there_is_no_offer(codecs: list[Codec]) -> None:
    only_mu = choose_codecs(OFFER, [MU])
    assert only_mu is not None
    assert choose_codecs(only_mu, codecs) is None


def test_what_goes_with_a_codec_stays_with_it() -> None:
    offer = make_offer(replace(LOCAL, codecs=(Codec.OPUS, A, MU), comfort_noise=True))
    only_opus = choose_codecs(offer, [Codec.OPUS])
    assert only_opus is not None
    assert "m=audio 4000 RTP/AVP 111 101 110\r\n" in only_opus
    only_a = choose_codecs(offer, [A])
    assert only_a is not None
    assert "m=audio 4000 RTP/AVP 8 13 101\r\n" in only_a
    assert "opus" not in only_a
    assert "a=fmtp:111" not in only_a
