import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.authentication.nonces import Nonces


def test_nonce_is_fresh_until_its_life_is_over() -> None:
    nonces = Nonces(b"key", lifetime_s=60)
    nonce = nonces.issue(now=1000.0)
    assert nonces.spend(nonce, 1, now=1000.0)
    assert nonces.spend(nonce, 2, now=1060.0)
    assert not nonces.spend(nonce, 3, now=1060.1)


def test_no_two_nonces_are_alike_even_at_the_same_time() -> None:
    nonces = Nonces(b"key")
    assert len({nonces.issue(now=5.0) for _ in range(100)}) == 100


@pytest.mark.parametrize("made_up", ["", ".", "..", "1.1.", "停电", "1.1." + "0" * 24])
def test_made_up_nonce_is_refused(made_up: str) -> None:
    assert not Nonces(b"key").spend(made_up, 1, now=1.0)


@given(st.data())
def test_altered_nonce_is_refused(data: st.DataObject) -> None:
    nonces = Nonces(b"key")
    nonce = nonces.issue(now=1234.5)
    place = data.draw(st.integers(0, len(nonce) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != nonce[place]))
    assert not nonces.spend(nonce[:place] + other + nonce[place + 1 :], 1, now=1234.5)


def test_nonce_of_another_key_is_refused() -> None:
    assert not Nonces(b"one").spend(Nonces(b"two").issue(now=1.0), 1, now=1.0)


def test_counts_must_rise_strictly() -> None:
    nonces = Nonces(b"key")
    nonce = nonces.issue(now=0.0)
    assert [nonces.spend(nonce, count, now=1.0) for count in (1, 2, 2, 1, 5, 4, 6)] == [
        True,
        True,
        False,
        False,
        True,
        False,
        True,
    ]


def test_count_of_zero_is_refused() -> None:
    nonces = Nonces(b"key")
    assert not nonces.spend(nonces.issue(now=0.0), 0, now=0.0)


def test_nonce_used_with_counts_is_not_taken_without() -> None:
    nonces = Nonces(b"key")
    counted, plain = nonces.issue(now=0.0), nonces.issue(now=0.0)
    assert nonces.spend(plain, None, now=0.0)
    assert nonces.spend(plain, None, now=1.0)
    assert nonces.spend(counted, 1, now=0.0)
    assert not nonces.spend(counted, None, now=1.0)


def test_giving_out_nonces_and_failing_costs_no_memory() -> None:
    nonces = Nonces(b"key")
    for _ in range(50):
        assert not nonces.spend(nonces.issue(now=0.0), 0, now=0.0)
    assert len(nonces) == 0


def test_forgetting_a_nonce_makes_it_stale_rather_than_open_to_replay() -> None:
    nonces = Nonces(b"key", capacity=2)
    first, second, third = (nonces.issue(now=0.0) for _ in range(3))
    for nonce in (first, second, third):
        assert nonces.spend(nonce, 1, now=0.0)
    assert len(nonces) == 2
    assert not nonces.spend(first, 2, now=0.0)
    assert nonces.spend(third, 2, now=0.0)
