from weakref import ref

from hypothesis import given
from hypothesis import strategies as st

from runtime.deadlines import Deadlines


def test_fires_in_order_of_time_then_of_setting() -> None:
    deadlines: Deadlines[str] = Deadlines()
    deadlines.set("late", 3.0)
    deadlines.set("first of two", 1.0)
    deadlines.set("second of two", 1.0)
    assert deadlines.next() == 1.0
    assert deadlines.due(2.0) == ["first of two", "second of two"]
    assert deadlines.due(2.9) == []
    assert deadlines.due(3.0) == ["late"]
    assert deadlines.next() is None


def test_setting_again_moves_and_cancelling_disarms() -> None:
    deadlines: Deadlines[str] = Deadlines()
    deadlines.set("moved", 1.0)
    deadlines.set("moved", 5.0)
    deadlines.set("cancelled", 2.0)
    deadlines.cancel("cancelled")
    deadlines.cancel("never set")
    assert "moved" in deadlines
    assert "cancelled" not in deadlines
    assert deadlines.next() == 5.0
    assert deadlines.due(10.0) == ["moved"]


def test_leftovers_of_cancelled_timers_do_not_pile_up() -> None:
    deadlines: Deadlines[int] = Deadlines()
    for key in range(10_000):
        deadlines.set(key, 32.0)
        deadlines.cancel(key)
    assert len(deadlines) == 0
    assert len(deadlines._heap) <= 64


class _Leg:
    """What can be timed, and told from all others."""


def test_what_is_not_timed_any_more_is_let_go_of_at_once() -> None:
    deadlines: Deadlines[_Leg] = Deadlines()
    legs = {doing: _Leg() for doing in ("cancelled", "moved", "fired")}
    gone = {doing: ref(leg) for doing, leg in legs.items()}
    for leg in legs.values():
        deadlines.set(leg, 32.0)
    deadlines.cancel(legs.pop("cancelled"))
    assert gone["cancelled"]() is None
    deadlines.set(legs["moved"], 64.0)
    deadlines.cancel(legs.pop("moved"))
    assert gone["moved"]() is None
    del leg, legs
    assert len(deadlines.due(32.0)) == 1
    assert gone["fired"]() is None


def test_fires_one_at_a_time_so_that_one_may_cancel_the_next() -> None:
    deadlines: Deadlines[str] = Deadlines()
    deadlines.set("first", 1.0)
    deadlines.set("cancelled by it", 1.0)
    deadlines.set("later", 2.0)
    assert deadlines.first_due(0.9) is None
    assert deadlines.first_due(1.0) == "first"
    deadlines.cancel("cancelled by it")
    assert deadlines.first_due(1.0) is None
    assert deadlines.next() == 2.0


def test_what_is_armed_can_be_armed_again_to_fire_alike() -> None:
    deadlines: Deadlines[str] = Deadlines()
    for key, at in [("third", 2.0), ("first", 1.0), ("second", 1.0), ("gone", 0.5)]:
        deadlines.set(key, at)
    deadlines.cancel("gone")
    copy: Deadlines[str] = Deadlines()
    for key, at in deadlines.armed():
        copy.set(key, at)
    assert copy.due(2.0) == ["first", "second", "third"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20), st.booleans())))
def test_agrees_with_a_plain_dictionary(steps: list[tuple[int, int, bool]]) -> None:
    deadlines: Deadlines[int] = Deadlines()
    model: dict[int, int] = {}
    for key, at, cancel in steps:
        if cancel:
            deadlines.cancel(key)
            model.pop(key, None)
        else:
            deadlines.set(key, at)
            model[key] = at
    assert deadlines.next() == min(model.values(), default=None)
    assert sorted(deadlines.due(10)) == sorted(key for key, at in model.items() if at <= 10)
    assert len(deadlines) == sum(at > 10 for at in model.values())
