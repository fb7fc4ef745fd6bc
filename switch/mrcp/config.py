"""The section of the configuration about speech servers."""

from pathlib import Path

from pydantic import Field, field_validator

from media.commands import Codec
from runtime.hosts import is_address
from runtime.models import Section
from switch.mrcp.resource import Resource
from switch.sip.hop import Hop
from switch.trunks.config import Transport

_RELAYED_ONLY = frozenset({Codec.G729})


class SpeechServerConfig(Section):
    """Key ``servers`` of ``[mrcp]``: a server of MRCPv2 that synthesizes or recognises speech."""

    name: str = Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\s:/]+$",
        description="Short name without spaces, colons and slashes, used in events.",
    )
    host: str = Field(description="Its IP address.")
    port: int = Field(default=5060, ge=1, le=65535, description="Port where it speaks SIP.")
    transport: Transport = Field(default=Transport.UDP, description="How SIP goes there: udp, tcp or tls.")
    user: str = Field(
        default="",
        max_length=64,
        pattern=r'^[^\s@:;<>"]*$',
        description="User part of the address it is called at; empty for none.",
    )
    domain: str = Field(
        default="",
        max_length=253,
        pattern=r"^[A-Za-z0-9._-]*$",
        description="Name that its certificate must prove, where TLS is used; empty: any will do.",
    )
    resources: list[Resource] = Field(
        default_factory=lambda: list(Resource),
        min_length=1,
        description="What it does: speechsynth (says texts), speechrecog (understands callers).",
    )
    control_tls: bool = Field(
        default=False, description="Whether its control channel is encrypted (TCP/TLS/MRCPv2)."
    )
    priority: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Lower ones are asked first; of equal ones the one with the fewest sessions.",
    )
    max_sessions: int = Field(
        default=0, ge=0, description="Sessions at a time, such as it has licences; 0: no limit."
    )
    codecs: list[Codec] = Field(
        default_factory=lambda: [Codec.PCMA, Codec.PCMU],
        min_length=1,
        description="Codecs offered to it, the preferred first.",
    )
    setup_timeout_s: float = Field(
        default=3, gt=0, le=60, description="A session must be up by then, else the next server is asked."
    )
    answer_timeout_s: float = Field(
        default=3, gt=0, le=60, description="An answer on its control channel must come by then."
    )
    options_interval_s: float = Field(
        default=30,
        ge=0,
        le=3600,
        description="Pause between two OPTIONS to it, in seconds; 0: none are sent.",
    )
    failures_to_down: int = Field(
        default=2, ge=1, le=100, description="Failures in a row after which it is passed over."
    )
    rest_s: float = Field(
        default=10,
        ge=1,
        le=3600,
        description="How long it is passed over then, in seconds; twice as long each time it fails again, "
        "up to sixteen times.",
    )

    @field_validator("host")
    @classmethod
    def _is_address(cls, host: str) -> str:
        if not is_address(host):
            raise ValueError("an IP address such as 192.0.2.10")
        return host

    @field_validator("codecs")
    @classmethod
    def _can_be_mixed(cls, codecs: list[Codec]) -> list[Codec]:
        if _RELAYED_ONLY & set(codecs):
            raise ValueError("codecs other than G729, which is only relayed")
        return codecs

    @property
    def hop(self) -> Hop:
        """Where its SIP messages go."""
        return Hop(self.transport.value, self.host, self.port, self.domain)


class MrcpConfig(Section):
    """Section ``[mrcp]``: servers that say texts to callers and understand what they say."""

    servers: list[SpeechServerConfig] = Field(
        default_factory=list, max_length=32, description="The servers, each with a name and an address."
    )

    @field_validator("servers")
    @classmethod
    def _have_own_names(cls, servers: list[SpeechServerConfig]) -> list[SpeechServerConfig]:
        names = [server.name for server in servers]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"a name of its own for each server; {name} is given twice")
        return servers

    speaking_max_s: float = Field(
        default=600, ge=1, le=7200, description="A text that is being said is cut off then, in seconds."
    )
    server_ca: Path | None = Field(
        default=None,
        description="File with the authorities that sign the certificates of encrypted control channels "
        "(PEM); those of the system when absent.",
    )
