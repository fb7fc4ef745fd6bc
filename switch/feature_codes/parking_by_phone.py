"""Parking from the keys of a phone: whoever it transfers to the code waits, and it is told where.

attended: dialled ──► told a slot ──► transfers: parked there
blind:    transfers ──► parked ──► called back to be told the slot, unless it named one that was free
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field

from runtime.ids import Ids
from runtime.target import Target
from runtime.tenancy import bare, id_kind, qualify, tenant_of
from runtime.vocabulary import Output
from switch.commands import PlaceCall
from switch.dial_plan import STATION_SCHEME
from switch.feature_codes.actions import FEATURE_SCHEME, Action
from switch.feature_codes.config import FeatureCodesConfig
from switch.feature_codes.waiting_calls import WaitingCalls
from switch.parking.commands import ParkCall
from switch.parking.events import CallParked
from switch.recording_rule import RecordingRule


@dataclass(frozen=True, slots=True)
class _Parker:
    station: str
    knows: str
    """The slot that it was told, or named; empty when it knows of none."""


@dataclass(slots=True)
class ParkingByPhone:
    """What is to be done for the feature codes that park."""

    ids: Ids
    waiting: WaitingCalls
    settings: Callable[[], FeatureCodesConfig]
    _parkers: dict[str, _Parker] = field(default_factory=dict)
    """By call, until it is in its slot."""

    @property
    def calls(self) -> Container[str]:
        """Those on their way to a slot, now and later."""
        return self._parkers

    def park(self, call_id: str, station: str, slot: str) -> Sequence[Output]:
        """Let a call that ``station`` has transferred wait; ``slot`` is without tenant, empty for any."""
        tenant = tenant_of(station)
        named = qualify(tenant, slot) if slot else ""
        self._parkers[call_id] = _Parker(station, named)
        order = ParkCall(
            call_id=call_id,
            leg_id="",
            slot=named or self.waiting.free_slot(tenant, ()),
            by=station,
            return_after_s=self.settings().return_after_s,
        )
        return (order,)

    def parked(self, event: CallParked) -> Sequence[Output]:
        """Call back who does not know the slot."""
        parker = self._parkers.pop(event.call_id, None)
        ring_s = self.settings().tell_slot_s
        if parker is None or parker.knows == event.slot or not ring_s:
            return ()
        return (self._call_back(parker.station, bare(event.slot), ring_s),)

    def forget(self, call_id: str) -> None:
        """The call is over."""
        self._parkers.pop(call_id, None)

    def _call_back(self, station: str, slot: str, ring_s: float) -> PlaceCall:
        tenant = tenant_of(station)
        return PlaceCall(
            call_id=self.ids.new(id_kind("call", tenant)),
            contact_id=self.ids.new(id_kind("contact", tenant)),
            whom=str(Target(STATION_SCHEME, station)),
            target=str(Target(FEATURE_SCHEME, f"{Action.TELL_SLOT}:{slot}")),
            ring_s=ring_s,
            shown_number=slot,
            record=RecordingRule.NEVER,
        )
