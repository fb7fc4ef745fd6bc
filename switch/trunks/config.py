"""The sections of the configuration about trunks, routes and numbers."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from media.commands import Codec
from media.config import Srtp
from runtime.hosts import check_host
from runtime.models import KeyMistake, Section
from runtime.problems import Finding, listed
from switch.recording_rule import RecordingRule
from switch.sip.headers.data_headers import check_data_headers
from switch.trunks.numbering import NumberForm, NumberingPlan
from switch.trunks.patterns import Pattern, parse_pattern, parse_rule

_HOST_OF_A_URI = r"^[A-Za-z0-9.\-_:\[\]]+$"


class Transport(StrEnum):
    """How messages travel to a trunk."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class DiversionHeader(StrEnum):
    """How a trunk is told who sent a call on."""

    DIVERSION = "diversion"
    """RFC 5806."""
    HISTORY_INFO = "history-info"
    """RFC 7044."""


class LandingPlace(StrEnum):
    """Where a trunk puts the landing code of a call."""

    NONE = "none"
    CALLED = "called"
    """Before the called number."""
    CALLER = "caller"
    """Before the caller's number."""
    AREA_CODE = "area_code"
    """The caller's number begins with it and keeps it."""


class AddressConfig(Section):
    """Key ``addresses`` of ``[[trunks]]``: one place where the far end is."""

    host: str = Field(
        min_length=1,
        description="IP address, or a name: with a port its addresses are taken, else its SRV records.",
    )
    port: int | None = Field(
        default=None, ge=1, le=65535, description="Port; absent: as DNS says, or the transport's own."
    )
    transport: Transport | None = Field(
        default=None, description="How messages travel; absent: as DNS says, or udp."
    )
    priority: int = Field(default=0, ge=0, le=65535, description="Lower ones are tried first.")
    weight: int = Field(
        default=1, ge=0, le=65535, description="Share of the calls among addresses of one priority."
    )

    _is_host = field_validator("host")(check_host)


class TrunkConfig(Section):
    """Section ``[[trunks]]``: a carrier, a session border controller or a gateway."""

    name: str = Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\s:/]+$",
        description="Short name without spaces, colons and slashes, used in routes, events and records.",
    )
    enabled: bool = Field(default=True, description="Whether it carries calls, registers and is asked.")
    addresses: list[AddressConfig] = Field(
        min_length=1,
        max_length=32,
        description="Where it is: host, port, transport, priority and weight of each place.",
    )
    outbound_proxy: AddressConfig | None = Field(
        default=None, description="Where its requests are sent instead, with the address as the destination."
    )
    domain: str = Field(
        default="",
        pattern=_HOST_OF_A_URI + "|^$",
        description="Host in the addresses we write (Request-URI, From, To); empty: the address itself.",
    )
    networks: list[str] = Field(
        default_factory=list,
        description="Further addresses and networks its calls come from, such as 192.0.2.0/28.",
    )
    numbers: list[str] = Field(
        default_factory=list,
        description="Patterns of the called numbers that are its own, after rewriting; empty: any.",
    )
    record: RecordingRule | bool | None = Field(
        default=None,
        description="From when on contacts that come in over it are recorded where the access code does not "
        "say, in the words of its record; absent: from_answer.",
    )
    record_share: float = Field(
        default=1.0, ge=0, le=1, description="The share of them that is recorded so, chosen by chance."
    )
    user: str = Field(default="", description="User name for its digest challenges, and of the registration.")
    password: SecretStr | None = Field(default=None, description="Password that goes with it.")
    registration: bool = Field(default=False, description="Whether we register there, as user.")
    registrar: AddressConfig | None = Field(
        default=None, description="Where we register; absent: at its addresses."
    )
    register_expires_s: int = Field(
        default=600, ge=60, le=86_400, description="Registration asked for, in seconds."
    )
    contact_user: str = Field(
        default="",
        pattern=r'^[^\s@:;<>"]*$',
        description="User part of the Contact we register; empty: user.",
    )
    from_user: str = Field(
        default="",
        pattern=r'^[^\s@:;<>"]*$',
        description="User part of From in all calls, where the carrier wants its own; empty: the caller.",
    )
    called_in: list[str] = Field(
        default_factory=list, description='Rules for called numbers that come in, such as "+86. => 0.".'
    )
    caller_in: list[str] = Field(default_factory=list, description="Rules for callers' numbers that come in.")
    called_out: list[str] = Field(default_factory=list, description="Rules for called numbers that go out.")
    caller_out: list[str] = Field(default_factory=list, description="Rules for callers' numbers that go out.")
    form_in: NumberForm = Field(
        default=NumberForm.AS_IS,
        description="Form of the numbers that come in; all but as_is are made national, after the rules.",
    )
    form_out: NumberForm = Field(
        default=NumberForm.AS_IS, description="Form that numbers are given on the way out, before the rules."
    )
    landing_code: LandingPlace = Field(
        default=LandingPlace.NONE,
        description="Where it puts the landing code (落地码) that tells the caller's area.",
    )
    trust_identity: bool = Field(
        default=False, description="Whether the caller it asserts (P-Asserted-Identity) is believed."
    )
    assert_identity: bool = Field(
        default=False,
        description="Whether callers are asserted to it (P-Asserted-Identity), hidden ones too.",
    )
    hide_topology: bool = Field(
        default=True,
        description="Whether it is kept from learning what the switch is and whom else it talks to.",
    )
    diversion_header: DiversionHeader = Field(
        default=DiversionHeader.DIVERSION,
        description="How it is told who sent a call on, unless hide_topology keeps that from it.",
    )
    data_headers: dict[str, str] = Field(
        default_factory=dict,
        description="Headers in which its calls bring call data and are told them, with the names of these: "
        '{ User-to-User = "order_no", X-Level = "level" }; nothing else is read or told.',
    )
    codecs: list[Codec] = Field(
        default_factory=lambda: [Codec.PCMA, Codec.PCMU],
        min_length=1,
        description="Codecs offered to it, of those in [media], the preferred first; "
        "before them what the other party speaks, if it is one of them.",
    )
    srtp: Srtp | None = Field(
        default=None,
        description="Whether its calls are encrypted: off, accept, optional or required; absent: as in "
        "[media].",
    )
    reliable_provisionals: bool = Field(
        default=False, description="Whether its provisional answers must be acknowledged (Require: 100rel)."
    )
    channels: int = Field(default=0, ge=0, description="Calls at a time, in and out together; 0: no limit.")
    shares: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict,
        description="Channels kept for tenants, such as { acme = 10, globex = 5 }: a tenant gets a channel "
        "within its share whatever the others do; beyond it what their unused shares leave.",
    )
    channels_in: int = Field(default=0, ge=0, description="Calls at a time that came in; 0: no limit.")
    channels_out: int = Field(default=0, ge=0, description="Calls at a time that went out; 0: no limit.")
    calls_per_s_in: float = Field(
        default=0, ge=0, description="New calls a second that come in; 0: no limit."
    )
    calls_per_s_out: float = Field(
        default=0, ge=0, description="New calls a second that go out; 0: no limit."
    )
    retry_after_s: int = Field(
        default=5, ge=1, le=3600, description="Retry-After of the 503 beyond the limits, in seconds."
    )
    attempt_timeout_s: float = Field(
        default=4,
        gt=0,
        le=60,
        description="How long an address may be silent about a call before the next is tried, in seconds.",
    )
    failover_statuses: list[int] = Field(
        default_factory=list,
        description="Answers after which a call tries the next address or trunk, beside 408, 491 and 5xx.",
    )
    redirects: int = Field(
        default=0,
        ge=0,
        le=8,
        description="How many 3xx answers a call follows, one after the other, to the addresses they name. "
        "0: none, as whoever answers so decides where a call goes that you pay for.",
    )
    options_interval_s: float = Field(
        default=30,
        ge=0,
        le=3600,
        description="Pause between two OPTIONS to an address, in seconds; 0: none are sent.",
    )
    options_timeout_s: float = Field(
        default=5,
        gt=0,
        le=32,
        description="How long an answer to OPTIONS is waited for, until the next at most, in seconds.",
    )
    alive_statuses: list[int] = Field(
        default_factory=list,
        description="Answers to OPTIONS of a far end that works; empty: all but 408 and 5xx (501 is fine).",
    )
    failures_to_down: int = Field(
        default=3, ge=1, le=100, description="Failures in a row after which an address is down."
    )
    successes_to_up: int = Field(
        default=2, ge=1, le=100, description="Successes in a row after which it is up again."
    )
    rest_s: float = Field(
        default=30,
        ge=1,
        le=3600,
        description="Without OPTIONS: how long an address that is down is left alone, in seconds.",
    )

    _are_data_headers = field_validator("data_headers")(check_data_headers)

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, networks: list[str]) -> list[str]:
        for network in networks:
            try:
                ip_network(network)
            except ValueError as error:
                raise ValueError(
                    "networks such as 192.0.2.0/28, without bits behind the prefix, or addresses"
                ) from error
        return networks

    @field_validator("numbers")
    @classmethod
    def _are_patterns(cls, patterns: list[str]) -> list[str]:
        return _read_by(parse_pattern, patterns)

    @field_validator("called_in", "caller_in", "called_out", "caller_out")
    @classmethod
    def _are_rules(cls, rules: list[str]) -> list[str]:
        return _read_by(parse_rule, rules)

    @field_validator("failover_statuses", "alive_statuses")
    @classmethod
    def _are_statuses(cls, statuses: list[int], info: Any) -> list[int]:
        lowest = 300 if info.field_name == "failover_statuses" else 200
        if any(not lowest <= status < 700 for status in statuses):
            raise ValueError(f"final statuses from {lowest} to 699")
        return statuses

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        if sum(self.shares.values()) > self.channels:
            raise KeyMistake("shares", f"shares that make up at most the channels, which are {self.channels}")
        if self.registration and not self.user:
            raise KeyMistake("registration", "user beside it, with the password")
        if self.user and self.password is None:
            raise KeyMistake("user", "password beside it")
        return self


class RouteConfig(Section):
    """Section ``[[routes]]``: which trunks carry calls to which outside numbers."""

    numbers: list[str] = Field(
        min_length=1,
        description='Patterns such as "0." or "1XXXXXXXXXX"; of several that fit the most precise one wins.',
    )
    trunks: list[str] = Field(
        min_length=1, description="Names of the trunks, in the order in which they are tried."
    )
    weights: list[int] = Field(
        default_factory=list,
        description="For each trunk its share of the first attempts; empty: always the first of them.",
    )
    caller_number: str = Field(default="", description="Number shown to the called; empty: the caller's.")
    level: int = Field(
        default=0,
        ge=0,
        le=9,
        description="Stations dial these numbers, and transfer calls to them, with an outside_level as high. "
        "Access codes, queues and flows lead there all the same.",
    )

    @field_validator("numbers")
    @classmethod
    def _are_patterns(cls, patterns: list[str]) -> list[str]:
        return _read_by(parse_pattern, patterns)

    @model_validator(mode="after")
    def _check_weights(self) -> Self:
        if self.weights and (len(self.weights) != len(self.trunks) or min(self.weights) < 0):
            raise KeyMistake("weights", "as many weights as trunks, none negative")
        return self


class AreaConfig(Section):
    """Section ``[[areas]]``: an area and the landing codes (落地码) that tell it."""

    name: str = Field(min_length=1, description="The area's name, for people, flows and records.")
    codes: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1, description="Its landing codes.")


class NumberingConfig(Section):
    """Section ``[numbering]``: the country and area the switch stands in."""

    country_code: str = Field(
        default="86", pattern=r"^[1-9][0-9]{0,2}$", description="Country code without +, one to three digits."
    )
    area_code: str = Field(
        default="",
        pattern=r"^[1-9][0-9]{0,5}$|^$",
        description="Area code without the leading 0; empty: local numbers are not dialled alone.",
    )
    mobile: list[str] = Field(
        default_factory=lambda: ["1XXXXXXXXXX"],
        description="Patterns of national numbers that are dialled without a leading 0.",
    )
    local: list[str] = Field(
        default_factory=lambda: ["[2-8]XXXXXX", "[2-8]XXXXXXX"],
        description="Patterns of numbers within the area.",
    )
    areas_file: Path | None = Field(
        default=None,
        description="CSV file with a landing code and its area's name on each line, beside [[areas]].",
    )

    @field_validator("mobile", "local")
    @classmethod
    def _are_patterns(cls, patterns: list[str]) -> list[str]:
        return _read_by(parse_pattern, patterns)

    def plan(self) -> NumberingPlan:
        """The numbering plan this describes."""
        return NumberingPlan(
            self.country_code,
            self.area_code,
            [parse_pattern(text) for text in self.mobile],
            [parse_pattern(text) for text in self.local],
        )


def find_problems(
    trunks: Sequence[TrunkConfig], routes: Sequence[RouteConfig], areas: Sequence[AreaConfig]
) -> list[Finding]:
    """What is wrong between trunks, routes and areas that are each valid by themselves."""
    names = {trunk.name for trunk in trunks}
    return [*_unknown_trunks(routes, names), *_repeated_patterns(routes), *_repeated_codes(areas)]


def _unknown_trunks(routes: Sequence[RouteConfig], names: set[str]) -> Iterator[Finding]:
    for index, route in enumerate(routes):
        for place, trunk in enumerate(route.trunks):
            path = ("routes", index, "trunks", place)
            if trunk not in names:
                yield Finding(path, f"the name of a trunk: {listed(names)}")
            elif trunk in route.trunks[:place]:
                yield Finding(path, "each trunk once")


def _repeated_patterns(routes: Sequence[RouteConfig]) -> Iterator[Finding]:
    first: dict[Pattern, int] = {}
    for index, route in enumerate(routes):
        for place, pattern in enumerate(map(parse_pattern, route.numbers)):
            if (earlier := first.setdefault(pattern, index)) != index:
                yield Finding(
                    ("routes", index, "numbers", place),
                    f"a pattern of its own; routes[{earlier}] has this one",
                )


def _repeated_codes(areas: Sequence[AreaConfig]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for index, area in enumerate(areas):
        for place, code in enumerate(area.codes):
            if (earlier := first.setdefault(code, index)) != index:
                yield Finding(
                    ("areas", index, "codes", place), f"a code of its own; areas[{earlier}] has this one"
                )


def _read_by(parse: Callable[[str], object], texts: Sequence[str]) -> list[str]:
    for text in texts:
        try:
            parse(text)
        except ValueError as error:
            raise ValueError(f"{error} (in {text!r})") from error
    return list(texts)
