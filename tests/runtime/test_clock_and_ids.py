from itertools import groupby

import pytest

from runtime.clock import LoopClock, ManualClock
from runtime.ids import RandomIds, SeededIds


def test_a_manual_clock_moves_only_forward_and_takes_wall_time_along() -> None:
    clock = ManualClock(10.0, wall=1000.0)
    clock.move_to(12.5)
    assert (clock.now(), clock.wall()) == (12.5, 1002.5)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.move_to(12.0)


def test_the_loop_clock_is_the_loops_own_time() -> None:
    assert LoopClock(lambda: 77.0).now() == 77.0


def test_seeded_ids_repeat_and_random_ids_do_not() -> None:
    assert [SeededIds(3).token(), SeededIds(3).new("call")] == [SeededIds(3).token(), "call-1"]
    ids = RandomIds()
    assert ids.new("call").startswith("call-")
    assert len({ids.token() for _ in range(1000)}) == 1000
    assert len({ids.secret() for _ in range(100)}) == 100


def test_random_ids_drawn_one_after_the_other_begin_alike_and_differ_all_the_same() -> None:
    ids = RandomIds()
    drawn = [ids.new("call").removeprefix("call-") for _ in range(1000)]
    assert len({each[4:] for each in drawn}) == 1000
    assert all(len(each) == 16 for each in drawn)
    turns = [int(beginning, 16) for beginning, _ in groupby(drawn, lambda each: each[:4])]
    assert len(turns) == 4
    assert turns == [(turns[0] + turn) % 2**16 for turn in range(4)]


def test_a_secret_has_32_octets_and_is_the_same_for_a_seed() -> None:
    assert len(RandomIds().secret()) == len(SeededIds(3).secret()) == 32
    assert SeededIds(3).secret() == SeededIds(3).secret() != SeededIds(4).secret()
