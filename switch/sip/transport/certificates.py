"""The certificates of TLS: read from their files, and read anew while the switch runs."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography import x509

from runtime.errors import UsageError
from switch.sip.transport.config import SECURE, ConnectionsConfig, ListenerConfig, PeerCheck

_MODES = {
    PeerCheck.NONE: ssl.CERT_NONE,
    PeerCheck.OPTIONAL: ssl.CERT_OPTIONAL,
    PeerCheck.REQUIRED: ssl.CERT_REQUIRED,
}
Fault = tuple[str, str]
"""The key that names an unusable file, and what was expected of it."""
_SOON = timedelta(days=14)
"""Before the end of a certificate; of a short life only the last third."""


class Guarded(Protocol):
    """A listener that may speak TLS."""

    @property
    def certificate(self) -> Path | None: ...

    @property
    def private_key(self) -> Path | None: ...

    @property
    def client_ca(self) -> Path | None: ...


class Certificates:
    """What TLS connections begin with. A connection keeps what it began with."""

    def __init__(self, listeners: Sequence[ListenerConfig], connections: ConnectionsConfig) -> None:
        """``listeners`` are all; those without TLS do not matter. Nothing is read before ``load``."""
        self._listeners = [listener for listener in listeners if listener.transport in SECURE]
        self._connections = connections
        self._servers: dict[tuple[str, int], ssl.SSLContext] = {}
        self._client: ssl.SSLContext | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The files with our own certificates."""
        return tuple(dict.fromkeys(str(listener.certificate) for listener in self._listeners))

    def untimely(self, now: datetime) -> list[str]:
        """What is to be said of the dates in these files."""
        return [f"{file}: {found}" for file in self.files for found in untimely(Path(file), now)]

    def load(self) -> None:
        """Read all files. Raises UsageError, and keeps what there was, when one cannot be used."""
        faults = [fault for listener in self._listeners for _, fault in faults_of_listener(listener)]
        faults += [fault for _, fault in faults_of_connections(self._connections)]
        if faults:
            raise UsageError("; ".join(f"expected {fault}" for fault in faults))
        servers = {(one.host, one.port): _server_context(one) for one in self._listeners}
        self._client = _client_context(self._connections, self._listeners)
        self._servers = servers

    def server(self, listener: ListenerConfig) -> ssl.SSLContext:
        """For the next connection that this listener accepts."""
        return self._servers[listener.host, listener.port]

    def client(self) -> ssl.SSLContext:
        """For the next connection that we open."""
        assert self._client is not None, "certificates were not loaded"
        return self._client


def faults_of_listener(listener: Guarded) -> Iterator[Fault]:
    """What is wrong with the files of a listener with TLS."""
    if listener.certificate is not None and listener.private_key is not None:
        yield from faults_of_pair(listener.certificate, listener.private_key)
    if listener.client_ca is not None:
        yield from _faults_of_authorities("client_ca", listener.client_ca)


def faults_of_connections(connections: ConnectionsConfig) -> Iterator[Fault]:
    """What is wrong with the file of the authorities that servers are verified against."""
    if connections.server_ca is not None:
        yield from _faults_of_authorities("server_ca", connections.server_ca)


def faults_of_pair(certificate: Path, private_key: Path) -> Iterator[Fault]:
    """What is wrong with the files of a certificate and its key."""
    unreadable = [*_unreadable("certificate", certificate), *_unreadable("private_key", private_key)]
    if unreadable:
        yield from unreadable
    elif problem := _problem(lambda: _load_chain(_bare_context(), certificate, private_key)):
        pair = f"a certificate in {certificate} and its unencrypted key in {private_key}"
        yield "certificate", f"{pair} ({problem})"


def untimely(path: Path, now: datetime) -> Iterator[str]:
    """Which certificates in a file, the chain's too, are over, nearly over, or not good yet, with the day.

    Nothing of a file that holds none: other checks tell that.
    """
    try:
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        return
    for certificate in certificates:
        if said := _untimely(certificate, now):
            yield f"the certificate of {_subject(certificate)} {said}"


def _untimely(certificate: x509.Certificate, now: datetime) -> str:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if ends <= now:
        return f"ended on {ends:%Y-%m-%d %H:%M} UTC"
    if begins > now:
        return f"is not good before {begins:%Y-%m-%d %H:%M} UTC"
    return f"ends on {ends:%Y-%m-%d %H:%M} UTC" if ends - now <= min(_SOON, (ends - begins) / 3) else ""


def _subject(certificate: x509.Certificate) -> str:
    """Whose it is; by its first other name where the subject is empty, as CAs leave it by now."""
    if certificate.subject.rdns:
        return certificate.subject.rfc4514_string()
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return "nobody"
    return str(next(iter(names)).value)


def _faults_of_authorities(key: str, path: Path) -> Iterator[Fault]:
    if unreadable := [*_unreadable(key, path)]:
        yield from unreadable
    elif problem := _problem(lambda: _bare_context().load_verify_locations(path)):
        yield key, f"certificates of authorities in {path} ({problem})"


def _unreadable(key: str, path: Path) -> Iterator[Fault]:
    try:
        path.read_bytes()
    except OSError as error:
        yield key, f"a file that can be read; {path} cannot ({error.strerror or error})"


def _problem(load: Callable[[], None]) -> str:
    try:
        load()
    except ssl.SSLError as error:
        return (error.reason or "no PEM file").lower().replace("_", " ")
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _server_context(listener: ListenerConfig) -> ssl.SSLContext:
    context = _bare_context()
    if listener.certificate is not None and listener.private_key is not None:
        _load_chain(context, listener.certificate, listener.private_key)
    if listener.client_ca is not None:
        context.load_verify_locations(listener.client_ca)
    context.verify_mode = _MODES[listener.verify_peer]
    return context


def _client_context(connections: ConnectionsConfig, listeners: Sequence[ListenerConfig]) -> ssl.SSLContext:
    """Shows our own certificate, the first listener's, to servers that ask for one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # names are compared as SIP does: RFC 5922 §7.2
    if not connections.verify_servers:
        context.verify_mode = ssl.CERT_NONE
    elif connections.server_ca is not None:
        context.load_verify_locations(connections.server_ca)
    else:
        context.load_default_certs()
    for listener in listeners[:1]:
        if listener.certificate is not None and listener.private_key is not None:
            _load_chain(context, listener.certificate, listener.private_key)
    return context


def _bare_context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def _load_chain(context: ssl.SSLContext, certificate: Path, private_key: Path) -> None:
    """A key behind a password is refused: nobody is there to type it."""
    context.load_cert_chain(certificate, private_key, password="")
