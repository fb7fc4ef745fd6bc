"""The benchmarks of signalling still run: a few calls, no figure is judged."""

import asyncio

import pytest

from benchmarks import profile_calls
from benchmarks.bench_calls import measure


def test_calls_are_measured() -> None:
    result = measure(rate=5, seconds=1.0)
    assert (result.failed, result.retransmissions) == (0, 0)
    assert result.calls == 5
    assert result.cpu_ms_per_call > 0


@pytest.mark.parametrize("subject", ["call", "register"])
def test_calls_and_registrations_are_profiled(subject: str) -> None:
    result = asyncio.run(profile_calls.run(subject, times=3, top=5))
    assert result.python_calls > 0
    assert result.items > 0
