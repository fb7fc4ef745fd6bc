from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.uri import SipUri, check_uri, parse_uri

READ = [
    ("sip:192.0.2.1", SipUri("sip", "", "192.0.2.1")),
    ("SIPS:alice@Example.COM:5061", SipUri("sips", "alice", "Example.COM", 5061)),
    ("sip:[2001:db8::1]:5060", SipUri("sip", "", "2001:db8::1", 5060)),
    ("sip:a:b%20c@h", SipUri("sip", "a", "h", password="b%20c")),
    ("sip:%E5%AE%A2@h", SipUri("sip", "客", "h")),
    ("sip:客@h", SipUri("sip", "客", "h")),
    ("sip:sips%3Auser%40example.com@h", SipUri("sip", "sips:user@example.com", "h")),
    ("sip:a;day=tuesday@h", SipUri("sip", "a;day=tuesday", "h")),
    ("sip:\udcc3%A9@h", SipUri("sip", "é", "h")),
    ("sip:100%@h", SipUri("sip", "100%", "h")),
    ("sip:h;lr;transport=udp", SipUri("sip", "", "h", None, (("lr", None), ("transport", "udp")))),
    ("sip:h?Subject=a&Route=b", SipUri("sip", "", "h", headers="Subject=a&Route=b")),
    (
        "sip:+861095598@gw_1.example;user=phone",
        SipUri("sip", "+861095598", "gw_1.example", None, (("user", "phone"),)),
    ),
    (
        "tel:7042;phone-context=example.com",
        SipUri("tel", "7042", "", None, (("phone-context", "example.com"),)),
    ),
    ("tel:+86-10-95598", SipUri("tel", "+86-10-95598", "")),
]
MALFORMED = [
    "",
    "sip",
    "sip:",
    ":h",
    "sip:@h",
    "sip:a@",
    "sip:a@b@h",
    "sip:a h",
    " sip:h",
    "sip:h ",
    "sip:h:",
    "sip:h:0",
    "sip:h:65536",
    "sip:h:99999999999",
    "sip:h:5060x",
    "sip:[::1",
    "sip:::1",
    "sip:<h>",
    'sip:"a"@h',
    "sip:h;;lr",
    "sip:h\r\nVia: x",
    "tel:",
    "tel:12 34",
    "tel:alice",
]


@pytest.mark.parametrize(("text", "uri"), READ)
def test_uri_is_read(text: str, uri: SipUri) -> None:
    assert parse_uri(text) == uri


@pytest.mark.parametrize("uri", [uri for _, uri in READ], ids=str)
def test_uri_means_the_same_when_written(uri: SipUri) -> None:
    assert parse_uri(str(uri)) == uri


@pytest.mark.parametrize("text", MALFORMED)
@pytest.mark.parametrize("read", [parse_uri, check_uri])
def test_malformed_uri_is_refused_with_400(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(SipSyntaxError) as caught:
        read(text)
    assert caught.value.status == 400


@pytest.mark.parametrize("text", ["http://h", "soap.beep://192.0.2.1:3002", "urn:service:sos"])
@pytest.mark.parametrize("read", [parse_uri, check_uri])
def test_other_scheme_is_refused_with_416(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(SipSyntaxError) as caught:
        read(text)
    assert caught.value.status == 416


def test_parameters_are_found_in_any_case() -> None:
    uri = parse_uri("sip:h;LR;Transport=TCP")
    assert uri.param("lr") == ""
    assert uri.param("transport") == "TCP"
    assert uri.param("maddr") is None


def test_what_a_user_part_may_not_hold_is_escaped() -> None:
    assert str(SipUri("sip", "a@b:c d\r\n", "h")) == "sip:a%40b%3Ac%20d%0D%0A@h"
    assert str(SipUri("sip", "客服", "h")) == "sip:%E5%AE%A2%E6%9C%8D@h"
    assert str(SipUri("sip", "+1(2)-3", "h")) == "sip:+1(2)-3@h"


@given(user=st.text(min_size=1), port=st.none() | st.integers(1, 65535))
def test_any_user_survives_writing_and_reading(user: str, port: int | None) -> None:
    uri = SipUri("sip", user, "192.0.2.1", port)
    assert parse_uri(str(uri)) == uri
