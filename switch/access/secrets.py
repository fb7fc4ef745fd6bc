"""Secrets of tokens and passwords of agents: made, hashed and compared. Randomness is handed in.

A token's secret is 256 random bits, which nobody finds by trying, whatever a try costs: SHA-256 is enough,
and a slow hash would only make every sign-in slow. A password is chosen by a person and can be guessed, so
whoever has stolen its hash shall pay for each guess: scrypt (RFC 7914), which takes memory too.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Self

from switch.control.caller import TOKEN_PREFIX

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
SALT_OCTETS = 16
KINDS_OF_CHARACTERS = 3
"""Of four: capital letters, small letters, digits and others."""
_COST, _BLOCK, _PARALLEL = 15, 8, 1
"""2^15 blocks of 1 KiB: 32 MB and a tenth of a second for each guess."""
_MOST_MEMORY = 2**28


def token_secret(random: bytes) -> str:
    """What the holder of a token shows: ``random`` has 32 octets."""
    return TOKEN_PREFIX + urlsafe_b64encode(random).decode().rstrip("=")


def token_hash(secret: str) -> str:
    """What the configuration holds of it: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two hashes are the same, which takes as long for any two."""
    return hmac.compare_digest(one.encode(), other.encode())


def why_unfit(password: str, agent: str) -> str | None:
    """What a password lacks, for people; None when it will do (REQUIREMENTS J6)."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return f"it must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
    if _kinds(password) < KINDS_OF_CHARACTERS:
        return f"it must mix {KINDS_OF_CHARACTERS} of: capitals, small letters, digits, other characters"
    if agent and agent in password:
        return "it must not hold the agent's number"
    return None


def _kinds(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit)
    known = [any(test(character) for character in password) for test in tests]
    other = any(not any(test(character) for test in tests) for character in password)
    return sum(known) + other


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """``scrypt$<log2 N>$<r>$<p>$<salt>$<hash>``, salt and hash in base64."""

    cost: int
    block: int
    parallel: int
    salt: bytes
    hashed: bytes

    @classmethod
    def of(cls, password: str, salt: bytes) -> Self:
        """Takes a tenth of a second and 32 MB; ``salt`` is 16 random octets."""
        hashed = _scrypt(password, salt, _COST, _BLOCK, _PARALLEL)
        return cls(_COST, _BLOCK, _PARALLEL, salt, hashed)

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError for what is none, or would take too much memory."""
        scheme, cost, block, parallel, salt, hashed = text.split("$")
        known = cls(int(cost), int(block), int(parallel), b64decode(salt), b64decode(hashed))
        if scheme != "scrypt" or 2**known.cost * known.block * 128 > _MOST_MEMORY // 2:
            raise ValueError("a hash that `ringmain agents password` made")
        return known

    def fits(self, password: str) -> bool:
        """Takes as long as it took to make the hash: not for the loop."""
        tried = _scrypt(password, self.salt, self.cost, self.block, self.parallel)
        return hmac.compare_digest(tried, self.hashed)

    def __str__(self) -> str:
        salt, hashed = (b64encode(octets).decode() for octets in (self.salt, self.hashed))
        return f"scrypt${self.cost}${self.block}${self.parallel}${salt}${hashed}"


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=2**cost, r=block, p=parallel, maxmem=_MOST_MEMORY, dklen=32)
