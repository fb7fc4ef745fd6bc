"""The parking core.

parked ──► picked up, or led elsewhere
  ├── the customer hangs up
  └── waited long enough: goes back to the station that parked it
        └── which does not take it: on the way out, or into the slot again
"""

from collections.abc import Collection, Container, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count

from media.commands import FOR_EVER
from runtime.deadlines import Deadlines
from runtime.ids import Ids
from runtime.target import Target, parse_target
from runtime.tenancy import bare, qualify, tenant_of
from runtime.vocabulary import Output
from switch.commands import AnswerCall, HandOff, PlayPrompt, TransferCall
from switch.dial_plan import STATION_SCHEME
from switch.events import CallAnswered, CallArrived, CallEnded, CallHandedOff
from switch.parking.commands import ParkCall
from switch.parking.events import CallParked, CallUnparked, ParkingEnd

PARK_SCHEME = "park"
"""Targets ``park:<slot>``."""
FIRST_SLOT = 701
_LONGEST_SLOT = 6


@dataclass(slots=True)
class Parked:
    """A call in a slot, on its way there, or that was there."""

    call_id: str
    slot: str
    by: str = ""
    return_after_s: float | None = None
    """None: nobody takes it back."""
    way_out: str = ""
    since: float | None = None
    """Monotonic seconds; None while it is elsewhere."""


@dataclass(slots=True)
class Slots:
    """All of parking's state."""

    by_call: dict[str, Parked] = field(default_factory=dict)
    """The first to come first."""
    due: Deadlines[str] = field(default_factory=Deadlines)
    """Call → when it goes back."""


class Parking:
    """A core between the exchange's events and commands."""

    def __init__(self, ids: Ids, music: str, slots: Slots | None = None) -> None:
        """``music``: what is heard in a slot; empty for silence. ``slots`` is an earlier ``snapshot``."""
        self._ids = ids
        self._music = music
        self._slots = slots if slots is not None else Slots()
        self.calls: Container[str] = self._slots.by_call
        """Those it has."""

    @property
    def parked(self) -> list[Parked]:
        """Those who wait, the first to come first."""
        return [parked for parked in self._slots.by_call.values() if parked.since is not None]

    def knows(self, name: str) -> bool:
        """Whether it is a slot's number."""
        return bare(name).isdecimal() and len(bare(name)) <= _LONGEST_SLOT

    def snapshot(self) -> Slots:
        """All state, as plain data that shares nothing with the running core."""
        return deepcopy(self._slots)

    def free_slot(self, tenant: str, besides: Collection[str] = ()) -> str:
        """The lowest of a call centre's that nobody waits in, ``besides`` these."""
        taken = {parked.slot for parked in self.parked}.union(besides)
        names = (qualify(tenant, str(number)) for number in count(FIRST_SLOT))
        return next(name for name in names if name not in taken)

    def in_slot(self, slot: str) -> Parked | None:
        return next((parked for parked in self.parked if parked.slot == slot), None)

    def park(self, command: ParkCall, now: float) -> Sequence[Output]:
        """As a transfer where a station is to be released; what is to follow is noted until it is there."""
        self._slots.by_call.pop(command.call_id, None)  # who comes now is the last
        self._slots.by_call[command.call_id] = Parked(
            command.call_id, command.slot, command.by, command.return_after_s, command.way_out
        )
        target = str(Target(PARK_SCHEME, command.slot))
        if not command.leg_id:
            return (HandOff(call_id=command.call_id, target=target),)
        return (TransferCall(call_id=command.call_id, leg_id=command.leg_id, target=target),)

    def call_arrived(self, event: CallArrived, now: float) -> Sequence[Output]:
        return self._come(event, answered=False, now=now)

    def call_answered(self, event: CallAnswered, now: float) -> Sequence[Output]:
        parked = self._slots.by_call.get(event.call_id)
        return self._play(parked) if parked is not None and parked.since is not None else ()

    def call_handed_off(self, event: CallHandedOff, now: float) -> Sequence[Output]:
        scheme, _ = parse_target(event.target)
        if scheme == PARK_SCHEME:
            return self._come(event, answered=event.answered, now=now)
        return self._leave(event.call_id, ParkingEnd.TAKEN)

    def call_ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        return self._leave(event.call_id, ParkingEnd.CALL_OVER)

    def next_deadline(self) -> float | None:
        return self._slots.due.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """Long enough: whoever parked it shall have it again."""
        call_id = self._slots.due.first_due(now)
        if call_id is None:
            return ()
        parked = self._slots.by_call[call_id]
        way_out = parked.way_out or str(Target(PARK_SCHEME, parked.slot))
        back = str(Target(STATION_SCHEME, parked.by))
        left = self._leave(call_id, ParkingEnd.RETURNED)
        return (*left, HandOff(call_id=call_id, target=back, way_out=way_out, stays_lent=True))

    def _come(self, event: CallArrived | CallHandedOff, *, answered: bool, now: float) -> Sequence[Output]:
        scheme, slot = parse_target(event.target)
        if scheme != PARK_SCHEME:
            return ()
        here = self.in_slot(slot)
        if here is not None and here.call_id != event.call_id:
            free = self.free_slot(tenant_of(slot))
            to = str(Target(PARK_SCHEME, free))
            return (HandOff(call_id=event.call_id, target=to, stays_lent=True),)
        parked = self._slots.by_call.setdefault(event.call_id, Parked(event.call_id, slot))
        parked.slot, parked.since = slot, now
        if parked.return_after_s is not None:
            self._slots.due.set(event.call_id, now + parked.return_after_s)
        told = CallParked(call_id=event.call_id, slot=slot, by=parked.by)
        return (told, *(self._play(parked) if answered else (AnswerCall(call_id=event.call_id),)))

    def _play(self, parked: Parked) -> Sequence[Output]:
        if not self._music:
            return ()
        return (
            PlayPrompt(
                call_id=parked.call_id,
                playback_id=self._ids.new("playback"),
                prompts=(self._music,),
                times=FOR_EVER,
                shared=True,
            ),
        )

    def _leave(self, call_id: str, reason: ParkingEnd) -> Sequence[Output]:
        """Who parked it is remembered while the call lasts, should it come back."""
        parked = self._slots.by_call.get(call_id)
        if parked is None:
            return ()
        self._slots.due.cancel(call_id)
        if reason is ParkingEnd.CALL_OVER:
            del self._slots.by_call[call_id]
        if parked.since is None:
            return ()
        parked.since = None
        return (CallUnparked(call_id=call_id, slot=parked.slot, reason=reason),)
