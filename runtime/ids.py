"""Where identity comes from: injected, so that a simulation is a seed plus a journal."""

import secrets
from itertools import count
from random import Random
from typing import Protocol


class Ids(Protocol):
    """Gives out names that were never given before."""

    def new(self, prefix: str) -> str:
        """A new id such as ``call-5f0c9a1e7b2d4c38``; unique for the life of the installation."""

    def token(self) -> str:
        """16 unpredictable hexadecimal characters for tags, branches and nonces."""


class RandomIds:
    """Live ids from the operating system's randomness."""

    def new(self, prefix: str) -> str:
        return f"{prefix}-{secrets.token_hex(8)}"

    def token(self) -> str:
        return secrets.token_hex(8)


class SeededIds:
    """Reproducible ids for tests and simulations: ``call-1``, ``call-2`` …"""

    def __init__(self, seed: int = 0) -> None:
        self._counter = count(1)
        self._random = Random(seed)

    def new(self, prefix: str) -> str:
        return f"{prefix}-{next(self._counter)}"

    def token(self) -> str:
        return f"{self._random.getrandbits(64):016x}"
