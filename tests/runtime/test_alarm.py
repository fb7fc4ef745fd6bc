"""The alarm over a loop whose timers a test sets off."""

from collections.abc import Callable
from typing import Any

import pytest

from runtime.alarm import ASKED_AFTER_S, LoopAlarm


class Timer:
    def __init__(self, at: float, call: Callable[[], None]) -> None:
        self.at, self.call, self.cancelled = at, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    """Keeps its timers; ``run`` sets off those due, in order of time."""

    def __init__(self) -> None:
        self.timers: list[Timer] = []
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def call_at(self, at: float, call: Callable[..., None], *arguments: Any) -> Timer:
        self.timers.append(Timer(at, lambda: call(*arguments)))
        return self.timers[-1]

    def run(self, until: float) -> None:
        while due := [timer for timer in self.timers if not timer.cancelled and timer.at <= until]:
            timer = min(due, key=lambda timer: timer.at)
            self.timers.remove(timer)
            self.now = timer.at
            timer.call()
        self.now = until


class House:
    """What the alarm is for: a deadline that moves. Notes when it rang."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.alarm = LoopAlarm(self.loop)  # type: ignore[arg-type]
        self.deadline: float | None = None
        self.asked = 0
        self.rang: list[float] = []

    def move(self, deadline: float | None) -> None:
        self.deadline = deadline
        if not self.alarm.rings_soon:
            self.alarm.arm(self._earliest, self._ring)

    def _earliest(self) -> float | None:
        self.asked += 1
        return self.deadline

    def _ring(self) -> float | None:
        """As the driver's: when nothing is due it tells when something will be."""
        if self.deadline is None or self.deadline > self.loop.now:
            return self._earliest()
        self.rang.append(self.loop.now)
        self.move(None)
        return None


@pytest.fixture
def house() -> House:
    return House()


def test_rings_once_at_its_deadline(house: House) -> None:
    house.move(5.0)
    house.loop.run(until=20.0)
    assert house.rang == [5.0]


def test_an_earlier_deadline_comes_first(house: House) -> None:
    house.move(5.0)
    house.loop.run(until=1.0)
    house.move(2.0)
    house.loop.run(until=20.0)
    assert house.rang == [2.0]


def test_a_later_deadline_does_not_ring_early(house: House) -> None:
    for at in (5.0, 6.0, 7.0, 8.0):
        house.move(at)
        house.loop.run(until=1.0 + at / 10)
    house.loop.run(until=20.0)
    assert house.rang == [8.0]


def test_many_moves_in_a_few_milliseconds_are_asked_for_once(house: House) -> None:
    for number in range(100):
        house.move(5.0)
        house.loop.run(until=number * ASKED_AFTER_S / 100)
    house.loop.run(until=1.0)
    assert house.asked == 1


def test_a_deadline_that_is_over_already_rings_some_milliseconds_late_at_most(house: House) -> None:
    house.loop.run(until=7.0)
    house.move(6.0)
    house.loop.run(until=20.0)
    assert house.rang == [7.0 + ASKED_AFTER_S]


def test_a_deadline_that_moved_before_one_was_asked_for_is_kept(house: House) -> None:
    house.move(5.0)
    house.move(ASKED_AFTER_S / 2)
    house.loop.run(until=20.0)
    assert house.rang == [ASKED_AFTER_S]


def test_it_goes_off_once_in_the_last_millisecond_before_its_deadline(house: House) -> None:
    house.move(ASKED_AFTER_S + 0.0001)
    house.loop.run(until=20.0)
    assert len(house.rang) == 1
    assert house.asked == 2, "when it was moved, and after it rang"


def test_disarmed_it_does_not_ring_and_can_be_armed_again(house: House) -> None:
    house.move(5.0)
    house.move(None)
    house.loop.run(until=20.0)
    assert house.rang == []
    house.move(25.0)
    house.loop.run(until=25.0)
    assert house.rang == [25.0]
