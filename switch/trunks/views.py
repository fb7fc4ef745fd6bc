"""Trunks as people, programs and Prometheus see them: plain data, read from memory."""

from collections.abc import Mapping
from math import ceil

from runtime.models import Answer
from switch.application import Gauge
from switch.metrics import Total
from switch.trunks.endpoints import Endpoint
from switch.trunks.health import TrunkState
from switch.trunks.registration import Registration, RegistrationState
from switch.trunks.trunk import Trunk
from switch.trunks.trunks import Trunks

Readings = Mapping[tuple[str, ...], float]
"""Label values → number."""


class AddressView(Answer):
    """An address of a trunk."""

    address: str
    name: str
    """As the configuration or DNS names it."""
    state: TrunkState
    since_s: float | None
    round_trip_ms: float | None
    """Of OPTIONS."""
    paused_s: int
    """How long it still wants no calls, by the Retry-After of a 503; 0 when it takes them."""
    last_status: int | None
    priority: int
    weight: int


class TrunkView(Answer):
    """A trunk in short."""

    name: str
    enabled: bool
    state: TrunkState
    registration: RegistrationState
    calls_in: int
    calls_out: int
    channels: int
    """How many calls at most; 0: any number."""
    round_trip_ms: float | None
    """At its fastest address."""
    turned_away_in: int
    """Calls beyond its limits since the start."""
    turned_away_out: int
    addresses: list[AddressView]


class ShareView(Answer):
    """What a tenant may use of a trunk."""

    tenant: str
    channels: int
    calls: int


class TrunkDetails(TrunkView):
    """A trunk with its limits (0: none) and its registration."""

    shares: list[ShareView]
    channels_in: int
    channels_out: int
    calls_per_s_in: float
    calls_per_s_out: float
    domain: str
    networks: list[str]
    numbers: list[str]
    codecs: list[str]
    registration_user: str
    registration_status: int | None
    """The registrar's last answer."""
    registration_since_s: float | None
    registration_expires_s: int | None


def trunk_view(trunk: Trunk, now: float) -> TrunkView:
    """A trunk in short. Of its limits 0 means none."""
    channels, registration = trunk.channels, trunk.registration
    return {
        "name": trunk.name,
        "enabled": trunk.enabled,
        "state": trunk.state,
        "registration": registration.state,
        "calls_in": channels.incoming,
        "calls_out": channels.outgoing,
        "channels": channels.limit,
        "round_trip_ms": _ms(trunk.round_trip_s),
        "turned_away_in": trunk.turned_away["in"],
        "turned_away_out": trunk.turned_away["out"],
        "addresses": [_endpoint_view(endpoint, now) for endpoint in trunk.endpoints.values()],
    }


def trunk_details(trunk: Trunk, now: float) -> TrunkDetails:
    """The same with its limits and its registration."""
    config, registration = trunk.config, trunk.registration
    return {
        **trunk_view(trunk, now),
        "shares": [
            {"tenant": tenant, "channels": share, "calls": trunk.channels.calls_of(tenant)}
            for tenant, share in trunk.channels.shares.items()
        ],
        "channels_in": config.channels_in,
        "channels_out": config.channels_out,
        "calls_per_s_in": config.calls_per_s_in,
        "calls_per_s_out": config.calls_per_s_out,
        "domain": config.domain,
        "networks": list(config.networks),
        "numbers": list(config.numbers),
        "codecs": [codec.value for codec in config.codecs],
        "registration_user": config.user,
        "registration_status": registration.last_status,
        "registration_since_s": round(now - registration.since, 3) if config.registration else None,
        "registration_expires_s": _left_s(registration, now),
    }


def _endpoint_view(endpoint: Endpoint, now: float) -> AddressView:
    health = endpoint.health
    return {
        "address": str(endpoint.hop),
        "name": endpoint.address.host,
        "state": health.state,
        "since_s": None if health.state is TrunkState.UNKNOWN else round(now - health.since, 3),
        "round_trip_ms": _ms(health.round_trip_s),
        "paused_s": ceil(health.pause_left_s(now)),
        "last_status": health.last_status,
        "priority": endpoint.address.priority,
        "weight": endpoint.address.weight,
    }


def _left_s(registration: Registration, now: float) -> int | None:
    """How long what was granted holds; None when nothing was."""
    if registration.state is not RegistrationState.REGISTERED:
        return None
    return max(0, round(registration.expires_at - now))


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


class TrunkReadings:
    """The numbers behind gauges and totals."""

    def __init__(self, trunks: Trunks) -> None:
        self._trunks = trunks

    def gauges(self) -> tuple[Gauge, ...]:
        return (
            Gauge("trunk_state", "1 for the state a trunk is in, else 0.", ("trunk", "state"), self._states),
            Gauge("trunk_calls", "Calls that are up on a trunk.", ("trunk", "direction"), self._calls),
            Gauge(
                "trunk_round_trip_seconds",
                "Round trip of OPTIONS at the fastest address of a trunk.",
                ("trunk",),
                self._round_trips,
            ),
        )

    def totals(self) -> tuple[Total, ...]:
        help_text = "Calls turned away by a limit of a trunk."
        return (Total("trunk_turned_away", help_text, ("trunk", "direction"), self._turned_away),)

    def _states(self) -> Readings:
        return {
            (trunk.name, state.value): float(trunk.state is state)
            for trunk in self._trunks.all()
            for state in TrunkState
        }

    def _calls(self) -> Readings:
        return {
            (trunk.name, direction): float(count)
            for trunk in self._trunks.all()
            for direction, count in (("in", trunk.channels.incoming), ("out", trunk.channels.outgoing))
        }

    def _round_trips(self) -> Readings:
        times = ((trunk.name, trunk.round_trip_s) for trunk in self._trunks.all())
        return {(name,): seconds for name, seconds in times if seconds is not None}

    def _turned_away(self) -> Readings:
        return {
            (trunk.name, direction): float(count)
            for trunk in self._trunks.all()
            for direction, count in trunk.turned_away.items()
        }
