"""Section ``[provisioning]`` of the configuration."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, field_validator

from runtime.hosts import check_host
from runtime.models import Section
from switch.sip.guard.networks import check_networks


class PhoneTransport(StrEnum):
    """By what phones speak SIP."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class ProvisioningConfig(Section):
    """Section ``[provisioning]``: what the files of phones say."""

    templates: Path = Field(
        default=Path("phones"), description="Folder with a folder of templates for each make of phones."
    )
    folder: Path | None = Field(
        default=None,
        description="Folder of the files that `ringmain stations provision --publish` writes, which phones "
        "fetch from the HTTP port; absent: none are fetched.",
    )
    networks: tuple[str, ...] = Field(
        default=(),
        description="Networks from which phones fetch files by their hardware address, or without TLS, "
        "such as 10.1.0.0/16; empty: only by TLS, at the address that `--publish` tells.",
    )
    host: str | None = Field(
        default=None, description="Where phones register; absent: `sip.advertised_host`, or `sip.host`."
    )
    port: int | None = Field(
        default=None, ge=1, le=65535, description="The port there; absent: `sip.port`, or 5061 by TLS."
    )
    transport: PhoneTransport = Field(default=PhoneTransport.UDP, description="How: udp, tcp or tls.")
    expires_s: int = Field(default=300, ge=60, le=86400, description="How long a registration holds.")
    ntp: str = Field(default="", max_length=255, description="Whom phones ask the time; empty: as they are.")
    utc_offset_h: float = Field(
        default=8, ge=-12, le=14, multiple_of=0.25, description="Their time, in hours ahead of UTC."
    )
    language: str = Field(default="zh", pattern=r"^(zh|en)$", description="Of their menus: zh or en.")
    voicemail: str = Field(
        default="", max_length=32, pattern=r"^[0-9*#+]*$", description="What their message key dials."
    )
    lamps: list[str] = Field(
        default_factory=list,
        description="What the lamps on their keys show, in this order: stations, agent-2001, queue-service.",
    )

    _are_networks = field_validator("networks")(check_networks)

    @field_validator("host")
    @classmethod
    def _is_host(cls, host: str | None) -> str | None:
        return None if host is None else check_host(host)
