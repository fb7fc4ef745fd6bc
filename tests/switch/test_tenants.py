"""What one tenant's phones and customers can reach of another's: nothing."""

import pytest

from switch.config import AccessCodeConfig
from switch.customers.commands import AddNumbers
from switch.customers.config import ListKind, NumberListConfig
from switch.customers.customer_lists import CustomerLists
from switch.customers.number_list import Entry
from switch.dial_plan import DialPlan, everybody_may
from switch.sip.messages.uri import parse_uri
from switch.sip.registration.domains import Domains
from switch.trunks.config import NumberingConfig

TARGETS = {
    "queue:acme/service",
    "queue:globex/service",
    "station:1001",
    "station:acme/1001",
    "station:acme/1002",
    "station:globex/1003",
    "number:13800138000",
}
DOMAINS = Domains({"acme.example": "acme"})


@pytest.fixture
def plan() -> DialPlan:
    codes = [
        AccessCodeConfig(number="95001", target="queue:acme/service").model_copy(
            update={"number": "acme/95001"}
        ),
        AccessCodeConfig(number="95002", target="queue:globex/service").model_copy(
            update={"number": "globex/95002"}
        ),
    ]
    return DialPlan(codes, TARGETS.__contains__, everybody_may)


@pytest.mark.parametrize(
    ("station", "number", "target"),
    [
        ("acme/1001", "1002", "station:acme/1002"),
        ("acme/1001", "1003", None),
        ("acme/1001", "globex/1003", None),
        ("1001", "1002", None),
        ("1001", "acme/1002", None),
        ("acme/1001", "95001", "queue:acme/service"),
        ("acme/1001", "95002", None),
        ("1001", "95001", None),
        ("acme/1001", "13800138000", "number:13800138000"),
    ],
)
def test_a_station_dials_what_its_own_call_centre_has_and_numbers_outside(
    plan: DialPlan, station: str, number: str, target: str | None
) -> None:
    assert plan.target_of(number, station) == target


@pytest.mark.parametrize("number", ["95001", "95002"])
def test_customers_dial_every_access_code(plan: DialPlan, number: str) -> None:
    assert plan.access_code(number, None) is not None


@pytest.mark.parametrize(
    ("address", "station"),
    [
        ("sip:1001@acme.example", "acme/1001"),
        ("sip:1001@ACME.example:5070;transport=tcp", "acme/1001"),
        ("sip:1001@192.0.2.1", "1001"),
        ("sip:1001@other.example", "1001"),
        ("sip:acme/1001@192.0.2.1", "//acme/1001"),
        ("sip:acme%2F1001@192.0.2.1", "//acme/1001"),
        ("sip:globex/1001@acme.example", "//globex/1001"),
    ],
)
def test_the_domain_tells_whose_station_it_is_and_the_user_part_never_does(
    address: str, station: str
) -> None:
    assert DOMAINS.station(parse_uri(address)) == station


def test_a_tenants_lists_and_tags_are_known_of_its_own_callers_only() -> None:
    config = NumberListConfig(name="bad", kind=ListKind.BLACK).model_copy(update={"name": "acme/bad"})
    lists = CustomerLists([config], NumberingConfig().plan())
    (add,) = (handler for kind, handler in lists.routes().items() if kind is AddNumbers)
    for name in ("acme/bad", "acme/tag:old", "tag:young"):
        add(AddNumbers(list=name, entries=(Entry("13800138000"),), by=""), 0.0)
    acme, house = lists.facts("13800138000", 0.0, "acme"), lists.facts("13800138000", 0.0)
    assert (acme.lists, acme.tags, acme.rejection is not None) == (("acme/bad",), ("old",), True)
    assert (house.lists, house.tags, house.rejection) == ((), ("young",), None)
    assert lists.facts("13800138000", 0.0, "globex").lists == ()
