"""The verbs of number lists."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from runtime.clock import ManualClock
from runtime.errors import UsageError
from runtime.vocabulary import Command
from switch.customers.verbs import MOST_AT_A_TIME, ListVerbs
from tests.switch.customers.test_customer_lists import BLACK, NUMBER, VIP, Rig


class Desk:
    def __init__(self, *configs: dict[str, Any]) -> None:
        self.rig = Rig(*configs)
        zone = ZoneInfo("Asia/Shanghai")
        verbs = ListVerbs(self.rig.lists, ManualClock(), zone, self._submit)
        self.gauges = {gauge.name: gauge for gauge in verbs.gauges()}
        self._verbs = {verb.name: verb for verb in verbs.verbs()}

    def _submit(self, command: Command) -> None:
        self.rig.give(command)

    def ask(self, name: str, **params: object) -> Any:
        verb = self._verbs[name]
        return verb.handle(verb.params.model_validate(params))

    def add(self, name: str, *numbers: str, **more: str) -> Any:
        return self.ask("list.add", list=name, entries=[{"number": number, **more} for number in numbers])


def test_lists_are_told_with_their_sizes_and_tags_among_them() -> None:
    desk = Desk(VIP, BLACK)
    desk.add("vip", NUMBER, "1370*")
    desk.add("tag:欠费", NUMBER)
    assert [(view["name"], view["kind"], view["entries"]) for view in desk.ask("list.list")] == [
        ("vip", "vip", 2),
        ("black", "black", 0),
        ("tag:欠费", "tag", 1),
    ]
    assert desk.gauges["number_list_entries"].read()[("vip",)] == 2
    assert desk.gauges["number_lists_loaded"].read() == {(): 1.0}


def test_entries_are_shown_by_the_clock_of_the_house_the_latest_change_first() -> None:
    desk = Desk(VIP)
    desk.add("vip", "1370*", remark="号段")
    shown = desk.add("vip", NUMBER, valid_from="2026-12-01", valid_until="2026-12-31")
    assert shown["entries"] == 2
    newest = desk.ask("list.show", list="vip")["newest"]
    assert newest == [
        {
            "number": NUMBER,
            "remark": "",
            "valid_from": "2026-12-01T00:00:00+08:00",
            "valid_until": "2027-01-01T00:00:00+08:00",
        },
        {"number": "1370*", "remark": "号段", "valid_from": None, "valid_until": None},
    ]
    assert len(desk.ask("list.show", list="vip", limit=1)["newest"]) == 1


def test_a_look_up_tells_what_follows_and_because_of_what() -> None:
    desk = Desk(VIP, BLACK)
    desk.add("vip", NUMBER)
    desk.add("black", "139*", remark="骚扰")
    known = desk.ask("list.lookup", number="+86" + NUMBER)
    assert (known["lists"], known["priority"], known["rejection"]["list"]) == (("vip", "black"), 50, "black")
    assert known["entries"]["black"]["number"] == "139*"
    assert desk.ask("list.lookup", number="1")["rejection"] is None


def test_a_number_is_taken_off() -> None:
    desk = Desk(VIP)
    desk.add("vip", NUMBER)
    assert desk.ask("list.remove", list="vip", numbers=["139 0013 9000"])["entries"] == 0


def test_a_day_that_is_none_is_told() -> None:
    desk = Desk(VIP)
    with pytest.raises(UsageError, match=r"13900139000 cannot be valid so; expected a day such as"):
        desk.add("vip", NUMBER, valid_until="soon")


def test_more_than_calls_can_wait_for_is_refused() -> None:
    with pytest.raises(ValidationError):
        Desk(VIP).add("vip", *map(str, range(MOST_AT_A_TIME + 1)))
