"""The certificate that legs show in DTLS handshakes (RFC 5763): made anew at each start."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ringmain")])
_LIFE = timedelta(days=3650)
_BEFORE = timedelta(days=1)
"""Clocks differ."""


@dataclass(frozen=True, slots=True)
class DtlsCertificate:
    """Certificate and key in DER."""

    certificate: bytes
    private_key: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256, 64 hexadecimal digits."""
        return sha256(self.certificate).hexdigest()


def make_certificate(wall: float) -> DtlsCertificate:
    """A new one, signed by itself: peers know it by its fingerprint, which SDP tells them.

    ``wall``: now, in seconds since the Unix epoch.
    """
    now = datetime.fromtimestamp(wall, UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + _LIFE)
        .sign(key, SHA256())
    )
    private_key = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DtlsCertificate(certificate.public_bytes(Encoding.DER), private_key)
