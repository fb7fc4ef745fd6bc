from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.events import LegArrived
from switch.sip.headers.identity_headers import AssertedCaller, read_asserted, wants_privacy, write_caller
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.message import Headers
from tests.helpers.sip_messages import make_request
from tests.helpers.sip_rig import SipRig

NOBODY = AssertedCaller("", "")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, NOBODY),
        ({"p-asserted-identity": ['"张伟" <sip:138@carrier>']}, AssertedCaller("138", "张伟")),
        ({"p-asserted-identity": ['"Z" <sip:138@carrier>, <tel:+86138>']}, AssertedCaller("138", "Z")),
        ({"p-asserted-identity": ["<tel:+86138>", '"Z" <sip:+86138@c>']}, AssertedCaller("+86138", "Z")),
        ({"p-asserted-identity": ["<tel:+86138>, <oops"]}, NOBODY),
        ({"p-asserted-identity": ["http://x"], "remote-party-id": ["<sip:7@c>"]}, AssertedCaller("7", "")),
        ({"remote-party-id": ['"L" <sip:7@c>;party=calling;screen=yes']}, AssertedCaller("7", "L")),
        ({"remote-party-id": ["<sip:7@c>;party=called"]}, NOBODY),
        ({"p-preferred-identity": ["<sip:8@c>"]}, AssertedCaller("8", "")),
        ({"p-preferred-identity": ["<sip:8@c>"], "p-asserted-identity": ["<sip:9@c>"]}, AssertedCaller("9")),
    ],
)
def test_the_caller_is_read_as_the_network_asserts_them(
    fields: dict[str, list[str]], expected: AssertedCaller
) -> None:
    assert read_asserted(Headers(fields)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, False),
        ({"privacy": ["id"]}, True),
        ({"privacy": ["Header; ID ;critical"]}, True),
        ({"privacy": ["user"]}, True),
        ({"privacy": ["session;critical"]}, False),
        ({"privacy": ["none"]}, False),
        ({"remote-party-id": ["<sip:7@c>;privacy=full"]}, True),
        ({"remote-party-id": ['<sip:7@c>;privacy="off"']}, False),
        ({"remote-party-id": ["<sip:7@c>;privacy=full"], "privacy": ["none"]}, False),
    ],
)
def test_a_wish_for_privacy_is_heard(fields: dict[str, list[str]], expected: bool) -> None:
    assert wants_privacy(Headers(fields)) is expected


@pytest.mark.parametrize(
    ("hidden", "trusted", "user", "names"),
    [
        (False, False, "138", []),
        (False, True, "138", ["p-asserted-identity"]),
        (True, False, "anonymous", ["privacy"]),
        (True, True, "anonymous", ["p-asserted-identity", "privacy"]),
    ],
)
def test_a_hidden_caller_is_named_to_trusted_peers_only(
    hidden: bool, trusted: bool, user: str, names: list[str]
) -> None:
    form = write_caller("138", "张伟", "192.0.2.1", hidden=hidden, trusted=trusted)
    assert parse_name_addr(form.sender).uri.user == user
    assert [name for name, _ in form.headers] == names
    shown = form.sender + "".join(value for name, value in form.headers if name == "privacy")
    assert ("张伟" in shown) is not hidden


@given(number=st.text(min_size=1, max_size=20), name=st.text(max_size=30))
def test_what_is_asserted_can_be_read_back(number: str, name: str) -> None:
    number, name = (text.encode("utf-8", "replace").decode() for text in (number, name))
    form = write_caller(number, name, "192.0.2.1", hidden=False, trusted=True)
    (value,) = (value for header, value in form.headers if header == "p-asserted-identity")
    address = parse_name_addr(value)
    assert address.uri.user == number
    assert address.display_name == name.replace("\r", " ").replace("\n", " ")


@given(st.text(max_size=60))
def test_no_text_of_a_peer_can_break_the_reading(text: str) -> None:
    fields = {name: [text] for name in ("p-asserted-identity", "remote-party-id", "privacy")}
    assert isinstance(read_asserted(Headers(fields)), AssertedCaller)
    assert wants_privacy(Headers(fields)) in (True, False)


def test_an_arriving_leg_tells_identity_privacy_and_diversions() -> None:
    rig = SipRig()
    headers: dict[str, Any] = {
        "p_asserted_identity": '"李娜" <sip:+8613900139000@carrier>',
        "privacy": "id",
        "diversion": ["<sip:2001@pbx>;reason=no-answer", "<sip:2000@pbx>;reason=unconditional;counter=2"],
    }
    rig.receive(make_request("INVITE", caller="<sip:anonymous@anonymous.invalid>;tag=1", **headers))
    (arrived,) = rig.reported(LegArrived)
    assert (arrived.caller_number, arrived.asserted_number) == ("anonymous", "+8613900139000")
    assert (arrived.asserted_name, arrived.privacy) == ("李娜", True)
    assert arrived.diversions == (
        "<sip:2001@pbx>;reason=no-answer;counter=1",
        "<sip:2000@pbx>;reason=unconditional;counter=2",
    )
