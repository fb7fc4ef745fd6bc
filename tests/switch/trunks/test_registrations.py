"""Our registrations at trunks."""

from typing import Any

import pytest

from switch.sip.commands import DialLeg, SendRequest
from switch.trunks.commands import DisableTrunk, EnableTrunk
from switch.trunks.events import TrunkRegistered, TrunkRegistrationFailed
from tests.helpers.trunks_rig import TrunksRig, trunk_config

ACCOUNT = {"user": "95598", "password": "secret", "registration": True, "register_expires_s": 600}


def registering(*hosts: str, **keys: Any) -> TrunksRig:
    return TrunksRig(trunk_config("ims", *hosts, **(ACCOUNT | keys)))


def last(rig: TrunksRig) -> SendRequest:
    return rig.requests("REGISTER")[-1]


def count(rig: TrunksRig) -> int:
    return len(rig.requests("REGISTER"))


def test_a_trunk_is_registered_at_as_soon_as_the_switch_is_up() -> None:
    rig = registering(domain="gx.ims.example")
    (request,) = rig.requests("REGISTER")
    assert request.uri == "sip:gx.ims.example"
    assert request.caller == request.called == "<sip:95598@gx.ims.example>"
    assert str(request.hop) == "udp:192.0.2.1:5060"
    assert ("expires", "600") in request.headers
    assert request.contact == "95598"
    assert request.credentials is not None
    assert (request.credentials.user, request.credentials.password) == ("95598", "secret")
    assert rig.trunk("ims").registration.state == "trying"


def test_it_is_refreshed_in_time_within_one_call_id_and_told_once() -> None:
    rig = registering()
    first = last(rig)
    rig.answer(first, 200, expires="100", cseq=2)
    assert rig.all(TrunkRegistered) == [
        TrunkRegistered(trunk="ims", registrar="udp:192.0.2.1:5060", expires_s=100)
    ]
    rig.pass_time(79)
    assert count(rig) == 1
    rig.pass_time(1)
    second = last(rig)
    assert (second.sip_call_id, second.cseq) == (first.sip_call_id, 3)
    rig.answer(second, 200, expires="100")
    assert len(rig.all(TrunkRegistered)) == 1


@pytest.mark.parametrize(
    ("contact", "expires", "granted_s"),
    [
        ("<sip:95598@203.0.113.1>;expires=120", "300", 120),
        ("<sip:other@203.0.113.9>;expires=30, <sip:95598@203.0.113.1>;expires=120", "", 120),
        ("<sip:95598@203.0.113.1>", "300", 300),
        ("", "", 600),
        ("<<<", "200", 200),
        ("", "soon", 600),
    ],
)
def test_what_was_granted_is_read_as_the_registrar_wrote_it(
    contact: str, expires: str, granted_s: int
) -> None:
    rig = registering()
    rig.answer(last(rig), 200, contact=contact, expires=expires)
    assert rig.trunk("ims").registration.granted_s == granted_s


def test_a_registrar_that_wants_longer_registrations_gets_them() -> None:
    rig = registering()
    rig.answer(last(rig), 423, min_expires="1800")
    assert ("expires", "1800") in last(rig).headers
    rig.answer(last(rig), 423, min_expires="1800")
    assert rig.all(TrunkRegistrationFailed)[0].status == 423


def test_a_refusal_is_told_and_tried_again_ever_later() -> None:
    rig = registering()
    for _ in range(9):
        rig.answer(last(rig), 403)
        asked = count(rig)
        rig.pass_time(rig.all(TrunkRegistrationFailed)[-1].retry_in_s + 1)
        assert count(rig) == asked + 1
    pauses = [event.retry_in_s for event in rig.all(TrunkRegistrationFailed)]
    assert 5 <= pauses[0] <= 10
    assert 300 <= pauses[-1] <= 600
    assert rig.trunk("ims").state == "down"


def test_attempts_go_round_the_addresses() -> None:
    rig = registering("192.0.2.1", "192.0.2.2")
    for _ in range(2):
        rig.answer(last(rig), 503)
        rig.pass_time(60)
    hosts = [request.hop.host for request in rig.requests("REGISTER")]
    assert hosts[:3] == ["192.0.2.1", "192.0.2.2", "192.0.2.1"]


def test_calls_go_elsewhere_while_a_trunk_does_not_know_us() -> None:
    rig = TrunksRig(trunk_config("ims", **ACCOUNT), trunk_config("other", "192.0.2.9"))
    rig.answer(last(rig), 403)
    dialled = rig.dial()
    assert isinstance(dialled, DialLeg)
    assert [branch.hop.host for branch in dialled.branches] == ["192.0.2.9"]
    rig.pass_time(10)
    rig.answer(last(rig), 200)
    assert [branch.hop.host for branch in rig.dial().branches] == ["192.0.2.1", "192.0.2.9"]


def test_what_was_granted_holds_while_a_refresh_fails() -> None:
    rig = registering()
    rig.answer(last(rig), 200, expires="1000")
    rig.pass_time(800)
    rig.answer(last(rig), 503)
    assert rig.trunk("ims").registration.state == "registered"
    assert isinstance(rig.dial(), DialLeg)
    for _ in range(12):
        rig.pass_time(60)
        rig.answer(last(rig), 503)
    assert rig.trunk("ims").registration.state == "failed"


def test_a_registrar_that_grants_no_time_is_not_asked_again_and_again() -> None:
    rig = registering()
    rig.answer(last(rig), 200, contact="<sip:95598@203.0.113.1>;expires=0")
    rig.pass_time(4)
    assert count(rig) == 1
    (failed,) = rig.all(TrunkRegistrationFailed)
    assert (failed.status, failed.retry_in_s >= 5) == (200, True)
    assert rig.trunk("ims").registration.state == "failed"


def test_a_registrar_that_says_when_to_come_back_is_left_alone_until_then() -> None:
    rig = registering()
    rig.answer(last(rig), 503, retry_after="120 (maintenance);duration=60")
    rig.pass_time(119)
    assert count(rig) == 1
    rig.pass_time(1)
    assert count(rig) == 2
    rig.answer(last(rig), 503, retry_after="999999999")
    rig.pass_time(600)
    assert count(rig) == 3


def test_calls_pass_the_proxies_that_the_registrar_named() -> None:
    rig = registering()
    rig.answer(last(rig), 200, service_route="<sip:orig@scscf.example;lr>, <sip:next.example;lr>")
    (branch,) = rig.dial().branches
    assert branch.routes == ("<sip:orig@scscf.example;lr>", "<sip:next.example;lr>")


def test_a_registrar_of_its_own_is_asked_instead_and_its_address_is_the_trunks() -> None:
    rig = registering(registrar={"host": "198.51.100.5", "port": 5070})
    assert str(last(rig).hop) == "udp:198.51.100.5:5070"
    assert last(rig).uri == "sip:198.51.100.5"
    admitted = rig.arrive(peer="udp:198.51.100.5:5070")
    assert getattr(admitted, "trunk", None) == "ims"


def test_disabling_a_trunk_takes_the_registration_back_and_enabling_brings_it() -> None:
    rig = registering()
    rig.answer(last(rig), 200)
    rig.feed(DisableTrunk(trunk="ims"))
    assert ("expires", "0") in last(rig).headers
    rig.answer(last(rig), 200)
    asked = count(rig)
    rig.pass_time(5000)
    assert count(rig) == asked
    rig.feed(EnableTrunk(trunk="ims"))
    assert ("expires", "600") in last(rig).headers


def test_a_registration_granted_after_the_trunk_was_disabled_is_taken_back() -> None:
    rig = registering()
    rig.feed(DisableTrunk(trunk="ims"))
    assert count(rig) == 1
    rig.answer(last(rig), 200)
    assert ("expires", "0") in last(rig).headers
    rig.answer(last(rig), 200)
    assert count(rig) == 2
