"""Conferences: further parties who talk with customer and station.

added ──► rung, while the two talk ──► answered: all talk ──► hangs up, is dropped: the others talk on
  └──────────┴──► cannot be had: the two talk on

The customer's end is everybody's. When the station leaves, the party that came first takes its place.
"""

from media.commands import LeaveMix
from runtime.ids import Ids
from runtime.target import Target, parse_target
from runtime.vocabulary import Output
from switch.call import Call, Calls, Leg, Offer
from switch.call_media.playing import stop_playing
from switch.causes import Cause
from switch.commands import AddParty, DropParty, JoinCalls, MuteParty
from switch.conversation import join
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME
from switch.endings import drop_offer, party_left
from switch.events import OfferAccepted, PartyAdded, PartyJoined, PartyMuted, TransferKind
from switch.families import Families
from switch.holding import Holding
from switch.seats import dissolve, ring_phone
from switch.telling import handed_off, transferred

MOST_PARTIES = 14
"""Sixteen talk then."""


class Conferring:
    """The part of the exchange that serves conferences. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls, ids: Ids, families: Families, holding: Holding) -> None:
        self._calls = calls
        self._ids = ids
        self._families = families
        self._holding = holding

    def add(self, command: AddParty) -> list[Output]:
        call = self._calls.by_id.get(command.call_id)
        if call is None or call.connected_leg is None or len(call.parties) >= MOST_PARTIES:
            return []
        scheme, name = parse_target(command.whom)
        outside = scheme == NUMBER_SCHEME
        ring = ring_phone(
            self._calls,
            self._ids,
            call,
            command.party_id,
            name,
            outside=outside,
            announced=False,
            ipv6=self._families.is_ipv6(name, outside=outside),
        )
        call.offers[command.party_id].is_party = True
        return [_added(call, command.party_id, command.whom, command.by), *ring]

    def answered(self, call: Call, party: Offer) -> list[Output]:
        """A party has answered: all talk."""
        joined = PartyJoined(call_id=call.call_id, party_id=party.offer_id, leg_id=party.leg.leg_id)
        return [*self._holding.hush(call), *join(call, party), joined]

    def join_calls(self, command: JoinCalls) -> list[Output]:
        """Who consulted somebody in another call makes three of them."""
        call = self._calls.by_id.get(command.call_id)
        other_call = self._calls.by_id.get(command.from_call_id)
        if call is None or other_call is None or len(call.parties) >= MOST_PARTIES:
            return []
        station = common_station(call, other_call)
        talking = (*call.talking, *other_call.talking)
        if station is None or any(leg.leg_id in self._calls.consulting for leg in talking):
            return []
        shared = next(leg for leg in other_call.talking if other_call.station_of(leg) == station)
        return self.bring_in(call, shared, command.party_id, command.by)

    def bring_in(self, call: Call, shared: Leg, party_id: str, by: str) -> list[Output]:
        """Whom ``shared`` talks to in another call becomes a party of this one; the other call ends."""
        other_call = self._calls.of_leg(shared)
        moving = other_call.other_end(shared)
        assert moving is not None, f"{other_call.call_id} has two who talk"
        name = other_call.station_of(moving)
        number, _ = other_call.end_of(moving)
        whom = Target(STATION_SCHEME, name) if name is not None else Target(NUMBER_SCHEME, number)
        outputs = dissolve(self._calls, other_call, keep=moving, into=call)
        party = Offer(party_id, whom.name, moving, outside=name is None, accepted=True)
        party.is_party, party.announced = True, False
        moving.call_id, moving.offer_id, moving.holds_by_order = call.call_id, party.offer_id, False
        self._calls.add_offer(call, party)
        told = _added(call, party.offer_id, str(whom), by)
        return [*outputs, told, stop_playing(moving), *self.answered(call, party)]

    def drop(self, command: DropParty) -> list[Output]:
        found = self._find(command.call_id, command.party_id)
        return self.lose(*found, Cause.NORMAL_CLEARING, by_station=False) if found else []

    def lose(self, call: Call, party: Offer, cause: Cause, *, by_station: bool) -> list[Output]:
        """A party is out. With the last, one of the two who is held hears music again."""
        left = drop_offer(self._calls, call, party, cause, by_station=by_station)
        return [*left, *(self._holding.renew(call) if party.accepted else ())]

    def mute(self, command: MuteParty) -> list[Output]:
        found = self._find(command.call_id, command.party_id)
        if found is None or found[1].muted is command.muted:
            return []
        call, party = found
        party.muted = command.muted
        told = PartyMuted(call_id=call.call_id, party_id=party.offer_id, muted=command.muted, by=command.by)
        return [*join(call, party), told]

    def go_on(self, call: Call, leaving: Offer, cause: Cause, *, by_station: bool) -> list[Output]:
        """The station leaves a conference: the party that came first has its place, and the call."""
        heir = next(party for party in call.parties if party.accepted)
        heir.is_party, heir.muted, heir.announced = False, False, True
        call.target = str(Target(NUMBER_SCHEME if heir.outside else STATION_SCHEME, heir.station))
        left = drop_offer(self._calls, call, leaving, cause, by_station=by_station, keep_parties=True)
        return [
            LeaveMix(leg_id=heir.leg.leg_id),
            party_left(call, heir, Cause.NORMAL_CLEARING),
            transferred(call, TransferKind.CONFERENCE, leaving.station),
            handed_off(call, heir.offer_id),
            *left,
            OfferAccepted(call_id=call.call_id, offer_id=heir.offer_id),
        ]

    def _find(self, call_id: str, party_id: str) -> tuple[Call, Offer] | None:
        found = self._calls.find_offer(call_id, party_id)
        return found if found is not None and found[1].is_party else None


def common_station(call: Call, other_call: Call) -> str | None:
    """The station that talks in both calls; None when none does."""
    if call is other_call:
        return None
    stations = [call.station_of(leg) for leg in call.talking]
    others = [other_call.station_of(leg) for leg in other_call.talking]
    return next((station for station in stations if station is not None and station in others), None)


def _added(call: Call, party_id: str, whom: str, by: str) -> PartyAdded:
    return PartyAdded(call_id=call.call_id, party_id=party_id, whom=whom, by=by)
