"""The keys recordings are encrypted with: of the age format (age-encryption.org/v1), by X25519."""

from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

from runtime.errors import UsageError


def recipient(text: str) -> Recipient:
    """A public key such as ``age1…``. Raises ValueError."""
    try:
        return Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise ValueError("a public key of age, which begins with age1 (`age-keygen` makes a pair)") from error


def read_identities(path: Path) -> list[Identity]:
    """The private keys in a file of ``age-keygen``. Raises UsageError when it has none or is unreadable."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        identities = [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except OSError as error:
        raise UsageError(f"recordings.identity: {path}: {error.strerror or error}") from error
    except (UnicodeDecodeError, pyrage.IdentityError) as error:
        raise UsageError(f"recordings.identity: {path} holds no private key of age") from error
    if not identities:
        raise UsageError(f"recordings.identity: {path} holds no private key; `age-keygen` makes one")
    return identities
