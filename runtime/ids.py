"""Where identity comes from: injected, so that a simulation is a seed plus a journal."""

import secrets
from collections.abc import Iterator
from itertools import chain, count
from random import Random
from typing import Protocol

_TOKENS_AT_A_TIME = 256
_SECRETS_AT_A_TIME = 64
_TOKEN_OCTETS = 8
_BEGINNING_BITS = 16
"""Of an id, whose other bits are a token's."""
_SECRET_OCTETS = 32


class Ids(Protocol):
    """Gives out names that were never given before."""

    def new(self, prefix: str) -> str:
        """A new id such as ``call-5f0c9a1e7b2d4c38``; unique for the life of the installation."""

    def token(self) -> str:
        """16 unpredictable hexadecimal characters for tags, branches and nonces."""

    def secret(self) -> bytes:
        """32 octets that nobody can guess, for keys."""


class RandomIds:
    """Live ids from the operating system's randomness, of which it takes a good deal at a time."""

    def __init__(self) -> None:
        self.token = chain.from_iterable(iter(_draw_tokens, [])).__next__
        self._next_id = chain.from_iterable(_draw_ids()).__next__
        self._secrets: list[bytes] = []
        """Drawn, and not given out yet."""

    def new(self, prefix: str) -> str:
        return f"{prefix}-{self._next_id()}"

    def secret(self) -> bytes:
        if not self._secrets:
            self._secrets = _draw_secrets()
        return self._secrets.pop()


def _draw_tokens(octets: int = _TOKEN_OCTETS) -> list[str]:
    return secrets.token_bytes(_TOKENS_AT_A_TIME * octets).hex(" ", octets).split()


def _draw_ids() -> Iterator[list[str]]:
    """Those drawn one after the other begin alike, so that an index of a database takes them at one place.

    Taken all over it, as random ones are, the ids of a call cost a database as much as the rest of its row.
    """
    for turn in count(secrets.randbits(_BEGINNING_BITS)):
        beginning = f"{turn % 2**_BEGINNING_BITS:04x}"
        yield [beginning + rest for rest in _draw_tokens(_TOKEN_OCTETS - _BEGINNING_BITS // 8)]


def _draw_secrets() -> list[bytes]:
    octets = secrets.token_bytes(_SECRETS_AT_A_TIME * _SECRET_OCTETS)
    return [octets[start : start + _SECRET_OCTETS] for start in range(0, len(octets), _SECRET_OCTETS)]


class SeededIds:
    """Reproducible ids for tests and simulations: ``call-1``, ``call-2`` …"""

    def __init__(self, seed: int = 0) -> None:
        self._counter = count(1)
        self._random = Random(seed)

    def new(self, prefix: str) -> str:
        return f"{prefix}-{next(self._counter)}"

    def token(self) -> str:
        return f"{self._random.getrandbits(64):016x}"

    def secret(self) -> bytes:
        return self._random.randbytes(_SECRET_OCTETS)
