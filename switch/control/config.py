"""The ``[control]`` section of the configuration."""

from pathlib import Path

from pydantic import Field

from runtime.models import Section


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
