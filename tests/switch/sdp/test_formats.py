import pytest

from media.commands import Codec
from switch.sdp.description import MediaDescription
from switch.sdp.formats import Formats, format_attributes, packet_time_ms, read_formats


def audio(formats: str, *attributes: str) -> MediaDescription:
    pairs = tuple((name, value) for name, _, value in (line.partition(":") for line in attributes))
    return MediaDescription("audio", 5000, "RTP/AVP", tuple(formats.split()), None, pairs)


@pytest.mark.parametrize(
    ("media", "codecs", "dtmf"),
    [
        (audio("8 0"), {Codec.PCMA: 8, Codec.PCMU: 0}, None),
        (audio("0"), {Codec.PCMU: 0}, None),
        (audio("18 9"), {}, None),
        (audio("97", "rtpmap:97 pcma/8000"), {Codec.PCMA: 97}, None),
        (audio("97", "rtpmap:97 PCMA/8000/1"), {Codec.PCMA: 97}, None),
        (audio("97", "rtpmap:97 PCMA/16000"), {}, None),
        (audio("97", "rtpmap:97 PCMA/8000/2"), {}, None),
        (audio("97 8", "rtpmap:97 PCMA/8000"), {Codec.PCMA: 97}, None),
        (audio("8", "rtpmap:8 G729/8000"), {}, None),
        (audio("8 96", "rtpmap:96 telephone-event/8000"), {Codec.PCMA: 8}, 96),
        (audio("8 101", "rtpmap:101 Telephone-Event/8000"), {Codec.PCMA: 8}, 101),
        (audio("8 110", "rtpmap:110 telephone-event/48000"), {Codec.PCMA: 8}, None),
        (audio("8", "rtpmap:101 telephone-event/8000"), {Codec.PCMA: 8}, None),
        (
            audio("8 101 102", "rtpmap:102 telephone-event/8000", "rtpmap:101 telephone-event/8000"),
            {Codec.PCMA: 8},
            101,
        ),
        (audio("128 8 x ٨"), {Codec.PCMA: 8}, None),
        (audio("128", "rtpmap:128 PCMA/8000"), {}, None),
        (audio("97", "rtpmap:97 PCMA", "rtpmap:97 PCMU/8000"), {Codec.PCMU: 97}, None),
    ],
    ids=range(17),
)
def test_formats_we_speak_are_found(
    media: MediaDescription, codecs: dict[Codec, int], dtmf: int | None
) -> None:
    assert read_formats(media) == Formats(codecs, dtmf)
    assert list(read_formats(media).codecs) == list(codecs)


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
    assert packet_time_ms(audio("8", *attributes)) == ptime_ms


def test_formats_are_described() -> None:
    assert format_attributes(Formats({Codec.PCMU: 0, Codec.PCMA: 97}, 96), 30) == (
        ("rtpmap", "0 PCMU/8000"),
        ("rtpmap", "97 PCMA/8000"),
        ("rtpmap", "96 telephone-event/8000"),
        ("fmtp", "96 0-16"),
        ("ptime", "30"),
    )
