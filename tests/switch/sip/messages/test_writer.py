import pytest

from switch.sip.messages.message import Headers, Request, Response
from switch.sip.messages.writer import write_message


def test_request_is_written_with_long_names_and_its_length_last() -> None:
    headers = Headers({"via": ["a", "b"], "content-length": ["999"], "call-id": ["c"], "cseq": ["1 BYE"]})
    assert write_message(Request("BYE", "sip:x", headers, b"body")) == (
        b"BYE sip:x SIP/2.0\r\nVia: a\r\nVia: b\r\nCall-ID: c\r\nCSeq: 1 BYE\r\nContent-Length: 4\r\n\r\nbody"
    )


@pytest.mark.parametrize("name", ["via", "".join(list("via"))])
def test_via_stands_first_for_those_who_read_on_the_way(name: str) -> None:
    headers = Headers({"to": "t", name: ["near", "far"], "from": "f"})
    start = b"BYE sip:x SIP/2.0\r\nVia: near\r\nVia: far\r\nTo: t\r\nFrom: f\r\nContent-Length"
    assert write_message(Request("BYE", "sip:x", headers)).startswith(start)


def test_response_is_written_with_status_and_reason() -> None:
    assert write_message(Response(200, "OK")) == b"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("www-authenticate", b"WWW-Authenticate"),
        ("max-forwards", b"Max-Forwards"),
        ("x-ringmain-contact", b"X-Ringmain-Contact"),
        ("min-se", b"Min-SE"),
    ],
)
def test_names_are_capitalised_as_readers_expect(name: str, canonical: bytes) -> None:
    assert canonical + b": 1\r\n" in write_message(Response(200, "OK", Headers({name: ["1"]})))


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\n\r\n"])
def test_line_break_in_a_value_starts_no_header(break_: str) -> None:
    headers = Headers({"subject": [f"a{break_}Evil: b"], "to": ["x"]})
    head = write_message(Response(200, f"O{break_}K", headers))
    assert head.split(b"\r\n") == [
        b"SIP/2.0 200 O K",
        b"Subject: a Evil: b",
        b"To: x",
        b"Content-Length: 0",
        b"",
        b"",
    ]


def test_line_breaks_of_a_body_stay() -> None:
    assert write_message(Response(200, "OK", Headers(), b"a\r\n\r\nb\n")).endswith(b"\r\n\r\na\r\n\r\nb\n")


def test_content_length_counts_bytes_and_not_characters() -> None:
    body = "停电".encode()
    assert b"Content-Length: 6\r\n" in write_message(Request("MESSAGE", "sip:x", Headers(), body))


def test_bytes_that_were_not_utf8_are_written_as_they_came() -> None:
    value = b"\xce\xe4".decode("utf-8", "surrogateescape")
    assert b"Subject: \xce\xe4\r\n" in write_message(Response(200, "OK", Headers({"subject": [value]})))
