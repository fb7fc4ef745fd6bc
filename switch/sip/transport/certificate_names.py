"""Which SIP domains a certificate proves (RFC 5922 §7)."""

from collections.abc import Iterator, Mapping
from typing import Any

_SCHEME = "sip:"


def proves(certificate: Mapping[str, Any], domain: str) -> bool:
    """Whether a certificate, as ``getpeercert`` tells it, belongs to ``domain``. No wildcards (§7.2)."""
    wanted = domain.lower().rstrip(".")
    return any(name.lower().rstrip(".") == wanted for name in _domains(certificate))


def _domains(certificate: Mapping[str, Any]) -> Iterator[str]:
    """SIP URIs come first; without any the names of hosts count, without those the subject (§7.1)."""
    alternatives = certificate.get("subjectAltName", ())
    uris = [value for kind, value in alternatives if kind == "URI" and value.lower().startswith(_SCHEME)]
    if uris:
        yield from (domain for uri in uris if "@" not in (domain := uri[len(_SCHEME) :]))
        return
    if alternatives:
        yield from (value for kind, value in alternatives if kind in ("DNS", "IP Address"))
        return
    for attributes in certificate.get("subject", ()):
        yield from (value for key, value in attributes if key == "commonName")
