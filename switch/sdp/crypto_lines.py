"""``a=crypto`` lines: an SRTP suite with its key (RFC 4568 §9.1)."""

import re
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from media.commands import SrtpSuite
from switch.sdp.description import Attribute

_LINE = re.compile(
    r"([0-9]{1,9})[ \t]++([A-Za-z0-9_]++)[ \t]++inline:([A-Za-z0-9+/=]++)(?:\|[0-9^]++)?((?:[ \t].*)?)"
)
"""Tag, suite, key with its salt, perhaps its lifetime, session parameters. A key with an identifier behind it
(MKI) does not fit: packets would carry that too."""
_IGNORED_PARAMETER = re.compile(r"WSH=[0-9]+|-.*")
"""A hint at the window size, and what may be ignored (§6.3.8)."""
_NAME = "crypto"
_SUITE_OF_NAME = {suite.value: suite for suite in SrtpSuite}


class CryptoLine(NamedTuple):
    """A suite that somebody offers or takes, with the key that somebody sends under."""

    tag: str
    """Ties an answer to what was offered."""
    suite: SrtpSuite
    key: bytes
    """Master key with its salt behind it."""

    def __repr__(self) -> str:
        return f"CryptoLine({self.tag}, {self.suite})"

    @property
    def attribute(self) -> Attribute:
        return _NAME, f"{self.tag} {self.suite} inline:{b64encode(self.key).decode()}"


def read_crypto_lines(attributes: Collection[Attribute]) -> list[CryptoLine]:
    """Those we can do, in the peer's order of preference; nothing else is worth an error."""
    if _NAME not in dict(attributes):  # as nearly always
        return []
    return list(_usable(value for name, value in attributes if name == _NAME and value))


def _usable(values: Iterable[str]) -> Iterator[CryptoLine]:
    for value in values:
        found = _LINE.fullmatch(value.strip())
        if found is None or not all(map(_IGNORED_PARAMETER.fullmatch, found[4].split())):
            continue
        suite = _SUITE_OF_NAME.get(found[2])
        key = _decode(found[3])
        if suite is not None and len(key) == suite.key_octets:
            yield CryptoLine(found[1], suite, key)


def _decode(text: str) -> bytes:
    """Empty when it is no Base64."""
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return b""
