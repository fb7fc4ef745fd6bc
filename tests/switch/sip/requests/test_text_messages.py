from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.errors import UsageError
from runtime.tenancy import HOUSE
from switch.sip.commands import SendText
from switch.sip.events import TextDelivered, TextFailed, TextReceived
from switch.sip.hop import Hop
from switch.sip.messages.message import Message, Request
from switch.sip.requests.text_messages import readable
from tests.helpers.sip_messages import authorized, make_request, make_response
from tests.helpers.sip_rig import PASSWORD, STATION, SipRig, methods, statuses

OTHER = "1002"
CODE = "95598"
DESK = Hop("udp", "127.0.0.1", 6200)
MOBILE = Hop("udp", "127.0.0.1", 6201)
TEXT = "明天九点开会\n第二会议室"


class Office(SipRig):
    """Two stations and an access code that takes texts."""

    def __init__(self) -> None:
        super().__init__(stations=(STATION, OTHER), text_numbers={CODE: HOUSE})

    def write(self, called: str, text: str = TEXT, *, proved: bool = True, **headers: Any) -> list[Message]:
        """MESSAGE of the first station, or of a stranger."""
        fields = {"content_type": "text/plain;charset=UTF-8", **headers}
        caller = f'"张伟" <sip:{STATION if proved else "139"}@127.0.0.1>;tag=t'
        request = make_request("MESSAGE", uri=f"sip:{called}@127.0.0.1", caller=caller, body=text, **fields)
        sent = self.receive(request)
        if not proved:
            return sent
        return self.receive(authorized(request, self.one_response(sent), user=STATION, password=PASSWORD))

    def send(self, station: str = OTHER) -> list[Message]:
        """A text of the switch."""
        return self.order(SendText(text_id="t", station=station, text=TEXT, sender_name="Ringmain"))


def test_a_text_for_an_access_code_is_reported() -> None:
    rig = Office()
    assert statuses(rig.write(CODE, proved=False)) == [200]
    (event,) = rig.reported(TextReceived)
    assert (event.text, event.called_number, event.caller_number) == (TEXT, CODE, "139")
    assert (event.station, event.caller_name, event.peer) == (None, "张伟", "udp:127.0.0.1:6000")


def test_a_text_goes_to_every_phone_of_a_station_and_its_sender_gets_their_answer() -> None:
    rig = Office()
    for hop in (DESK, MOBILE):
        rig.register(hop, station=OTHER)
    desk, mobile = rig.write(OTHER)
    assert isinstance(desk, Request)
    assert isinstance(mobile, Request)
    assert methods([desk, mobile]) == ["MESSAGE", "MESSAGE"]
    assert desk.body.decode() == TEXT
    assert desk.headers.get("content-type") == "text/plain;charset=UTF-8"
    assert (desk.headers.get("from") or "").startswith('"张伟" <sip:1001@127.0.0.1>;tag=')
    assert set(rig.hops[-2:]) == {DESK, MOBILE}
    assert rig.receive(make_response(desk, 486)) == []
    assert statuses(rig.receive(make_response(mobile, 200))) == [200]
    (received,) = rig.reported(TextReceived)
    assert received.station == STATION
    assert rig.reported(TextDelivered) == [TextDelivered(text_id=received.text_id, station=OTHER)]
    assert rig.reported(TextFailed) == []


def test_a_text_that_no_phone_takes_fails_with_the_last_answer() -> None:
    rig = Office()
    rig.register(DESK, station=OTHER)
    (sent,) = rig.write(OTHER)
    assert isinstance(sent, Request)
    assert statuses(rig.receive(make_response(sent, 415))) == [415]
    assert [event.status for event in rig.reported(TextFailed)] == [415]


def test_a_phone_that_never_answers_does_not_take_it() -> None:
    rig = Office()
    rig.register(DESK, station=OTHER)
    rig.write(OTHER)
    assert statuses(rig.pass_time(40)) == [480]
    rig.pass_time(40)
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize(
    ("called", "wishes", "status"),
    [
        (OTHER, {}, 480),
        ("9999", {}, 404),
        (OTHER, {"proved": False}, 403),
        (CODE, {"text": "x" * 5000}, 413),
        (CODE, {"content_type": "application/im-iscomposing+xml"}, 415),
        (CODE, {"content_type": "text/plain; charset=gb2312"}, 415),
        (CODE, {"content_encoding": "gzip"}, 415),
    ],
)
def test_a_text_that_cannot_be_taken_is_refused(called: str, wishes: dict[str, Any], status: int) -> None:
    rig = Office()
    assert statuses(rig.write(called, **wishes)) == [status]
    assert rig.reported(TextReceived) == []


def test_a_text_of_ours_is_told_of_when_it_is_delivered() -> None:
    rig = Office()
    rig.register(DESK, station=OTHER)
    (sent,) = rig.send()
    assert isinstance(sent, Request)
    assert (sent.headers.get("from") or "").startswith("Ringmain <sip:127.0.0.1>;tag=")
    rig.receive(make_response(sent, 202))
    assert rig.reported(TextDelivered) == [TextDelivered(text_id="t", station=OTHER)]


def test_a_text_for_a_station_without_phones_fails() -> None:
    rig = Office()
    assert rig.send() == []
    assert rig.reported(TextFailed) == [TextFailed(text_id="t", station=OTHER, status=480)]
    with pytest.raises(UsageError, match="9999"):
        rig.send("9999")


@given(st.binary(max_size=200))
def test_any_bytes_become_a_text_that_can_be_shown(body: bytes) -> None:
    text = readable(body)
    text.encode("utf-8")
    assert not any(c in text for c in "\x1b\x00\r\u202e")


def test_a_text_that_comes_on_two_ways_is_taken_once() -> None:
    rig = Office()
    first, second = (
        make_request(
            "MESSAGE",
            uri=f"sip:{CODE}@127.0.0.1",
            branch=f"z9hG4bK{way}",
            sip_call_id="two",
            called=f"<sip:{CODE}@switch>",
            body=TEXT,
            content_type="text/plain",
        )
        for way in "ab"
    )
    assert statuses(rig.receive(first)) == [200]
    assert statuses(rig.receive(second)) == [482]
    assert len(rig.reported(TextReceived)) == 1
