"""One trunk: its configuration, ready for use, and what is known of it now."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from runtime.vocabulary import Output
from switch.sip.authentication.client_authentication import Account
from switch.sip.locating.search import Place
from switch.trunks.config import AddressConfig, TrunkConfig
from switch.trunks.endpoints import Endpoint
from switch.trunks.events import TrunkFull
from switch.trunks.health import Health, TrunkState, combined
from switch.trunks.limits import Channels, TokenBucket
from switch.trunks.numbers import TrunkNumbers
from switch.trunks.registration import Registration, RegistrationState


@dataclass(slots=True, eq=False)
class Trunk:
    """Everything about one trunk but its calls."""

    config: TrunkConfig
    numbers: TrunkNumbers
    enabled: bool
    channels: Channels
    rate_in: TokenBucket
    rate_out: TokenBucket
    registration: Registration
    endpoints: dict[str, Endpoint]
    """By name. Empty while DNS has not told where the trunk is."""
    turned_away: dict[str, int] = field(default_factory=lambda: {"in": 0, "out": 0})
    """Calls that a limit did not let through since the start, by direction."""
    told_full: set[tuple[str, str]] = field(default_factory=set)
    """Tenants, with the direction, to whom that happened since the last call of theirs that got through."""

    @classmethod
    def create(cls, config: TrunkConfig, numbers: TrunkNumbers) -> "Trunk":
        """A trunk of which nothing is known yet."""
        return cls(
            config=config,
            numbers=numbers,
            enabled=config.enabled,
            channels=Channels(config.channels, config.channels_in, config.channels_out, config.shares),
            rate_in=TokenBucket(config.calls_per_s_in),
            rate_out=TokenBucket(config.calls_per_s_out),
            registration=Registration(config.register_expires_s),
            endpoints={},
        )

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def account(self) -> Account | None:
        """Who we are when it asks for a password."""
        config = self.config
        if config.password is None:
            return None
        return Account(config.user, config.password.get_secret_value())

    @property
    def state(self) -> TrunkState:
        """What is known of it as a whole."""
        if self.registration.state is RegistrationState.FAILED:
            return TrunkState.DOWN
        return combined(endpoint.health.state for endpoint in self.endpoints.values())

    @property
    def round_trip_s(self) -> float | None:
        """Of OPTIONS at its fastest address; None before the first answer."""
        times = (endpoint.health.round_trip_s for endpoint in self.endpoints.values())
        return min((seconds for seconds in times if seconds is not None), default=None)

    @property
    def carries_calls(self) -> bool:
        """Whether calls may go out through it: enabled, registered where it wants that, and not down."""
        return self.enabled and self.state is not TrunkState.DOWN and bool(self.endpoints)

    def is_paused(self, now: float) -> bool:
        """Whether each of its addresses is down or wants no calls for a while."""
        return not any(endpoint.health.takes_calls(now) for endpoint in self.endpoints.values())

    def limit_in(self, tenant: str, now: float) -> str | None:
        """The limit that a further call in, of this tenant, would exceed, or None."""
        return _limit(self.channels.is_full_in(tenant), self.rate_in, now)

    def limit_out(self, tenant: str, now: float) -> str | None:
        """The limit that a further call out, of this tenant, would exceed, or None."""
        return _limit(self.channels.is_full_out(tenant), self.rate_out, now)

    def destinations(self) -> Iterable[tuple[int, AddressConfig, AddressConfig]]:
        """For each of its addresses the position, the address, and where its messages are sent."""
        for position, address in enumerate(self.config.addresses):
            yield position, address, self.config.outbound_proxy or address

    def place(self, located: Iterable[tuple[int, AddressConfig, Iterable[Place]]]) -> list[Endpoint]:
        """Take over where its addresses are now; returns the endpoints that were not there before."""
        found: dict[str, Endpoint] = {}
        for position, address, places in located:
            for place in places:
                name = f"{self.name}/{place.hop}"
                if name in found:  # through one proxy to several addresses
                    name = f"{name}#{position + 1}"
                known = self.endpoints.get(name)
                health = known.health if known else self._new_health()
                found[name] = Endpoint(name, place, position, address, health)
        new = [endpoint for name, endpoint in found.items() if name not in self.endpoints]
        self.endpoints = found
        return new

    def _new_health(self) -> Health:
        return Health(self.config.failures_to_down, self.config.successes_to_up)


def turn_away(trunk: Trunk, direction: str, tenant: str, limit: str) -> list[Output]:
    """Count a call that a limit did not let through; told once until one of the tenant gets through again."""
    trunk.turned_away[direction] += 1
    if (direction, tenant) in trunk.told_full:
        return []
    trunk.told_full.add((direction, tenant))
    return [TrunkFull(trunk=trunk.name, direction=direction, limit=limit, tenant=tenant)]


def _limit(full: bool, rate: TokenBucket, now: float) -> str | None:
    if full:
        return "channels"
    return None if rate.has_one(now) else "calls_per_s"


def watched(config: TrunkConfig) -> list[AddressConfig]:
    """All places of a trunk that must be located."""
    sent_to = [config.outbound_proxy] if config.outbound_proxy else config.addresses
    return [*sent_to, *([config.registrar] if config.registrar else [])]
