"""Which agents take part in which calls: now, and when an event happened that is told later."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.vocabulary import Event
from switch.call import Call
from switch.dial_plan import STATION_SCHEME
from switch.events import (
    CallArrived,
    CallConnected,
    CallEnded,
    CallHandedOff,
    CallPlaced,
    CallRefused,
    CallTransferred,
    OfferEnded,
    OfferRinging,
    PartyJoined,
    PartyLeft,
)

_CHANGING = frozenset(
    {CallArrived, CallPlaced, CallHandedOff, CallConnected, CallTransferred}
    | {OfferRinging, OfferEnded, PartyJoined, PartyLeft}
)
_OVER = frozenset({CallEnded, CallRefused})
_NOBODY: frozenset[str] = frozenset()


@dataclass(slots=True)
class _History:
    """Who took part in a call from which event on."""

    sequences: list[int] = field(default_factory=list)
    agents: list[frozenset[str]] = field(default_factory=list)

    def at(self, sequence: int) -> frozenset[str]:
        """Who took part before or after the event of this number: who leaves hears of it too."""
        place = bisect_right(self.sequences, sequence)
        since = self.agents[place - 1] if place else _NOBODY
        changed_now = place and self.sequences[place - 1] == sequence
        return since | self.agents[place - 2] if changed_now and place > 1 else since


class Participation:
    """Sees every event before clients do, and remembers calls for as long as they are told of."""

    def __init__(
        self,
        find: Callable[[str], Call | None],
        seats: Mapping[str, str],
        newest: Callable[[], int],
        most: int = 20_000,
    ) -> None:
        """``seats``: station → agent. ``newest``: the number of the event that is observed; ``most``:
        calls remembered.
        """
        self._find = find
        self._seats = seats
        self._newest = newest
        self._most = most
        self._calls: OrderedDict[str, _History] = OrderedDict()
        """Those in which an agent took part."""
        self._contacts: OrderedDict[str, frozenset[str]] = OrderedDict()
        """Who ever took part in each contact's calls."""

    def wants(self, kind: type[Event]) -> bool:
        """Whether events of this kind tell of somebody who comes or goes."""
        return kind in _CHANGING or kind in _OVER

    def observe(self, event: Event, wall: float) -> None:
        """Take the next event."""
        call_id: str = event.call_id  # type: ignore[attr-defined]
        if type(event) in _OVER:
            if call_id in self._calls:
                self._note(call_id, _NOBODY)
            return
        if not self._seats and call_id not in self._calls:
            return
        call = self._find(call_id)
        if call is None:  # it is gone, and the last ones are told how it ended
            return
        agents = self._agents_in(call)
        if agents or call_id in self._calls:
            self._note(call_id, agents)
            self._note_contact(call.contact_id, agents)

    def takes_part(self, station: str, call_id: str) -> bool:
        """Whether a station is, or rings, in a call that is up."""
        call = self._find(call_id)
        return call is not None and station in stations_in(call)

    def concerns(self, agent: str, call_id: str, sequence: int) -> bool:
        """Whether an agent took part in a call when the event of this number happened."""
        history = self._calls.get(call_id)
        return history is not None and agent in history.at(sequence)

    def took_part(self, agent: str, contact_id: str) -> bool:
        """Whether an agent takes, or ever took, part in a call of a contact."""
        return agent in self._contacts.get(contact_id, ())

    def _agents_in(self, call: Call) -> frozenset[str]:
        return frozenset(self._seats[station] for station in stations_in(call) & self._seats.keys())

    def _note(self, call_id: str, agents: frozenset[str]) -> None:
        history = self._calls.get(call_id)
        if history is None:
            history = self._calls[call_id] = _History()
            self._make_room(self._calls)
        if not history.agents or history.agents[-1] != agents:
            history.sequences.append(self._newest())
            history.agents.append(agents)

    def _note_contact(self, contact_id: str, agents: frozenset[str]) -> None:
        if agents:
            known = self._contacts.pop(contact_id, _NOBODY)
            self._contacts[contact_id] = known | agents
            self._make_room(self._contacts)

    def _make_room(self, remembered: OrderedDict[str, Any]) -> None:
        """For the newest. (A plain dict would be searched for its oldest key past all that were removed.)"""
        if len(remembered) > self._most:
            remembered.popitem(last=False)


def stations_in(call: Call) -> set[str]:
    """Who talks, waits or rings in a call, but for outside numbers."""
    stations = {offer.station for offer in call.offers.values() if not offer.outside}
    if call.caller_station is not None:
        stations.add(call.caller_station)
    if call.placement is not None and call.placement.whom.scheme == STATION_SCHEME:
        stations.add(call.placement.whom.name)
    return stations


def talks_anywhere(station: str, calls: Iterable[Call]) -> bool:
    """Whether a station is, or rings, in any of these calls."""
    return any(station in stations_in(call) for call in calls)
