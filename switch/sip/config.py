"""The SIP stack's sections of the configuration."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from switch.sip.digest import Algorithm


class SipConfig(BaseModel):
    """Section ``[sip]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(5060, ge=1, le=65535, description="UDP port to listen on")
    advertised_host: str | None = Field(
        None,
        min_length=1,
        description="address phones reach this switch at, written into Via and Contact; host when absent",
    )
    realm: str = Field("ringmain", min_length=1, description="realm phones are asked for their password in")
    user_agent_name: str = Field("Ringmain", min_length=1, description="value of Server and User-Agent")
    algorithms: tuple[Algorithm, ...] = Field(
        (Algorithm.MD5,),
        min_length=1,
        description="digest algorithms offered to phones, in this order; add SHA-256 where every phone "
        "bears the sight of it (baresip 1 gives up, SIPp looks at the first only)",
    )
    nonce_lifetime_s: float = Field(300, gt=0, description="how long a challenge can be answered, in seconds")
    register_expires_min_s: int = Field(30, ge=1, description="shortest registration accepted, in seconds")
    register_expires_max_s: int = Field(3600, ge=1, description="longest registration granted, in seconds")
    register_expires_default_s: int = Field(
        600, ge=1, description="registration granted to a phone that names no time, in seconds"
    )
    contacts_per_station: int = Field(
        10, ge=1, le=100, description="registered contacts kept for a station; the oldest gives way"
    )
    answer_to_source: bool = Field(
        False,
        description="answer to the port a request came from even when its Via has no rport (NAT)",
    )
    dial_limit_s: float = Field(
        180, gt=0, description="a dialled station that has not answered by then is given up, in seconds"
    )
    t1_ms: int = Field(
        500, ge=10, le=10_000, description="RFC 3261 T1: estimated round trip, in milliseconds"
    )
    t2_ms: int = Field(
        4000, ge=10, le=60_000, description="RFC 3261 T2: longest repeat interval, in milliseconds"
    )
    t4_ms: int = Field(5000, ge=10, le=60_000, description="RFC 3261 T4: life of a message, in milliseconds")
    max_message_bytes: int = Field(
        65_535, ge=1024, le=65_535, description="longer messages are answered 513, in bytes"
    )
    max_transactions: int = Field(
        100_000, ge=100, description="open server transactions beyond which new requests are answered 503"
    )
    rejection_events_per_s: int = Field(
        20, ge=1, description="unusable messages reported one by one each second; the rest is only counted"
    )

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        shortest, longest = self.register_expires_min_s, self.register_expires_max_s
        if not shortest <= self.register_expires_default_s <= longest:
            raise ValueError("register_expires_min_s <= register_expires_default_s <= register_expires_max_s")
        if self.host in ("0.0.0.0", "::") and self.advertised_host is None:
            raise ValueError(f"advertised_host, because phones cannot be told to reach us at {self.host}")
        return self


class StationConfig(BaseModel):
    """One entry of ``[[stations]]``: a phone that may register here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        min_length=1,
        pattern=r"^[^\s@:;<>\"]+$",
        description="user part of the phone's address and its user name",
    )
    password: SecretStr = Field(min_length=1, description="password the phone registers with")
