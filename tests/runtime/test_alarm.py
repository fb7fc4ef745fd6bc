"""The alarm over a loop whose timers a test sets off."""

from collections.abc import Callable
from typing import Any

import pytest

from runtime.alarm import LoopAlarm


class Timer:
    def __init__(self, at: float, call: Callable[[], None]) -> None:
        self.at, self.call, self.cancelled = at, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    """Keeps its timers; ``run`` sets off those due, in order of time."""

    def __init__(self) -> None:
        self.timers: list[Timer] = []
        self.set_timers = 0

    def call_at(self, at: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(at, call))
        self.set_timers += 1
        return self.timers[-1]

    def run(self, until: float) -> None:
        while due := [timer for timer in self.timers if not timer.cancelled and timer.at <= until]:
            timer = min(due, key=lambda timer: timer.at)
            self.timers.remove(timer)
            timer.call()


@pytest.fixture
def loop() -> Any:
    return Loop()


@pytest.fixture
def rings() -> list[str]:
    return []


def test_rings_once_at_its_deadline(loop: Any, rings: list[str]) -> None:
    LoopAlarm(loop).arm(5.0, lambda: rings.append("now"))
    loop.run(until=4.9)
    assert rings == []
    loop.run(until=20.0)
    assert rings == ["now"]


def test_an_earlier_deadline_comes_first(loop: Any, rings: list[str]) -> None:
    alarm = LoopAlarm(loop)
    alarm.arm(5.0, lambda: rings.append("late"))
    alarm.arm(2.0, lambda: rings.append("early"))
    loop.run(until=2.0)
    assert rings == ["early"]
    loop.run(until=20.0)
    assert rings == ["early"]


def test_a_later_deadline_costs_no_new_timer_and_does_not_ring_early(loop: Any, rings: list[str]) -> None:
    alarm = LoopAlarm(loop)
    for at in (5.0, 6.0, 7.0, 8.0):
        alarm.arm(at, lambda: rings.append("rung"))
    assert loop.set_timers == 1
    loop.run(until=7.9)
    assert rings == []
    loop.run(until=8.0)
    assert rings == ["rung"]


def test_disarmed_it_does_not_ring_and_can_be_armed_again(loop: Any, rings: list[str]) -> None:
    alarm = LoopAlarm(loop)
    alarm.arm(5.0, lambda: rings.append("first"))
    alarm.arm(None, lambda: rings.append("never"))
    loop.run(until=20.0)
    assert rings == []
    alarm.arm(25.0, lambda: rings.append("second"))
    loop.run(until=25.0)
    assert rings == ["second"]
