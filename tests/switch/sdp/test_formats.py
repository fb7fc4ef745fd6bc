import pytest

from media.commands import Codec
from switch.sdp.description import MediaDescription
from switch.sdp.formats import Formats, format_attributes, longest_packet_ms, packet_time_ms, read_formats


def audio(formats: str, *attributes: str) -> MediaDescription:
    pairs = tuple((name, value) for name, _, value in (line.partition(":") for line in attributes))
    return MediaDescription("audio", 5000, "RTP/AVP", tuple(formats.split()), None, pairs)


A, MU, G722, OPUS, G729 = Codec.PCMA, Codec.PCMU, Codec.G722, Codec.OPUS, Codec.G729
KEYS = "rtpmap:101 telephone-event/8000"
WIDE_KEYS = "rtpmap:110 telephone-event/48000"


@pytest.mark.parametrize(
    ("media", "codecs"),
    [
        (audio("8 0"), {A: 8, MU: 0}),
        (audio("0"), {MU: 0}),
        (audio("18 9"), {G729: 18, G722: 9}),
        (audio("3 4 15"), {}),
        (audio("97", "rtpmap:97 pcma/8000"), {A: 97}),
        (audio("97", "rtpmap:97 PCMA/8000/1"), {A: 97}),
        (audio("97", "rtpmap:97 PCMA/16000"), {}),
        (audio("97", "rtpmap:97 PCMA/8000/2"), {}),
        (audio("97 8", "rtpmap:97 PCMA/8000"), {A: 97}),
        (audio("8", "rtpmap:8 G729/8000"), {G729: 8}),
        (audio("9", "rtpmap:9 G722/16000"), {}),
        (audio("111 8", "rtpmap:111 opus/48000/2"), {OPUS: 111, A: 8}),
        (audio("96", "rtpmap:96 OPUS/48000"), {OPUS: 96}),
        (audio("96", "rtpmap:96 opus/16000/2"), {}),
        (audio("128 8 x ٨"), {A: 8}),
        (audio("128", "rtpmap:128 PCMA/8000"), {}),
        (audio("97", "rtpmap:97 PCMA", "rtpmap:97 PCMU/8000"), {MU: 97}),
    ],
    ids=range(17),
)
def test_codecs_we_speak_are_found_in_their_order(media: MediaDescription, codecs: dict[Codec, int]) -> None:
    assert read_formats(media) == Formats(codecs, None, {})
    assert list(read_formats(media).codecs) == list(codecs)


@pytest.mark.parametrize(
    ("media", "noise", "events"),
    [
        (audio("8 96", "rtpmap:96 telephone-event/8000"), None, {8000: 96}),
        (audio("8 101", "rtpmap:101 Telephone-Event/8000"), None, {8000: 101}),
        (audio("8 110", WIDE_KEYS), None, {48_000: 110}),
        (audio("8 110 101", KEYS, WIDE_KEYS), None, {8000: 101, 48_000: 110}),
        (audio("8", KEYS), None, {}),
        (audio("8 101 102", "rtpmap:102 telephone-event/8000", KEYS), None, {8000: 101}),
        (audio("8 101", "rtpmap:101 telephone-event/16000"), None, {}),
        (audio("8 13"), 13, {}),
        (audio("8 98 13", "rtpmap:98 CN/8000"), 98, {}),
        (audio("8 98", "rtpmap:98 CN/16000"), None, {}),
    ],
    ids=range(10),
)
def test_keys_and_comfort_noise_are_found_by_their_clock(
    media: MediaDescription, noise: int | None, events: dict[int, int]
) -> None:
    assert read_formats(media) == Formats({A: 8}, noise, events)


@pytest.mark.parametrize(
    ("attributes", "ptime_ms"),
    [
        ((), 20),
        (("ptime:10",), 10),
        (("ptime:30",), 30),
        (("ptime:60",), 60),
        (("ptime:25",), 20),
        (("ptime:5",), 10),
        (("ptime:200",), 60),
        (("ptime:0",), 20),
        (("ptime:x",), 20),
        (("ptime:-20",), 20),
        (("ptime:99999999999999",), 20),
        (("ptime:40", "maxptime:30"), 30),
        (("maxptime:10",), 10),
        (("ptime:20", "maxptime:150"), 20),
    ],
)
def test_packet_time_is_whole_tens_within_limits(attributes: tuple[str, ...], ptime_ms: int) -> None:
    assert packet_time_ms(audio("8", *attributes), A) == ptime_ms


@pytest.mark.parametrize(
    ("asked_ms", "ptime_ms"), [(10, 10), (20, 20), (30, 20), (50, 40), (60, 60), (5, 10)]
)
def test_opus_has_no_packets_of_30_or_50_ms(asked_ms: int, ptime_ms: int) -> None:
    assert packet_time_ms(audio("8", f"ptime:{asked_ms}"), OPUS) == ptime_ms


def test_the_longest_packet_is_known_beside_the_wanted_one() -> None:
    assert longest_packet_ms(audio("8", "ptime:20", "maxptime:30")) == 30
    assert longest_packet_ms(audio("8", "ptime:20")) is None


def test_formats_are_described() -> None:
    assert format_attributes(
        Formats({MU: 0, A: 97, OPUS: 111, G729: 18}, 13, {8000: 96, 48_000: 98}), 30
    ) == (
        ("rtpmap", "0 PCMU/8000"),
        ("rtpmap", "97 PCMA/8000"),
        ("rtpmap", "111 opus/48000/2"),
        ("fmtp", "111 maxplaybackrate=16000;sprop-maxcapturerate=16000;useinbandfec=1"),
        ("rtpmap", "18 G729/8000"),
        ("fmtp", "18 annexb=no"),
        ("rtpmap", "13 CN/8000"),
        ("rtpmap", "96 telephone-event/8000"),
        ("fmtp", "96 0-16"),
        ("rtpmap", "98 telephone-event/48000"),
        ("fmtp", "98 0-16"),
        ("ptime", "30"),
    )
