"""Phones are asked to fetch their settings anew."""

import pytest

from runtime.errors import UsageError
from switch.sip.commands import ResyncStation
from switch.sip.events import StationResynced
from switch.sip.hop import Hop
from switch.sip.messages.message import Request
from tests.helpers.sip_messages import make_response
from tests.helpers.sip_rig import STATION, SipRig

DESK = Hop("udp", "127.0.0.1", 6200)
MOBILE = Hop("udp", "127.0.0.1", 6201)


def test_every_phone_is_asked_and_each_answer_told() -> None:
    rig = SipRig(stations=(STATION,))
    for hop in (DESK, MOBILE):
        rig.register(hop, station=STATION)
    asked = rig.order(ResyncStation(station=STATION, reboot=False))
    assert set(rig.hops[-2:]) == {DESK, MOBILE}
    for request, hop, status in zip(asked, rig.hops[-2:], (200, 401), strict=True):
        assert isinstance(request, Request)
        assert request.method == "NOTIFY"
        assert request.headers.get("event") == "check-sync;reboot=false"
        assert (request.headers.get("subscription-state") or "").startswith("terminated")
        assert (request.headers.get("contact") or "").startswith(f"<sip:{STATION}@")
        rig.receive(make_response(request, status), hop)
    told = rig.reported(StationResynced)
    assert sorted((event.station, event.status) for event in told) == [(STATION, 200), (STATION, 401)]
    assert {event.peer for event in told} == {str(DESK), str(MOBILE)}


def test_phones_may_be_asked_to_start_anew() -> None:
    rig = SipRig(stations=(STATION,))
    rig.register(DESK, station=STATION)
    (request,) = rig.order(ResyncStation(station=STATION, reboot=True))
    assert request.headers.get("event") == "check-sync;reboot=true"


def test_a_station_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no station 1009 is configured"):
        SipRig(stations=(STATION,)).order(ResyncStation(station="1009", reboot=False))
