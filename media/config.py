"""The configuration sections ``[media]`` and ``[recordings]``."""

from datetime import time
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from media.commands import Codec
from media.recordings.keys import recipient
from media.recordings.place import DEFAULT, check_template
from runtime.models import KeyMistake, Section


class Srtp(StrEnum):
    """Whether a leg is encrypted (SRTP)."""

    OFF = "off"
    """Never; offers that demand it are refused."""
    ACCEPT = "accept"
    """When the other side offers it."""
    OPTIONAL = "optional"
    """When the other side offers or takes it."""
    REQUIRED = "required"
    """Always; calls without it are refused."""


DEFAULT_CODECS = (Codec.PCMA, Codec.PCMU)
"""A-law first, as on China's networks."""


class MediaConfig(Section):
    """Section ``[media]``: where voice comes in and goes out."""

    host: str = Field(default="127.0.0.1", description="IP address that media ports are bound to.")
    advertised_host: str | None = Field(
        default=None,
        description="IP address that SDP names where phones reach this machine at another; host when absent.",
    )
    host6: str | None = Field(
        default=None,
        description="IPv6 address that media ports are bound to for phones whose SDP names an IPv6 address, "
        "and for phones and trunks that are reached by IPv6 only, where host is an IPv4 one.",
    )
    advertised_host6: str | None = Field(
        default=None, description="IPv6 address that SDP names in place of host6; host6 when absent."
    )
    port_min: int = Field(
        default=20000,
        ge=1024,
        le=65534,
        description="First UDP port for media; a leg takes an even one for RTP and the odd one above it.",
    )
    port_max: int = Field(default=29999, ge=1025, le=65535, description="Last UDP port for media.")
    port_rest_s: float = Field(
        default=5.0,
        ge=0,
        le=600,
        description="Seconds a pair of ports rests after a call, so that who still sends there is not heard "
        "in the next one.",
    )
    latching: Literal["symmetric", "strict"] = Field(
        default="symmetric",
        description="Whose packets are taken: symmetric, of whoever is first, then of that address only, so "
        "that phones behind NAT are heard; strict, only from the host that their SDP names.",
    )
    relatch_after_s: float = Field(
        default=3.0,
        ge=0.5,
        le=3600,
        description="Seconds of silence after which a phone may come back from another port of its host.",
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Threads that carry packets; one carries some two thousand legs on one processor core. "
        "With several, calls that different ones carry are joined as well: the smaller goes to the other's.",
    )
    raw_sending: bool = Field(
        default=True,
        description="Whether packets of many calls leave in one system call, through a raw socket, which "
        "costs less. Needs an IPv4 host and the right to open one (root, or CAP_NET_RAW); without it, and "
        "with false, each leg sends through its own socket.",
    )
    media_timeout_s: float = Field(
        default=60.0,
        ge=0,
        le=3600,
        description="Seconds without a packet after which a leg counts as dead; 0 for never.",
    )
    one_way_after_s: float = Field(
        default=10.0,
        ge=0,
        le=3600,
        description="Seconds an answered phone is talked to without ever being heard, after which the event "
        "media.one_way_detected tells it; 0 for never.",
    )
    in_band_digits: Literal["off", "without_events", "always"] = Field(
        default="without_events",
        description="Whose audio is listened to for keys sent as tones: off, nobody's; without_events, "
        "that of phones whose SDP agrees to no telephone-event; always, everybody's.",
    )
    codecs: list[Codec] = Field(
        default_factory=lambda: list(DEFAULT_CODECS),
        min_length=1,
        description="Codecs taken and offered, the preferred first; before them what the other party "
        "speaks. G729 is only relayed, between two that both speak it.",
    )
    max_forks: int = Field(
        default=500, ge=0, le=100_000, description="Forks of audio to WebSockets that may run at a time."
    )
    fork_authorities: Path | None = Field(
        default=None,
        description="PEM file of certificate authorities that wss:// forks trust beside the system's.",
    )
    srtp: Srtp = Field(
        default=Srtp.ACCEPT,
        description="Whether voice is encrypted (SRTP): off, accept (when the other side offers it), "
        "optional (it is offered too) or required; stations and trunks may have their own.",
    )
    prompts: Path = Field(
        default=Path("prompts"), description="Folder of prompts; zh/greeting.wav there is prompt zh/greeting."
    )

    @field_validator("host", "advertised_host", "host6", "advertised_host6")
    @classmethod
    def _is_address(cls, host: str | None) -> str | None:
        if host is not None:
            _check_address(host)
        return host

    @model_validator(mode="after")
    def _has_a_pair(self) -> Self:
        least, most = self.port_min + self.port_min % 2 + 1, (self.port_max - 1) // 2 * 2
        if least <= self.port_max:
            return self
        why = "for an even port and the one above it: that much each leg takes"
        if "port_max" in self.model_fields_set:
            raise KeyMistake("port_max", f"at least {least}, as port_min is {self.port_min}, {why}")
        raise KeyMistake("port_min", f"at most {most}, as port_max is {self.port_max}, {why}")


def _check_address(host: str) -> None:
    try:
        wildcard = ip_address(host).is_unspecified
    except ValueError:
        wildcard = True
    if wildcard:
        raise ValueError(
            "an IP address that phones can send to, such as 192.0.2.10, not a name or a wildcard"
        )


class RetentionConfig(Section):
    """One rule in ``[[recordings.retention]]``: which recordings it is for, and how long they are kept."""

    keep_days: int = Field(
        ge=1, le=36_500, description="How many days after a recording began it may be deleted."
    )
    queue: str | None = Field(
        default=None, description="For those of customers who waited in this queue last."
    )
    trunk: str | None = Field(default=None, description="For those of customers who came from this trunk.")
    caller: str | None = Field(default=None, description="For those of this customer's number.")
    called: str | None = Field(default=None, description="For those of customers who dialled this number.")
    agent: str | None = Field(
        default=None, description="For those of customers who talked to this agent last."
    )
    tag: str | None = Field(default=None, description="For those that have this tag.")


class RecordingsConfig(Section):
    """Section ``[recordings]``: where recordings are kept."""

    folder: Path = Field(
        default=Path("recordings"),
        description="Folder of recordings; each lies below it as path says.",
    )
    path: str = Field(
        default=DEFAULT,
        description="Where in the folder: {date}, the local day it began; then {hour}, {caller}, {called}, "
        "{trunk}, {access_code}, {tenant} as you like; and {recording_id} at the end.",
    )
    link_key: Path | None = Field(
        default=None,
        description="File whose content signs links to recordings, 32 bytes or more; absent: links are good "
        "until the switch is started anew.",
    )
    spool: Path | None = Field(
        default=None,
        description="Folder on another disk, where recordings begin while folder lags or fails, and go on "
        "when it fails.",
    )
    format: Literal["linear16", "alaw", "mulaw"] = Field(
        default="linear16",
        description="How samples are kept: linear16, 16 bits; alaw or mulaw, 8 bits as G.711 has them, half "
        "the size and no loss for phones that speak it.",
    )
    sync: Literal["never", "at_end", "every_second"] = Field(
        default="at_end",
        description="When a recording is forced to the disk, to survive a power cut. What was written "
        "survives a crash of the switch in any case.",
    )
    writers: int = Field(default=2, ge=1, le=64, description="Threads that write recordings.")
    lagging_after_s: float = Field(
        default=2.0,
        ge=0.5,
        le=60,
        description="How far behind a writer may be before storage.lagging tells of it.",
    )
    beep: str = Field(
        default="",
        description="Prompt such as tone:recorded that is heard when customer and agent are connected and "
        "recorded, or when recording begins while they talk; empty: none.",
    )
    beep_every_s: float = Field(
        default=0,
        ge=0,
        le=3600,
        description="And again every so many seconds while they talk and are recorded, at least 5; 0: never "
        "again.",
    )
    beep_heard_by: Literal["both", "customer", "agent"] = Field(
        default="both", description="Who hears the beep."
    )
    counter_limit_s: float = Field(
        default=14_400,
        gt=0,
        le=86_400,
        description="How long a station may be recorded at the counter, without a caller, before it is hung "
        "up, in seconds.",
    )
    reconcile_at: str = Field(
        default="03:30",
        description="When each night all recordings of the days before are held against files, manifests and "
        "calls, as hours and minutes; empty for never.",
    )

    retention: list[RetentionConfig] = Field(
        default_factory=list,
        description="Rules by which recordings are deleted. Each fits those that have all it names; of those "
        "that fit, the longest counts; what none fits, or is held, is kept.",
    )
    delete_at: str = Field(
        default="02:00",
        description="When each night those are deleted whose time is over, as hours and minutes; empty for "
        "never.",
    )

    @field_validator("path")
    @classmethod
    def _is_template(cls, path: str) -> str:
        return check_template(path)

    @field_validator("beep_every_s")
    @classmethod
    def _lets_them_talk(cls, every_s: float) -> float:
        if 0 < every_s < 5:
            raise ValueError("0, or at least 5 seconds")
        return every_s

    @field_validator("reconcile_at", "delete_at")
    @classmethod
    def _is_time_of_day(cls, at: str) -> str:
        try:
            time.fromisoformat(at or "00:00")
        except ValueError:
            raise ValueError("hours and minutes such as 03:30, or nothing") from None
        return at

    convert: Literal["", "flac", "opus"] = Field(
        default="",
        description="What recordings become once they are over: flac (the same sound at half the size), "
        'opus (a sixth, not the same to the sample), or "" for the file as it was written.',
    )
    encrypt_to: list[str] = Field(
        default_factory=list,
        description="Public keys of age (age1…) that recordings are encrypted to once they are over and "
        "converted; `age-keygen` makes a pair. Whoever has one of the private keys opens them.",
    )
    identity: Path | None = Field(
        default=None,
        description="File with a private key of age, where this machine is to open encrypted recordings.",
    )

    @field_validator("encrypt_to")
    @classmethod
    def _are_public_keys(cls, keys: list[str]) -> list[str]:
        for key in keys:
            recipient(key)
        return keys
