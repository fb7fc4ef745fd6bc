"""Secrets of tokens and passwords of agents."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.agent_config import PASSWORD_HASH
from switch.access.secrets import PasswordHash, token_hash, token_secret, why_unfit
from switch.control.caller import TOKEN_PREFIX

SALT = bytes(range(16))


def test_a_tokens_secret_holds_all_its_randomness() -> None:
    one, other = token_secret(bytes(32)), token_secret(bytes(31) + b"\1")
    assert one != other
    assert one.startswith(TOKEN_PREFIX)
    assert len(one) - len(TOKEN_PREFIX) == 43  # 256 bits, six in a character


def test_a_token_is_hashed_by_sha_256() -> None:
    """FIPS 180-4, the example of one block."""
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("secret", ["\ud800", "密码", "\0", ""])
def test_any_text_can_be_hashed(secret: str) -> None:
    assert len(token_hash(secret)) == 64


def test_a_password_fits_its_hash_and_no_other_does() -> None:
    made = PasswordHash.of("Strom-95598", SALT)
    read = PasswordHash.read(str(made))
    assert read == made
    assert read.fits("Strom-95598")
    assert not read.fits("strom-95598")
    assert re.match(PASSWORD_HASH, str(made))
    assert "Strom" not in str(made)


def test_the_same_password_has_another_hash_with_another_salt() -> None:
    assert PasswordHash.of("Strom-95598", SALT) != PasswordHash.of("Strom-95598", SALT[::-1])


@pytest.mark.parametrize(
    "text",
    ["", "scrypt$15$8$1$AAAA", "md5$15$8$1$AAAA$AAAA", "scrypt$30$8$1$AAAA$AAAA", "scrypt$x$8$1$AAAA$AAAA"],
)
def test_what_is_no_hash_or_would_take_all_memory_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is told by the key that holds it
        PasswordHash.read(text)


@pytest.mark.parametrize(
    ("password", "lacks"),
    [
        ("Ab1-567", "8 to 200 characters"),
        ("abcdefgh", "mix 3 of"),
        ("abcdefg1", "mix 3 of"),
        ("密码密码密码密码", "mix 3 of"),
        ("Agent1001", "the agent's number"),
        ("A1-" + "x" * 198, "8 to 200 characters"),
    ],
)
def test_a_weak_password_is_refused(password: str, lacks: str) -> None:
    assert lacks in (why_unfit(password, "1001") or "")


@pytest.mark.parametrize("password", ["Abcdefg1", "abcdef1-", "密码-Abcde", "ABCD 123"])
def test_eight_mixed_characters_will_do(password: str) -> None:
    assert why_unfit(password, "1001") is None


@given(st.text(max_size=7))
def test_nothing_short_will_do(password: str) -> None:
    assert why_unfit(password, "1001") is not None
