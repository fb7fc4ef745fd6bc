import pytest

from switch.sip.transactions.running_timers import RunningTimers
from switch.sip.transactions.timers import Timer, Timers


@pytest.fixture
def running() -> RunningTimers[str]:
    return RunningTimers(Timers().durations())


def all_due(running: RunningTimers[str], now: float) -> list[tuple[str, Timer]]:
    due = []
    while (first := running.first_due(now)) is not None:
        due.append(first)
    return due


def test_timers_are_due_after_their_durations(running: RunningTimers[str]) -> None:
    running.change("long", (), (Timer.L,), 1.0)
    running.change("short", (), (Timer.K,), 2.0)
    running.change("repeating", (), (Timer.E,), 3.0)
    assert running.next() == 3.5
    assert all_due(running, 3.4) == []
    assert all_due(running, 3.5) == [("repeating", Timer.E)]
    assert running.next() == 7.0
    assert all_due(running, 7.0) == [("short", Timer.K)]
    assert running.next() == 33.0
    assert all_due(running, 33.0) == [("long", Timer.L)]
    assert running.next() is None


def test_a_timer_that_is_stopped_is_never_due_and_one_in_its_place_runs_from_then_on(
    running: RunningTimers[str],
) -> None:
    running.change("invite", (), (Timer.A, Timer.B), 0.0)
    running.change("other", (), (Timer.J,), 1.0)
    running.change("invite", (Timer.A, Timer.B), (Timer.M,), 2.0)
    assert running.next() == 33.0
    assert all_due(running, 40.0) == [("other", Timer.J), ("invite", Timer.M)]


def test_a_request_that_is_given_up_is_not_repeated_once_more_before(running: RunningTimers[str]) -> None:
    running.change("invite", (), (Timer.A, Timer.B), 0.0)
    assert running.first_due(50.0) == ("invite", Timer.B)
    running.change("invite", (Timer.A, Timer.B), (), 50.0)
    assert (running.first_due(50.0), running.next()) == (None, None)


def test_a_repeating_timer_runs_for_as_long_as_it_is_told(running: RunningTimers[str]) -> None:
    running.change("bye", (), (Timer.E,), 0.0)
    assert running.first_due(0.5) == ("bye", Timer.E)
    running.repeat("bye", Timer.E, 1.5)
    assert running.next() == 1.5
