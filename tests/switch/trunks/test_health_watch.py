"""OPTIONS to the trunks, and what their answers mean."""

from typing import Any

import pytest

from switch.sip.commands import DialLeg, GiveUpRequest, SendRequest
from switch.trunks.commands import DisableTrunk, EnableTrunk
from switch.trunks.events import TrunkDegraded, TrunkDown, TrunkUp
from tests.helpers.trunks_rig import OUR_HOST, TrunksRig, trunk_config

ASKED = {"options_interval_s": 30, "options_timeout_s": 5, "failures_to_down": 2, "successes_to_up": 2}


def asked(*hosts: str, **keys: Any) -> TrunksRig:
    return TrunksRig(trunk_config("telecom", *hosts, **(ASKED | keys)))


def last(rig: TrunksRig) -> SendRequest:
    return rig.requests("OPTIONS")[-1]


def changes(rig: TrunksRig) -> list[str]:
    return [out.topic for out in rig.outputs if isinstance(out, TrunkUp | TrunkDegraded | TrunkDown)]


def next_probe(rig: TrunksRig, status: int) -> None:
    """Wait for the next OPTIONS and answer them 20 ms later; 0 is silence."""
    sent = len(rig.requests("OPTIONS"))
    while len(rig.requests("OPTIONS")) == sent:
        rig.pass_time(0.5)
    rig.pass_time(0.02)
    if status:
        rig.answer(last(rig), status)


def test_every_address_is_asked_at_once_and_then_at_intervals() -> None:
    rig = asked("192.0.2.1", "192.0.2.2")
    assert {request.hop.host for request in rig.requests("OPTIONS")} == {"192.0.2.1", "192.0.2.2"}
    assert last(rig).uri == "sip:192.0.2.2"
    assert last(rig).caller == f"<sip:switch@{OUR_HOST}>"
    rig.pass_time(300)
    assert 2 + 2 * 9 <= len(rig.requests("OPTIONS")) <= 2 + 2 * 11


def test_a_trunk_out_of_service_is_asked_no_more_and_at_once_when_it_is_back() -> None:
    rig = asked("192.0.2.1", "192.0.2.2")
    rig.feed(DisableTrunk(trunk="telecom"))
    rig.pass_time(300)
    assert len(rig.requests("OPTIONS")) == 2
    rig.feed(EnableTrunk(trunk="telecom"))
    assert len(rig.requests("OPTIONS")) == 4
    rig.pass_time(35)
    assert len(rig.requests("OPTIONS")) == 6
    rig = asked(enabled=False)
    rig.pass_time(300)
    assert rig.requests("OPTIONS") == []


def test_an_answer_makes_it_up_with_the_round_trip() -> None:
    rig = asked()
    rig.pass_time(0.025)
    rig.answer(last(rig))
    assert rig.all(TrunkUp) == [TrunkUp(trunk="telecom", address="udp:192.0.2.1:5060", status=200)]
    round_trip_s = rig.trunk("telecom").round_trip_s
    assert round_trip_s == pytest.approx(0.025)


def test_it_goes_down_and_comes_up_again() -> None:
    rig = asked()
    rig.answer(last(rig))
    for status in (503, 200, 503, 0, 200, 200):
        next_probe(rig, status)
    assert [topic.removeprefix("trunk.") for topic in changes(rig)] == [
        *("up", "degraded", "up", "degraded", "down", "up")
    ]


def test_silence_counts_when_the_time_is_over_and_a_late_answer_does_not() -> None:
    rig = asked(failures_to_down=1)
    rig.pass_time(4.9)
    assert changes(rig) == []
    rig.pass_time(0.2)
    assert rig.all(TrunkDown) == [TrunkDown(trunk="telecom", address="udp:192.0.2.1:5060", status=None)]
    rig.answer(rig.requests("OPTIONS")[0])
    assert changes(rig) == ["trunk.down"]


@pytest.mark.parametrize(
    "keys", [{}, {"options_interval_s": 3}, {"options_interval_s": 40, "failures_to_down": 1}]
)
def test_each_is_given_up_before_the_address_is_asked_again(keys: dict[str, Any]) -> None:
    rig = asked(**keys)
    rig.pass_time(400)
    told = [out.request_id for out in rig.outputs if isinstance(out, SendRequest | GiveUpRequest)]
    sent = [request.request_id for request in rig.requests("OPTIONS")]
    assert len(sent) >= 9
    assert told[: 2 * len(sent) - 1] == [request_id for each in sent for request_id in (each, each)][:-1]


def test_an_address_that_has_not_answered_yet_is_not_asked_a_second_time() -> None:
    rig = asked()
    rig.feed(DisableTrunk(trunk="telecom"), EnableTrunk(trunk="telecom"))
    assert len(rig.requests("OPTIONS")) == 1
    rig.answer(last(rig))
    assert changes(rig) == ["trunk.up"]
    rig.pass_time(35)
    assert len(rig.requests("OPTIONS")) == 2


@pytest.mark.parametrize(
    ("status", "alive"), [(200, True), (404, True), (405, True), (501, True), (500, False), (503, False)]
)
def test_any_answer_but_408_and_5xx_tells_of_somebody_who_is_there(status: int, alive: bool) -> None:
    rig = asked(failures_to_down=1)
    rig.answer(last(rig), status, by_peer=True)
    assert changes(rig) == ["trunk.up" if alive else "trunk.down"]


def test_where_the_configuration_names_the_good_answers_others_are_bad() -> None:
    rig = asked(failures_to_down=1, alive_statuses=[200, 503])
    rig.answer(last(rig), 503, by_peer=True)
    assert changes(rig) == ["trunk.up"]
    next_probe(rig, 404)
    assert changes(rig) == ["trunk.up", "trunk.down"]


def test_a_trunk_with_one_address_down_is_degraded_and_calls_use_the_other() -> None:
    rig = asked("192.0.2.1", "192.0.2.2", failures_to_down=1)
    first, second = rig.requests("OPTIONS")
    rig.answer(first, 408)
    rig.answer(second, 200)
    assert changes(rig) == ["trunk.degraded"]
    dialled = rig.dial()
    assert isinstance(dialled, DialLeg)
    assert [branch.hop.host for branch in dialled.branches] == ["192.0.2.2"]


def test_failed_calls_count_as_well_and_options_bring_it_back() -> None:
    rig = asked()
    rig.answer(last(rig))
    for _ in range(2):
        rig.fail_branch(rig.dial(), status=503)
    assert changes(rig) == ["trunk.up", "trunk.degraded", "trunk.down"]
    for _ in range(2):
        next_probe(rig, 200)
    assert changes(rig)[-1] == "trunk.up"


def test_a_rebuilt_core_knows_how_the_addresses_were() -> None:
    rig = asked(failures_to_down=1)
    rig.answer(last(rig), 408)
    config = rig.trunk("telecom").config
    again = TrunksRig(config, state=rig.trunks.snapshot())
    assert again.trunk("telecom").state == "down"
    assert not isinstance(again.dial(), DialLeg)
