"""Parking as an application of the exchange, and its verbs."""

from collections.abc import Callable

from pydantic import Field

from runtime.clock import Clock
from runtime.driver import of_own
from runtime.errors import UsageError
from runtime.models import Answer, TenantParams
from runtime.target import TARGET_PATTERN, Target
from runtime.tenancy import tenant_of
from runtime.vocabulary import Command
from switch.application import Application, Gauge, Verb
from switch.call import Call, CallState
from switch.call_control.live import free_leg, live_call
from switch.call_control.targets import Targets
from switch.commands import HandOff
from switch.dial_plan import STATION_SCHEME
from switch.events import CallAnswered, CallArrived, CallEnded, CallHandedOff
from switch.exchange import Exchange
from switch.lending import keeps_place
from switch.parking.commands import ParkCall
from switch.parking.parking import PARK_SCHEME, Parked, Parking
from switch.roles import DESK_AND_BUSINESS
from switch.verbs import CallParams, CallView, view_of_call

_SLOT_PATTERN = r"^$|^([^/]+/)?\d{1,6}$"


class ParkParams(CallParams):
    """Where a call shall wait, and how long."""

    slot: str = Field(
        default="", pattern=_SLOT_PATTERN, description="up to six digits; empty: the lowest free from 701 on"
    )
    station: str = Field(
        default="", max_length=255, description="who parks; empty: the station that serves the customer"
    )
    return_after_s: float = Field(
        default=120, gt=0, le=86400, description="after how long the call goes back to that station"
    )
    way_out: str = Field(
        default="",
        pattern=rf"^$|{TARGET_PATTERN}",
        max_length=255,
        description="who gets it when the station does not take it back; empty: it is parked again",
    )


class PickUpParams(CallParams):
    """Who takes a call that rings elsewhere, waits or is parked."""

    call_id: str = Field(default="", max_length=64, description="the call; empty when slot names it")
    slot: str = Field(default="", pattern=_SLOT_PATTERN, description="the slot in which it is parked")
    station: str = Field(min_length=1, max_length=255, description="the station that rings for it instead")


class ParkedView(Answer):
    """A call that is parked."""

    call_id: str
    slot: str
    by: str
    """The station that parked it; empty when no station did."""
    waits_s: float
    caller_number: str


def build(core: Parking) -> Application:
    """The application that takes ``park:<slot>``."""
    return Application(
        scheme=PARK_SCHEME,
        knows=core.knows,
        cores=(core,),
        routes={
            ParkCall: core.park,
            CallArrived: core.call_arrived,
            CallAnswered: of_own(core.calls, core.call_answered),
            CallHandedOff: core.call_handed_off,
            CallEnded: of_own(core.calls, core.call_ended),
        },
        gauges=(Gauge("parked_calls", "Calls that are parked.", (), lambda: {(): len(core.parked)}),),
    )


class ParkingVerbs:
    """``call.park``, ``call.pick_up``, ``park.list``."""

    def __init__(
        self,
        core: Parking,
        exchange: Exchange,
        targets: Targets,
        clock: Clock,
        submit: Callable[[Command], None],
    ) -> None:
        self._core = core
        self._exchange = exchange
        self._targets = targets
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        who = DESK_AND_BUSINESS
        return (
            Verb("call.park", ParkParams, self._park, "Let a customer wait in a slot (驻留).", who=who),
            Verb("call.pick_up", PickUpParams, self._pick_up, "Take a call that waits or rings.", who=who),
            Verb("park.list", TenantParams, self._list, "The calls that are parked.", who=who, reads=True),
        )

    def _park(self, params: ParkParams) -> ParkedView:
        call = live_call(self._exchange, params.call_id)
        leg = free_leg(self._exchange, call, params.station)
        slot = params.slot or self._core.free_slot(call.tenant)
        self._targets.refuse_what_is_in_vain(call, str(Target(PARK_SCHEME, slot)))
        if params.way_out:
            self._targets.refuse_what_is_in_vain(call, params.way_out)
        if self._core.in_slot(slot) is not None:
            raise UsageError(f"a call is parked in slot {slot}; park.list names it", reason="slot_taken")
        order = ParkCall(
            call_id=call.call_id,
            leg_id=leg.leg_id,
            slot=slot,
            by=call.station_of(leg) or "",
            return_after_s=params.return_after_s,
            way_out=params.way_out,
        )
        self._submit(order)
        parked = self._core.in_slot(slot)
        assert parked is not None, f"{slot} was free"
        return self._view(parked)

    def _pick_up(self, params: PickUpParams) -> CallView:
        call = self._meant(params)
        if call.state in (CallState.CONNECTED, CallState.CALLING):
            raise UsageError(
                f"call {call.call_id} is {call.state.value}: there is nothing to pick up",
                reason="already_connected" if call.state is CallState.CONNECTED else "is_outgoing",
            )
        target = str(Target(STATION_SCHEME, params.station))
        self._targets.refuse_what_is_in_vain(call, target)
        picked_up = HandOff(
            call_id=call.call_id,
            target=target,
            way_out=call.target,
            stays_lent=not keeps_place(call.ways_back),
        )
        self._submit(picked_up)
        return view_of_call(call, self._clock.now())

    def _meant(self, params: PickUpParams) -> Call:
        if params.call_id or not params.slot:
            return live_call(self._exchange, params.call_id)
        parked = self._core.in_slot(params.slot)
        if parked is None:
            raise UsageError(f"nobody waits in slot {params.slot}", reason="slot_empty")
        return live_call(self._exchange, parked.call_id)

    def _list(self, params: TenantParams) -> list[ParkedView]:
        return [self._view(parked) for parked in self._core.parked if params.means(tenant_of(parked.slot))]

    def _view(self, parked: Parked) -> ParkedView:
        call = self._exchange.find(parked.call_id)
        return {
            "call_id": parked.call_id,
            "slot": parked.slot,
            "by": parked.by,
            "waits_s": round(self._clock.now() - (parked.since or 0.0), 3),
            "caller_number": call.caller_number if call else "",
        }
