import pytest

from media.commands import Codec
from switch.sdp.codec_choice import choose_codecs

A, MU = Codec.PCMA, Codec.PCMU
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
