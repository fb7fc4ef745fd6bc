"""Registered phones are asked whether they are there."""

from itertools import pairwise

import pytest

from switch.sip.commands import RemoveRegistrations
from switch.sip.events import StationUnregistered
from switch.sip.hop import Hop
from switch.sip.messages.message import Request
from tests.helpers.sip_messages import make_response
from tests.helpers.sip_rig import STATION, SipRig

DESK = Hop("udp", "127.0.0.1", 6200)
MOBILE = Hop("udp", "127.0.0.1", 6201)


class Asking(SipRig):
    """A switch that asks every 30 s, or as often as it is told."""

    def __init__(self, interval_s: float = 30) -> None:
        super().__init__(station_options_interval_s=interval_s)
        self.seen: set[str] = set()

    def asks(self, seconds: float) -> list[Request]:
        """The OPTIONS of that time, without repetitions."""
        found = []
        for message in self.pass_time(seconds):
            if isinstance(message, Request) and message.method == "OPTIONS":
                sip_call_id = message.headers.get("call-id") or ""
                if sip_call_id not in self.seen:
                    found.append(message)
                self.seen.add(sip_call_id)
        return found

    def one(self, seconds: float = 30) -> Request:
        (request,) = self.asks(seconds)
        return request

    def hears(self, request: Request, status: int = 200) -> None:
        self.receive(make_response(request, status))


def test_each_contact_is_asked_once_in_the_interval_and_none_where_nobody_wants_it() -> None:
    rig = Asking()
    rig.register(DESK, contact="<sip:desk@127.0.0.1:6200?subject=x>", expires="3600")
    rig.register(MOBILE, contact="<sip:mobile@127.0.0.1:6201>", expires="3600")
    times: list[float] = []
    for _ in range(330):
        for request in rig.asks(1):
            times.append(rig.now)
            rig.hears(request)
    uris = {message.uri for message in rig.messages if isinstance(message, Request)}
    assert uris == {"sip:desk@127.0.0.1:6200", "sip:mobile@127.0.0.1:6201"}
    assert len(times) == 21
    assert {round(later - earlier) for earlier, later in pairwise(times)} == {15}
    silent = Asking(0)
    silent.register(DESK, expires="3600")
    assert silent.asks(600) == []


def test_a_phone_that_leaves_three_in_a_row_unanswered_is_taken_off() -> None:
    rig = Asking()
    rig.register(DESK, expires="3600")
    for status in (200, 0, 0, 481, 0, 0):
        request = rig.one()
        if status:
            rig.hears(request, status)
    rig.pass_time(29)
    assert rig.reported(StationUnregistered) == []
    rig.pass_time(35)
    assert rig.reported(StationUnregistered) == [StationUnregistered(station=STATION, reason="silent")]
    assert rig.asks(300) == []
    rig.register(DESK, expires="3600", cseq=9)
    rig.hears(rig.one())


@pytest.mark.parametrize("status", [408, 430])
def test_what_a_proxy_says_of_a_phone_it_cannot_reach_counts_as_silence(status: int) -> None:
    rig = Asking()
    rig.register(DESK, expires="3600")
    for _ in range(3):
        request = rig.one()
        rig.hears(request, status)
    assert [event.reason for event in rig.reported(StationUnregistered)] == ["silent"]


def test_a_phone_that_registers_meanwhile_is_there() -> None:
    rig = Asking()
    for cseq in range(1, 9):
        rig.register(DESK, expires="3600", cseq=2 * cseq)
        rig.pass_time(31)
    assert rig.reported(StationUnregistered) == []


def test_a_contact_that_is_gone_is_asked_no_more() -> None:
    rig = Asking()
    rig.register(DESK, expires="3600")
    rig.register(MOBILE, contact="<sip:mobile@127.0.0.1:6201>", expires="3600")
    rig.hears(rig.one())
    rig.order(RemoveRegistrations(station=STATION, contact=None))
    assert rig.asks(100) == []
    assert rig.leftovers() == (0, 0, 0)
