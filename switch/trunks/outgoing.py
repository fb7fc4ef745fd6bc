"""Calls to outside numbers: route, trunks and addresses become the branches of one leg."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from media.commands import Codec
from media.config import Srtp
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sdp.codec_choice import choose_codecs
from switch.sdp.security_choice import offer_secured
from switch.sip.commands import DialLeg
from switch.sip.events import BranchFailed, LegAnswered, LegEnded, LegRinging
from switch.sip.hop import Hop
from switch.sip.legs.branches import Branch, Forking
from switch.sip.locating.weights import Draw
from switch.trunks.commands import DialTrunk
from switch.trunks.endpoints import Endpoint, call_order, trunk_of
from switch.trunks.health_watch import UNSERVED, HealthWatch
from switch.trunks.routing import Route, Routing
from switch.trunks.trunk import Trunk, turn_away
from switch.trunks.trunk_legs import TrunkLeg, TrunkLegs
from switch.trunks.writing import OurHost, branch_of

_MOST_BRANCHES = 16
"""A call that failed at so many addresses is given up."""
_LOST_TO_ANOTHER = 487
_OVERLOADED = 503
_OUT = "out"


class OutgoingCalls:
    """The part of the trunks' core that dials."""

    def __init__(
        self,
        trunks: Mapping[str, Trunk],
        legs: TrunkLegs,
        routing: Routing,
        health: HealthWatch,
        draw: Draw,
        our_host: OurHost,
    ) -> None:
        self._trunks = trunks
        self._legs = legs
        self._routing = routing
        self._health = health
        self._draw = draw
        self._our_host = our_host

    def configure(self, routing: Routing) -> None:
        """Choose trunks by other routes; calls under way go on."""
        self._routing = routing

    def dial(self, command: DialTrunk, now: float) -> list[Output]:
        """Dial a number, or tell at once why it cannot be dialled.

        The first trunk's channel is taken here, those of the next as the call gets to them.
        """
        route = self._routing.find(command.number)
        if route is None:
            return [_ended(command, Cause.NO_ROUTE_DESTINATION)]
        trunks = [trunk for name in route.order(self._draw) if (trunk := self._trunks[name]).carries_calls]
        if not trunks:
            return [_ended(command, Cause.DESTINATION_OUT_OF_ORDER)]
        ready = [trunk for trunk in trunks if not trunk.is_paused(now)]
        if not ready:
            return [_ended(command, Cause.NORMAL_CIRCUIT_CONGESTION)]
        offers = _offers(ready, command)
        if not offers:
            return [_ended(command, Cause.INCOMPATIBLE_DESTINATION)]
        told, free = _with_room([*offers], command.tenant, now)
        if not free:
            return [*told, _ended(command, Cause.NORMAL_CIRCUIT_CONGESTION)]
        branches = tuple(islice(self._branches(free, offers, route, command, now), _MOST_BRANCHES))
        endpoint, tenant = branches[0].name, command.tenant
        self._take(TrunkLeg(command.leg_id, free[0].name, True, endpoint, tenant=tenant), now)
        return [*told, _order(command, branches)]

    def has_route(self, number: str) -> bool:
        """Whether there is a route for this number, were its trunks up."""
        return self._routing.find(number) is not None

    def outage(self, number: str) -> str | None:
        """Why no trunk of a number's route carries calls now, as a sentence; None when one does."""
        route = self._routing.find(number)
        trunks = [self._trunks[name] for name in route.trunks] if route else []
        if not trunks or any(trunk.carries_calls for trunk in trunks):
            return None
        states = ", ".join(f"{trunk.name} is {'down' if trunk.enabled else 'disabled'}" for trunk in trunks)
        return f"no trunk carries calls to {number} now: {states}; `ringmain trunks` lists them"

    def hops_to(self, number: str) -> list[Hop]:
        """Every endpoint of the trunks that a number's route names."""
        route = self._routing.find(number)
        trunks = [self._trunks[name] for name in route.trunks] if route else []
        return [endpoint.hop for trunk in trunks for endpoint in trunk.endpoints.values()]

    def may_dial(self, level: int, number: str) -> bool:
        """Whether a station of this ``outside_level`` may dial a number."""
        route = self._routing.find(number)
        return route is not None and route.level <= level

    def hold_back(self, leg_id: str, endpoint: str, now: float) -> list[Output] | None:
        """None when a call may go to this endpoint, whose trunk's channel it takes then.

        Else what is told of it: since the call was dialled the endpoint went down or asked for a pause, or
        its trunk is full or disabled.
        """
        leg = self._legs.find(leg_id)
        if leg is None or leg.endpoint == endpoint:
            return None
        found = self._find(endpoint)
        if found is not None and not found[1].health.takes_calls(now):
            return []
        trunk = self._trunks[trunk_of(endpoint)]
        if trunk.name != leg.trunk:
            if not trunk.carries_calls:
                return []
            limit = trunk.limit_out(leg.tenant, now)
            if limit is not None:
                return turn_away(trunk, _OUT, leg.tenant, limit)
            self._legs.move(leg, trunk.name)
            _let_through(trunk, leg.tenant, now)
        leg.endpoint = endpoint
        return None

    def failed(self, event: BranchFailed, now: float) -> list[Output]:
        """What an endpoint said, or did not say, tells how it is."""
        found = self._find(event.branch)
        if found is None or event.status == _LOST_TO_ANOTHER:
            return []
        if event.status == _OVERLOADED and event.retry_after_s:
            found[1].health.pause(event.retry_after_s, now)
        if event.status in UNSERVED:
            return self._health.call_failed(*found, event.status, now)
        return self._health.call_succeeded(*found, event.status, now)

    def alive(self, event: LegRinging | LegAnswered, now: float) -> list[Output]:
        """The leg rings or was answered: so its endpoint is there."""
        leg = self._legs.find(event.leg_id)
        if leg is None or leg.answered:
            return []
        leg.answered = True
        found = self._find(leg.endpoint)
        return [] if found is None else self._health.call_succeeded(*found, None, now)

    def _take(self, leg: TrunkLeg, now: float) -> None:
        _let_through(self._trunks[leg.trunk], leg.tenant, now)
        self._legs.add(leg)

    def _branches(
        self,
        trunks: Sequence[Trunk],
        offers: Mapping[Trunk, str],
        route: Route,
        command: DialTrunk,
        now: float,
    ) -> Iterator[Branch]:
        for trunk in trunks:
            for endpoint in call_order(trunk.endpoints.values(), self._draw, now):
                yield branch_of(
                    trunk,
                    endpoint,
                    command,
                    caller_number=route.caller_number or command.caller_number,
                    sdp=offers[trunk],
                    our_host=self._our_host(endpoint.hop),
                )

    def _find(self, endpoint: str) -> tuple[Trunk, Endpoint] | None:
        """None when DNS took it away meanwhile."""
        trunk = self._trunks.get(trunk_of(endpoint))
        found = trunk.endpoints.get(endpoint) if trunk else None
        return (trunk, found) if trunk and found else None


def _offers(trunks: Iterable[Trunk], command: DialTrunk) -> dict[Trunk, str]:
    """Our offer with a trunk's codecs, encrypted as it wants; those without a codec of ours are left out.

    What the other party speaks comes first where a trunk takes it, so that packets need only be relayed.
    """
    chosen: dict[tuple[Srtp, tuple[Codec, ...]], str | None] = {}
    offers: dict[Trunk, str] = {}
    for trunk in trunks:
        codecs = tuple(sorted(trunk.config.codecs, key=lambda codec: codec is not command.codec))
        wanted = trunk.config.srtp or command.srtp, codecs
        if wanted not in chosen:
            chosen[wanted] = choose_codecs(offer_secured(command.sdp, wanted[0]), codecs)
        offer = chosen[wanted]
        if offer is not None:
            offers[trunk] = offer
    return offers


def _with_room(trunks: Sequence[Trunk], tenant: str, now: float) -> tuple[list[Output], Sequence[Trunk]]:
    """The trunks from the first on that can take another call of a tenant, and what is told of those before.

    Whether the others can is seen when the call gets to them, if it does.
    """
    told: list[Output] = []
    for position, trunk in enumerate(trunks):
        limit = trunk.limit_out(tenant, now)
        if limit is None:
            return told, trunks[position:]
        told += turn_away(trunk, _OUT, tenant, limit)
    return told, ()


def _let_through(trunk: Trunk, tenant: str, now: float) -> None:
    trunk.told_full.discard((_OUT, tenant))
    trunk.rate_out.take(now)


def _order(command: DialTrunk, branches: tuple[Branch, ...]) -> DialLeg:
    return DialLeg(
        leg_id=command.leg_id,
        branches=branches,
        sdp=command.sdp,
        session_id=command.session_id,
        forking=Forking.SERIAL,
        dial_limit_s=command.limit_s,
    )


def _ended(command: DialTrunk, cause: Cause) -> LegEnded:
    return LegEnded(leg_id=command.leg_id, cause=cause, sip_status=None, by_peer=False)
