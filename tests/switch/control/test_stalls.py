from switch.control.stalls import Stalls


def test_who_reads_nothing_of_what_waits_has_stalled_in_the_end() -> None:
    stalls: Stalls[str] = Stalls(10)
    assert stalls.find([("a", 100, 5)], now=0) == []
    assert stalls.find([("a", 100, 50)], now=9) == []
    assert stalls.find([("a", 100, 500)], now=10) == ["a"]


def test_a_byte_read_counts_anew() -> None:
    stalls: Stalls[str] = Stalls(10)
    stalls.find([("a", 100, 5)], now=0)
    assert stalls.find([("a", 101, 5)], now=9) == []
    assert stalls.find([("a", 101, 5)], now=18) == []
    assert stalls.find([("a", 101, 5)], now=19) == ["a"]


def test_who_has_read_all_may_rest() -> None:
    stalls: Stalls[str] = Stalls(10)
    for now in (0, 100, 200):
        assert stalls.find([("a", 100, 0)], now=now) == []
    assert stalls.find([("a", 100, 7)], now=205) == []
    assert stalls.find([("a", 100, 7)], now=210) == ["a"]


def test_who_comes_again_starts_anew() -> None:
    stalls: Stalls[str] = Stalls(10)
    stalls.find([("a", 0, 5), ("b", 0, 5)], now=0)
    stalls.find([("b", 0, 5)], now=5)
    assert stalls.find([("a", 0, 5), ("b", 0, 5)], now=11) == ["b"]
