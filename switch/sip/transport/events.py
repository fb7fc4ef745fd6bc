"""What the transports report beside messages."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class CertificatesReloaded(Event):
    """The certificates of TLS were read anew; connections from now on begin with them."""

    topic: ClassVar[str] = "sip.certificates_reloaded"
    certificates: tuple[str, ...]
    """The files with the switch's own certificates."""


@plain_data
class CertificatesUnusable(Event):
    """New certificates cannot be used; those that were read before stay."""

    topic: ClassVar[str] = "sip.certificates_unusable"
    reason: str
