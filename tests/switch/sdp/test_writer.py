from sys import getrefcount

import pytest

from runtime.errors import UsageError
from switch.sdp.description import Connection, MediaDescription, Origin, SessionDescription
from switch.sdp.writer import write_sdp, write_stream

ORIGIN = Origin("-", "1", "2", "IP4", "192.0.2.10")


def test_lines_stand_in_the_order_of_the_standard() -> None:
    audio = MediaDescription(
        "audio",
        5000,
        "RTP/AVP",
        ("8", "101"),
        Connection("IP6", "::1"),
        (("ptime", "20"), ("sendrecv", None)),
    )
    session = SessionDescription(
        ORIGIN, "-", Connection("IP4", "192.0.2.10"), ("0 0",), (("tool", "x"),), (audio,)
    )
    assert write_sdp(session) == (
        "v=0\r\no=- 1 2 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\na=tool:x\r\n"
        "m=audio 5000 RTP/AVP 8 101\r\nc=IN IP6 ::1\r\na=ptime:20\r\na=sendrecv\r\n"
    )


@pytest.mark.parametrize("secret", ["crypto", "ice-pwd"])
def test_keys_are_not_kept_once_they_are_written(secret: str) -> None:
    key = "".join(["of this ", "call only"])  # an object of its own, so that who holds it can be counted
    stream = MediaDescription("audio", 5000, "RTP/AVP", ("8",), None, ((secret, key),))
    holders = getrefcount(key)
    assert f"a={secret}:{key}" in write_stream(stream, 5000)
    del stream
    assert getrefcount(key) < holders


@pytest.mark.parametrize("name", ["a\r\nm=audio 1 RTP/AVP 0", "a\nb", "a\rb"])
def test_line_break_in_a_value_is_our_mistake(name: str) -> None:
    with pytest.raises(UsageError, match="line break"):
        write_sdp(SessionDescription(ORIGIN, name, None, (), (), ()))
