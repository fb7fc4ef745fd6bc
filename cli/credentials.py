"""How the command line reaches a switch on another machine: its address, a token, authorities to trust."""

import os
import re
import ssl
from pathlib import Path

from runtime.errors import UsageError
from switch.control.caller import TOKEN_PREFIX

TOKEN = "RINGMAIN_TOKEN"
TOKEN_FILE = "RINGMAIN_TOKEN_FILE"
AUTHORITIES = "RINGMAIN_CA"
_SCHEMED = re.compile(r"^(tcp|tls):/{1,2}([^/]+)$")
_BARE = re.compile(r"^[^/]+:\d{1,5}$")


def address_of(socket: Path) -> Path | str:
    """What ``--socket`` names: a Unix socket, or an address, whose slashes a path has lost."""
    text = str(socket)
    if (schemed := _SCHEMED.match(text)) is not None:
        return f"{schemed[1]}://{schemed[2]}"
    return f"tcp://{text}" if _BARE.match(text) and not socket.exists() else socket


def use_token_of(file: Path) -> None:
    """Show the token in this file, whatever the environment says."""
    os.environ[TOKEN_FILE] = str(file)


def token() -> str:
    """The secret of the token to show; empty for none. Raises UsageError for a file that cannot be read."""
    path = os.environ.get(TOKEN_FILE)
    if not path:
        return os.environ.get(TOKEN, "")
    try:
        return _secret_in(Path(path).read_text(encoding="utf-8"), path)
    except OSError as error:
        raise UsageError(f"cannot read the token in {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} holds no token, but bytes that are no text") from error


def _secret_in(text: str, path: str) -> str:
    """Of a file with the secret, or with all that `ringmain tokens make` printed. Raises UsageError."""
    secrets = {word for word in text.split() if word.startswith(TOKEN_PREFIX)}
    if len(secrets) > 1:
        raise UsageError(f"{path} holds {len(secrets)} secrets; it may hold that of one token")
    if not secrets and len(text.split()) > 1:
        raise UsageError(
            f"{path} holds no secret of a token, which is one word that begins with {TOKEN_PREFIX}; "
            "`ringmain tokens make` prints one"
        )
    return secrets.pop() if secrets else text.strip()


def authorities() -> ssl.SSLContext | None:
    """Who may have signed the switch's certificate; None: those the machine trusts. Raises UsageError."""
    path = os.environ.get(AUTHORITIES)
    if not path:
        return None
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        why = "it holds none in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise UsageError(f"{AUTHORITIES} is no file of certificates: {path}: {why}") from error
