from collections import Counter
from random import Random

import pytest

from switch.trunks.config import RouteConfig
from switch.trunks.routing import Routing
from tests.helpers.trunks_rig import TrunksRig, trunk_config

ROUTES = [
    RouteConfig(numbers=["0."], trunks=["telecom"]),
    RouteConfig(numbers=["0772.", "[2-8]XXXXXX"], trunks=["local"]),
    RouteConfig(numbers=["1XXXXXXXXXX", "07721."], trunks=["mobile", "telecom"]),
    RouteConfig(numbers=["1[38]XXXXXXXXX"], trunks=["fast"]),
    RouteConfig(numbers=["110"], trunks=["emergency"]),
]


@pytest.mark.parametrize(
    ("number", "trunk"),
    [
        ("01012345678", "telecom"),
        ("07722812345", "local"),
        ("07721812345", "mobile"),
        ("2812345", "local"),
        ("13800138000", "mobile"),
        ("110", "emergency"),
        ("9", None),
        ("", None),
    ],
)
def test_the_longest_beginning_wins(number: str, trunk: str | None) -> None:
    route = Routing(ROUTES).find(number)
    assert (route.trunks[0] if route else None) == trunk


def test_a_route_for_everything_is_the_last_resort() -> None:
    routing = Routing([*ROUTES, RouteConfig(numbers=["."], trunks=["rest"])])
    for number in ("9", "+44201", "anybody"):
        route = routing.find(number)
        assert route is not None
        assert route.trunks == ("rest",)


def test_weights_share_the_first_attempts_out_and_all_trunks_stay_in_the_list() -> None:
    route = Routing([RouteConfig(numbers=["."], trunks=["a", "b", "c"], weights=[6, 3, 1])]).find("1")
    assert route is not None
    draw = Random(1).randrange
    firsts: Counter[str] = Counter()
    for _ in range(4000):
        order = route.order(draw)
        assert sorted(order) == ["a", "b", "c"]
        firsts[order[0]] += 1
    assert 0.5 < firsts["a"] / 4000 < 0.65
    assert 0.22 < firsts["b"] / 4000 < 0.35
    assert 0.05 < firsts["c"] / 4000 < 0.15


def test_without_weights_the_order_is_as_written() -> None:
    route = Routing([RouteConfig(numbers=["."], trunks=["b", "a"])]).find("1")
    assert route is not None
    assert list(route.order(Random(1).randrange)) == ["b", "a"]


def test_a_route_asks_for_a_level_of_who_dials_by_themselves() -> None:
    rig = TrunksRig(
        trunk_config("telecom"),
        routes=[
            RouteConfig(numbers=["0."], trunks=["telecom"], level=1),
            RouteConfig(numbers=["00."], trunks=["telecom"], level=2),
            RouteConfig(numbers=["110"], trunks=["telecom"]),
        ],
    )
    numbers = ("110", "01012345678", "0044207946000", "9")
    may = [[number for number in numbers if rig.trunks.may_dial(level, number)] for level in range(3)]
    assert may == [["110"], ["110", "01012345678"], ["110", "01012345678", "0044207946000"]]
