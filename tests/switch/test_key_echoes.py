import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.key_echoes import KeyEchoes

KEYS = "0123456789*#"


def counted(*told: str, gap_s: float = 0.02) -> str:
    """The keys that count; each is told as ``r1`` (RTP), ``i1`` (INFO) or ``t1`` (tones), a moment apart."""
    echoes = KeyEchoes()
    moments = enumerate(told)
    return "".join(key[1] for at, key in moments if not echoes.is_echo(key[1], key[0], at * gap_s))


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
        ("r1 t1 i1", "1"),
        ("t1 r1 i1 r1 t1 i1", "11"),
        ("r1 r1 t1 i1 t1 i1", "11"),
        ("r1 r2 t2 i2 i1", "12"),
    ],
)
def test_a_key_counts_once_however_often_it_is_told(told: str, keys: str) -> None:
    assert counted(*told.split()) == keys


@given(st.text(alphabet=KEYS, max_size=60), st.permutations("rit"))
def test_who_tells_all_keys_every_way_has_each_counted_once(keys: str, ways: list[str]) -> None:
    assert counted(*(f"{way}{key}" for key in keys for way in ways)) == keys


@given(st.text(alphabet=KEYS, max_size=8), st.permutations("rit"))
def test_ways_that_lag_behind_are_still_echoes(keys: str, ways: list[str]) -> None:
    assert counted(*(f"{way}{key}" for way in ways for key in keys)) == keys


def test_a_key_that_comes_another_way_much_later_was_pressed_again() -> None:
    assert counted("r1", "i1", gap_s=3.9) == "1"
    assert counted("r1", "i1", gap_s=4.1) == "11"


@given(st.text(alphabet=KEYS, max_size=200))
def test_who_tells_keys_one_way_has_all_counted_and_few_kept(keys: str) -> None:
    echoes = KeyEchoes()
    assert not any(echoes.is_echo(key, "r", 0.0) for key in keys)
    assert len(echoes.keys) <= 16
