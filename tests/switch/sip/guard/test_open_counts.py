from switch.sip.guard.open_counts import OpenCounts


def test_each_source_has_its_own_count_and_none_when_all_is_closed() -> None:
    counts = OpenCounts(2)
    for source in ("a", "a", "b"):
        counts.open(source)
    assert (counts.is_full("a"), counts.is_full("b"), len(counts)) == (True, False, 2)
    for source in ("a", "b", "b", "c"):
        counts.close(source)
    assert (counts.is_full("a"), len(counts)) == (False, 1)
    counts.close("a")
    assert len(counts) == 0
