"""Recording at the counter as an application of the exchange, with its verbs."""

from collections.abc import Callable, Sized
from dataclasses import dataclass

from pydantic import Field

from runtime.driver import of_own
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, Params
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Command
from switch.application import Application, Gauge, Verb
from switch.call import Call
from switch.causes import Cause
from switch.commands import HangUpCall
from switch.counter.commands import RecordStation
from switch.counter.counter import COUNTER_SCHEME, RECORD, CounterRecording
from switch.events import CallArrived, CallEnded, CallHandedOff, DigitReceived
from switch.roles import DESK_AND_BUSINESS


class CounterCall(Answer):
    """The call by which a station is recorded."""

    call_id: str
    station: str


class CounterRecorded(CounterCall):
    """The same with its recording."""

    recording_id: str | None
    """Null when the station had not answered yet."""


class StationParams(Params):
    """Names a station."""

    station: str = Field(min_length=1, max_length=100, description="the station, as it is configured")


class RecordParams(StationParams):
    """And how it is called."""

    ring_s: float = Field(default=30, gt=0, le=600, description="how long it may go unanswered, in seconds")
    by: str = Field(default="", max_length=100, description="who orders it; the journal keeps it")


@dataclass(frozen=True, slots=True)
class CounterVerbs:
    """``station.record``, ``station.stop_recording``."""

    core: CounterRecording
    contacts: Callable[[str], Sized]
    """The phones registered for a station."""
    find_call: Callable[[str], Call | None]
    ids: Ids
    submit: Callable[[Command], None]

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "station.record",
                RecordParams,
                self._record,
                "Record what is said at a station (柜台录音).",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "station.stop_recording",
                StationParams,
                self._stop,
                "End the recording at a station.",
                who=DESK_AND_BUSINESS,
            ),
        )

    def _record(self, params: RecordParams) -> CounterCall:
        recorded_by = self.core.call_at(params.station)
        if recorded_by is not None:
            raise UsageError(f"station {params.station} is recorded already, by call {recorded_by}")
        if not len(self.contacts(params.station)):
            raise UsageError(f"no phone is registered at station {params.station}")
        tenant = tenant_of(params.station)
        order = RecordStation(
            call_id=self.ids.new(id_kind("call", tenant)),
            contact_id=self.ids.new(id_kind("contact", tenant)),
            station=params.station,
            by=params.by,
            ring_s=params.ring_s,
        )
        self.submit(order)
        return {"call_id": order.call_id, "station": order.station}

    def _stop(self, params: StationParams) -> CounterRecorded:
        call_id = self.core.call_at(params.station)
        call = self.find_call(call_id) if call_id is not None else None
        if call is None:
            raise UsageError(f"station {params.station} is not recorded; station.record begins that")
        recording_id = call.recording_id
        self.submit(HangUpCall(call_id=call.call_id, cause=Cause.NORMAL_CLEARING))
        return {"call_id": call.call_id, "station": params.station, "recording_id": recording_id}


def build(core: CounterRecording, verbs: CounterVerbs) -> Application:
    """The application that takes ``counter:record``."""
    return Application(
        scheme=COUNTER_SCHEME,
        knows=RECORD.__eq__,
        cores=(core,),
        routes={
            RecordStation: core.order,
            CallArrived: core.call_arrived,
            CallHandedOff: core.call_handed_off,
            CallEnded: of_own(core.calls, core.call_ended),
            DigitReceived: core.digit_received,
        },
        verbs=verbs.verbs(),
        gauges=(
            Gauge(
                "recorded_counters",
                "Stations recorded without a caller.",
                (),
                lambda: {(): core.open_calls},
            ),
        ),
    )
