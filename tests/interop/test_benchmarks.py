"""The benchmark of calls still runs: a few calls, no figure is judged."""

from benchmarks.bench_calls import measure


def test_calls_are_measured() -> None:
    result = measure(rate=5, seconds=1.0)
    assert (result.failed, result.retransmissions) == (0, 0)
    assert result.calls == 5
    assert result.cpu_ms_per_call > 0
