"""The files that a service is asked with: the token that proves who we are, and whom we trust."""

import ssl
from collections.abc import Iterator
from pathlib import Path

from runtime.errors import UsageError
from switch.lookups.config import LookupConfig

_LONGEST_TOKEN = 8192

Fault = tuple[str, str]
"""The key that names an unusable file, and what was expected of it."""


def faults_of(config: LookupConfig) -> Iterator[Fault]:
    """What is wrong with the files of a service."""
    for key, check in (("token_file", identity), ("ca_file", trust)):
        try:
            check(config)
        except UsageError as error:
            yield key, str(error)


def identity(config: LookupConfig) -> dict[str, str]:
    """The header that proves who we are, or none. Raises UsageError saying what was expected."""
    if config.token_file is None:
        return {}
    token = _read(config.token_file)
    is_bearer = config.token_header.lower() == "authorization"
    return {config.token_header: f"Bearer {token}" if is_bearer else token}


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            token = file.read(_LONGEST_TOKEN + 1).decode("ascii").strip()
    except OSError as error:
        raise UsageError(f"a file that can be read ({error.strerror or error})") from error
    except UnicodeDecodeError:
        raise UsageError("a file with one line of ASCII characters") from None
    if not token or len(token) > _LONGEST_TOKEN or not token.isprintable():
        raise UsageError(f"a file with one line of 1 to {_LONGEST_TOKEN} characters")
    return token


def trust(config: LookupConfig) -> ssl.SSLContext | None:
    """What https is verified with in place of the machine's own authorities; None: these.

    Raises UsageError saying what was expected.
    """
    if config.ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=config.ca_file)
    except OSError as error:  # of which ssl.SSLError is one
        reason = error.strerror or error
        raise UsageError(f"a file of certificates in PEM that can be read ({reason})") from error
