"""An exchange with the dialling application: phones that call, ring, answer and hang up."""

import switch.dialling.service
from switch.call_headers import CallHeaders
from switch.causes import Cause
from switch.config import AccessCodeConfig
from switch.dial_plan import RightCheck, everybody_may
from switch.dialling.config import DiallingConfig
from switch.recording_beeps import NO_BEEP, RecordingBeep
from switch.sip.commands import DialStation
from switch.sip.events import LegEnded, LegRinging
from tests.helpers.exchange_rig import OUTSIDE_NUMBER, ExchangeRig

DIRECT = AccessCodeConfig(number="8001", target="station:1001")
WITH_WAY_OUT = AccessCodeConfig(number="8002", target="station:1001", on_failure="queue:service")
OUTSIDE = AccessCodeConfig(number="8003", target="number:02088886666")
HOTLINE = AccessCodeConfig(number="95598", target="flow:hotline")


class DiallingRig(ExchangeRig):
    """The exchange with nothing but the dialling application."""

    def __init__(
        self,
        may_dial: RightCheck = everybody_may,
        *,
        hotline: AccessCodeConfig = HOTLINE,
        recording_beep: RecordingBeep = NO_BEEP,
        call_headers: CallHeaders | None = None,
    ) -> None:
        codes = [DIRECT, WITH_WAY_OUT, OUTSIDE, hotline]
        super().__init__(codes, may_dial=may_dial, recording_beep=recording_beep, call_headers=call_headers)
        config = DiallingConfig(ring_timeout_s=20, ring_back="ring_back")
        self.application = switch.dialling.service.build(
            config,
            {"8002": "queue:service"},
            self.ids,
            knows_station={"1001"}.__contains__,
            has_route={OUTSIDE_NUMBER}.__contains__,
        )
        self.driver.add_routes(self.application.routes)
        for core in self.application.cores:
            self.driver.add_core(core)

    def dial(self, called: str = "8001") -> str:
        """A customer calls and the phone rings; returns the call."""
        call_id = self.arrive(called=called)
        self.feed(LegRinging(leg_id=self.station_leg, status=180))
        return call_id

    def call_between(self, caller: str, called: str, leg_id: str) -> str:
        """Station ``caller`` calls station ``called``, which answers; returns the call."""
        call_id = self.arrive(leg_id, called, station=caller)
        self.answer_station()
        return call_id

    @property
    def station_leg(self) -> str:
        return self.last(DialStation).leg_id

    def end(self, leg_id: str, cause: Cause) -> None:
        self.feed(LegEnded(leg_id=leg_id, cause=cause, sip_status=None, by_peer=True))

    def assert_idle(self) -> None:
        super().assert_idle()
        (gauge,) = self.application.gauges
        assert gauge.read() == {(): 0}
        assert self.alarm.deadline is None
