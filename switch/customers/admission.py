"""Callers who are let in get the facts that are known of them; those on a black list are turned away."""

from collections.abc import Callable

from msgspec.structs import replace

from runtime.tenancy import HOUSE
from switch.arrival import Admission, Admitted, TurnedAway
from switch.customers.customer_lists import CustomerLists
from switch.customers.facts import NOTHING_KNOWN
from switch.sip.events import LegArrived


def house_alone(number: str) -> str:
    """The owner of every number of a switch without tenants."""
    return HOUSE


class CustomerAdmission:
    """An admission around another one, which says in which numbers a call comes in."""

    def __init__(
        self,
        lists: CustomerLists,
        wall: Callable[[], float],
        admit: Admission,
        owner: Callable[[str], str] = house_alone,
    ) -> None:
        """``owner`` tells which tenant a dialled number belongs to, whose lists count."""
        self._lists = lists
        self._wall = wall
        self._admit = admit
        self._owner = owner

    def admit(self, event: LegArrived, now: float) -> Admitted | TurnedAway:
        """Stations are no customers: their names are on no list."""
        arrival = self._admit(event, now)
        if isinstance(arrival, TurnedAway) or event.station is not None:
            return arrival
        facts = self._lists.facts(arrival.caller_number, self._wall(), self._owner(arrival.called_number))
        if facts is NOTHING_KNOWN:
            return arrival
        if facts.rejection is not None and facts.rejection.target is None:
            return TurnedAway(facts.rejection.cause, black_list=facts.rejection.list)
        return replace(arrival, facts=facts)
