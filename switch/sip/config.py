"""The SIP stack's sections of the configuration."""

from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from runtime.hosts import check_host
from runtime.models import KeyMistake, Section
from switch.sip.digest import Algorithm

EVERYWHERE = ("0.0.0.0", "::")
"""Hosts that mean every address of this machine."""


class SipConfig(Section):
    """Section ``[sip]``: signalling with phones and trunks."""

    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=5060, ge=1, le=65535, description="UDP port to listen on.")
    advertised_host: str | None = Field(
        default=None,
        min_length=1,
        description="Address phones reach this switch at, written into Via and Contact; host when absent.",
    )
    realm: str = Field(
        default="ringmain", min_length=1, description="Realm phones are asked for their password in."
    )
    user_agent_name: str = Field(
        default="Ringmain", min_length=1, description="Value of Server and User-Agent."
    )
    algorithms: tuple[Algorithm, ...] = Field(
        default=(Algorithm.MD5,),
        min_length=1,
        description="Digest algorithms offered to phones, in this order. Add SHA-256 only where every phone "
        "accepts it in the list; baresip 1 does not.",
    )
    nonce_lifetime_s: float = Field(
        default=300, gt=0, description="How long a challenge can be answered, in seconds."
    )
    register_expires_min_s: int = Field(
        default=30, ge=1, description="Shortest registration accepted, in seconds."
    )
    register_expires_max_s: int = Field(
        default=3600, ge=1, description="Longest registration granted, in seconds."
    )
    register_expires_default_s: int = Field(
        default=600, ge=1, description="Registration granted to a phone that names no time, in seconds."
    )
    bindings_per_station: int = Field(
        default=10, ge=1, le=100, description="Registered contacts kept for a station; the oldest gives way."
    )
    answer_to_source: bool = Field(
        default=False,
        description="Whether answers go to the port a request came from even without rport in its Via (NAT).",
    )
    dial_limit_s: float = Field(
        default=180,
        gt=0,
        description="How long a dialled party may take to answer before it is given up, in seconds.",
    )
    attempt_timeout_s: float = Field(
        default=4,
        gt=0,
        description="How long a dialled address may stay silent before the next one is tried, in seconds.",
    )
    t1_ms: int = Field(
        default=500, ge=10, le=10_000, description="RFC 3261 T1: estimated round trip, in milliseconds."
    )
    t2_ms: int = Field(
        default=4000, ge=10, le=60_000, description="RFC 3261 T2: longest repeat interval, in milliseconds."
    )
    t4_ms: int = Field(
        default=5000, ge=10, le=60_000, description="RFC 3261 T4: life of a message, in milliseconds."
    )
    max_message_bytes: int = Field(
        default=16_384,
        ge=1024,
        le=65_535,
        description="Longest message taken, in bytes; a longer one is answered 513.",
    )
    max_transactions: int = Field(
        default=100_000,
        ge=100,
        description="Open server transactions beyond which new requests are answered 503.",
    )
    _are_hosts = field_validator("host", "advertised_host")(check_host)

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        shortest, longest = self.register_expires_min_s, self.register_expires_max_s
        default = self.register_expires_default_s
        if not shortest <= default <= longest:
            names = ("register_expires_default_s", "register_expires_min_s", "register_expires_max_s")
            raise KeyMistake(
                next(name for name in names if name in self.model_fields_set),
                "register_expires_min_s <= register_expires_default_s <= register_expires_max_s, "
                f"not {shortest} <= {default} <= {longest}",
            )
        if self.host in EVERYWHERE and self.advertised_host is None:
            raise KeyMistake("host", "advertised_host beside it, because phones cannot be told to reach that")
        return self


class StationConfig(Section):
    """Section ``[[stations]]``: a phone that may register here."""

    name: str = Field(
        min_length=1,
        pattern=r"^[^\s@:;<>\"]+$",
        description="User part of the phone's address and its user name.",
    )
    password: SecretStr = Field(min_length=1, description="Password the phone registers with.")
