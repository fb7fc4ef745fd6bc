"""The blocking control client, for the command line and for scripts."""

import socket
import ssl
from collections import deque
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from switch.control.address import Address
from switch.control.inbox import ControlClientError, Inbox, NotConnected, entry_of, envelope, result_of
from switch.control.messages import Response
from switch.control.protocol import encode_request
from switch.control.verb_families import SyncVerbFamilies
from switch.records.projection import JournalEntry

_READ_BYTES = 65_536


def connect_sync(
    address: Path | str,
    *,
    token: str = "",
    tls: ssl.SSLContext | None = None,
    answer_timeout_s: float = 10.0,
) -> "SyncControlClient":
    """A connection to the switch; close it, or use it in a ``with``. Raises NotConnected, VerbRefused.

    ``address``: the path of a Unix socket, ``tcp://host:port`` or ``tls://host:port``.
    """
    where = Address.read(address, tls)
    client = SyncControlClient(where.open_blocking(answer_timeout_s), answer_timeout_s, where.if_mute())
    if token:
        try:
            client.call("session.authenticate", token=token)
        except ControlClientError:
            client.close()
            raise
    return client


class SyncControlClient(SyncVerbFamilies):
    """One call at a time. Events that arrive during a call are kept for ``events``."""

    def __init__(self, connection: socket.socket, answer_timeout_s: float, if_mute: str = "") -> None:
        """``if_mute``: what to say when the other end hangs up without a word."""
        super().__init__(self._call)
        self._connection = connection
        self._if_mute = if_mute
        self._answer_timeout_s = answer_timeout_s
        self._inbox = Inbox()
        self._msgids = count(1)
        self._responses: deque[Response] = deque()
        self._entries: deque[JournalEntry] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _call(
        self,
        verb: str,
        /,
        *,
        idempotency_key: str | None = None,
        deadline_s: float | None = None,
        **params: object,
    ) -> Any:
        """Carry out a verb and return its answer, as ``ControlClient`` does."""
        msgid = next(self._msgids)
        self._connection.settimeout(self._answer_timeout_s)
        self._send(encode_request(msgid, verb, params, envelope(idempotency_key, deadline_s)))
        while True:
            while self._responses:
                response = self._responses.popleft()
                if response.msgid == msgid:
                    return result_of(response)
            self._receive(f"no answer to {verb} within {self._answer_timeout_s:g} s")

    def events(self, *topics: str, timeout_s: float | None = None) -> Iterator[JournalEntry]:
        """Events of these topics from now on, waiting ``timeout_s`` for each (None: as long as it takes).

        Raises VerbRefused when a topic is not one, NotConnected when the switch has gone or nothing came.
        """
        self._call("event.subscribe", topics=topics)
        return self._entries_as_they_come(timeout_s)

    def _entries_as_they_come(self, timeout_s: float | None) -> Iterator[JournalEntry]:
        while True:
            while self._entries:
                yield self._entries.popleft()
            self._connection.settimeout(timeout_s)
            self._receive(f"no event within {timeout_s} s")

    def _send(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise NotConnected(f"the connection to the switch broke: {error}") from error

    def _receive(self, if_silent: str) -> None:
        try:
            data = self._connection.recv(_READ_BYTES)
        except TimeoutError:
            raise NotConnected(if_silent) from None
        except OSError as error:
            raise NotConnected(self._if_mute or f"the connection to the switch broke: {error}") from error
        if not data:
            raise NotConnected(self._if_mute or "the switch closed the connection")
        self._if_mute = ""
        for message in self._inbox.take(data):
            if isinstance(message, Response):
                self._responses.append(message)
            elif (entry := entry_of(message)) is not None:
                self._entries.append(entry)
