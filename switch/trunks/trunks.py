"""The trunks' core: calls in and out, the far ends' health, our registrations there, their names in DNS."""

from collections.abc import Sequence
from copy import deepcopy
from itertools import chain

from runtime.deadlines import earliest
from runtime.driver import Handler, of_own
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.tenancy import HOUSE
from runtime.vocabulary import Output
from switch.arrival import Admission
from switch.sip.events import (
    BranchFailed,
    LegAnswered,
    LegEnded,
    LegRinging,
    RequestAnswered,
)
from switch.sip.guard.commands import TRUNKS, TrustSources
from switch.sip.hop import Hop
from switch.sip.locating.locator import Locator
from switch.sip.locating.records import DnsAnswered
from switch.sip.locating.weights import drawing
from switch.trunks.areas import Areas
from switch.trunks.commands import DialTrunk, DisableTrunk, EnableTrunk, StartTrunks
from switch.trunks.config import NumberingConfig, RouteConfig, TrunkConfig
from switch.trunks.endpoints import rank, wanted
from switch.trunks.events import TrunkDisabled, TrunkEnabled
from switch.trunks.health_watch import HealthWatch
from switch.trunks.incoming import IncomingCalls, OwnerOf
from switch.trunks.numbers import TrunkNumbers
from switch.trunks.outgoing import OutgoingCalls
from switch.trunks.registrations import Registrations
from switch.trunks.routing import Routing
from switch.trunks.sources import Sources
from switch.trunks.state import TrunksState
from switch.trunks.trunk import Trunk, watched
from switch.trunks.trunk_legs import TrunkLegs
from switch.trunks.writing import OurHost


class Trunks:
    """Takes DialTrunk, leg events and the ends of requests; returns commands to the SIP stack and events."""

    def __init__(
        self,
        configs: Sequence[TrunkConfig],
        routes: Sequence[RouteConfig],
        numbering: NumberingConfig,
        areas: Areas,
        ids: Ids,
        locator: Locator,
        *,
        our_host: OurHost,
        guests: bool,
        owner_of: OwnerOf = lambda number: HOUSE,
        state: TrunksState | None = None,
    ) -> None:
        """``our_host`` tells what neighbours know us by, ``guests`` whether calls from strangers are let in,
        ``owner_of`` whose an access code is.

        ``state`` is an earlier ``snapshot``, to go on from.
        """
        state = state if state is not None else TrunksState()
        plan = numbering.plan()
        draw = drawing(ids)
        self._trunks = {c.name: Trunk.create(c, TrunkNumbers(c, plan, areas)) for c in configs}
        self._locator = locator
        self._draw = draw
        self._known_health = state.health
        self._legs = TrunkLegs(self._trunks, state.legs)
        self._health = HealthWatch(self._trunks, ids, draw, our_host)
        self._registrations = Registrations(ids, draw, self._registrar_hops)
        self._outgoing = OutgoingCalls(
            self._trunks, self._legs, Routing(routes), self._health, draw, our_host
        )
        self._networks: list[tuple[str, str]] = []
        self._incoming = IncomingCalls(self._trunks, self._legs, owner_of=owner_of, guests=guests)
        self.admit: Admission = self._incoming.admit
        """Whether a call may come in, and in which numbers: the exchange's first question."""
        for name in state.enabled.keys() & self._trunks.keys():
            self._trunks[name].enabled = state.enabled[name]

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver."""
        return {
            StartTrunks: self._start,
            DialTrunk: self._outgoing.dial,
            EnableTrunk: self._enable,
            DisableTrunk: self._disable,
            BranchFailed: self._outgoing.failed,
            LegRinging: of_own(self._legs.ids, self._outgoing.alive, "leg_id"),
            LegAnswered: of_own(self._legs.ids, self._outgoing.alive, "leg_id"),
            LegEnded: of_own(self._legs.ids, self._leg_ended, "leg_id"),
            RequestAnswered: self._request_answered,
            DnsAnswered: self._dns_answered,
        }

    def configure(self, routes: Sequence[RouteConfig]) -> None:
        """Go by other routes, which lead to the trunks there are."""
        self._outgoing.configure(Routing(routes))

    def hold_back(self, leg_id: str, branch: str, now: float) -> list[Output] | None:
        """Whether a call that failed at one endpoint may go on to the next: the SIP stack's question."""
        return self._outgoing.hold_back(leg_id, branch, now)

    def has_route(self, number: str) -> bool:
        """Whether an outside number can be dialled, were the trunks up."""
        return self._outgoing.has_route(number)

    def outage(self, number: str) -> str | None:
        """Why no trunk carries calls to an outside number that has a route; None when one does."""
        return self._outgoing.outage(number)

    def hops_to(self, number: str) -> list[Hop]:
        """Where an outside number can be sent, down or not; empty when nowhere, or DNS has not said yet."""
        return self._outgoing.hops_to(number)

    def may_dial(self, level: int, number: str) -> bool:
        """Whether a station of this ``outside_level`` may dial a number."""
        return self._outgoing.may_dial(level, number)

    @property
    def open_legs(self) -> int:
        """Legs on trunks."""
        return len(self._legs)

    def find(self, name: str) -> Trunk | None:
        return self._trunks.get(name)

    def all(self) -> Sequence[Trunk]:
        """All trunks, in the order of the configuration."""
        return tuple(self._trunks.values())

    def snapshot(self) -> TrunksState:
        """What must not be forgotten, as plain data that shares nothing with the running core."""
        endpoints = chain.from_iterable(trunk.endpoints.values() for trunk in self._trunks.values())
        return deepcopy(
            TrunksState(
                legs=list(self._legs),
                enabled={name: trunk.enabled for name, trunk in self._trunks.items()},
                health={endpoint.name: endpoint.health for endpoint in endpoints},
            )
        )

    def next_deadline(self) -> float | None:
        parts = (self._health, self._registrations, self._locator)
        return earliest(*[part.next_deadline() for part in parts])

    def wake(self, *, now: float) -> list[Output]:
        """Do the one thing that is due first."""
        for part in (self._health, self._registrations, self._locator):
            at = part.next_deadline()
            if at is not None and at <= now:
                return [*part.wake(now=now), *(self._place_all(now) if part is self._locator else ())]
        return []

    # -- the start, and where the trunks are -----------------------------------------------------------

    def _start(self, command: StartTrunks, now: float) -> list[Output]:
        outputs: list[Output] = []
        for trunk in self._trunks.values():
            for address in watched(trunk.config):
                outputs += self._locator.watch(wanted(address), now)
        return [*outputs, *self._place_all(now)]

    def _dns_answered(self, item: DnsAnswered, now: float) -> list[Output]:
        outputs = self._locator.take(item, now)
        return [*outputs, *self._place_all(now)] if outputs else []

    def _place_all(self, now: float) -> list[Output]:
        """Take over where everybody is; ask who is new there."""
        outputs: list[Output] = []
        for trunk in self._trunks.values():
            located = [
                (position, address, self._locator.places(wanted(sent_to)))
                for position, address, sent_to in trunk.destinations()
            ]
            for endpoint in trunk.place(located):
                endpoint.health = self._known_health.pop(endpoint.name, endpoint.health)
                outputs += self._health.begin(trunk, endpoint, now)
            if trunk.enabled and self._registrar_hops(trunk):
                outputs += self._registrations.begin(trunk, now)
        return [*self._trust_sources(), *outputs]

    def _trust_sources(self) -> list[Output]:
        """Know where calls of trunks come from; the guard is told when that has changed."""
        networks = self._source_networks()
        if networks == self._networks:
            return []
        self._networks, self._incoming.sources = networks, Sources(networks)
        return [TrustSources(owner=TRUNKS, sources=tuple(network for network, _ in networks))]

    def _registrar_hops(self, trunk: Trunk) -> list[Hop]:
        registrar = trunk.config.registrar
        if registrar is None or trunk.config.outbound_proxy is not None:
            return [endpoint.hop for endpoint in trunk.endpoints.values()]
        places = self._locator.places(wanted(registrar))
        return [places[position].hop for position in rank(places, self._draw)]

    def _source_networks(self) -> list[tuple[str, str]]:
        pairs: dict[tuple[str, str], None] = {}
        for trunk in self._trunks.values():
            hosts = [endpoint.hop.host for endpoint in trunk.endpoints.values()]
            hosts += [hop.host for hop in self._registrar_hops(trunk)] if trunk.config.registrar else []
            pairs |= dict.fromkeys((host, trunk.name) for host in (*trunk.config.networks, *hosts))
        return list(pairs)

    # -- what people want ------------------------------------------------------------------------------

    def _enable(self, command: EnableTrunk, now: float) -> list[Output]:
        trunk = self._demand(command.trunk)
        if trunk.enabled:
            return []
        trunk.enabled = True
        asked = self._health.ask(trunk, now)
        return [TrunkEnabled(trunk=trunk.name), *asked, *self._registrations.begin(trunk, now)]

    def _disable(self, command: DisableTrunk, now: float) -> list[Output]:
        trunk = self._demand(command.trunk)
        if not trunk.enabled:
            return []
        trunk.enabled = False
        return [TrunkDisabled(trunk=trunk.name), *self._registrations.end(trunk, now)]

    def _demand(self, name: str) -> Trunk:
        if name not in self._trunks:
            raise UsageError(
                f"there is no trunk {name}; trunks are listed in [[trunks]] of the configuration"
            )
        return self._trunks[name]

    # -- what is heard -----------------------------------------------------------------------------------

    def _leg_ended(self, event: LegEnded, now: float) -> list[Output]:
        self._legs.remove(event.leg_id)
        return []

    def _request_answered(self, event: RequestAnswered, now: float) -> list[Output]:
        return self._health.answered(event, now) or self._registrations.answered(event, now)
