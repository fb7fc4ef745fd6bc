from typing import Any

import pytest

from runtime.errors import UsageError
from runtime.ids import SeededIds
from switch.sip.commands import DialStation
from switch.sip.config import SipConfig
from switch.sip.headers.identity_headers import write_caller
from switch.sip.hop import Hop
from switch.sip.identity import Identity
from switch.sip.legs.invites import station_rounds
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.message import Request
from switch.sip.registration.directory import ContactAddress
from tests.helpers.sip_branches import OURS, branch, dial
from tests.helpers.sip_rig import SipRig

COMMAND = DialStation(leg_id="leg", station="1001", caller_number="138", caller_name="Li", sdp=OURS)
IDENTITY = Identity(SipConfig(), SeededIds(1))


def contact(name: str, q: float = 1.0, path: tuple[str, ...] = ()) -> ContactAddress:
    return ContactAddress(f"sip:{name}@192.0.2.1", Hop("udp", "192.0.2.1", 5060), q, path)


def invite(rig: SipRig, **fields: Any) -> Request:
    return dial(rig, branch("phone", **fields))["phone"].invite


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("13800138000", "李娜"),
        ("13800138000", '李 "娜" \\ Li, <Na>'),
        ("+86 10 1234", ""),
        ("a@b;c=d?e", "x"),
        ("", ""),
        ("用户", " spaces "),
    ],
)
def test_a_caller_is_read_as_it_was_written_whatever_it_is_made_of(number: str, name: str) -> None:
    form = write_caller(number, name, "192.0.2.1", hidden=False, trusted=False)
    read = parse_name_addr(f"{form.sender};tag=x")
    assert (read.uri.user, read.uri.host, read.display_name) == (number, "192.0.2.1", name)
    assert read.tag == "x"


def test_an_anonymous_caller_shows_neither_name_nor_number() -> None:
    command = DialStation(
        leg_id="leg", station="1001", caller_number="138", caller_name="Li", sdp=OURS, is_anonymous=True
    )
    ((only,),) = station_rounds(command, [contact("a")], IDENTITY)
    assert only.caller == "Anonymous <sip:anonymous@anonymous.invalid>"


def test_a_phone_with_an_ipv6_address_can_read_who_calls() -> None:
    phone = ContactAddress("sip:a@[2001:db8::9]", Hop("udp", "2001:db8::9", 5060))
    config = SipConfig(host="2001:db8::1")
    ((only,),) = station_rounds(COMMAND, [phone], Identity(config, SeededIds(1)))
    caller = parse_name_addr(only.caller)
    assert (caller.display_name, caller.uri.user, caller.uri.host) == ("Li", "138", "2001:db8::1")


def test_a_phone_that_a_call_is_transferred_to_hears_by_whom() -> None:
    command = DialStation(
        leg_id="leg", station="1001", caller_number="138", caller_name="", sdp=OURS, referred_by="1002"
    )
    ((only,),) = station_rounds(command, [contact("a")], IDENTITY)
    assert only.headers == (("referred-by", "<sip:1002@127.0.0.1>"),)
    ((other,),) = station_rounds(COMMAND, [contact("a")], IDENTITY)
    assert other.headers == ()


def test_contacts_of_the_same_preference_ring_together_and_the_others_after_them() -> None:
    contacts = [contact("a"), contact("b"), contact("c", 0.5), contact("d", 0.1)]
    rounds = station_rounds(COMMAND, contacts, IDENTITY)
    assert [[one.uri[4] for one in together] for together in rounds] == [["a", "b"], ["c"], ["d"]]


def test_the_path_of_a_registration_is_the_route_of_its_invite() -> None:
    path = ("<sip:edge.example;lr>", "<sip:192.0.2.9;lr>")
    ((only,),) = station_rounds(COMMAND, [contact("a", path=path)], IDENTITY)
    assert only.routes == path


def test_a_branch_says_who_calls_whom() -> None:
    request = invite(
        SipRig(),
        caller='"95598" <sip:95598@carrier.example>',
        called="<sip:138@carrier.example>",
        contact_user="95598",
        routes=("<sip:127.0.0.1:7000;lr>",),
    )
    headers = request.headers
    assert (headers.get("from") or "").startswith('"95598" <sip:95598@carrier.example>;tag=')
    assert headers.get("to") == "<sip:138@carrier.example>"
    assert headers.get("contact") == "<sip:95598@127.0.0.1:5060>"
    assert headers.get_all("route") == ["<sip:127.0.0.1:7000;lr>"]


def test_headers_of_the_order_and_of_the_branch_stand_beside_ours() -> None:
    rig = SipRig()
    one = branch("one", 7001, headers=(("privacy", "id"), ("supported", "x-ours")))
    two = branch("two", 7002)
    phones = dial(rig, one, two, headers=(("diversion", "<sip:1@x>"), ("diversion", "<sip:2@x>")))
    first, second = phones["one"].invite.headers, phones["two"].invite.headers
    assert first.get_all("diversion") == second.get_all("diversion") == ["<sip:1@x>", "<sip:2@x>"]
    assert (first.get_all("privacy"), second.get_all("privacy")) == (["id"], [])
    assert first.get_all("supported") == ["100rel, replaces, timer", "x-ours"]


@pytest.mark.parametrize("name", ["via", "from", "to", "call-id", "cseq", "contact", "route", "content-type"])
def test_a_header_of_the_stack_cannot_be_ordered(name: str) -> None:
    rig = SipRig()
    with pytest.raises(UsageError, match=name):
        invite(rig, headers=((name, "x"),))
    with pytest.raises(UsageError, match=name):
        dial(rig, branch("phone"), headers=((name, "x"),))
    assert (rig.messages, rig.leftovers()) == ([], (0, 0, 0))
