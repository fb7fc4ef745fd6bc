"""Where the switch listens for SIP: the addresses of ``[sip]`` and the sections ``[[listeners]]``."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from runtime.hosts import check_host
from runtime.models import KeyMistake, Section
from runtime.problems import Finding
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

    transport: Transport = Field(
        description="How SIP is carried here: udp, tcp, tls, ws (WebSocket) or wss (secure WebSocket)."
    )
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


class ConnectionsConfig(Section):
    """Section ``[connections]``: TCP, TLS and WebSocket connections of SIP."""

    max_connections: int = Field(
        default=4000, ge=1, description="Connections open at a time; further ones are turned away."
    )
    max_per_source: int = Field(
        default=500, ge=1, description="Connections one address may have opened to us at a time."
    )
    idle_s: float = Field(
        default=3900,
        gt=0,
        description="A connection that nobody used for so long is closed, in seconds; more than phones let "
        "pass between registrations.",
    )
    message_timeout_s: float = Field(
        default=10,
        gt=0,
        description="A peer's handshake, its first message, and any message it began must be whole by then, "
        "in seconds.",
    )
    connect_timeout_s: float = Field(
        default=4, gt=0, description="A connection we open must be ready by then, in seconds."
    )
    unsent_max_bytes: int = Field(
        default=262_144,
        ge=65_536,
        description="A peer that leaves more than so much unread is cut off, in bytes.",
    )
    verify_servers: bool = Field(
        default=True,
        description="Whether TLS servers we connect to must prove their name by a certificate (RFC 5922).",
    )
    server_ca: Path | None = Field(
        default=None,
        description="File with the authorities that sign servers' certificates (PEM); those of the system "
        "when absent.",
    )


def all_listeners(sip: SipConfig, more: Sequence[ListenerConfig]) -> list[ListenerConfig]:
    """Every listener, those of ``[sip]`` first."""
    transports = (Transport.UDP, Transport.TCP) if sip.tcp else (Transport.UDP,)
    own = [
        ListenerConfig(transport=name, host=sip.host, port=sip.port, advertised_host=sip.advertised_host)
        for name in transports
    ]
    return [*own, *more]


def find_problems(sip: SipConfig, more: Sequence[ListenerConfig]) -> Iterator[Finding]:
    """Listeners that get into each other's way."""
    listeners = all_listeners(sip, more)
    own = len(listeners) - len(more)
    for index, listener in enumerate(more):
        earlier = listeners[: own + index]
        if any(_serve_alike(other, listener) for other in earlier):
            family = "IPv6" if listener.is_ipv6 else "IPv4"
            yield Finding(
                ("listeners", index, "transport"),
                f"one listener for {listener.transport} over {family}; there is one before",
            )
        elif any(_collide(other, listener) for other in earlier):
            yield Finding(("listeners", index, "port"), "a port that no other listener has at this address")


def _serve_alike(one: ListenerConfig, other: ListenerConfig) -> bool:
    return (one.transport, one.is_ipv6) == (other.transport, other.is_ipv6)


def _collide(one: ListenerConfig, other: ListenerConfig) -> bool:
    same_kind = (one.transport is Transport.UDP) is (other.transport is Transport.UDP)
    return same_kind and (one.host, one.port) == (other.host, other.port)
