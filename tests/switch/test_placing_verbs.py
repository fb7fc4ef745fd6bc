"""call.originate: what it orders, and what it refuses at once."""

from typing import Any

import pytest
from pydantic import ValidationError

from runtime.errors import UsageError
from switch.commands import StartDraining
from switch.events import CallPlaced
from switch.placing_verbs import OriginateParams, PlacingVerbs
from switch.reach import Reach
from switch.sip.commands import DialStation
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import OUTSIDE_NUMBER, TARGETS, ExchangeRig

NUMBER = f"number:{OUTSIDE_NUMBER}"
DISABLED_NUMBER = "02066668888"
"""Its route leads over trunks that carry no calls now."""


def originate(rig: ExchangeRig, whom: str, target: str, **more: Any) -> Any:
    reach = Reach(
        contacts=lambda station: ("a phone",) if station in ("1001", "1002") else (),
        has_route={OUTSIDE_NUMBER, DISABLED_NUMBER}.__contains__,
        may_dial=lambda station, number: station == "1001",
        knows_target=(TARGETS | {"station:1009", "queue:acme/service"}).__contains__,
        access_codes=frozenset({"95598"}),
        obstacle={"station:1003": "agent 83 is signed out"}.get,
        outage={DISABLED_NUMBER: "no trunk carries calls there"}.get,
    )
    (verb,) = PlacingVerbs(rig.exchange, reach, rig.ids, rig.driver.submit).verbs()
    return verb.handle(OriginateParams(whom=whom, target=target, **more))


@pytest.fixture
def rig() -> ExchangeRig:
    return ExchangeRig()


def test_click_to_call_rings_the_station_which_sees_the_number_it_will_talk_to(rig: ExchangeRig) -> None:
    answer = originate(rig, "station:1001", NUMBER, ring_s=30)
    dialled = rig.last(DialStation)
    assert (dialled.station, dialled.caller_number, dialled.limit_s) == ("1001", OUTSIDE_NUMBER, 30)
    placed = rig.last(CallPlaced)
    assert (answer["call_id"], answer["contact_id"]) == (placed.call_id, placed.contact_id)


@pytest.mark.parametrize(
    ("more", "shown"),
    [({}, ""), ({"access_code": "95598"}, "95598"), ({"access_code": "95598", "shown_number": "1"}, "1")],
)
def test_who_is_called_for_a_queue_sees_the_access_code_unless_told_otherwise(
    rig: ExchangeRig, more: dict[str, str], shown: str
) -> None:
    originate(rig, NUMBER, "queue:service", **more)
    assert rig.last(DialTrunk).caller_number == shown


def test_a_visit_can_go_on(rig: ExchangeRig) -> None:
    assert originate(rig, NUMBER, "queue:service", contact_id="contact-7")["contact_id"] == "contact-7"


@pytest.mark.parametrize(
    ("whom", "target", "more", "reason", "why"),
    [
        ("station:1001", "queue:nowhere", {}, "no_such_target", "nothing takes calls for queue:nowhere"),
        ("station:1001", "queue:service", {"access_code": "1"}, "no_such_access_code", "no access code 1"),
        ("number:4711", "queue:service", {}, "no_route", "no route leads to 4711"),
        (f"number:{DISABLED_NUMBER}", "queue:service", {}, "no_trunk", "no trunk carries calls"),
        ("station:1001", f"number:{DISABLED_NUMBER}", {}, "no_trunk", "no trunk carries calls"),
        ("station:1001", "number:4711", {}, "no_route", "no route leads to 4711"),
        ("station:1009", "queue:service", {}, "not_registered", "no phone is registered at station 1009"),
        ("station:1001", "station:1009", {}, "not_registered", "no phone is registered at station 1009"),
        ("station:1001", "station:1001", {}, "same_station", "joined with itself"),
        ("station:1001", "station:1003", {}, "signed_out", "agent 83 is signed out"),
        ("station:1002", NUMBER, {}, "barred", f"station 1002 may not call {OUTSIDE_NUMBER}"),
        ("station:1001", "queue:acme/service", {}, "no_such_target", "stays in one call centre"),
        ("station:1001", NUMBER, {"tenant": "acme"}, "no_such_target", "stays in one call centre"),
    ],
)
def test_what_would_be_in_vain_is_refused(
    rig: ExchangeRig, whom: str, target: str, more: dict[str, str], reason: str, why: str
) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        originate(rig, whom, target, **more)
    assert refused.value.reason == reason
    assert rig.events == []


def test_a_switch_that_is_draining_makes_no_calls(rig: ExchangeRig) -> None:
    rig.feed(StartDraining(retry_after_s=30))
    with pytest.raises(UsageError, match="draining") as refused:
        originate(rig, "station:1001", "queue:service")
    assert refused.value.reason == "draining"


@pytest.mark.parametrize("whom", ["1001", "queue:service", "station:", "number: "])
def test_only_stations_and_numbers_can_be_called(whom: str) -> None:
    with pytest.raises(ValidationError):
        OriginateParams(whom=whom, target="queue:service")


def test_who_is_called_has_the_data_that_are_given(rig: ExchangeRig) -> None:
    data = {"account": "0450012345", "amount": 128.5, "reminders": ["短信", "电话"]}
    answer = originate(rig, NUMBER, "flow:hotline", data=data)
    assert rig.exchange.data_of(answer["call_id"]) == data
    with pytest.raises(UsageError, match="x: expected a text") as refused:
        originate(rig, NUMBER, "flow:hotline", data={"x": None})
    assert refused.value.reason == "bad_data"
