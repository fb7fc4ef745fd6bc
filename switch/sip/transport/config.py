"""Where the switch listens for SIP: the addresses of ``[sip]`` and the sections ``[[listeners]]``."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from runtime.hosts import check_host
from runtime.models import KeyMistake, Section
from switch.sip.config import EVERYWHERE, SipConfig


class Transport(StrEnum):
    """How SIP is carried."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"
    WS = "ws"
    WSS = "wss"


class PeerCheck(StrEnum):
    """Whether clients show a certificate."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


SECURE = (Transport.TLS, Transport.WSS)


class ListenerConfig(Section):
    """Section ``[[listeners]]``: one more address on which phones and trunks reach this switch."""

    transport: Transport = Field(description="udp, tcp, tls, ws (WebSocket) or wss (secure WebSocket).")
    host: str = Field(min_length=1, description="Address to listen on; IPv6 without brackets.")
    port: int = Field(ge=1, le=65535, description="Port to listen on.")
    advertised_host: str | None = Field(
        default=None,
        min_length=1,
        description="Address peers reach this listener at, written into Via and Contact; host when absent.",
    )
    advertised_port: int | None = Field(
        default=None, ge=1, le=65535, description="The port beside it; port when absent."
    )
    certificate: Path | None = Field(
        default=None, description="File with this switch's certificate and its chain (PEM); for tls and wss."
    )
    private_key: Path | None = Field(
        default=None, description="File with the certificate's private key (PEM); for tls and wss."
    )
    client_ca: Path | None = Field(
        default=None, description="File with the authorities that sign clients' certificates (PEM)."
    )
    verify_peer: PeerCheck = Field(
        default=PeerCheck.NONE,
        description="Whether clients are asked for a certificate: none, optional (a bad one is refused) or "
        "required.",
    )

    _are_hosts = field_validator("host", "advertised_host")(check_host)

    @property
    def is_ipv6(self) -> bool:
        """Which address family it serves; names of hosts count as IPv4."""
        return ":" in self.host

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        if self.host in EVERYWHERE and self.advertised_host is None:
            raise KeyMistake("host", "advertised_host beside it, because peers cannot be told to reach that")
        for key in ("certificate", "private_key"):
            if self.transport in SECURE and getattr(self, key) is None:
                raise KeyMistake("transport", f"{key} beside it")
        for key in ("certificate", "private_key", "client_ca"):
            if self.transport not in SECURE and getattr(self, key) is not None:
                raise KeyMistake(key, f"transport tls or wss, not {self.transport}")
        if self.verify_peer is not PeerCheck.NONE and self.client_ca is None:
            raise KeyMistake("verify_peer", "client_ca beside it, to verify clients against")
        return self


def all_listeners(sip: SipConfig, more: Sequence[ListenerConfig]) -> list[ListenerConfig]:
    """Every listener, that of ``[sip]`` first."""
    first = ListenerConfig(
        transport=Transport.UDP, host=sip.host, port=sip.port, advertised_host=sip.advertised_host
    )
    return [first, *more]
