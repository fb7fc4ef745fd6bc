"""Where identity comes from: injected, so that a simulation is a seed plus a journal."""

import secrets
from itertools import count
from random import Random
from typing import Protocol

_TOKENS_AT_A_TIME = 256
_SECRETS_AT_A_TIME = 64
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
        self._tokens: list[str] = []
        self._secrets: list[bytes] = []

    def new(self, prefix: str) -> str:
        return f"{prefix}-{self.token()}"

    def token(self) -> str:
        if not self._tokens:
            digits = secrets.token_hex(_TOKENS_AT_A_TIME * 8)
            self._tokens = [digits[start : start + 16] for start in range(0, len(digits), 16)]
        return self._tokens.pop()

    def secret(self) -> bytes:
        if not self._secrets:
            octets = secrets.token_bytes(_SECRETS_AT_A_TIME * _SECRET_OCTETS)
            starts = range(0, len(octets), _SECRET_OCTETS)
            self._secrets = [octets[start : start + _SECRET_OCTETS] for start in starts]
        return self._secrets.pop()


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
