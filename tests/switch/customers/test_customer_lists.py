"""What lists say of a number, and how they change."""

from typing import Any

import pytest

from runtime.errors import UsageError
from runtime.vocabulary import Event
from switch.causes import Cause
from switch.customers.commands import AddNumbers, RemoveNumbers
from switch.customers.config import NumberListConfig
from switch.customers.customer_lists import MOST_TAGS, CustomerLists
from switch.customers.events import NumbersAdded, NumbersRemoved
from switch.customers.facts import NOTHING_KNOWN, Facts, Rejection
from switch.customers.number_list import Entry, NumberList
from switch.trunks.config import NumberingConfig

NUMBER = "13900139000"


class Rig:
    def __init__(self, *configs: dict[str, Any], loaded: bool = True) -> None:
        sections = [NumberListConfig.model_validate(config) for config in configs]
        self.lists = CustomerLists(sections, NumberingConfig(area_code="772").plan())
        if loaded:
            self.lists.restore({})

    def give(self, command: Any) -> list[Event]:
        return list(self.lists.routes()[type(command)](command, 0.0))

    def add(self, name: str, *numbers: str, **validity: Any) -> list[Event]:
        entries = tuple(Entry(number, **validity) for number in numbers)
        return self.give(AddNumbers(list=name, entries=entries, by="li"))

    def remove(self, name: str, *numbers: str) -> list[Event]:
        return self.give(RemoveNumbers(list=name, numbers=numbers, by="li"))

    def facts(self, number: str = NUMBER, at: float = 0.0) -> Facts:
        return self.lists.facts(number, at)


VIP = {"name": "vip", "kind": "vip", "priority": 50, "tags": ["大客户"]}
OLD = {"name": "old", "priority": 20, "tags": ["65岁以上", "大客户"]}
BLACK = {"name": "black", "kind": "black"}
WHITE = {"name": "white", "kind": "white"}


def test_lists_add_up_and_tags_are_told_once() -> None:
    rig = Rig(VIP, OLD)
    rig.add("vip", NUMBER)
    rig.add("old", "1390013*")
    rig.add("tag:欠费", NUMBER)
    assert rig.facts() == Facts(("vip", "old"), ("大客户", "65岁以上", "欠费"), 70)
    assert rig.facts("+86" + NUMBER) == rig.facts()
    assert rig.facts("13900130000") == Facts(("old",), ("65岁以上", "大客户"), 20)
    assert rig.facts("13800138000") is NOTHING_KNOWN


def test_a_black_list_rejects_unless_the_number_is_on_a_white_one() -> None:
    rig = Rig(BLACK | {"cause": "USER_BUSY"}, WHITE)
    rig.add("black", "1390013*")
    assert rig.facts().rejection == Rejection("black", Cause.USER_BUSY, None)
    rig.add("white", NUMBER)
    assert rig.facts().rejection is None
    assert rig.facts().lists == ("black", "white")
    assert rig.facts("13900130000").rejection is not None


def test_of_several_black_lists_the_first_of_the_configuration_rejects() -> None:
    rig = Rig(BLACK | {"target": "flow:blocked"}, BLACK | {"name": "fraud"})
    rig.add("fraud", NUMBER)
    rig.add("black", NUMBER)
    assert rig.facts().rejection == Rejection("black", Cause.CALL_REJECTED, "flow:blocked")


def test_an_entry_holds_in_its_time_only() -> None:
    rig = Rig(VIP)
    rig.add("tag:65岁以上", NUMBER, valid_from=10.0, valid_until=20.0)
    assert [rig.facts(at=at).tags for at in (9.0, 10.0, 20.0)] == [(), ("65岁以上",), ()]


def test_a_change_is_told_in_the_numbers_of_the_house() -> None:
    rig = Rig(VIP)
    assert rig.add("vip", "+86 139 0013 9000", remark="王芳", valid_until=9.0) == [
        NumbersAdded(list="vip", entries=((NUMBER, "王芳", None, 9.0),), by="li")
    ]
    assert rig.remove("vip", "139-0013-9000") == [NumbersRemoved(list="vip", numbers=(NUMBER,), by="li")]
    assert rig.facts() is NOTHING_KNOWN


@pytest.mark.parametrize(
    ("name", "numbers", "validity", "expected"),
    [
        ("gold", [NUMBER], {}, "no list 'gold'; there are vip, and tag"),
        ("tag:a,b", [NUMBER], {}, "'a,b' cannot be a tag"),
        ("tag:", [NUMBER], {}, "'' cannot be a tag"),
        ("vip", ["13800138000", "王芳"], {}, "'王芳' cannot be on a list"),
        ("vip", [NUMBER], {"valid_from": 9.0, "valid_until": 9.0}, "name a later end"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_as_a_whole(
    name: str, numbers: list[str], validity: dict[str, float], expected: str
) -> None:
    rig = Rig(VIP)
    with pytest.raises(UsageError, match=expected):
        rig.add(name, *numbers, **validity)
    assert len(rig.lists.numbers("vip")) == 0


def test_who_is_not_on_the_list_cannot_be_taken_off() -> None:
    rig = Rig(VIP)
    rig.add("vip", NUMBER)
    with pytest.raises(UsageError, match="13800138000 is not on the list vip"):
        rig.remove("vip", NUMBER, "13800138000")
    assert rig.facts().lists == ("vip",)


def test_what_is_changed_before_the_entries_of_the_run_before_are_known_holds_over_them() -> None:
    rig = Rig(VIP, BLACK, loaded=False)
    rig.add("black", NUMBER)
    assert rig.facts().rejection is not None
    rig.remove("vip", NUMBER)
    rig.add("tag:欠费", NUMBER, remark="new")
    vip, black, tagged = NumberList(), NumberList(), NumberList()
    for numbers in (vip, black, tagged):
        numbers.put(Entry(NUMBER, "old"))
        numbers.put(Entry("1"))
    rig.lists.restore({"vip": vip, "black": black, "tag:欠费": tagged, "forgotten": NumberList()})
    assert rig.facts().lists == ("black",)
    assert rig.lists.entries(NUMBER, 0.0)["tag:欠费"].remark == "new"
    assert rig.facts("1") == Facts(("vip", "black"), ("大客户", "欠费"), 50, rig.facts().rejection)
    assert rig.lists.names == ("vip", "black", "tag:欠费")


def test_a_tag_that_no_number_has_is_gone() -> None:
    rig = Rig(VIP)
    rig.add("tag:欠费", NUMBER)
    rig.remove("tag:欠费", NUMBER)
    assert rig.lists.names == ("vip",)


def test_there_are_only_so_many_tags() -> None:
    rig = Rig(VIP)
    for number in range(MOST_TAGS):
        rig.add(f"tag:{number}", NUMBER)
    rig.add("tag:0", "13800138000")
    with pytest.raises(UsageError, match="tags already"):
        rig.add("tag:one-more", NUMBER)


def test_only_black_lists_send_their_callers_elsewhere() -> None:
    with pytest.raises(ValueError, match="unless kind is black"):
        NumberListConfig.model_validate(VIP | {"target": "flow:blocked"})


def test_a_list_that_comes_back_into_the_configuration_has_its_numbers_again() -> None:
    rig = Rig(VIP, OLD)
    rig.add("vip", NUMBER)
    rig.add("tag:老人", NUMBER)
    rig.lists.configure([NumberListConfig.model_validate(OLD)])
    assert rig.facts() == Facts(tags=("老人",))
    rig.lists.configure([NumberListConfig.model_validate(VIP)])
    assert (rig.facts().lists, rig.facts().tags) == (("vip",), ("大客户", "老人"))
