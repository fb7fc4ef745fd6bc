"""Calls to outside numbers."""

import pytest
from pydantic import ValidationError

from media.commands import Codec
from switch.causes import Cause
from switch.sip.commands import DialLeg
from switch.sip.events import LegEnded, LegRinging
from switch.sip.legs.branches import Forking
from switch.trunks.commands import DisableTrunk
from switch.trunks.config import RouteConfig
from switch.trunks.events import TrunkDown, TrunkFull
from switch.trunks.views import trunk_view
from tests.helpers.trunks_rig import OUR_HOST, SDP, TrunksRig, trunk_config


def hosts(dialled: DialLeg) -> list[str]:
    return [branch.hop.host for branch in dialled.branches]


def test_a_number_is_dialled_through_the_trunks_of_its_route_one_after_the_other() -> None:
    rig = TrunksRig(
        trunk_config("telecom", "192.0.2.1", "192.0.2.2"),
        trunk_config("mobile", "192.0.2.3"),
        trunk_config("unicom", "192.0.2.4"),
        routes=[RouteConfig(numbers=["0."], trunks=["mobile", "telecom"])],
    )
    dialled = rig.dial("01012345678")
    assert isinstance(dialled, DialLeg)
    assert dialled.forking is Forking.SERIAL
    assert dialled.sdp == SDP
    assert hosts(dialled)[0] == "192.0.2.3"
    assert set(hosts(dialled)[1:]) == {"192.0.2.1", "192.0.2.2"}
    assert dialled.branches[0].uri == "sip:01012345678@192.0.2.3"
    assert dialled.branches[0].name == "mobile/udp:192.0.2.3:5060"


def test_it_is_known_before_a_call_where_its_number_leads() -> None:
    rig = TrunksRig(
        trunk_config("telecom", "192.0.2.1", "192.0.2.2"),
        trunk_config("mobile", "2001:db8::3"),
        routes=[
            RouteConfig(numbers=["0."], trunks=["telecom", "mobile"]),
            RouteConfig(numbers=["1."], trunks=["mobile"]),
        ],
    )
    known = {number: {hop.host for hop in rig.trunks.hops_to(number)} for number in ("010", "138", "95598")}
    assert known == {"010": {"192.0.2.1", "192.0.2.2", "2001:db8::3"}, "138": {"2001:db8::3"}, "95598": set()}


def test_addresses_are_tried_by_priority() -> None:
    addresses = [
        {"host": "192.0.2.1", "priority": 10},
        {"host": "192.0.2.2", "priority": 5},
        {"host": "192.0.2.3", "priority": 20, "port": 5080, "transport": "tcp"},
    ]
    dialled = TrunksRig(trunk_config("telecom", addresses=addresses)).dial()
    assert hosts(dialled) == ["192.0.2.2", "192.0.2.1", "192.0.2.3"]
    assert dialled.branches[2].uri == "sip:01012345678@192.0.2.3:5080;transport=tcp"
    assert dialled.branches[2].hop.transport == "tcp"


def test_a_number_without_a_route_ends_at_once() -> None:
    rig = TrunksRig(trunk_config("telecom"), routes=[RouteConfig(numbers=["0."], trunks=["telecom"])])
    ended = rig.dial("110")
    assert isinstance(ended, LegEnded)
    assert ended.cause is Cause.NO_ROUTE_DESTINATION
    assert rig.trunks.open_legs == 0


def test_an_address_that_is_down_is_passed_over_and_the_call_ends_when_all_are() -> None:
    rig = TrunksRig(
        trunk_config("telecom", "192.0.2.1", failures_to_down=1), trunk_config("mobile", "192.0.2.3")
    )
    first = rig.dial()
    rig.try_branch(first)
    (down,) = [event for event in rig.fail_branch(first, status=408) if isinstance(event, TrunkDown)]
    assert (down.trunk, down.address, down.status) == ("telecom", "udp:192.0.2.1:5060", 408)
    assert hosts(rig.dial()) == ["192.0.2.3"]
    rig.trunk("mobile").enabled = False
    assert rig.dial().cause is Cause.DESTINATION_OUT_OF_ORDER


def test_an_address_that_is_left_alone_long_enough_is_tried_again() -> None:
    rig = TrunksRig(trunk_config("telecom", failures_to_down=1, rest_s=30))
    rig.fail_branch(rig.dial())
    assert isinstance(rig.dial(), LegEnded)
    rig.pass_time(30)
    dialled = rig.dial()
    rig.try_branch(dialled)
    rig.feed(LegRinging(leg_id=dialled.leg_id, status=180))
    assert rig.trunk("telecom").state == "up"


def test_an_overloaded_address_gets_no_calls_until_the_pause_it_asked_for_is_over() -> None:
    rig = TrunksRig(trunk_config("telecom", "192.0.2.1"), trunk_config("mobile", "192.0.2.3"))
    first, second = rig.dial(), rig.dial()
    rig.fail_branch(first, status=503, retry_after_s=20)
    assert hosts(rig.dial()) == ["192.0.2.3"]
    rig.fail_branch(first, 1, status=503, retry_after_s=5)
    assert not rig.try_branch(second, 1)
    assert rig.dial().cause is Cause.NORMAL_CIRCUIT_CONGESTION
    rig.pass_time(5)
    assert hosts(rig.dial()) == ["192.0.2.3"]
    rig.pass_time(15)
    assert hosts(rig.dial()) == ["192.0.2.1", "192.0.2.3"]


@pytest.mark.parametrize(("status", "pause_s"), [(486, 0), (500, 0), (503, 60)])
def test_only_overload_makes_a_pause_and_none_is_longer_than_a_minute(status: int, pause_s: int) -> None:
    rig = TrunksRig(trunk_config("telecom"))
    rig.fail_branch(rig.dial(), status=status, retry_after_s=3600)
    (address,) = trunk_view(rig.trunk("telecom"), rig.now)["addresses"]
    assert address["paused_s"] == pause_s
    if pause_s:
        rig.pass_time(pause_s - 1)
        assert isinstance(rig.dial(), LegEnded)
        rig.pass_time(1)
    assert isinstance(rig.dial(), DialLeg)


@pytest.mark.parametrize("status", [404, 486, 500, 603])
def test_a_refusal_is_a_sign_of_life(status: int) -> None:
    rig = TrunksRig(trunk_config("telecom", failures_to_down=1))
    rig.fail_branch(rig.dial(), status=status)
    assert rig.trunk("telecom").state == "up"


def test_a_branch_that_lost_to_another_says_nothing() -> None:
    rig = TrunksRig(trunk_config("telecom"))
    rig.fail_branch(rig.dial(), status=487)
    assert rig.trunk("telecom").state == "unknown"


def test_a_full_trunk_is_passed_over_and_told_once() -> None:
    rig = TrunksRig(trunk_config("telecom", channels_out=1), trunk_config("mobile", "192.0.2.3"))
    first = rig.dial()
    assert hosts(rig.dial()) == hosts(rig.dial()) == ["192.0.2.3"]
    assert [(full.trunk, full.direction, full.limit) for full in rig.all(TrunkFull)] == [
        ("telecom", "out", "channels")
    ]
    assert rig.trunk("telecom").turned_away["out"] == 2
    rig.end(first.leg_id)
    assert hosts(rig.dial())[0] == "192.0.2.1"
    rig.dial()
    assert len(rig.all(TrunkFull)) == 2


def test_a_full_trunk_that_a_call_never_gets_to_has_turned_nobody_away() -> None:
    rig = TrunksRig(trunk_config("telecom"), trunk_config("mobile", "192.0.2.3", channels_out=1))
    first = rig.dial()
    assert rig.try_branch(first, 1)
    second = rig.dial()
    assert rig.all(TrunkFull) == []
    assert not rig.try_branch(second, 1)
    assert (rig.trunk("mobile").turned_away["out"], len(rig.all(TrunkFull))) == (1, 1)


def test_a_route_with_many_trunks_gives_a_call_no_more_than_so_many_places() -> None:
    rig = TrunksRig(*(trunk_config(f"t{n}", f"192.0.2.{n}", f"198.51.100.{n}") for n in range(128)))
    assert len(rig.dial().branches) == 16


def test_when_every_trunk_is_full_the_call_ends() -> None:
    rig = TrunksRig(trunk_config("telecom", channels=1))
    rig.dial()
    assert rig.dial().cause is Cause.NORMAL_CIRCUIT_CONGESTION
    assert rig.trunks.open_legs == 1


def test_so_many_calls_a_second_and_no_more() -> None:
    rig = TrunksRig(trunk_config("telecom", calls_per_s_out=3))
    answers = [rig.dial() for _ in range(5)]
    assert [isinstance(answer, DialLeg) for answer in answers] == [True, True, True, False, False]
    assert rig.all(TrunkFull)[0].limit == "calls_per_s"
    rig.pass_time(1)
    assert isinstance(rig.dial(), DialLeg)


def test_a_call_that_fails_over_takes_its_channel_along() -> None:
    rig = TrunksRig(trunk_config("telecom"), trunk_config("mobile", "192.0.2.3"))
    dialled = rig.dial()
    rig.try_branch(dialled)
    assert rig.trunk("telecom").channels.outgoing == 1
    rig.fail_branch(dialled)
    rig.try_branch(dialled, 1)
    assert rig.trunk("telecom").channels.outgoing == 0
    assert rig.trunk("mobile").channels.outgoing == 1
    rig.answer_call(dialled)
    rig.end(dialled.leg_id)
    assert rig.trunk("mobile").channels.outgoing == 0
    assert rig.trunk("mobile").state == "up"


def test_calls_that_fail_over_are_held_to_the_limits_too() -> None:
    rig = TrunksRig(
        trunk_config("telecom"),
        trunk_config("mobile", "192.0.2.3", channels=2),
        trunk_config("unicom", "192.0.2.4", calls_per_s_out=1),
    )
    calls = [rig.dial() for _ in range(4)]
    assert [rig.try_branch(call, 1) for call in calls] == [True, True, False, False]
    assert rig.trunk("mobile").channels.outgoing == 2
    assert [rig.try_branch(call, 2) for call in calls[2:]] == [True, False]
    assert rig.trunk("telecom").channels.outgoing == 1
    assert [(full.trunk, full.limit) for full in rig.all(TrunkFull)] == [
        ("mobile", "channels"),
        ("unicom", "calls_per_s"),
    ]


def test_calls_that_fail_over_pass_over_what_went_down_or_was_disabled_meanwhile() -> None:
    rig = TrunksRig(
        trunk_config("telecom", "192.0.2.1", "192.0.2.2", failures_to_down=1),
        trunk_config("mobile", "192.0.2.3"),
        trunk_config("unicom", "192.0.2.4"),
    )
    call, other = rig.dial(), rig.dial()
    second = next(i for i, branch in enumerate(other.branches) if branch.name == call.branches[1].name)
    rig.fail_branch(other, second, status=408)
    rig.feed(DisableTrunk(trunk="mobile"))
    assert [rig.try_branch(call, position) for position in range(4)] == [True, False, False, True]


def test_a_route_whose_trunks_carry_no_calls_names_each_and_why() -> None:
    rig = TrunksRig(
        trunk_config("telecom", "192.0.2.1", failures_to_down=1), trunk_config("mobile", "192.0.2.3")
    )
    rig.feed(DisableTrunk(trunk="mobile"))
    assert rig.trunks.outage("01012345678") is None
    rig.fail_branch(rig.dial(), 0, status=408)
    assert "telecom is down, mobile is disabled" in (rig.trunks.outage("01012345678") or "")


def test_each_trunk_has_its_own_patience_and_its_own_statuses() -> None:
    rig = TrunksRig(
        trunk_config("telecom", attempt_timeout_s=2, failover_statuses=[403]),
        trunk_config("mobile", "192.0.2.3", attempt_timeout_s=8),
    )
    told = [(branch.attempt_timeout_s, branch.failover_statuses) for branch in rig.dial().branches]
    assert told == [(2, {403}), (8, set())]


def test_numbers_go_out_in_the_form_of_each_trunk() -> None:
    rig = TrunksRig(
        trunk_config("e164", form_out="e164"),
        trunk_config("prefixed", "192.0.2.2", called_out=["0. => 900."], caller_out=["95598 => 077295598"]),
    )
    dialled = rig.dial("07722812345", caller_number="13800138000", caller_name="王芳")
    first, second = dialled.branches
    assert first.uri == "sip:+867722812345@192.0.2.1"
    assert first.caller == f'"王芳" <sip:+8613800138000@{OUR_HOST}>'
    assert second.called == "<sip:9007722812345@192.0.2.2>"
    assert rig.dial("07722812345").branches[1].caller == f"<sip:077295598@{OUR_HOST}>"


def test_a_route_may_show_a_number_of_its_own() -> None:
    routes = [RouteConfig(numbers=["."], trunks=["telecom"], caller_number="07722810000")]
    rig = TrunksRig(trunk_config("telecom"), routes=routes)
    assert rig.dial(caller_number="1001").branches[0].caller == f"<sip:07722810000@{OUR_HOST}>"


def test_a_trunk_with_an_account_sees_its_own_user_and_domain() -> None:
    config = trunk_config(
        "ims",
        user="+867722810000",
        password="secret",
        domain="gx.ims.example",
        from_user="+867722810000",
        assert_identity=True,
    )
    (branch,) = TrunksRig(config).dial(caller_number="1001").branches
    assert branch.uri == "sip:01012345678@gx.ims.example"
    assert branch.caller == "<sip:+867722810000@gx.ims.example>"
    assert ("p-asserted-identity", "<sip:1001@gx.ims.example>") in branch.headers
    assert branch.contact_user == "+867722810000"
    assert branch.credentials is not None
    assert branch.credentials.password == "secret"
    assert "secret" not in repr(branch)


def test_a_caller_who_hides_is_hidden_and_only_asserted_where_that_is_wanted() -> None:
    rig = TrunksRig(trunk_config("plain"), trunk_config("trusted", "192.0.2.2", assert_identity=True))
    plain, trusted = rig.dial(caller_number="13800138000", privacy=True).branches
    assert "13800138000" not in str(plain)
    assert ("privacy", "id") in plain.headers
    assert "13800138000" not in trusted.caller
    assert ("p-asserted-identity", f"<sip:13800138000@{OUR_HOST}>") in trusted.headers


def test_diversions_are_told_only_to_trunks_that_may_know_the_inside() -> None:
    rig = TrunksRig(trunk_config("carrier"), trunk_config("own", "192.0.2.2", hide_topology=False))
    diversions = ("<sip:1001@pbx.inside>;reason=no-answer;counter=1",)
    carrier, own = rig.dial(diversions=diversions).branches
    assert "diversion" not in dict(carrier.headers)
    assert dict(own.headers)["diversion"] == f"<sip:1001@{OUR_HOST}>;reason=no-answer;counter=1"


@pytest.mark.parametrize("header", ["diversion", "history-info"])
def test_who_does_not_want_to_be_shown_is_told_only_to_a_trunk_that_is_told_hidden_callers(
    header: str,
) -> None:
    keys = {"hide_topology": False, "diversion_header": header}
    rig = TrunksRig(trunk_config("carrier", **keys), trunk_config("own", assert_identity=True, **keys))
    diversions = ("<sip:1002@pbx>;reason=no-answer", "<sip:1001@pbx>;reason=no-answer;privacy=full")
    carrier, own = rig.dial(diversions=diversions).branches
    assert [("1002" in str(way.headers), "1001" in str(way.headers)) for way in (carrier, own)] == [
        (True, False),
        (True, True),
    ]


def test_diverting_numbers_go_out_in_the_form_of_the_trunk() -> None:
    rig = TrunksRig(trunk_config("own", hide_topology=False, form_out="e164"))
    (own,) = rig.dial(diversions=("<sip:07722810000@pbx.inside>;reason=no-answer",)).branches
    assert dict(own.headers)["diversion"].startswith(f"<sip:+867722810000@{OUR_HOST}>")


def test_diversions_are_told_as_history_to_trunks_that_read_that() -> None:
    rig = TrunksRig(trunk_config("own", hide_topology=False, diversion_header="history-info"))
    (own,) = rig.dial(number="13900139000", diversions=("<sip:1001@pbx.inside>;reason=no-answer",)).branches
    assert [value for name, value in own.headers if name == "history-info"] == [
        f"<sip:1001@{OUR_HOST}>;index=1",
        f"<sip:13900139000@{OUR_HOST};cause=408>;index=1.1;mp=1",
    ]
    (plain,) = rig.dial().branches
    assert "history-info" not in dict(plain.headers)


def test_an_outbound_proxy_gets_the_calls_and_stands_in_the_route() -> None:
    config = trunk_config(
        "carrier", outbound_proxy={"host": "192.0.2.9", "port": 5070}, reliable_provisionals=True
    )
    (branch,) = TrunksRig(config).dial().branches
    assert str(branch.hop) == "udp:192.0.2.9:5070"
    assert branch.routes == ("<sip:192.0.2.9:5070;lr>",)
    assert branch.uri == "sip:01012345678@192.0.2.1"
    assert ("require", "100rel") in branch.headers


def test_every_trunk_is_offered_its_own_codecs() -> None:
    rig = TrunksRig(
        trunk_config("both"),
        trunk_config("mu", "192.0.2.2", codecs=["PCMU"]),
        trunk_config("other_way", "192.0.2.3", codecs=["PCMU", "PCMA"]),
    )
    both, mu, other_way = rig.dial().branches
    assert both.sdp is None
    assert mu.sdp is not None
    assert "m=audio 20000 RTP/AVP 0 101" in mu.sdp
    assert "PCMA" not in mu.sdp
    assert other_way.sdp is not None
    assert "m=audio 20000 RTP/AVP 0 8 101" in other_way.sdp


def test_what_the_caller_speaks_comes_first_where_a_trunk_takes_it() -> None:
    rig = TrunksRig(
        trunk_config("other_way", codecs=["PCMU", "PCMA"]), trunk_config("mu", "192.0.2.2", codecs=["PCMU"])
    )
    other_way, mu = rig.dial(codec=Codec.PCMA).branches
    assert other_way.sdp is None, "as we would offer it anyway"
    assert mu.sdp is not None
    assert "m=audio 20000 RTP/AVP 0 101" in mu.sdp


def test_a_call_without_a_codec_of_any_trunk_cannot_be_made() -> None:
    rig = TrunksRig(trunk_config("mu", codecs=["PCMU"]))
    only_a_law = SDP.replace("RTP/AVP 8 0 101", "RTP/AVP 8 101").replace("a=rtpmap:0 PCMU/8000\r\n", "")
    assert rig.dial(sdp=only_a_law).cause is Cause.INCOMPATIBLE_DESTINATION
    assert rig.trunks.open_legs == 0


@pytest.mark.parametrize("name", ["gx/telecom", "a:b", "two words", ""])
def test_a_trunk_has_a_name_that_its_addresses_can_be_told_by(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        trunk_config(name)


def test_a_tenants_share_of_the_channels_is_kept_for_its_own_calls_out() -> None:
    rig = TrunksRig(trunk_config("telecom", channels=2, shares={"acme": 1}))
    assert isinstance(rig.dial(tenant="globex"), DialLeg)
    assert rig.dial(tenant="globex").cause is Cause.NORMAL_CIRCUIT_CONGESTION
    assert rig.dial(tenant="globex").cause is Cause.NORMAL_CIRCUIT_CONGESTION
    assert [full.tenant for full in rig.all(TrunkFull)] == ["globex"]
    assert isinstance(rig.dial(tenant="acme"), DialLeg)
    assert [full.tenant for full in rig.all(TrunkFull)] == ["globex"]


def test_a_trunk_is_told_the_call_data_that_were_agreed_on_and_no_others() -> None:
    agreed = {"X-Level": "level", "User-to-User": "order_no"}
    rig = TrunksRig(trunk_config("telecom", data_headers=agreed), trunk_config("mobile", "192.0.2.3"))
    told, other = rig.dial(data={"level": "金卡", "order_no": "D-7", "secret": "x"}).branches
    assert told.headers[-2:] == (("x-level", "金卡"), ("user-to-user", "442d37;encoding=hex"))
    assert not [name for name, _ in other.headers if name.startswith(("x-", "user"))]
