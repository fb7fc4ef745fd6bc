"""Nonces that a server can recognise without remembering every one it gave out (RFC 7616 §5.4)."""

from hashlib import blake2s
from hmac import compare_digest
from itertools import count

_SEAL_BYTES = 12


class Nonces:
    """Gives out nonces sealed with a keyed hash and bound to time; sees that none is replayed.

    Giving one out costs no memory. Only a nonce that was used with the right password is remembered,
    with its highest count; when ``capacity`` of them are, the first used is forgotten and every nonce
    that was given out no later becomes stale, so that forgetting opens no door to replay.
    The key must be new for each run of the process, since monotonic time and serial numbers start anew.
    """

    def __init__(self, key: bytes, *, lifetime_s: float = 300.0, capacity: int = 20_000) -> None:
        self._key = key[:32]
        self._lifetime_ms = int(lifetime_s * 1000)
        self._capacity = capacity
        self._serials = count(1)
        self._stale_up_to = 0
        self._counts: dict[int, int] = {}

    def __len__(self) -> int:
        """How many nonces are remembered."""
        return len(self._counts)

    def issue(self, *, now: float) -> str:
        """A nonce that was never given out before."""
        body = f"{int(now * 1000):x}.{next(self._serials):x}"
        return f"{body}.{self._seal(body)}"

    def spend(self, nonce: str, nonce_count: int | None, *, now: float) -> bool:
        """Use a nonce once more, after the password has proved right.

        False: it is too old, was never ours, or this is a replay; challenge again with ``stale=true``.

        Counts must rise strictly (RFC 7616 §3.3). Without a count (no qop) there is nothing to tell
        a replay by, and only age bounds it; but a nonce used with counts is never taken without.
        """
        serial = self._serial(nonce, now)
        if serial is None:
            return False
        last = self._counts.get(serial)
        if nonce_count is None:
            return last is None
        if nonce_count <= (last or 0):
            return False
        self._counts[serial] = nonce_count
        self._forget_surplus()
        return True

    def _forget_surplus(self) -> None:
        if len(self._counts) > self._capacity:
            serial = next(iter(self._counts))
            del self._counts[serial]
            self._stale_up_to = max(self._stale_up_to, serial)

    def _serial(self, nonce: str, now: float) -> int | None:
        """The serial number of a nonce of ours that is still fresh; None of any other."""
        body, _, seal = nonce.rpartition(".")
        if not nonce.isascii() or not compare_digest(seal, self._seal(body)):
            return None
        issued_ms, _, number = body.partition(".")
        serial = int(number, 16)
        expired = now * 1000 - int(issued_ms, 16) > self._lifetime_ms
        return None if expired or serial <= self._stale_up_to else serial

    def _seal(self, body: str) -> str:
        return blake2s(body.encode(), key=self._key, digest_size=_SEAL_BYTES).hexdigest()
