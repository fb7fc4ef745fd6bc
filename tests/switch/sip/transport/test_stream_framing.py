import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.transport.stream_framing import StreamFraming
from tests.helpers.sip_messages import SDP, as_bytes, make_request, make_response

OPTIONS = as_bytes(make_request("OPTIONS"))
INVITE = as_bytes(make_request("INVITE", body=SDP))
RINGING = as_bytes(make_response(make_request("INVITE"), 180))
FOLDED = OPTIONS.replace(b"Content-Length: 0", b"l :\r\n 0")
BARE_LINES = INVITE.replace(b"\r\n", b"\n").replace(
    b"Content-Length: %d" % len(SDP), b"Content-Length: %d" % len(SDP.replace("\r\n", "\n"))
)
MESSAGES = [OPTIONS, INVITE, RINGING, FOLDED, BARE_LINES]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_whole_with_its_last_byte_and_not_before(message: bytes) -> None:
    framing = StreamFraming()
    assert framing.receive(message[:-1]) == []
    assert framing.is_waiting
    assert framing.receive(message[-1:]) == [message]
    assert not framing.is_waiting


@given(st.lists(st.sampled_from([*MESSAGES, b"\r\n\r\n", b"\r\n"]), max_size=8), st.data())
def test_messages_and_keep_alives_are_the_same_however_the_bytes_were_cut(
    pieces: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(pieces)
    whole = StreamFraming()
    expected = whole.receive(stream)
    assert expected == [piece for piece in pieces if piece.strip()]
    cut = StreamFraming()
    places = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=12)))
    found = [
        m for a, b in zip([0, *places], [*places, len(stream)], strict=True) for m in cut.receive(stream[a:b])
    ]
    assert (found, cut.pongs, cut.fault) == (expected, whole.pongs, "")


@given(st.binary(max_size=400), st.data())
def test_any_bytes_give_the_same_messages_and_never_an_error(junk: bytes, data: st.DataObject) -> None:
    stream = data.draw(st.sampled_from([b"", OPTIONS])) + junk + data.draw(st.sampled_from([b"", INVITE]))
    whole, single = StreamFraming(), StreamFraming()
    expected = whole.receive(stream)
    assert [m for n in range(len(stream)) for m in single.receive(stream[n : n + 1])] == expected
    assert single.fault == whole.fault


@pytest.mark.parametrize(
    ("stream", "pongs"),
    [(b"\r\n\r\n", 1), (b"\r\n", 0), (b"\r\n\r\n" * 3, 3), (b"\r\n" + OPTIONS + b"\r\n", 0)],
)
def test_each_double_line_break_between_messages_asks_for_a_sign_of_life(stream: bytes, pongs: int) -> None:
    framing = StreamFraming()
    framing.receive(stream)
    assert framing.pongs == pongs


@pytest.mark.parametrize(
    ("stream", "fault"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "not SIP"),
        (b"GET / HTTP/1.1\r\n", "not SIP"),
        (b"\x16\x03\x01" + b"\x00" * 9000, "first line of more than 8192 bytes"),
        (OPTIONS.replace(b"Content-Length: 0\r\n", b""), "no Content-Length"),
        (OPTIONS.replace(b"Content-Length: 0", b"Content-Length: -1"), "no Content-Length"),
        (OPTIONS.replace(b"Content-Length: 0", b"Content-Length: 0\r\nl: 5"), "more than one Content-Length"),
        (OPTIONS.replace(b"Content-Length: 0", b"Content-Length: 70000"), "expected at most 65535"),
        (OPTIONS.replace(b"\r\n\r\n", b"\r\nX: " + b"x" * 70_000), "header section of more than 65535 bytes"),
    ],
)
def test_what_cannot_be_framed_is_a_fault_that_stays(stream: bytes, fault: str) -> None:
    framing = StreamFraming()
    assert framing.receive(OPTIONS + stream) == [OPTIONS]
    assert fault in framing.fault
    assert framing.receive(INVITE) == []
