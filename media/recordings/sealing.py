"""Recordings encrypted at rest: each file in an envelope of its own, the age format (age-encryption.org/v1).

Who encrypts needs the recipients' public keys only; the tool ``age`` and libraries of many languages open it.
"""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

import pyrage
from pyrage.x25519 import Identity, Recipient

from media.recordings.forms import SEALED
from media.recordings.wav import RecordingError
from runtime.errors import UsageError

_PIECE_BYTES = 1 << 20


class Target(Protocol):
    """What plain content is written to."""

    def write(self, octets: bytes, /) -> int: ...

    def flush(self) -> None: ...


def seal(plain: Path, recipients: Sequence[Recipient]) -> Path:
    """Put ``plain`` into an envelope beside it, which is on the disk and was read back. ``plain`` stays.

    To read it back without a private key, the envelope is addressed to a key too that is forgotten at once.
    Raises RecordingError when what was read back is not what was put in, OSError.
    """
    sealed = plain.with_name(plain.name + SEALED)
    part = sealed.with_name(sealed.name + ".part")
    witness = Identity.generate()
    with plain.open("rb") as source, part.open("wb") as target:
        os.fchmod(target.fileno(), plain.stat().st_mode & 0o777)
        pyrage.encrypt_io(source, target, [*recipients, witness.to_public()])
        target.flush()
        os.fsync(target.fileno())
    if _hash_inside(part, witness) != _hash_of(plain):
        part.unlink()
        raise RecordingError(f"{sealed} was not what {plain} is when it was read back")
    part.replace(sealed)
    return sealed


def unseal(source: BinaryIO, name: str, target: Target, identities: Sequence[Identity]) -> None:
    """Write what is in an envelope. Raises UsageError without the right key, RecordingError, OSError."""
    if not identities:
        raise UsageError(f"{name} is encrypted; name the file of a private key in recordings.identity")
    try:
        pyrage.decrypt_io(source, target, identities)
    except pyrage.DecryptError as error:
        message = f"{name} cannot be opened with the keys in recordings.identity: {error}"
        raise UsageError(message) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise RecordingError(f"{name} is damaged: {error}") from error


class _Hashing:
    """What is written to it is only hashed."""

    def __init__(self) -> None:
        self.digest = sha256()

    def write(self, octets: bytes) -> int:
        self.digest.update(octets)
        return len(octets)

    def flush(self) -> None:
        """Nothing waits."""


def _hash_inside(sealed: Path, identity: Identity) -> bytes:
    found = _Hashing()
    with sealed.open("rb") as source:
        try:
            pyrage.decrypt_io(source, found, [identity])
        except (pyrage.DecryptError, OSError) as error:
            raise RecordingError(f"{sealed} cannot be read back: {error}") from error
    return found.digest.digest()


def _hash_of(path: Path) -> bytes:
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            found.update(piece)
    return found.digest()
