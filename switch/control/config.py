"""The ``[control]`` section of the configuration."""

from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from runtime.hosts import check_host
from runtime.models import KeyMistake, Section


class ControlListenerConfig(Section):
    """``[[control.listeners]]``: an address where clients of other machines reach the control socket."""

    host: str = Field(min_length=1, description="Address to listen on; IPv6 without brackets.")
    port: int = Field(ge=1, le=65535, description="TCP port to listen on.")
    certificate: Path | None = Field(
        default=None, description="File with the switch's certificate and its chain (PEM): TLS. Absent: none."
    )
    private_key: Path | None = Field(
        default=None, description="File with the certificate's private key (PEM)."
    )
    client_ca: Path | None = Field(
        default=None,
        description="File with the authorities that must have signed clients' certificates (PEM); absent: "
        "clients show none.",
    )

    _is_host = field_validator("host")(check_host)

    @property
    def is_encrypted(self) -> bool:
        """Whether clients speak TLS."""
        return self.certificate is not None

    @model_validator(mode="after")
    def _has_all_of_tls(self) -> Self:
        if (self.certificate is None) != (self.private_key is None):
            raise KeyMistake("certificate", "certificate and private_key, or neither")
        if self.client_ca is not None and self.certificate is None:
            raise KeyMistake("client_ca", "certificate and private_key beside it")
        return self


class ControlConfig(Section):
    """Section ``[control]``: where the control socket is and how much a client may cost."""

    socket: Path = Field(
        default=Path("run/ringmain.sock"),
        description="Unix socket that clients and the `ringmain` command connect to.",
    )
    mode: int = Field(
        default=0o660,
        ge=0o600,
        le=0o777,
        json_schema_extra={"octal": True},
        description="Permissions of the socket file: who may write to it may steer the switch.",
    )
    max_clients: int = Field(
        default=64, ge=1, le=10_000, description="Connections at a time; one more is told so and closed."
    )
    max_request_bytes: int = Field(
        default=65_536, ge=1024, le=16_777_216, description="Largest request a client may send, in bytes."
    )
    max_response_bytes: int = Field(
        default=16_777_216,
        ge=65_536,
        le=268_435_456,
        description="Largest answer the switch gives, in bytes.",
    )
    write_buffer_bytes: int = Field(
        default=262_144,
        ge=4096,
        le=16_777_216,
        description="Unread output at which a client counts as slow and its requests wait, in bytes.",
    )
    feed_buffer_events: int = Field(
        default=100_000,
        ge=1,
        le=10_000_000,
        description="Events kept for subscribers that are slow or come back; older ones are a gap to them.",
    )
    feed_buffer_bytes: int = Field(
        default=67_108_864,
        ge=65_536,
        le=4_294_967_296,
        description="The same in bytes: whichever comes first. All subscribers share it.",
    )
    keys_kept_s: float = Field(
        default=600.0,
        ge=1,
        le=86_400,
        description="How long a request that comes again with its key gets the first answer, in seconds.",
    )
    stalled_s: float = Field(
        default=60.0,
        ge=0.1,
        le=86_400,
        description="A client that has read nothing of what waits for it for so long is dropped, in seconds.",
    )
    unix_needs_token: bool = Field(
        default=False,
        description="Whether clients of the Unix sockets must show a token too; without, who may write to "
        "the file is an administrator.",
    )
    listeners: list[ControlListenerConfig] = Field(
        default_factory=list,
        description="Addresses where clients of other machines connect, who must all show who they are: "
        "[[control.listeners]].",
    )
    websocket: bool = Field(
        default=False,
        description="Whether browsers connect to /control on the HTTP port (http.enabled), with JSON over "
        "WebSocket. They must show who they are.",
    )
    websocket_origins: tuple[str, ...] = Field(
        default=(),
        description="Origins of pages that may connect there, such as https://desk.example.com; programs "
        "that send no origin may.",
    )
    authenticate_within_s: float = Field(
        default=1.0,
        gt=0,
        le=60,
        description="So long may a connection be open before its client says who it is, in seconds.",
    )
    authenticate_bytes: int = Field(
        default=4096,
        ge=512,
        le=65_536,
        description="So much may a client send until it is known, in bytes.",
    )
    max_per_source: int = Field(
        default=32,
        ge=1,
        le=10_000,
        description="Connections one address may have open, at listeners and as WebSockets together.",
    )
    source_failures: int = Field(
        default=20,
        ge=1,
        le=10_000,
        description="Wrong tokens and passwords after which an address is not listened to for lock_s.",
    )
    agent_failures: int = Field(
        default=5,
        ge=1,
        le=1000,
        description="Wrong passwords after which an agent cannot sign in by password for lock_s.",
    )
    lock_s: float = Field(
        default=900,
        gt=0,
        le=86_400,
        description="How long failures are remembered and a lock lasts, in seconds.",
    )
    idle_s: float = Field(
        default=0,
        ge=0,
        le=86_400,
        description="An agent's client that has had nothing done for so long, pings aside, is hung up on, in "
        "seconds; 0: never.",
    )
