"""Links to one recording: signed, so that nobody makes one up, and good until a moment only. Pure.

``/recordings/<id>?until=<seconds since the Unix epoch>&who=<name>&signature=<base64url of HMAC-SHA256>``
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from runtime.errors import PeerError, UsageError

LONGEST_WHO = 100
LEAST_KEY_BYTES = 32
"""As long as the hash, which more would not improve (RFC 2104 §3)."""

_RECORDING_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_UNTIL = re.compile(r"[0-9]{1,11}")


class LinkRefused(PeerError):
    """The link opens nothing; the message says why, for whoever holds it."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is good for."""

    recording_id: str
    until: int
    """Wall clock in whole seconds; at that moment it is over."""
    who: str
    """For whom it was made. Whoever gets hold of it can use it."""


class LinkSigner:
    """Makes links and tells its own from others."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def query(self, link: Link) -> str:
        """What follows the question mark of every address under the recording's."""
        return urlencode({"until": link.until, "who": link.who, "signature": self._signature(link)})

    def check(self, recording_id: str, query: Mapping[str, str], wall: float) -> Link:
        """The link that led to a recording. Raises LinkRefused."""
        until, who, signature = (query.get(name, "") for name in ("until", "who", "signature"))
        if not signature:
            raise LinkRefused("a recording is opened by a signed link; `ringmain recordings link` makes one")
        if not _UNTIL.fullmatch(until):
            raise LinkRefused("the link is damaged: it does not say until when it is good")
        link = Link(recording_id, int(until), who)
        if not hmac.compare_digest(self._signature(link).encode(), signature.encode()):
            raise LinkRefused("the link is damaged, or was made with another key or for another recording")
        if wall >= link.until:
            raise LinkRefused("the link has expired; ask for a new one")
        return link

    def _signature(self, link: Link) -> str:
        # The name comes last, so that nothing in it can pass for another field.
        signed = f"{path_of(link.recording_id)}\n{link.until}\n{link.who}".encode()
        return urlsafe_b64encode(hmac.digest(self._key, signed, sha256)).decode().rstrip("=")


def path_of(recording_id: str) -> str:
    """Where a recording is on the HTTP port."""
    return f"/recordings/{recording_id}"


def is_recording_id(text: str) -> bool:
    """Whether it can be one, and so a part of a path."""
    return _RECORDING_ID.fullmatch(text) is not None


def read_key(path: Path) -> bytes:
    """The key in a file. Raises UsageError when it cannot be read or is too short to be one."""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"recordings.link_key: {path} cannot be read: {error.strerror or error}") from error
    if len(key) < LEAST_KEY_BYTES:
        wanted = f"expected {LEAST_KEY_BYTES} or more; `openssl rand -hex 32 > {path}` makes one"
        raise UsageError(f"recordings.link_key: {path} holds {len(key)} bytes; {wanted}")
    return key
