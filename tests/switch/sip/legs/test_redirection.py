from dataclasses import replace

import pytest

from switch.causes import Cause
from switch.sip.authentication.client_authentication import Account
from switch.sip.events import BranchFailed, LegAnswered, LegEnded, LegRedirected
from switch.sip.hop import Hop
from switch.sip.legs.branches import Forking
from switch.sip.messages.message import Request
from tests.helpers.sip_branches import branch, dial, phones_of
from tests.helpers.sip_rig import SipRig, methods

ONE, TWO = branch("one", 7001, redirects=1), branch("two", 7002, redirects=1)
PATIENT = replace(ONE, redirects=5)
MOVED = '<sip:new@127.0.0.1:7009>;q=0.5, "Desk" <sip:desk@127.0.0.1:7008?Subject=x>'


def test_a_redirection_is_told_and_not_followed_unless_ordered() -> None:
    rig = SipRig()
    dial(rig, branch("one", 7001))["one"].answers(302, contact=MOVED)
    targets = ("sip:desk@127.0.0.1:7008", "sip:new@127.0.0.1:7009")
    assert rig.reported(LegRedirected) == [LegRedirected(leg_id="leg", branch="one", targets=targets)]
    (end,) = rig.reported(LegEnded)
    assert (end.cause, end.sip_status) == (Cause.NORMAL_UNSPECIFIED, 302)


def test_a_redirection_is_followed_by_preference_until_one_answers() -> None:
    rig = SipRig()
    one = dial(rig, ONE)["one"]
    desk = phones_of(rig, one.answers(302, contact=MOVED)[1:])["desk"]
    assert (desk.hop.port, [event.status for event in rig.reported(BranchFailed)]) == (7008, [302])
    new = phones_of(rig, desk.answers(486)[1:])["new"]
    assert new.hop.port == 7009
    new.answers(200)
    assert len(rig.reported(LegAnswered)) == 1


def test_of_a_redirection_that_was_followed_only_what_came_of_it_counts() -> None:
    rig = SipRig()
    desk = phones_of(rig, dial(rig, ONE)["one"].answers(302, contact="<sip:desk@127.0.0.1:7008>")[1:])["desk"]
    desk.answers(486)
    assert [(end.cause, end.sip_status) for end in rig.reported(LegEnded)] == [(Cause.USER_BUSY, 486)]


def test_a_redirection_in_turn_comes_before_the_next_branch() -> None:
    rig = SipRig()
    one = dial(rig, ONE, TWO, forking=Forking.SERIAL)["one"]
    desk = phones_of(rig, one.answers(302, contact="<sip:desk@127.0.0.1:7008>")[1:])["desk"]
    assert list(phones_of(rig, desk.answers(503)[1:])) == ["two"]


def test_a_redirection_does_not_wait_for_phones_that_ring() -> None:
    rig = SipRig()
    phones = dial(rig, ONE, TWO)
    phones["two"].answers(180)
    moved = phones["one"].answers(302, contact="<sip:desk@127.0.0.1:7008>")
    assert methods(moved) == ["ACK", "INVITE"]


def test_redirections_that_lead_back_or_on_and_on_come_to_an_end() -> None:
    rig = SipRig()
    one = dial(rig, PATIENT)["one"]
    back = f"<{ONE.uri}>, <sip:desk@127.0.0.1:7008>"
    desk = phones_of(rig, one.answers(302, contact=back)[1:])["desk"]
    assert methods(desk.answers(302, contact=back)) == ["ACK"]
    assert [event.sip_status for event in rig.reported(LegEnded)] == [302]


def test_no_more_redirections_are_followed_than_ordered() -> None:
    rig = SipRig()
    phone = dial(rig, replace(ONE, redirects=2))["one"]
    for number in range(2):
        sent = phone.answers(302, contact=f"<sip:hop{number}@127.0.0.1:7008>")
        phone = phones_of(rig, sent[1:])[f"hop{number}"]
    assert methods(phone.answers(302, contact="<sip:hop9@127.0.0.1:7008>")) == ["ACK"]
    assert len(rig.reported(LegEnded)) == 1


@pytest.mark.parametrize(
    "contact",
    [
        "<sip:desk@phones.example>",
        "<sip:desk@0.0.0.0>",
        "<sip:desk@239.1.1.1>",
        "<sip:desk@127.0.0.1:7008;transport=sctp>",
        "<sip:desk@127.0.0.1:7008;transport=ws>",
        "<tel:+8613800138000>",
        "<sip:",
        "*",
    ],
)
def test_a_redirection_to_what_cannot_be_reached_from_here_fails_the_branch(contact: str) -> None:
    rig = SipRig()
    assert methods(dial(rig, PATIENT)["one"].answers(302, contact=contact)) == ["ACK"]
    assert [event.sip_status for event in rig.reported(LegEnded)] == [302]


@pytest.mark.parametrize(
    ("contact", "sent"),
    [
        ("<sip:desk@198.51.100.9>", ["ACK", "INVITE"]),
        ("<sip:desk@10.0.0.9>", ["ACK"]),
        ("<sip:desk@127.0.0.1>", ["ACK"]),
    ],
)
def test_whoever_is_outside_sends_nobody_to_an_inner_address(contact: str, sent: list[str]) -> None:
    rig = SipRig()
    outside = replace(ONE, hop=Hop("udp", "198.51.100.1", 5060))
    assert methods(dial(rig, outside)["one"].answers(302, contact=contact)) == sent


def test_behind_a_proxy_a_redirection_to_a_name_is_followed_through_it() -> None:
    rig = SipRig()
    by_proxy = branch("one", 7001, redirects=1, routes=("<sip:127.0.0.1:7001;lr>",))
    one = dial(rig, by_proxy)["one"]
    _, invite = one.answers(302, contact="<sip:desk@phones.example>")
    assert isinstance(invite, Request)
    assert (invite.uri, rig.hops[-1]) == ("sip:desk@phones.example", one.hop)
    assert invite.headers.get_all("route") == ["<sip:127.0.0.1:7001;lr>"]


def test_a_password_is_shown_to_nobody_whom_a_redirection_names() -> None:
    rig = SipRig()
    secret = branch("one", 7001, redirects=1, credentials=Account("me", "secret"))
    phone = dial(rig, secret)["one"]
    sent = phone.answers(302, contact="<sip:there@127.0.0.9:7008>")
    there = phones_of(rig, sent[1:])["there"]
    challenge = 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'
    assert methods(there.answers(401, www_authenticate=challenge)) == ["ACK"]
    assert [event.sip_status for event in rig.reported(LegEnded)] == [401]
