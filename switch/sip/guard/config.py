"""The ``[guard]`` section of the configuration."""

from pathlib import Path

from pydantic import Field, field_validator

from runtime.models import Section
from switch.sip.guard.networks import check_networks

SCANNERS = (
    "friendly-scanner",
    "sipvicious",
    "sipcli",
    "sip-scan",
    "sundayddr",
    "iwar",
    "vaxsipuseragent",
    "vaxasip",
    "pplsip",
    "svmap",
)
"""Parts of the User-Agent of tools that look for switches to break into."""


class GuardConfig(Section):
    """Section ``[guard]``: what one source may do, and what happens to it when it does more.

    A source is an IPv4 address or an IPv6 network of 64 bits.
    """

    allow: tuple[str, ...] = Field(
        default=("127.0.0.1/32", "::1/128"),
        description="Networks that no limit applies to and that are never banned, such as a carrier's; "
        "allow goes before deny.",
    )
    deny: tuple[str, ...] = Field(
        default=(), description="Networks whose messages are dropped unread; 0.0.0.0/0 for all but allow's."
    )
    messages_per_s: float = Field(
        default=1000, gt=0, description="SIP messages of one source per second; more are dropped."
    )
    messages_burst: int = Field(default=4000, ge=1, description="As many at once.")
    registrations_per_s: float = Field(
        default=50, gt=0, description="REGISTERs of one source per second; more are answered 503."
    )
    registrations_burst: int = Field(default=600, ge=1, description="As many at once.")
    calls_per_s: float = Field(
        default=50, gt=0, description="New calls of one source per second; more are answered 503."
    )
    calls_burst: int = Field(default=200, ge=1, description="As many at once.")
    open_calls: int = Field(
        default=2000, ge=1, description="Calls one source may have up; more are answered 503."
    )
    open_transactions: int = Field(
        default=10_000, ge=10, description="Open transactions of one source; more are answered 503."
    )
    junk_per_s: float = Field(
        default=20, gt=0, description="Unusable messages of one source per second; more ban it."
    )
    junk_burst: int = Field(default=100, ge=1, description="As many at once.")
    password_failures_per_min: float = Field(
        default=10,
        gt=0,
        description="Wrong passwords, unknown stations and refused strangers (sip.guests) from one source "
        "per minute; more ban it.",
    )
    password_failures_burst: int = Field(default=50, ge=1, description="As many at once.")
    station_failures_per_min: float = Field(
        default=10,
        gt=0,
        description="Wrong passwords for one station per minute, from anywhere; after more it can only be "
        "registered from where it is registered now.",
    )
    station_failures_burst: int = Field(default=30, ge=1, description="As many at once.")
    scanners: tuple[str, ...] = Field(
        default=SCANNERS,
        description="Parts of a User-Agent, in lower case, whose sender is banned without an answer.",
    )
    ban_s: float = Field(
        default=600, ge=1, description="A first ban, in seconds; each further one is twice as long."
    )
    ban_max_s: float = Field(default=86_400, ge=1, description="Longest ban given by itself, in seconds.")
    ban_memory_s: float = Field(
        default=86_400,
        ge=0,
        description="So long after its end a ban makes the next one longer, in seconds.",
    )
    ban_file: Path = Field(default=Path("run/bans.json"), description="File that keeps bans over a restart.")
    max_bans: int = Field(
        default=10_000, ge=10, description="Bans at a time; beyond, the one that ends first gives way."
    )
    max_sources: int = Field(
        default=65_536, ge=100, description="Sources remembered; beyond, those heard of last longest ago go."
    )
    events_per_s: int = Field(
        default=20,
        ge=1,
        description="Refusals of one kind told one by one per second; the rest is told as a number.",
    )
    max_loop_delay_ms: int = Field(
        default=200,
        ge=10,
        le=10_000,
        description="Delay of the switch itself beyond which new calls and registrations are answered 503, "
        "in milliseconds.",
    )
    overload_after_s: float = Field(
        default=1.0,
        ge=0.1,
        le=60,
        description="How long the delay must last before that begins, and be below half before it ends, "
        "in seconds.",
    )
    max_calls: int = Field(
        default=0, ge=0, description="Calls up at a time; more are answered 503. 0: no limit."
    )
    max_calls_per_s: int = Field(
        default=0,
        ge=0,
        description="New calls per second in all; more are answered 503. 0: no limit.",
    )
    retry_after_s: int = Field(
        default=10,
        ge=1,
        le=3600,
        description="Least Retry-After of these answers, in seconds; spread up to twice that.",
    )

    _are_networks = field_validator("allow", "deny")(check_networks)
