from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.header_values import (
    CSeq,
    NameAddr,
    Via,
    check_name_addr,
    format_auth,
    is_wildcard,
    parse_auth,
    parse_contacts,
    parse_cseq,
    parse_name_addr,
    parse_token_list,
    parse_via,
    read_tag,
    split_values,
)
from switch.sip.messages.uri import SipUri

H = SipUri("sip", "", "h")


def refused(read: Callable[[str], object], value: str) -> int | None:
    with pytest.raises(SipSyntaxError) as caught:
        read(value)
    return caught.value.status


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("SIP/2.0/UDP 192.0.2.1", Via("UDP", "192.0.2.1")),
        ("sip/2.0/tcp h:5062;branch=x", Via("TCP", "h", 5062, (("branch", "x"),))),
        (
            "SIP / 2.0 / UDP  h : 5 ; branch = x ;rport",
            Via("UDP", "h", 5, (("branch", "x"), ("rport", None))),
        ),
        ("SIP/2.0/UDP [::1]:5060", Via("UDP", "::1", 5060)),
        ("SIP/2.0/UDP h;received=2001:db8::1", Via("UDP", "h", None, (("received", "2001:db8::1"),))),
        ('SIP/2.0/UDP h;x="a;b,c"', Via("UDP", "h", None, (("x", '"a;b,c"'),))),
    ],
)
def test_via_is_read_and_means_the_same_when_written(text: str, via: Via) -> None:
    assert parse_via(text) == via
    assert parse_via(str(via)) == via


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SIP/2.0/UDP",
        "SIP/2.0/UDP ;x=1",
        "SIP/1.0/UDP h",
        "SIP/2.0/UDP h:0",
        "SIP/2.0/UDP h:70000",
        "SIP/2.0/UDP h x",
        "SIP/2.0/UDP ::1",
        "SIP/2.0/UDP h;",
        "SIP/2.0/UDP h, SIP/2.0/UDP g",
        "SIP/2.0 UDP h",
    ],
)
def test_malformed_via_is_refused(text: str) -> None:
    assert refused(parse_via, text) == 400


def test_via_parameters_are_found_by_name() -> None:
    via = parse_via("SIP/2.0/UDP h;rport;branch=x")
    assert (via.branch, via.param("rport"), via.param("received")) == ("x", "", None)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("<sip:h>", NameAddr("", H)),
        ("Wang <sip:h>", NameAddr("Wang", H)),
        ("Wang Xiaoming<sip:h>;tag=1", NameAddr("Wang Xiaoming", H, (("tag", "1"),))),
        ('"Wang, <the> \\"one\\"; \\\\" <sip:h>', NameAddr('Wang, <the> "one"; \\', H)),
        ('"" <sip:h>', NameAddr("", H)),
        ("王小明 <sip:h>", NameAddr("王小明", H)),
        (
            '"sip:other" <sip:h;a=1>;b=2',
            NameAddr("sip:other", SipUri("sip", "", "h", None, (("a", "1"),)), (("b", "2"),)),
        ),
        ("sip:h;tag=1;x", NameAddr("", H, (("tag", "1"), ("x", None)))),
        ("<sip:h>;x=;y", NameAddr("", H, (("x", ""), ("y", None)))),
        ("<tel:95598> ; tag = 1", NameAddr("", SipUri("tel", "95598", ""), (("tag", "1"),))),
    ],
)
def test_name_addr_is_read_and_means_the_same_when_written(text: str, address: NameAddr) -> None:
    assert parse_name_addr(text) == address
    assert parse_name_addr(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<>",
        "sip:h?a=b",
        "< sip:h>",
        "<sip:h",
        "sip:h>",
        '"open <sip:h>',
        "a, b <sip:h>",
        "*",
        "<sip:h> tail",
        "<sip:h><sip:g>",
        "<sip:h>;",
        "<sip:h>;=1",
        "<sip:h>;a=b=c d",
        "sip:h, sip:g",
    ],
)
def test_malformed_name_addr_is_refused(text: str) -> None:
    assert refused(parse_name_addr, text) == refused(check_name_addr, text) == 400


def test_an_address_tells_its_tag() -> None:
    assert parse_name_addr("<sip:h>;tag=old;x=1").tag == "old"
    assert parse_name_addr("<sip:h>;tag=").tag is None


@given(st.text())
def test_any_display_name_survives_but_for_its_line_breaks(name: str) -> None:
    written = str(NameAddr(name, H))
    assert "\n" not in written
    assert "\r" not in written
    assert parse_name_addr(written).display_name == name.replace("\r", " ").replace("\n", " ")


def test_cseq_is_read_and_written() -> None:
    assert parse_cseq("0009   INVITE") == CSeq(9, "INVITE")
    assert parse_cseq("2147483647 BYE").number == 2**31 - 1
    assert str(CSeq(9, "INVITE")) == "9 INVITE"


@pytest.mark.parametrize(
    "text",
    ["", "1", "INVITE", "-1 INVITE", "2147483648 BYE", "1 IN VITE", "1INVITE", "١ BYE", "9" * 5000 + " BYE"],
)
def test_malformed_cseq_is_refused(text: str) -> None:
    assert refused(parse_cseq, text) == 400


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        ([], []),
        (["a"], ["a"]),
        (["a , b", "c"], ["a", "b", "c"]),
        (["", ",,a,"], ["a"]),
        (['"a, \\", b" <sip:h>, <sip:x,y>;q="1,2"'], ['"a, \\", b" <sip:h>', '<sip:x,y>;q="1,2"']),
    ],
)
def test_lists_are_split_outside_quotes_and_brackets(lines: list[str], values: list[str]) -> None:
    assert split_values(lines) == values


@pytest.mark.parametrize("line", ['a, "b', "a, <b", "," * 300])
def test_open_quotes_and_endless_lists_are_refused(line: str) -> None:
    assert refused(lambda value: split_values([value]), line) == 400


def test_contacts_of_all_lines_are_read() -> None:
    contacts = parse_contacts(['"a, b" <sip:h;lr>;q=0.3, sip:h;expires=60', "<sip:h>"])
    assert [contact.display_name for contact in contacts] == ["a, b", "", ""]
    assert [contact.param("expires") for contact in contacts] == [None, "60", None]


def test_wildcard_contact_stands_alone() -> None:
    assert is_wildcard(["*"])
    assert not is_wildcard(["*", "<sip:h>"])
    assert refused(lambda value: parse_contacts([value]), "*") == 400


def test_token_lists_are_read() -> None:
    assert parse_token_list(["replaces , timer", "", "100rel"]) == ["replaces", "timer", "100rel"]
    assert refused(lambda value: parse_token_list([value]), "a b") == 400


def test_authorization_is_read_with_and_without_quotes() -> None:
    value = 'digest Realm="a, \\"b\\"" ,nonce="" ,  qop=auth, uri="sip:h"'
    assert parse_auth(value) == ("digest", {"realm": 'a, "b"', "nonce": "", "qop": "auth", "uri": "sip:h"})


@pytest.mark.parametrize(
    "text",
    ["", "Digest a", 'Digest a="b', "Digest a=b c=d", "Digest a=1, A=2", "Basic dXNlcjpwYXNz=", "D(gest a=b"],
)
def test_malformed_authorization_is_refused(text: str) -> None:
    assert refused(parse_auth, text) == 400


@given(
    st.dictionaries(
        st.sampled_from(["realm", "nonce", "opaque"]),
        st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])),
    )
)
def test_authorization_is_read_as_it_was_written(params: dict[str, str]) -> None:
    assert parse_auth(format_auth("Digest", params)) == ("digest", params)


def test_bare_parameters_are_written_without_quotes() -> None:
    assert format_auth("Digest", {"qop": "auth", "nc": "1"}, bare={"nc"}) == 'Digest qop="auth", nc=1'


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("<sip:a@b>;tag=x", "x"),
        ("<sip:a@b;tag=uri>", None),
        ("sip:a@b;tag=x", "x"),
        ('"a>b;tag=no" <sip:a@b> ; TAG = x ;y', "x"),
        ('<sip:a@b>;x=">;tag=no"', None),
        ('<sip:a@b>;x=">";tag=x', "x"),
        ("<sip:a@b>;xtag=no", None),
        ("<sip:a@b>;tag", None),
        ("<sip:a@b>;tag=;tag=second", None),
    ],
)
def test_a_tag_is_read_as_when_all_is_read(value: str, tag: str | None) -> None:
    assert read_tag(value) == tag == parse_name_addr(value).tag
