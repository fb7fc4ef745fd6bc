from hypothesis import given
from hypothesis import strategies as st

from switch.sip.guard.networks import Standing, source_of
from switch.sip.guard.sources import Source, Sources


def make_sources(capacity: int) -> Sources:
    return Sources(capacity, source_of, lambda key: Source(key, Standing.STRANGER, None))


def test_a_source_is_known_again_with_what_it_spent() -> None:
    sources = make_sources(10)
    sources.of("192.0.2.1").spent[0] = 7.0
    assert sources.of("192.0.2.1").spent[0] == 7.0
    assert sources.of("192.0.2.2").spent[0] == 0.0


def test_all_addresses_of_an_ipv6_network_are_one_source() -> None:
    sources = make_sources(10)
    assert sources.of("2001:db8::1") is sources.of("2001:db8::ffff:2")
    assert sources.of("2001:db8::1") is not sources.of("2001:db8:0:1::1")
    assert len(sources) == 2


@given(st.integers(2, 50), st.lists(st.integers(0, 200), max_size=300))
def test_the_table_never_grows_beyond_its_size(capacity: int, visits: list[int]) -> None:
    sources = make_sources(capacity)
    for number in visits:
        assert sources.of(f"192.0.2.{number}").key == f"192.0.2.{number}"
        assert len(sources) <= capacity


def test_who_is_heard_of_again_and_again_is_not_forgotten() -> None:
    sources = make_sources(100)
    regular = sources.of("192.0.2.1")
    for number in range(10_000):
        sources.of(f"10.0.{number // 250}.{number % 250}")
        if number % 20 == 0:
            assert sources.of("192.0.2.1") is regular


def test_the_table_of_ipv6_addresses_is_bounded_too() -> None:
    sources = make_sources(20)
    for number in range(1000):
        sources.of(f"2001:db8::{number:x}")
    assert len(sources._keys) <= 20
