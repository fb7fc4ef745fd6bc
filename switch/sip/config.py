"""The SIP stack's sections of the configuration."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from media.config import Srtp
from runtime.hosts import check_host
from runtime.models import KeyMistake, Section
from runtime.tenancy import bare
from switch.sip.authentication.digest import Algorithm, ha1
from switch.sip.auto_answer import AutoAnswer
from switch.sip.guard.networks import check_networks
from switch.sip.headers.data_headers import check_data_headers

_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")
_STATION_NAME = r"^[^\s@:;<>\"/]+$"

EVERYWHERE = ("0.0.0.0", "::")
"""Hosts that mean every address of this machine."""


class ReliableProvisionals(StrEnum):
    """To whom 180 and 183 are sent so that they cannot be lost (RFC 3262)."""

    IF_REQUIRED = "if_required"
    IF_SUPPORTED = "if_supported"


class SipConfig(Section):
    """Section ``[sip]``: signalling with phones and trunks."""

    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=5060, ge=1, le=65535, description="UDP and TCP port to listen on.")
    tcp: bool = Field(
        default=True,
        description="Whether to listen on TCP too, as RFC 3261 wants (§18); long messages need it.",
    )
    udp_request_max_bytes: int = Field(
        default=1300,
        ge=500,
        le=65_535,
        description="Longer requests go by TCP where the other side takes it (RFC 3261 §18.1.1), in bytes.",
    )
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
    stations_file: Path | None = Field(
        default=None,
        description="CSV file of further stations: a heading (name, password or algorithms for their "
        "hashes, outside_level), then a line for each.",
    )
    authenticate_calls: bool = Field(
        default=True,
        description="Whether a call, message or subscription whose From names a station must prove it by the "
        "station's password. Without, nobody counts as a station: phones cannot dial each other or outside "
        "numbers, watch each other, or write to each other.",
    )
    check_digest_uri: bool = Field(
        default=True,
        description="Whether the address in a proof must be the one that was asked for. Turn it off behind a "
        "proxy that rewrites Request-URIs.",
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
    path: Literal["strict", "lenient"] = Field(
        default="strict",
        description="A registration that came through a proxy (Path) from a phone that does not say it "
        "supports that: refused with 420, or taken.",
    )
    flow_timer_s: int = Field(
        default=120,
        ge=0,
        le=3600,
        description="Phones that keep a connection by RFC 5626 are asked to send something so often, in "
        "seconds; 0 leaves it to them.",
    )
    station_options_interval_s: float = Field(
        default=0,
        ge=0,
        le=3600,
        description="Each registered phone gets OPTIONS so often, in seconds, which keep its way through NAT "
        "open; one that leaves three in a row unanswered is taken off until it registers anew. 0: no phone.",
    )
    registrations: Path = Field(
        default=Path("run/registrations.db"),
        description="File that registered contacts are kept in, so that they outlive a restart.",
    )
    answer_to_source: bool = Field(
        default=False,
        description="Whether answers go to the port a request came from even without rport in its Via (NAT).",
    )
    guests: bool = Field(
        default=True,
        description="Whether calls may come in from addresses that belong to no trunk and no station.",
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
    reliable_provisionals: ReliableProvisionals = Field(
        default=ReliableProvisionals.IF_REQUIRED,
        description="Who gets 180 and 183 reliably (100rel): callers who require it, or all who support it.",
    )
    session_expires_s: int = Field(
        default=1800,
        ge=90,
        le=86_400,
        description="How long a call may go without a sign of life from a peer that knows session timers, "
        "in seconds.",
    )
    session_min_s: int = Field(
        default=90,
        ge=1,
        le=86_400,
        description="Shortest such time a peer may ask for, in seconds. RFC 4028 wants 90 at least.",
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
    subscribe_expires_min_s: int = Field(
        default=60, ge=1, description="Shortest subscription to a station's state accepted, in seconds."
    )
    subscribe_expires_max_s: int = Field(
        default=3600,
        ge=1,
        description="Longest subscription granted, and one that names no time, in seconds.",
    )
    subscriptions_per_station: int = Field(
        default=100, ge=1, description="Subscriptions a station may hold; more are answered 503."
    )
    max_subscriptions: int = Field(
        default=50_000, ge=1, description="Subscriptions of all stations; more are answered 503."
    )
    max_transactions: int = Field(
        default=100_000,
        ge=100,
        description="Open server transactions beyond which new requests are answered 503.",
    )
    _are_hosts = field_validator("host", "advertised_host")(check_host)

    @model_validator(mode="after")
    def _check_sessions(self) -> Self:
        shortest, usual = self.session_min_s, self.session_expires_s
        if shortest > usual:
            raise KeyMistake(
                "session_min_s" if "session_min_s" in self.model_fields_set else "session_expires_s",
                f"session_min_s <= session_expires_s, not {shortest} <= {usual}",
            )
        return self

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
        pattern=_STATION_NAME,
        description="User part of the phone's address and its user name, such as 1001; no "
        'spaces, and none of @ : ; < > " /.',
    )
    password: SecretStr | None = Field(
        default=None, min_length=1, description="Password the phone registers with; this or ha1."
    )
    ha1: dict[Algorithm, SecretStr] | None = Field(
        default=None,
        description="The password as hashes, one for each algorithm offered, so that it stands nowhere; "
        "`ringmain stations hash` makes them.",
    )
    algorithms: tuple[Algorithm, ...] = Field(
        default=(),
        description="Digest algorithms offered to this phone, in this order; empty: those of sip.algorithms.",
    )
    networks: tuple[str, ...] = Field(
        default=(),
        description="Networks its phones register and call from, such as 10.1.0.0/16; empty: any.",
    )
    srtp: Srtp | None = Field(
        default=None,
        description="Whether calls with its phones are encrypted: off, accept, optional or required; absent: "
        "as in [media].",
    )
    webrtc: bool = Field(
        default=False,
        description="Whether its phones are browsers: they are offered audio as these want it, with DTLS "
        "and ICE.",
    )
    auto_answer: AutoAnswer = Field(
        default=AutoAnswer.ALL,
        description="How its phones are told to answer by themselves: call_info (answer-after=0), alert_info "
        "(alert-autoanswer), ring_answer, or all, the first two together.",
    )
    outside_level: int = Field(
        default=0,
        ge=0,
        le=9,
        description="Routes up to this level may be dialled from it, and calls be transferred to them.",
    )
    phone: str = Field(
        default="",
        max_length=64,
        pattern=r"^[^/\\]*$",
        description="Its make, a folder of `provisioning.templates`, such as yealink: what its file is like.",
    )
    mac: str = Field(
        default="",
        pattern=r"^$|^[0-9A-Fa-f]{2}([:-]?[0-9A-Fa-f]{2}){5}$",
        description="Hardware address by which its phone fetches its file, such as 00:15:65:1a:2b:3c.",
    )
    data_headers: dict[str, str] = Field(
        default_factory=dict,
        description="Headers in which its calls bring call data and are told them, with the names of these: "
        '{ User-to-User = "order_no", X-Level = "level" }; nothing else is read or told.',
    )

    _are_networks = field_validator("networks")(check_networks)
    _are_data_headers = field_validator("data_headers")(check_data_headers)

    @field_validator("ha1", mode="before")
    @classmethod
    def _are_hashes(cls, value: Any) -> Any:
        if value is not None and not _is_table_of_hashes(value):
            raise ValueError('a table such as { MD5 = "32 hexadecimal digits", SHA-256 = "64 of them" }')
        return value

    @model_validator(mode="after")
    def _has_one_secret(self) -> Self:
        if self.password is not None and self.ha1 is not None:
            raise KeyMistake("password", "either a password or ha1")
        if self.password is None and not self.ha1:
            raise ValueError("a password, or its hashes as ha1")
        return self

    @property
    def mac_digits(self) -> str:
        """Twelve hexadecimal digits in small letters; empty when it is not known."""
        return self.mac.replace(":", "").replace("-", "").lower()

    def hashes(self, realm: str) -> Mapping[Algorithm, str]:
        """What the password is kept as (RFC 7616 §3.4.2)."""
        if self.password is None:
            return {kind: secret.get_secret_value().lower() for kind, secret in (self.ha1 or {}).items()}
        password = self.password.get_secret_value()
        return {kind: ha1(kind, bare(self.name), realm, password) for kind in Algorithm}

    def without_password(self, realm: str) -> Self:
        """The same with the password's hashes in its place."""
        if self.password is None:
            return self
        hashes = {kind: SecretStr(secret) for kind, secret in self.hashes(realm).items()}
        return self.model_copy(update={"password": None, "ha1": hashes})


def _is_table_of_hashes(value: Any) -> bool:
    if not isinstance(value, Mapping) or not value:
        return False
    known = set(Algorithm)
    return all(
        name in known
        and isinstance(digits, str)
        and len(digits) == Algorithm(name).hex_digits
        and _HEXADECIMAL.fullmatch(digits)
        for name, digits in value.items()
    )
