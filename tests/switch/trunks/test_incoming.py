"""Calls that come in from trunks, and from nobody."""

from typing import Any

import pytest

from runtime.tenancy import HOUSE
from switch.arrival import Admitted, TurnedAway
from switch.causes import Cause
from switch.sip.guard.commands import NoteRefusal, TrustSources
from switch.sip.guard.events import RefusalKind
from switch.trunks.events import TrunkFull
from tests.helpers.trunks_rig import TrunksRig, trunk_config

ELSEWHERE = "udp:198.51.100.77:5060"


def test_a_call_belongs_to_the_trunk_whose_address_it_comes_from() -> None:
    rig = TrunksRig(
        trunk_config("telecom", "192.0.2.1"),
        trunk_config("mobile", "192.0.2.3", networks=["198.51.100.0/24"]),
    )
    for peer, trunk in (
        ("udp:192.0.2.1:6060", "telecom"),
        ("tcp:192.0.2.3:5060", "mobile"),
        (ELSEWHERE, "mobile"),
        ("udp:203.0.113.9:5060", None),
        ("tls:[2001:db8::1]:5061", None),
    ):
        admitted = rig.arrive(peer=peer)
        assert isinstance(admitted, Admitted)
        assert admitted.trunk == trunk
    assert rig.trunk("telecom").channels.incoming == 1
    assert rig.trunk("mobile").channels.incoming == 2


def test_of_several_trunks_behind_one_address_the_one_that_was_called_is_meant() -> None:
    rig = TrunksRig(
        trunk_config("first", user="u", password="p", registration=True),
        trunk_config("second", user="v", password="p", registration=True, contact_user="line2"),
        trunk_config("third", numbers=["12345"]),
    )
    for called, trunk in (("u", "first"), ("line2", "second"), ("12345", "third"), ("95598", "first")):
        admitted = rig.arrive(called_number=called)
        assert isinstance(admitted, Admitted)
        assert admitted.trunk == trunk


def test_strangers_come_in_only_where_guests_are_welcome() -> None:
    welcome = TrunksRig(trunk_config("telecom")).arrive(peer=ELSEWHERE)
    assert welcome == Admitted("95598", "13800138000", "")
    rig = TrunksRig(trunk_config("telecom"), guests=False)
    refused = rig.arrive(peer=ELSEWHERE, called_number="0044207946000")
    assert isinstance(refused, TurnedAway)
    assert refused.cause is Cause.CALL_REJECTED
    assert refused.outputs == (
        NoteRefusal(
            kind=RefusalKind.STRANGER,
            peer=ELSEWHERE,
            detail="calls 0044207946000",
            status=refused.cause.status,
        ),
    )
    assert isinstance(rig.arrive(peer=ELSEWHERE, station="1001"), Admitted)


@pytest.mark.parametrize(
    ("keys", "called", "caller", "admitted"),
    [
        ({}, "95598", "13800138000", ("95598", "13800138000", "")),
        ({"called_in": ["0772. => ."]}, "077295598", "1", ("95598", "1", "")),
        ({"form_in": "e164"}, "+867722812345", "+8613800138000", ("07722812345", "13800138000", "")),
        ({"form_in": "e164_digits"}, "867722812345", "442079460000", ("07722812345", "442079460000", "")),
        ({"landing_code": "called"}, "077295598", "13800138000", ("95598", "13800138000", "柳州")),
        ({"landing_code": "called"}, "95598", "13800138000", ("95598", "13800138000", "")),
        ({"landing_code": "caller"}, "95598", "077313800138000", ("95598", "13800138000", "桂林")),
        ({"landing_code": "area_code"}, "95598", "07732812345", ("95598", "07732812345", "桂林")),
        (
            {"landing_code": "called", "called_in": ["+86. => 0."], "form_in": "e164"},
            "+8677295598",
            "+867732812345",
            ("95598", "07732812345", "柳州"),
        ),
    ],
)
def test_numbers_come_in_as_the_house_writes_them(
    keys: dict[str, Any], called: str, caller: str, admitted: tuple[str, str, str]
) -> None:
    rig = TrunksRig(trunk_config("telecom", **keys))
    arrival = rig.arrive(called_number=called, caller_number=caller)
    assert isinstance(arrival, Admitted)
    assert (arrival.called_number, arrival.caller_number, arrival.area) == admitted


def test_a_caller_is_who_a_trusted_trunk_says() -> None:
    said = {"asserted_number": "+8613900139000", "asserted_name": "张三", "caller_name": "anonymous"}
    trusted = TrunksRig(trunk_config("ims", trust_identity=True, form_in="e164")).arrive(**said)
    assert isinstance(trusted, Admitted)
    assert (trusted.caller_number, trusted.caller_name) == ("13900139000", "张三")
    other = TrunksRig(trunk_config("ims")).arrive(**said)
    assert isinstance(other, Admitted)
    assert (other.caller_number, other.caller_name) == ("13800138000", "anonymous")


def test_a_trunk_reaches_only_its_own_numbers() -> None:
    rig = TrunksRig(trunk_config("telecom", numbers=["95598", "2810XXX"]))
    assert isinstance(rig.arrive(called_number="2810001"), Admitted)
    assert rig.arrive(called_number="12345") == TurnedAway(Cause.UNALLOCATED_NUMBER)
    assert rig.trunk("telecom").channels.incoming == 1


def test_beyond_its_channels_calls_are_turned_away_with_a_time_to_come_back() -> None:
    rig = TrunksRig(trunk_config("telecom", channels_in=2, retry_after_s=9))
    rig.arrive()
    rig.arrive()
    refused = rig.arrive()
    assert isinstance(refused, TurnedAway)
    assert (refused.cause, refused.retry_after_s) == (Cause.NORMAL_CIRCUIT_CONGESTION, 9)
    assert refused.outputs == (TrunkFull(trunk="telecom", direction="in", limit="channels", tenant=HOUSE),)
    again = rig.arrive()
    assert isinstance(again, TurnedAway)
    assert again.outputs == ()
    rig.end("leg-1")
    assert isinstance(rig.arrive(), Admitted)


def test_beyond_its_calls_a_second_too() -> None:
    rig = TrunksRig(trunk_config("telecom", calls_per_s_in=2))
    assert [isinstance(rig.arrive(), Admitted) for _ in range(3)] == [True, True, False]
    rig.pass_time(0.5)
    assert isinstance(rig.arrive(), Admitted)


def test_a_disabled_trunk_brings_no_new_calls() -> None:
    refused = TrunksRig(trunk_config("telecom", enabled=False)).arrive()
    assert refused == TurnedAway(Cause.NORMAL_TEMPORARY_FAILURE, 5)


def test_where_calls_of_trunks_come_from_is_told_to_the_guard_once() -> None:
    rig = TrunksRig(trunk_config("telecom", "192.0.2.1", networks=["198.51.100.0/24"]))
    assert rig.all(TrustSources) == [TrustSources(owner="trunks", sources=("198.51.100.0/24", "192.0.2.1"))]
    rig.pass_time(3600)
    assert len(rig.all(TrustSources)) == 1


def test_a_tenants_share_of_the_channels_is_kept_for_its_callers() -> None:
    config = trunk_config("telecom", channels=2, shares={"acme": 1})
    rig = TrunksRig(config, owners={"95001": "acme", "95002": "globex"})
    assert isinstance(rig.arrive(called_number="95002"), Admitted)
    refused = rig.arrive(called_number="95002")
    assert isinstance(refused, TurnedAway)
    assert refused.outputs == (TrunkFull(trunk="telecom", direction="in", limit="channels", tenant="globex"),)
    assert isinstance(rig.arrive(called_number="95001"), Admitted)
