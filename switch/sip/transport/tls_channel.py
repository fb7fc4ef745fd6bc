"""TLS around another channel, without a socket: OpenSSL works on memory."""

import ssl
from collections.abc import Callable

from switch.sip.transport.channels import Channel

_READ_BYTES = 65_536
Verify = Callable[[ssl.SSLObject], str]
"""Looks at the peer's certificate after the handshake; returns what is wrong with it, or nothing."""


class TlsChannel:
    """The ``inner`` channel's bytes, encrypted."""

    __slots__ = (
        "_fault",
        "_from_wire",
        "_inner",
        "_is_secured",
        "_said_goodbye",
        "_tls",
        "_to_wire",
        "_verify",
    )

    def __init__(
        self,
        inner: Channel,
        context: ssl.SSLContext,
        *,
        server_side: bool,
        server_name: str | None = None,
        verify: Verify = lambda tls: "",
    ) -> None:
        self._inner = inner
        self._from_wire = ssl.MemoryBIO()
        self._to_wire = ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._from_wire, self._to_wire, server_side=server_side, server_hostname=server_name
        )
        self._verify = verify
        self._is_secured = False
        self._said_goodbye = False
        self._fault = ""
        if not server_side:
            self._shake_hands()

    @property
    def is_open(self) -> bool:
        return self._is_secured and self._inner.is_open

    @property
    def is_waiting(self) -> bool:
        return not self._is_secured or self._inner.is_waiting

    @property
    def is_over(self) -> bool:
        return self._said_goodbye or self._inner.is_over

    @property
    def fault(self) -> str:
        return self._fault or self._inner.fault

    def receive(self, data: bytes) -> list[bytes]:
        self._from_wire.write(data)
        if not self._is_secured:
            self._shake_hands()
        messages: list[bytes] = []
        while self._is_secured and not self.fault and (plain := self._read()):
            messages += self._inner.receive(plain)
        self._encrypt()
        return messages

    def send(self, message: bytes) -> None:
        self._inner.send(message)
        self._encrypt()

    def end(self) -> None:
        if not self._is_secured:
            return
        self._inner.end()
        self._encrypt()
        try:
            self._tls.unwrap()
        except ssl.SSLError:  # the peer's own goodbye is not waited for
            return

    def take_output(self) -> bytes:
        return self._to_wire.read()

    def _shake_hands(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return
        except ssl.SSLError as error:
            self._fault = f"TLS: {_words(error)}"
            return
        self._fault = self._verify(self._tls)
        self._is_secured = not self._fault

    def _read(self) -> bytes:
        try:
            return self._tls.read(_READ_BYTES)
        except ssl.SSLWantReadError:
            return b""
        except ssl.SSLZeroReturnError:
            self._said_goodbye = True
        except ssl.SSLError as error:
            self._fault = f"TLS: {_words(error)}"
        return b""

    def _encrypt(self) -> None:
        plain = self._inner.take_output()
        if plain and not self._said_goodbye and not self._fault:
            try:
                self._tls.write(plain)
            except ssl.SSLError as error:
                self._fault = f"TLS: {_words(error)}"


def _words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not accepted: {error.verify_message}"
    return (error.reason or str(error)).lower().replace("_", " ")
