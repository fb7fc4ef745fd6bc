from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sdp.description import Connection, MediaDescription, Origin
from switch.sdp.errors import SdpSyntaxError
from switch.sdp.parser import parse_sdp
from tests.fuzz.properties import check_sdp_text

SEEDS = sorted((Path(__file__).parents[2] / "fuzz" / "corpus" / "sdp").glob("*.sdp"))
HEAD = "v=0\r\no=alice 1 2 IN IP4 192.0.2.20\r\ns=call\r\n"


def test_session_and_its_streams_are_read() -> None:
    session = parse_sdp(
        HEAD + "c=IN IP4 192.0.2.20\r\nt=0 0\r\na=x:y:z\r\na=flag\r\nm=audio 5000/2 RTP/AVP 8 0\r\n"
    )
    assert session.origin == Origin("alice", "1", "2", "IP4", "192.0.2.20")
    assert (session.name, session.timing) == ("call", ("0 0",))
    assert (session.attribute("x"), session.attribute("flag"), session.attribute("z")) == ("y:z", "", None)
    assert session.media == (MediaDescription("audio", 5000, "RTP/AVP", ("8", "0")),)


def test_lines_under_a_stream_are_the_streams() -> None:
    session = parse_sdp(
        HEAD
        + "c=IN IP4 192.0.2.20\r\nm=audio 5000 RTP/AVP 8\r\nc=IN IP6 2001:db8::1\r\na=ptime:30\r\n"
        + "m=video 0 RTP/AVP 31\r\n"
    )
    audio, video = session.media
    assert session.connection_of(audio) == Connection("IP6", "2001:db8::1")
    assert session.connection_of(video) == Connection("IP4", "192.0.2.20")
    assert (audio.attribute("ptime"), video.attribute("ptime")) == ("30", None)
    assert session.attributes == ()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\n\r\n", " \r\n"])
def test_any_line_end_is_taken(line_end: str) -> None:
    text = HEAD + "t=0 0\r\nm=audio 5000 RTP/AVP 8\r\n"
    assert parse_sdp(text.replace("\r\n", line_end)) == parse_sdp(text)


def test_session_lines_may_come_in_any_order_or_be_missing() -> None:
    session = parse_sdp("v=0\nt=1 2\nc=IN IP4 192.0.2.1\no=- 1 1 IN IP4 h\nm=audio 1 RTP/AVP 0\n")
    assert (session.name, session.timing, session.connection) == (
        "-",
        ("1 2",),
        Connection("IP4", "192.0.2.1"),
    )


@pytest.mark.parametrize(
    "secret", ["a=crypto:1 X inline:secret", "a= crypto:1 X inline:secret", "a=ice-pwd:secret"]
)
def test_no_key_or_password_of_a_call_is_kept_in_mind(secret: str) -> None:
    def is_kept(line: str) -> bool:
        text = f"{HEAD}c=IN IP4 192.0.2.20\r\n{line}\r\nm=audio 5000 RTP/AVP 8\r\n{line}\r\n"
        first, again = parse_sdp(text), parse_sdp(text)
        return first.attributes is again.attributes or first.media[0].attributes is again.media[0].attributes

    assert is_kept("a=ptime:20")
    assert not is_kept(secret)


def test_unknown_lines_are_skipped() -> None:
    assert parse_sdp(HEAD + "i=x\r\nb=AS:64\r\nk=prompt\r\ny=0123\r\nf=v/2\r\n") == parse_sdp(HEAD)


def test_first_of_several_addresses_counts() -> None:
    addresses = "c=IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.2\r\n"
    session = parse_sdp(HEAD + addresses + "m=audio 1 RTP/AVP 0\r\n" + addresses)
    assert session.connection == session.media[0].connection == Connection("IP4", "192.0.2.1")


def test_multicast_suffix_is_no_part_of_the_address() -> None:
    assert parse_sdp(HEAD + "c=IN IP4 224.2.36.42/127/3\r\n").connection == Connection("IP4", "224.2.36.42")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "v=0"),
        ("v=1\r\n", "v=0"),
        ("o=- 1 1 IN IP4 h\r\nv=0\r\n", "v=0"),
        ("v=0\r\ns=-\r\n", "no o= line"),
        ("v=0\r\no=- 1 1 IP4 h\r\n", "line 2 .* o=<user>"),
        (HEAD + "c=IN IP5 h\r\n", "line 4 .* c=IN"),
        (HEAD + "c=192.0.2.1\r\n", "line 4 .* c=IN"),
        (HEAD + "c=IN IP4 /127\r\n", "line 4 .* c=IN"),
        (HEAD + "m=audio 5000 RTP/AVP\r\n", "line 4 .* m=<kind>"),
        (HEAD + "m=audio 70000 RTP/AVP 0\r\n", "line 4 .* <port of 0 to 65535>"),
        (HEAD + "m=audio -1 RTP/AVP 0\r\n", "port of 0 to 65535"),
        (HEAD + "m=audio ٥ RTP/AVP 0\r\n", "port of 0 to 65535"),
        (HEAD + "what is this\r\n", "<letter>=<value>"),
        (HEAD + "aa=x\r\n", "<letter>=<value>"),
        (HEAD + "m=audio 0 RTP/AVP 0\r\n" * 33, "at most 32 streams"),
        (HEAD + "a=x\r\n" * 1000, "at most 1000"),
    ],
    ids=range(16),
)
def test_refusal_says_where_and_what_was_expected(text: str, expected: str) -> None:
    with pytest.raises(SdpSyntaxError, match=expected):
        parse_sdp(text)


@given(st.text(max_size=300))
def test_any_text_is_a_description_or_a_syntax_error(text: str) -> None:
    check_sdp_text(text)
    check_sdp_text(HEAD + text)


@given(st.sampled_from(SEEDS), st.data())
def test_damaged_descriptions_are_read_alike_after_rewriting_or_refused(
    path: Path, data: st.DataObject
) -> None:
    text = path.read_bytes().decode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 10)))
    check_sdp_text(text[:start] + data.draw(st.text(max_size=4)) + text[end:])


def test_every_seed_is_a_description() -> None:
    assert SEEDS
    assert all(check_sdp_text(path.read_bytes().decode()) for path in SEEDS)
