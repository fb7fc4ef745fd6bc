"""Calls that a phone's keys can be about: those that ring at another phone, and those that are parked."""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple, Protocol

from runtime.target import Target
from switch.call import Call, CallState, Leg
from switch.dial_plan import STATION_SCHEME
from switch.parking.parking import Parking


class Waiting(NamedTuple):
    """A call that can be picked up."""

    call_id: str
    leg_id: str = ""
    """Of the phone that rings; empty for a parked call."""


class WaitingCalls(Protocol):
    """What there is to be picked up now."""

    def ringing_at(self, station: str) -> Waiting | None:
        """The call that rings there, the oldest first."""

    def parked_in(self, slot: str) -> Waiting | None:
        """Who waits in a slot."""

    def free_slot(self, tenant: str, besides: Collection[str]) -> str:
        """The lowest in which nobody waits, and which is not promised to anybody."""


class CallsOfHouse:
    """Asks the exchange and the slots."""

    def __init__(self, calls: Callable[[], Iterator[Call]], parking: Parking) -> None:
        self._calls = calls
        self._parking = parking

    def ringing_at(self, station: str) -> Waiting | None:
        found = ((call, _ringing_leg(call, station)) for call in self._calls())
        return next((Waiting(call.call_id, leg.leg_id) for call, leg in found if leg is not None), None)

    def parked_in(self, slot: str) -> Waiting | None:
        parked = self._parking.in_slot(slot)
        return None if parked is None else Waiting(parked.call_id)

    def free_slot(self, tenant: str, besides: Collection[str]) -> str:
        return self._parking.free_slot(tenant, besides)


def _ringing_leg(call: Call, station: str) -> Leg | None:
    if call.placement is not None and call.state is CallState.CALLING:
        return call.customer if call.placement.whom == Target(STATION_SCHEME, station) else None
    offers = (offer for offer in call.offers.values() if not (offer.outside or offer.accepted))
    return next((offer.leg for offer in offers if offer.station == station), None)
