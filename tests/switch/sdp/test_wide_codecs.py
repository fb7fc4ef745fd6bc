"""Codecs beyond G.711, comfort noise and keys at the codec's clock, in offers and answers."""

from dataclasses import replace

import pytest

from media.commands import Codec
from switch.sdp.agreement import MediaAgreement
from switch.sdp.offer_answer import LocalMedia, accept_answer, answer_offer, make_offer, offer_again

A, MU, G722, OPUS, G729 = Codec.PCMA, Codec.PCMU, Codec.G722, Codec.OPUS, Codec.G729
LOCAL = LocalMedia(
    host="192.0.2.10", port=40000, session_id=7, session_version=3, codecs=(OPUS, G722, A, MU, G729)
)
OPUS_MAP = "a=rtpmap:96 opus/48000/2\n"
KEYS = "a=rtpmap:101 telephone-event/8000\n"
WIDE_KEYS = "a=rtpmap:110 telephone-event/48000\n"


def stream(formats: str, *attributes: str) -> str:
    session = "v=0\no=phone 1 1 IN IP4 192.0.2.20\ns=-\nc=IN IP4 192.0.2.20\nt=0 0\n"
    return f"{session}m=audio 6000 RTP/AVP {formats}\n{''.join(attributes)}"


def agree(formats: str, *attributes: str) -> MediaAgreement:
    return answer_offer(stream(formats, *attributes), LOCAL)[1]


def test_an_offer_names_each_codec_as_its_standard_wants_and_keys_at_each_clock() -> None:
    lines = make_offer(LOCAL).splitlines()
    assert "m=audio 40000 RTP/AVP 111 9 8 0 18 101 110" in lines
    for line in (
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:9 G722/8000",
        "a=fmtp:18 annexb=no",
        "a=rtpmap:101 telephone-event/8000",
        "a=rtpmap:110 telephone-event/48000",
    ):
        assert line in lines


def test_an_answer_keeps_the_peers_number_of_opus() -> None:
    text, agreed = answer_offer(stream("96 0", OPUS_MAP), LOCAL)
    assert (agreed.codec, agreed.payload_type) == (OPUS, 96)
    assert "m=audio 40000 RTP/AVP 96\r\n" in text
    assert "a=rtpmap:96 opus/48000/2\r\n" in text


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [((KEYS, WIDE_KEYS), (110, 48_000)), ((WIDE_KEYS,), (110, 48_000)), ((KEYS,), (101, 8000))],
)
def test_keys_beside_opus_keep_its_clock_or_that_of_phones_which_know_but_one(
    attributes: tuple[str, ...], expected: tuple[int, int]
) -> None:
    offer = stream("96 101 110", OPUS_MAP, *attributes)
    text, agreed = answer_offer(offer, LOCAL)
    assert (agreed.dtmf_payload_type, agreed.dtmf_clock_hz) == expected
    accepted = accept_answer(offer, text)
    assert (accepted.dtmf_payload_type, accepted.dtmf_clock_hz) == expected


def test_keys_beside_g711_have_its_clock() -> None:
    assert agree("8 110 101", KEYS, WIDE_KEYS).dtmf_payload_type == 101
    assert agree("8 110", WIDE_KEYS).dtmf_payload_type is None


def test_a_peer_may_send_comfort_noise_beside_what_has_none_of_its_own() -> None:
    assert agree("8 13").cn_payload_type == 13
    assert "RTP/AVP 8 13\r\n" in answer_offer(stream("8 13"), LOCAL)[0]
    assert agree("96 13", OPUS_MAP).cn_payload_type is None
    assert agree("8").cn_payload_type is None


def test_comfort_noise_is_offered_when_it_is_wanted_and_taken_only_then() -> None:
    quiet, noisy = make_offer(LOCAL), make_offer(replace(LOCAL, comfort_noise=True))
    assert "a=rtpmap:13 CN/8000\r\n" in noisy
    answer = stream("8 13")
    assert accept_answer(noisy, answer).cn_payload_type == 13
    assert accept_answer(quiet, answer).cn_payload_type is None


def test_numbers_keep_their_meaning_when_we_offer_again() -> None:
    offer = stream("96 101 111", OPUS_MAP, KEYS, "a=rtpmap:111 telephone-event/48000\n")
    said = answer_offer(offer, LOCAL)[0]
    again = offer_again(LOCAL, said)
    assert "m=audio 40000 RTP/AVP 96 9 8 0 18 101 111\r\n" in again
    assert "a=rtpmap:96 opus/48000/2\r\n" in again
    assert "a=rtpmap:111 telephone-event/48000\r\n" in again


def test_a_number_that_means_something_else_is_not_offered_for_another_format() -> None:
    said = answer_offer(stream("8 111", "a=rtpmap:111 telephone-event/8000\n"), LOCAL)[0]
    again = offer_again(LOCAL, said)
    assert "a=rtpmap:111 telephone-event/8000\r\n" in again
    assert "a=rtpmap:96 opus/48000/2\r\n" in again
