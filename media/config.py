"""The configuration sections ``[media]`` and ``[recordings]``."""

from ipaddress import ip_address
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class MediaConfig(BaseModel):
    """Where voice comes in and goes out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(
        default="127.0.0.1",
        description="IP address that media ports are bound to and that SDP names; phones must reach it",
    )
    port_min: int = Field(
        default=20000,
        ge=1024,
        le=65534,
        description="first UDP port for media; every leg takes an even port for RTP and the odd one above it",
    )
    port_max: int = Field(
        default=29999, ge=1025, le=65535, description="last UDP port for media; a pair rests 5 s after use"
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="threads that carry packets; one carries some thousand legs on one processor core",
    )
    media_timeout_s: float = Field(
        default=60.0,
        ge=0,
        le=3600,
        description="seconds without a packet after which a leg counts as dead; 0 for never",
    )
    prompts: Path = Field(
        default=Path("prompts"), description="folder of prompts; zh/greeting.wav there is prompt zh/greeting"
    )

    @field_validator("host")
    @classmethod
    def _is_address(cls, host: str) -> str:
        if ip_address(host).is_unspecified:
            raise ValueError("an address that phones can send to, not a wildcard")
        return host

    @model_validator(mode="after")
    def _has_a_pair(self) -> Self:
        if self.port_min + self.port_min % 2 >= self.port_max:
            raise ValueError("a port range from port_min to port_max that holds an even port and the next")
        return self


class RecordingsConfig(BaseModel):
    """Where recordings are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path = Field(
        default=Path("recordings"),
        description="folder of recordings; each is <folder>/<YYYY-MM-DD>/<recording id>.wav, by local date",
    )
