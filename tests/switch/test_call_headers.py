"""Call data that calls bring in headers, and take along."""

from collections.abc import Collection

import pytest

from runtime.contact_data import Data
from switch import contact_data
from switch.call_headers import CallHeaders
from switch.causes import Cause
from switch.commands import AnswerCall, OfferCall, PlaceCall, SetCallData
from switch.events import CallArrived, CallDataChanged
from switch.sip.commands import DialStation
from switch.sip.events import LegEnded
from switch.sip.legs.branches import HeaderFields
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import OUTSIDE_NUMBER
from tests.switch.test_transfers import TransferRig

STATIONS = {"1001": {"X-Level": "level"}, "1002": {"X-Order": "order_no", "User-to-User": "level"}}


class HeadersRig(TransferRig):
    """Station 1001 brings and is told X-Level, 1002 X-Order and User-to-User; all others nothing."""

    def __init__(self) -> None:
        self.sent: dict[str, str] = {}
        """In whatever INVITE or REFER comes."""
        super().__init__(call_headers=CallHeaders(STATIONS, fields_of=self.fields_of))

    def fields_of(self, leg_id: str, names: Collection[str]) -> HeaderFields:
        return tuple((name, self.sent[name]) for name in names if name in self.sent)

    def note(self, call_id: str, **data: str) -> None:
        self.feed(SetCallData(call_id=call_id, data=dict(data), remove=()))

    @property
    def told(self) -> dict[str, str]:
        """To the station that was dialled last."""
        return dict(self.last(DialStation).headers)


@pytest.fixture
def rig() -> HeadersRig:
    return HeadersRig()


def test_a_station_brings_what_it_agreed_on_before_anybody_has_its_call(rig: HeadersRig) -> None:
    rig.sent = {"x-level": "金卡", "x-order": "D-7"}
    call_id = rig.arrive("caller", "95598", station="1001")
    assert rig.exchange.data_of(call_id) == {"level": "金卡"}
    kinds = [type(event) for event in rig.events if isinstance(event, CallArrived | CallDataChanged)]
    assert kinds == [CallArrived, CallDataChanged]


@pytest.mark.parametrize("station", [None, "1003"])
def test_strangers_and_other_stations_bring_nothing(rig: HeadersRig, station: str | None) -> None:
    rig.sent = {"x-level": "金卡"}
    assert rig.exchange.data_of(rig.arrive("caller", "95598", station=station)) == {}


def test_each_station_is_told_what_it_agreed_on_in_its_headers(rig: HeadersRig) -> None:
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id))
    rig.note(call_id, level="金卡", order_no="D-7", secret="x")
    expected = {
        "1001": {"x-level": "金卡"},
        "1002": {"x-order": "D-7", "user-to-user": "e98791e58da1;encoding=hex"},
        "1003": {},
    }
    for station, headers in expected.items():
        rig.feed(OfferCall(call_id=call_id, offer_id=f"offer-{station}", station=station))
        assert rig.told == headers


def test_what_calls_brought_is_forgotten_in_the_end(rig: HeadersRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_data, "LARGEST_KEPT", 200)
    for number in range(20):
        rig.sent = {"x-level": f"{number:040}"}
        leg_id = f"caller-{number}"
        rig.arrive(leg_id, "95598", station="1001")
        rig.feed(LegEnded(leg_id=leg_id, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True))
    assert rig.exchange.snapshot().data.size_bytes <= 200


def test_whom_a_call_is_transferred_to_is_told_its_data_and_what_the_refer_adds(rig: HeadersRig) -> None:
    call_id = rig.customer_talks()
    rig.note(call_id, order_no="D-7")
    rig.sent = {"x-level": "银卡"}
    rig.refer(rig.agent, "1002")
    assert rig.told == {"x-order": "D-7", "user-to-user": "e993b6e58da1;encoding=hex"}
    assert rig.last(CallDataChanged).changed == {"level": "银卡"}


def test_a_refer_that_joins_two_calls_adds_to_the_customers_data_too(rig: HeadersRig) -> None:
    rig.customer_talks()
    second = rig.call_between("1001", "1002", "second line")
    rig.sent = {"x-level": "银卡"}
    rig.refer(rig.agent, replaces="second line")
    assert rig.exchange.data_of(second) == {"level": "银卡"}


@pytest.mark.parametrize("whom", ["station:1001", f"number:{OUTSIDE_NUMBER}"])
def test_calls_that_the_switch_makes_take_their_data_along(rig: HeadersRig, whom: str) -> None:
    data: Data = {"level": 3}
    rig.feed(PlaceCall(call_id="placed", contact_id="c", whom=whom, target="flow:hotline", data=data))
    if whom.startswith("station"):
        assert rig.told == {"x-level": "3"}
    else:
        assert rig.last(DialTrunk).data == data
