import traceback
from collections import UserDict
from collections.abc import Iterator
from typing import ClassVar

import pytest

from media._core import Ways
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.driver import Driver, Handler, Outputs, merge_routes, of_own
from runtime.errors import UsageError
from runtime.vocabulary import Command, Event, plain_data


@plain_data
class Asked(Event):
    topic: ClassVar[str] = "test.asked"
    number: int


@plain_data
class Answer(Command):
    number: int


@plain_data
class Answered(Event):
    topic: ClassVar[str] = "test.answered"
    number: int


@plain_data
class CallOver(Event):
    topic: ClassVar[str] = "test.call_over"
    call_id: str
    leg_id: str = ""


class EggTimer:
    """A core with one timer that says when it rang."""

    def __init__(self, at: float | None) -> None:
        self.at = at

    def next_deadline(self) -> float | None:
        return self.at

    def wake(self, *, now: float) -> Outputs:
        self.at = None
        return [Answered(number=int(now))]


class House:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.alarm = ManualAlarm()
        self.faults: list[tuple[object, Exception]] = []
        self.seen: list[Event] = []
        self.driver = Driver(self.clock, self.alarm, self.fault, Ways())
        self.driver.observe(lambda event, wall: self.seen.append(event))

    def fault(self, item: object, error: Exception) -> Outputs:
        self.faults.append((item, error))
        return [Answered(number=-1)]


def test_outputs_become_inputs_until_none_is_left() -> None:
    house = House()
    house.driver.add_routes({Asked: lambda event, now: [Answer(number=event.number)]})
    house.driver.add_routes({Answer: lambda command, now: [Answered(number=command.number + 1)]})
    house.driver.submit(Asked(number=1))
    assert house.seen == [Asked(number=1), Answered(number=2)]


def test_an_event_goes_to_all_its_handlers_in_the_order_they_were_added() -> None:
    house = House()
    house.driver.add_routes({Asked: lambda event, now: [Answered(number=1)]})
    house.driver.add_routes({Asked: lambda event, now: [Answered(number=2)]})
    house.driver.submit(Asked(number=0))
    assert house.seen[1:] == [Answered(number=1), Answered(number=2)]


def test_the_parts_of_a_core_may_hear_the_same_event() -> None:
    house = House()
    first: dict[type, Handler] = {Asked: lambda event, now: [Answered(number=1)]}
    second: dict[type, Handler] = {Asked: lambda event, now: [Answered(number=2)]}
    merged = merge_routes(first, {}, second)
    house.driver.add_routes(merged)
    house.driver.submit(Asked(number=0))
    assert house.seen[1:] == merged[Asked](Asked(number=0), 0.0) == [Answered(number=1), Answered(number=2)]
    with pytest.raises(UsageError, match="already has a handler"):
        merge_routes({Answer: lambda command, now: []}, {Answer: lambda command, now: []})


def test_who_hears_of_its_own_only_is_called_for_no_other() -> None:
    house = House()
    mine: set[str] = set()
    called: list[CallOver] = []

    def handle(event: CallOver, now: float) -> Outputs:
        called.append(event)
        return [Answered(number=len(called))]

    by_call, by_leg = of_own(mine, handle), of_own(mine, handle, "leg_id")
    house.driver.add_routes(merge_routes({CallOver: by_call}, {CallOver: by_leg}))
    house.driver.submit(CallOver(call_id="theirs"))
    assert called == []
    mine.add("ours")
    house.driver.submit(CallOver(call_id="ours"))
    house.driver.submit(CallOver(call_id="theirs", leg_id="ours"))
    assert called == [CallOver(call_id="ours"), CallOver(call_id="theirs", leg_id="ours")]
    assert by_call(CallOver(call_id="theirs"), 0.0) == ()
    assert by_call(CallOver(call_id="ours"), 0.0) == [Answered(number=3)]


def test_what_is_ones_own_is_looked_up_when_its_turn_comes() -> None:
    house = House()
    mine = {"call"}

    def let_go(event: CallOver, now: float) -> Outputs:
        mine.clear()
        return [Answered(number=1)]

    house.driver.add_routes(merge_routes({CallOver: of_own(mine, let_go)}, {CallOver: of_own(mine, let_go)}))
    house.driver.submit(CallOver(call_id="call"))
    assert house.seen[1:] == [Answered(number=1)]


def test_a_command_has_exactly_one_handler() -> None:
    house = House()
    with pytest.raises(UsageError, match="nobody handles Answer"):
        house.driver.submit(Answer(number=1))
    house.driver.add_routes({Answer: lambda command, now: []})
    with pytest.raises(UsageError, match="already has a handler"):
        house.driver.add_routes({Answer: lambda command, now: []})


def test_a_refused_command_raises_to_the_one_who_submitted_it() -> None:
    house = House()

    def refuse(command: Answer, now: float) -> Outputs:
        raise UsageError("there is no such agent")

    house.driver.add_routes({Answer: refuse})
    with pytest.raises(UsageError, match="no such agent"):
        house.driver.submit(Answer(number=1))
    assert house.faults == []
    assert house.seen == []


def test_a_fault_in_one_part_of_a_core_does_not_keep_an_event_from_the_others() -> None:
    house = House()

    def fail(event: Asked, now: float) -> Outputs:
        raise ZeroDivisionError

    second: dict[type, Handler] = {Asked: lambda event, now: [Answered(number=2)]}
    house.driver.add_routes(merge_routes({Asked: fail}, second))
    house.driver.submit(Asked(number=0))
    assert house.seen[1:] == [Answered(number=-1), Answered(number=2)]


def test_who_is_told_of_its_own_by_a_field_that_is_not_there_harms_nobody_else() -> None:
    house = House()
    house.driver.add_routes({Asked: of_own({"call"}, lambda event, now: [Answered(number=1)])})
    house.driver.add_routes({Asked: lambda event, now: [Answered(number=2)]})
    house.driver.submit_all([Asked(number=0), Answered(number=3)])
    assert [type(error) for _, error in house.faults] == [AttributeError]
    assert house.seen == [Asked(number=0), Answered(number=3), Answered(number=-1), Answered(number=2)]


def test_what_cannot_be_asked_whether_it_is_ones_own_harms_nobody_else() -> None:
    class Gone(UserDict[str, int]):
        def __contains__(self, key: object) -> bool:
            raise LookupError("gone")

    house = House()
    house.driver.add_routes({CallOver: of_own(Gone(), lambda event, now: [Answered(number=1)])})
    house.driver.add_routes({CallOver: of_own({"call"}, lambda event, now: [Answered(number=2)])})
    house.driver.submit_all([CallOver(call_id="call"), Answered(number=3)])
    assert [type(error) for _, error in house.faults] == [LookupError]
    assert house.seen[1:] == [Answered(number=3), Answered(number=-1), Answered(number=2)]


def test_one_faulty_output_does_not_stop_those_behind_it() -> None:
    house = House()

    def fail(command: Answer, now: float) -> Outputs:
        raise ZeroDivisionError

    house.driver.add_routes({Asked: lambda event, now: [Answer(number=1), Answered(number=2)], Answer: fail})
    house.driver.submit(Asked(number=0))
    assert [type(error) for _, error in house.faults] == [ZeroDivisionError]
    assert house.seen == [Asked(number=0), Answered(number=2), Answered(number=-1)]


def test_a_faulty_handler_does_not_keep_an_event_from_the_others() -> None:
    house = House()

    def fail(event: Asked, now: float) -> Outputs:
        raise ZeroDivisionError

    house.driver.add_routes({Asked: fail})
    house.driver.add_routes({Asked: lambda event, now: [Answered(number=1)]})
    house.driver.submit(Asked(number=0))
    assert house.seen == [Asked(number=0), Answered(number=-1), Answered(number=1)]


def test_a_fault_says_where_it_happened() -> None:
    house = House()

    def fail(item: object, at: float) -> Outputs:
        raise ZeroDivisionError

    house.driver.add_routes({Asked: fail})
    house.driver.observe(fail, {Asked}.__contains__)  # type: ignore[arg-type]
    house.driver.submit(Asked(number=0))
    frames = [traceback.extract_tb(fault.__traceback__) for _, fault in house.faults]
    assert [where[-1].name for where in frames] == ["fail", "fail"]


def test_what_comes_before_a_fault_in_the_middle_of_outputs_follows() -> None:
    house = House()

    def fail(event: Asked, now: float) -> Iterator[Event]:
        yield Answered(number=1)
        raise ZeroDivisionError

    house.driver.add_routes({Asked: fail})
    house.driver.submit(Asked(number=0))
    assert house.seen[1:] == [Answered(number=1), Answered(number=-1)]


def test_nothing_follows_from_none() -> None:
    house = House()
    house.driver.add_routes({Asked: lambda event, now: None})  # type: ignore[dict-item, return-value]
    house.driver.submit(Asked(number=0))
    assert (house.seen, house.faults) == ([Asked(number=0)], [])


def test_what_ends_the_process_is_no_fault() -> None:
    house = House()

    def interrupt(event: object, at: float) -> Outputs:
        raise KeyboardInterrupt

    house.driver.add_routes({Asked: interrupt})
    house.driver.observe(interrupt, {Answered}.__contains__)  # type: ignore[arg-type]
    for event in (Asked(number=0), Answered(number=0)):
        with pytest.raises(KeyboardInterrupt):
            house.driver.submit(event)
    assert house.faults == []


def test_a_faulty_timer_does_not_silence_the_other_cores() -> None:
    house = House()
    broken = EggTimer(1.0)
    broken.wake = None  # type: ignore[assignment, method-assign]
    house.driver.add_core(broken)
    house.driver.add_core(EggTimer(1.0))
    house.clock.move_to(1.0)
    house.driver.wake()
    assert house.seen == [Answered(number=-1), Answered(number=1)]
    assert [item for item, _ in house.faults] == [broken]


def test_a_faulty_timer_costs_no_other_of_its_core() -> None:
    house = House()

    class TwoTimers:
        def __init__(self) -> None:
            self.left = [1, 2, 3]

        def next_deadline(self) -> float | None:
            return 1.0 if self.left else None

        def wake(self, *, now: float) -> Outputs:
            number = self.left.pop(0)
            if number == 2:
                raise ZeroDivisionError
            return [Answered(number=number)]

    house.driver.add_core(TwoTimers())
    house.clock.move_to(1.0)
    house.driver.wake()
    assert house.alarm.deadline == 1.0, "the fault ends this run; the rest rings at once"
    house.alarm.ring()
    assert [event.number for event in house.seen if isinstance(event, Answered)] == [1, -1, 3]


def test_a_faulty_observer_harms_neither_the_run_nor_the_other_observers() -> None:
    house = House()

    def fail(event: Event, wall: float) -> None:
        raise ZeroDivisionError

    later: list[Event] = []
    house.driver.observe(fail)
    house.driver.observe(lambda event, wall: later.append(event))
    house.driver.add_routes({Asked: lambda event, now: [Answered(number=1)]})
    house.driver.submit(Asked(number=0))
    assert later == [Asked(number=0), Answered(number=1)]
    assert len(house.faults) == 2


def test_an_observer_whose_interest_changes_sees_what_it_wants_from_then_on() -> None:
    house = House()
    seen: list[Event] = []
    wanted: set[type[Event]] = set()
    house.driver.observe(lambda event, wall: seen.append(event), lambda kind: kind in wanted)
    house.driver.submit(Asked(number=1))
    wanted.add(Asked)
    house.driver.ask_observers_again()
    house.driver.submit(Asked(number=2))
    assert seen == [Asked(number=2)]


def test_a_kind_that_is_no_event_is_watched_only_while_somebody_wants_it() -> None:
    house = House()
    watched: list[object] = []
    wanted = [False]
    house.driver.add_routes({Answer: lambda command, now: [Answered(number=command.number)]})
    house.driver.watch(Answer, lambda item, wall: watched.append(item), lambda: wanted[0])
    for is_wanted in (False, True, False):
        wanted[0] = is_wanted
        house.driver.ask_observers_again()
        house.driver.submit_all([Asked(number=9)])
        house.driver.run_step(lambda now, number=int(is_wanted): [Answer(number=number)])  # type: ignore[misc]
    assert watched == [Answer(number=1)]
    assert {type(event) for event in house.seen} == {Asked, Answered}


def test_a_faulty_command_is_no_refusal() -> None:
    house = House()

    def fail(command: Answer, now: float) -> Outputs:
        raise ZeroDivisionError

    house.driver.add_routes({Answer: fail})
    house.driver.submit(Answer(number=1))
    assert house.seen == [Answered(number=-1)]


def test_arms_one_timer_at_the_smallest_deadline_and_wakes_only_who_is_due() -> None:
    house = House()
    early, late = EggTimer(2.0), EggTimer(7.0)
    house.driver.add_core(late)
    house.driver.add_core(early)
    house.driver.submit(Asked(number=0))
    assert house.alarm.deadline == 2.0
    house.clock.move_to(2.0)
    house.alarm.ring()
    assert house.seen[1:] == [Answered(number=2)]
    assert house.alarm.deadline == 7.0


def test_is_not_entered_twice() -> None:
    house = House()

    def enter_again(event: Asked, now: float) -> Outputs:
        house.driver.submit(Answered(number=1))
        return []

    house.driver.add_routes({Asked: enter_again})
    house.driver.submit(Asked(number=1))
    assert "return outputs" in str(house.faults[0][1])
