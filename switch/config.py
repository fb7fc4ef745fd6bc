"""The exchange's sections of the configuration."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from runtime.hosts import check_host
from runtime.models import KeyMistake, Section
from runtime.target import HANG_UP, TARGET_PATTERN, WAY_OUT_PATTERN
from runtime.tenancy import bare, tenant_of
from switch.recording_rule import RecordingPolicy, RecordingRule, policy_of
from switch.sip.guard.networks import check_networks


class SwitchConfig(Section):
    """Section ``[switch]``: the exchange itself."""

    name: str = Field(default="ringmain", min_length=1, description="Name of this switch in logs and status.")
    drain_s: float = Field(
        default=60, ge=0, le=86_400, description="How long running calls may go on after SIGTERM, in seconds."
    )
    hold_music: str = Field(
        default="", description="Prompt that those who are put on hold hear; empty: silence."
    )
    personal_data: list[str] = Field(
        default_factory=list,
        description="Names of call data (随路数据) whose values are told by no event and kept in no record, "
        "such as id_number.",
    )
    retry_after_s: int = Field(
        default=30,
        ge=1,
        le=3600,
        description="Retry-After of the 503 that new calls get meanwhile, in seconds.",
    )


class AccessCodeConfig(Section):
    """Section ``[[access_codes]]``: a number customers dial, and what takes the call."""

    number: str = Field(
        min_length=1,
        pattern=r"^[^/]+$",
        description="The dialled number (user part of the request URI), without a slash.",
    )
    target: str = Field(
        pattern=TARGET_PATTERN,
        description="Where its calls go: flow:<name>, queue:<name>, agent:<number>, station:<name>, "
        "number:<digits>, message:<box>, prompt:<name>, feature:<action> or counter:record.",
    )
    business_type: str = Field(
        default="",
        max_length=64,
        description="What its calls are about, as agents' desktops are told by agent.popup.",
    )
    on_failure: str = Field(
        default=HANG_UP,
        pattern=WAY_OUT_PATTERN,
        description="Where a caller goes when the phone that is rung is busy, refuses, does not answer or "
        "cannot be reached: hang_up (the caller is told why), or a target.",
    )
    record: RecordingRule | bool | None = Field(
        default=None,
        description="From when on contacts that come in here are recorded: from_arrival, with what is heard "
        "before the answer; from_answer, or true; from_connect, when they talk to somebody; on_command, or "
        "false, by calls record or the record of flow or queue; never. Absent: as the trunk says, or else "
        "from_answer.",
    )
    record_share: float = Field(
        default=1.0, ge=0, le=1, description="The share of contacts that is recorded so, chosen by chance."
    )

    @property
    def recording(self) -> RecordingPolicy | None:
        """What is said of recording, if anything is; a share alone is of from_answer."""
        if self.record is None and self.record_share == 1:
            return None
        return policy_of(True if self.record is None else self.record, self.record_share)


def policies_of(access_codes: Iterable[AccessCodeConfig]) -> dict[str, RecordingPolicy]:
    """What is said of recording, by number."""
    said = ((code.number, code.recording) for code in access_codes)
    return {number: policy for number, policy in said if policy is not None}


def owners_of(access_codes: Iterable[AccessCodeConfig]) -> dict[str, str]:
    """The tenant, or the house, that each dialled number belongs to."""
    return {bare(code.number): tenant_of(code.number) for code in access_codes}


class HttpConfig(Section):
    """Section ``[http]``: metrics for Prometheus, a health answer, recordings by link, files of phones."""

    enabled: bool = Field(
        default=False,
        description="Whether /metrics, /health, linked recordings and phones' files are served.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=9090, ge=1, le=65535, description="TCP port to listen on.")
    monitor_networks: tuple[str, ...] = Field(
        default=("127.0.0.1/32", "::1/128"),
        description="Networks that /metrics and all of /health are for, such as 10.1.9.0/24; others are told "
        "by /health whether new calls are welcome, and nothing else.",
    )
    certificate: Path | None = Field(
        default=None,
        description="File with the switch's certificate and its chain (PEM): HTTPS. Absent: HTTP.",
    )
    private_key: Path | None = Field(
        default=None, description="File with the certificate's private key (PEM)."
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$",
        description="What links to recordings and the addresses of phones' files begin with, such as "
        "https://pbx.example.com, where others reach this port by another name or through a proxy; absent: "
        "http://<host>:<port>, or https.",
    )

    _is_host = field_validator("host")(check_host)
    _are_networks = field_validator("monitor_networks")(check_networks)

    @property
    def address(self) -> str:
        """What links begin with, without a slash at the end."""
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://{host}:{self.port}"

    @model_validator(mode="after")
    def _has_all_of_tls(self) -> Self:
        if (self.certificate is None) != (self.private_key is None):
            raise KeyMistake("certificate", "certificate and private_key, or neither")
        return self
