"""Who fails too often is locked, for a time, and nobody else."""

from hypothesis import given
from hypothesis import strategies as st

from switch.access.lockout import Lockout


def failed(times: int, *, now: float = 0.0, after: int = 3) -> Lockout:
    lockout = Lockout(after, 900)
    for _ in range(times):
        lockout.fail("1001", now)
    return lockout


def test_so_many_failures_lock_and_the_last_one_tells() -> None:
    lockout = Lockout(3, 900)
    assert [lockout.fail("1001", at) for at in (0.0, 1.0, 2.0, 3.0)] == [False, False, True, False]
    assert lockout.left_s("1001", 10.0) == 893.0
    assert lockout.left_s("1002", 10.0) == 0


def test_a_lock_ends_by_itself_and_counting_begins_anew() -> None:
    lockout = failed(3)
    assert lockout.left_s("1001", 900.0) == 0
    assert not lockout.fail("1001", 900.0)
    assert lockout.left_s("1001", 900.0) == 0


def test_failures_far_apart_lock_nobody() -> None:
    lockout = Lockout(2, 900)
    assert not any(lockout.fail("1001", day * 86_400.0) for day in range(10))


def test_who_gets_in_is_forgiven() -> None:
    lockout = failed(2)
    lockout.forgive("1001")
    assert not lockout.fail("1001", 0.0)
    lockout.forgive("nobody")


def test_trying_while_locked_makes_it_last_longer() -> None:
    lockout = failed(3)
    lockout.fail("1001", 600.0)
    assert lockout.left_s("1001", 600.0) == 900


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 10)), max_size=200))
def test_memory_is_bounded_whoever_fails(failures: list[tuple[int, float]]) -> None:
    lockout, now = Lockout(3, 60, most=10), 0.0
    for key, pause in failures:
        now += pause
        lockout.fail(str(key), now)
        assert len(lockout._failures) <= 10
