from hypothesis import given
from hypothesis import strategies as st

from switch.trunks.limits import Channels, TokenBucket


def test_a_bucket_lets_a_seconds_worth_through_at_once_and_then_keeps_the_rate() -> None:
    bucket = TokenBucket(5)
    passed = 0
    for tick in range(100):
        now = 1000 + tick / 10
        while bucket.has_one(now):
            bucket.take(now)
            passed += 1
    assert passed == 5 + 49


def test_a_rate_below_one_a_second_lets_one_through_now_and_then() -> None:
    bucket = TokenBucket(0.5)
    bucket.take(10.0)
    assert not bucket.has_one(11.5)
    assert bucket.has_one(12.0)


def test_without_a_rate_everybody_passes() -> None:
    bucket = TokenBucket(0)
    for _ in range(1000):
        bucket.take(1.0)
    assert bucket.has_one(1.0)


def test_one_too_many_is_paid_back_later() -> None:
    bucket = TokenBucket(1)
    bucket.take(10.0)
    bucket.take(10.0)
    assert not bucket.has_one(11.5)
    assert bucket.has_one(12.0)


@given(st.floats(0.1, 50), st.lists(st.floats(0, 3), max_size=60))
def test_never_more_pass_than_the_rate_and_one_burst_allow(rate: float, pauses: list[float]) -> None:
    bucket, now, passed = TokenBucket(rate), 100.0, 0
    for pause in pauses:
        now += pause
        if bucket.has_one(now):
            bucket.take(now)
            passed += 1
    assert passed <= max(1.0, rate) + (now - 100.0) * rate + 1e-6


def test_channels_are_full_in_each_direction_and_together() -> None:
    channels = Channels(limit=3, limit_in=2, limit_out=2)
    assert not channels.full_in
    assert not channels.full_out
    channels.incoming = 2
    assert channels.full_in
    assert not channels.full_out
    channels.outgoing = 1
    assert channels.full_out


def test_without_limits_channels_are_never_full() -> None:
    channels = Channels(incoming=10_000, outgoing=10_000)
    assert not channels.full_in
    assert not channels.full_out
