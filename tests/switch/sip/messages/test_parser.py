from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.message import Request, Response
from switch.sip.messages.parser import is_keep_alive, parse_message
from tests.fuzz.properties import check_sip_bytes

VECTORS = Path(__file__).parents[3] / "vectors" / "sip"
GOOD = sorted((VECTORS / "good").glob("*.sip"))
BAD = sorted((VECTORS / "bad").glob("*.sip"))


def read_good(name: str) -> Request | Response:
    return parse_message((VECTORS / "good" / f"{name}.sip").read_bytes())


def refuse(data: bytes) -> SipSyntaxError:
    with pytest.raises(SipSyntaxError) as caught:
        parse_message(data)
    return caught.value


def request(method: str = "OPTIONS", *extra: str, body: bytes = b"") -> bytes:
    lines = [
        f"{method} sip:exchange.example SIP/2.0",
        "Via: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK-1",
        "From: <sip:1001@192.0.2.20>;tag=a1",
        "To: <sip:exchange.example>",
        "Call-ID: c1",
        f"CSeq: 1 {method}",
        *extra,
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_vector_is_refused_with_the_status_in_its_name(path: Path) -> None:
    status = path.stem.split("_")[0]
    assert refuse(path.read_bytes()).status == (None if status == "none" else int(status))


def test_invite_is_read_with_its_body() -> None:
    message = read_good("invite")
    assert isinstance(message, Request)
    assert (message.method, message.uri) == ("INVITE", "sip:95598@192.0.2.10")
    assert message.headers.get("from") == '"Wang" <sip:1001@192.0.2.20>;tag=a1'
    assert message.body.startswith(b"v=0\r\n")
    assert message.body.endswith(b"a=fmtp:101 0-16\r\n")


def test_compact_names_become_long_ones() -> None:
    headers = read_good("compact_names").headers
    names = ["via", "from", "to", "call-id", "cseq", "max-forwards", "contact", "supported", "content-length"]
    assert [name for name, _ in headers.items()] == names


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("a", "accept-contact"),
        ("b", "referred-by"),
        ("c", "content-type"),
        ("e", "content-encoding"),
        ("k", "supported"),
        ("m", "contact"),
        ("o", "event"),
        ("r", "refer-to"),
        ("s", "subject"),
        ("u", "allow-events"),
        ("x", "session-expires"),
    ],
)
def test_every_compact_name_means_its_long_one(short: str, name: str) -> None:
    for spelled in (short, short.upper(), name.title()):
        assert parse_message(request("OPTIONS", f"{spelled} : value")).headers.get(name) == "value"


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("i", "call-id"),
        ("Content-Length", "content-length"),
        ("c", "content-type"),
        ("CSeq", "cseq"),
        ("o", "event"),
        ("Expires", "expires"),
        ("f", "from"),
        ("Max-Forwards", "max-forwards"),
        ("Min-Expires", "min-expires"),
        ("Min-SE", "min-se"),
        ("RAck", "rack"),
        ("r", "refer-to"),
        ("b", "referred-by"),
        ("Replaces", "replaces"),
        ("RSeq", "rseq"),
        ("x", "session-expires"),
        ("t", "to"),
    ],
)
def test_a_header_that_may_stand_once_is_refused_when_it_stands_twice(spelled: str, name: str) -> None:
    refusal = refuse(request("OPTIONS", f"{spelled}: 0", f"{name}: 0"))
    assert (refusal.status, refusal.reason) == (400, f"more than one {name} header")


def test_folds_become_spaces_and_names_lose_theirs() -> None:
    headers = read_good("folded_and_spaced").headers
    assert headers.get("x-fold") == "one two"
    assert headers.get("max-forwards") == "0068"
    assert headers.get("content-length") == "0"
    assert "\n" not in "".join(headers.get_all("via"))


@pytest.mark.parametrize("name", ["line_feed_only", "leading_line_breaks"])
def test_line_breaks_of_other_kinds_change_nothing(name: str) -> None:
    expected = parse_message((VECTORS / "good" / "leading_line_breaks.sip").read_bytes().lstrip())
    assert read_good(name) == expected


def test_body_without_content_length_reaches_to_the_end() -> None:
    assert read_good("no_content_length").body == b"to the end"


def test_bytes_beyond_content_length_are_dropped() -> None:
    assert read_good("bytes_beyond_content_length").body == b"body"


def test_chinese_text_is_read_as_utf8() -> None:
    headers = read_good("chinese").headers
    assert headers.get("subject") == "停电报修"
    assert "王小明" in (headers.get("from") or "")


def test_bytes_that_are_not_utf8_survive() -> None:
    value = read_good("not_utf8").headers.get("from") or ""
    assert b"\xce\xe4\xba\xba" in value.encode("utf-8", "surrogateescape")


def test_any_token_is_a_method() -> None:
    message = read_good("strange_method_token")
    assert isinstance(message, Request)
    assert message.method == "!x-Method.%indeed'~"


def test_response_may_have_no_reason() -> None:
    message = read_good("response_without_reason")
    assert isinstance(message, Response)
    assert (message.status, message.reason) == (180, "")


def test_lines_of_one_name_stay_apart_and_in_order() -> None:
    headers = read_good("many_values").headers
    assert headers.get_all("record-route") == [
        "<sip:p1.example;lr>, <sip:p2.example;lr>",
        '"a, b" <sip:p3.example;lr>',
    ]
    assert headers.get_all("supported") == ["replaces , timer", ""]


def test_version_is_read_in_any_case() -> None:
    data = request().replace(b"example SIP/2.0", b"example sip/2.0", 1)
    assert isinstance(parse_message(data), Request)


def test_carriage_return_alone_does_not_end_a_line() -> None:
    message = parse_message(request("OPTIONS", "X-Name: a\rEvil: b"))
    assert message.headers.get("x-name") == "aEvil: b"
    assert "evil" not in message.headers


def test_refused_request_carries_what_its_answer_must_copy() -> None:
    error = refuse((VECTORS / "bad" / "400_two_call_ids.sip").read_bytes())
    assert error.request is not None
    copied = [error.request.headers.get(name) for name in ("via", "from", "to", "call-id", "cseq")]
    assert copied == [
        "SIP/2.0/UDP 192.0.2.20:5062;branch=z9hG4bK-1;rport",
        '"Wang" <sip:1001@192.0.2.20>;tag=a1',
        "<sip:95598@192.0.2.10>",
        "7c1@192.0.2.20",
        "1 INVITE",
    ]


def test_headers_behind_a_mistake_are_still_read() -> None:
    data = request().replace(b"From:", b"this is no header\r\nFrom:", 1)
    error = refuse(data)
    assert error.request is not None
    assert error.request.headers.get("cseq") == "1 OPTIONS"
    assert "this is no header" in error.reason


def test_message_larger_than_allowed_is_answered_513() -> None:
    data = request("OPTIONS", body=b"x" * 2000)
    assert parse_message(data, max_bytes=len(data)).body == b"x" * 2000
    with pytest.raises(SipSyntaxError) as caught:
        parse_message(data, max_bytes=len(data) - 1)
    assert caught.value.status == 513


def test_ack_with_a_mistake_is_never_answered() -> None:
    assert refuse(request("ACK", "Content-Length: junk")).status is None
    assert refuse(request("BYE", "Content-Length: junk")).status == 400


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\r\n\r\n", b"\0", b"\0\0\0\0"])
def test_keep_alive_is_told_from_a_message(data: bytes) -> None:
    assert is_keep_alive(data)
    assert refuse(data).reason == "keep-alive"


def test_message_is_no_keep_alive() -> None:
    assert not is_keep_alive(b"\r\n" + request())


@given(st.binary(max_size=600))
def test_any_bytes_are_a_message_or_a_syntax_error(data: bytes) -> None:
    check_sip_bytes(data)


@given(st.sampled_from(GOOD + BAD), st.data())
def test_damaged_messages_are_read_alike_after_rewriting_or_refused(path: Path, data: st.DataObject) -> None:
    whole = path.read_bytes()[:3000]
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    patch = data.draw(
        st.sampled_from([b"", b"\r\n", b",", b";", b'"', b"<", b"\0", b"%", b"\xff", b" ", b":"])
    )
    check_sip_bytes(whole[:start] + patch + whole[end:])


def test_every_good_vector_keeps_its_meaning_when_rewritten() -> None:
    assert all(check_sip_bytes(path.read_bytes()) for path in GOOD)
