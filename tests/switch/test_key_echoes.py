import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.key_echoes import KeyEchoes


def counted(*told: str) -> str:
    """The keys that count; each is told as ``r1`` (RTP) or ``i1`` (INFO)."""
    echoes = KeyEchoes()
    return "".join(key[1] for key in told if not echoes.is_echo(key[1], key[0]))


@pytest.mark.parametrize(
    ("told", "keys"),
    [
        ("r1 r1 r2", "112"),
        ("i1 i1 i2", "112"),
        ("r1 i1 r1 i1", "11"),
        ("r1 i1 i2 r2", "12"),
        ("r1 r2 r2 i1 i2 i2", "122"),
        ("r1 i2 r3", "123"),
        ("r1 i1 i1", "11"),
    ],
)
def test_a_key_counts_once_however_often_it_is_told(told: str, keys: str) -> None:
    assert counted(*told.split()) == keys


@given(st.text(alphabet="0123456789*#", max_size=60), st.booleans())
def test_who_tells_all_keys_both_ways_has_each_counted_once(keys: str, info_first: bool) -> None:
    first, second = ("i", "r") if info_first else ("r", "i")
    assert counted(*(f"{way}{key}" for key in keys for way in (first, second))) == keys


@given(st.text(alphabet="0123456789*#", max_size=200))
def test_who_tells_keys_one_way_has_all_counted_and_few_kept(keys: str) -> None:
    echoes = KeyEchoes()
    assert not any(echoes.is_echo(key, "r") for key in keys)
    assert len(echoes.keys) <= 16
