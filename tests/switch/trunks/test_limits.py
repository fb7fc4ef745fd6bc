from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from runtime.tenancy import HOUSE
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
    assert not channels.is_full_in(HOUSE)
    assert not channels.is_full_out(HOUSE)
    for _ in range(2):
        channels.count(HOUSE, 1, outgoing=False)
    assert channels.is_full_in(HOUSE)
    assert not channels.is_full_out(HOUSE)
    channels.count(HOUSE, 1, outgoing=True)
    assert channels.is_full_out(HOUSE)


def test_without_limits_channels_are_never_full() -> None:
    channels = Channels()
    channels.count(HOUSE, 10_000, outgoing=True)
    channels.count(HOUSE, 10_000, outgoing=False)
    assert not channels.is_full_in(HOUSE)
    assert not channels.is_full_out(HOUSE)


def test_what_is_kept_for_a_tenant_nobody_else_gets() -> None:
    channels = Channels(limit=4, shares={"acme": 2})
    for _ in range(2):
        channels.count("globex", 1, outgoing=True)
    assert channels.is_full_out("globex")
    assert channels.is_full_in(HOUSE)
    for _ in range(2):
        assert not channels.is_full_in("acme")
        channels.count("acme", 1, outgoing=False)
    assert channels.is_full_in("acme")
    channels.count("globex", -1, outgoing=True)
    assert not channels.is_full_in("acme"), "beyond its share it gets what is left"


@given(
    st.integers(1, 12),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 4)),
    st.lists(st.tuples(st.sampled_from(["a", "b", "c", HOUSE]), st.booleans(), st.booleans()), max_size=80),
)
def test_no_share_is_ever_broken_and_no_channel_kept_that_nobody_is_owed(
    limit: int, shares: dict[str, int], calls: list[tuple[str, bool, bool]]
) -> None:
    limit = max(limit, sum(shares.values()))
    channels, up = Channels(limit=limit, shares=shares), Counter[str]()
    for tenant, comes, outgoing in calls:
        owed = sum(max(share - up[name], 0) for name, share in shares.items())
        free = limit - up.total()
        assert free >= owed
        if not comes:
            if up[tenant]:
                up[tenant] -= 1
                channels.count(tenant, -1, outgoing=outgoing)
            continue
        full = channels.is_full_out(tenant) if outgoing else channels.is_full_in(tenant)
        assert full == (free == 0 if up[tenant] < shares.get(tenant, 0) else free <= owed)
        if not full:
            up[tenant] += 1
            channels.count(tenant, 1, outgoing=outgoing)
        assert channels.calls_of(tenant) == up[tenant]
