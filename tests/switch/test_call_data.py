"""Call data: noted of a contact, and found wherever the contact goes."""

from typing import Any

import pytest

from runtime.contact_data import MOST_BYTES
from runtime.errors import UsageError
from switch import contact_data
from switch.causes import Cause
from switch.commands import AnswerCall, HandOff, PlaceCall, SetCallData
from switch.contact_data import ContactData
from switch.data_verbs import DataVerbs, SetDataParams
from switch.events import CallDataChanged, CallPlaced
from switch.exchange import Exchange
from tests.helpers.dialling_rig import HOTLINE
from tests.helpers.exchange_rig import OUTSIDE_NUMBER, TARGETS
from tests.switch.test_transfers import TransferRig


@pytest.fixture
def rig() -> TransferRig:
    return TransferRig()


def set_data(rig: TransferRig, **params: Any) -> Any:
    verbs = {verb.name: verb for verb in DataVerbs(rig.exchange, rig.driver.submit).verbs()}
    return verbs["call.set_data"].handle(SetDataParams(**params))


def note(rig: TransferRig, call_id: str, *removed: str, **data: Any) -> None:
    rig.feed(SetCallData(call_id=call_id, data=data, remove=removed))


def told(rig: TransferRig) -> list[tuple[str, dict[str, Any], tuple[str, ...]]]:
    return [(event.call_id, event.changed, event.removed) for event in rig.all(CallDataChanged)]


def test_what_is_noted_is_known_and_told(rig: TransferRig) -> None:
    call_id = rig.arrive()
    note(rig, call_id, order="D-7", urgent=True)
    note(rig, call_id, "urgent", order="D-8")
    assert rig.exchange.data_of(call_id) == {"order": "D-8"}
    assert told(rig) == [
        (call_id, {"order": "D-7", "urgent": True}, ()),
        (call_id, {"order": "D-8"}, ("urgent",)),
    ]


def test_nothing_is_told_when_nothing_is_other(rig: TransferRig) -> None:
    call_id = rig.arrive()
    note(rig, call_id, order="D-7")
    note(rig, call_id, "never", order="D-7")
    assert len(told(rig)) == 1


def test_a_hand_off_keeps_what_is_noted(rig: TransferRig) -> None:
    call_id = rig.arrive()
    note(rig, call_id, order="D-7")
    rig.feed(AnswerCall(call_id=call_id), HandOff(call_id=call_id, target="queue:service"))
    assert rig.exchange.data_of(call_id) == {"order": "D-7"}


def test_who_is_consulted_gets_it_with_the_customer(rig: TransferRig) -> None:
    first = rig.customer_talks()
    note(rig, first, order="D-7", level="vip")
    second = rig.call_between("1001", "1002", "consultation")
    note(rig, second, level="of 1001", asked="二线")
    rig.refer(rig.agent, replaces="consultation")
    assert rig.exchange.data_of(second) == {"order": "D-7", "level": "vip", "asked": "二线"}
    assert rig.exchange.data_of(first) == {}
    told_of_joined: dict[str, Any] = {}
    for call_id, changed, removed in told(rig):
        if call_id == second:
            told_of_joined = {k: v for k, v in told_of_joined.items() if k not in removed} | changed
    assert told_of_joined == rig.exchange.data_of(second)


def test_a_colleague_who_had_called_gets_what_is_noted_of_both(rig: TransferRig) -> None:
    first = rig.customer_talks()
    note(rig, first, order="D-7")
    second = rig.call_between("1002", "1001", "colleague")
    note(rig, second, asked="二线")
    rig.refer(rig.agent, replaces=rig.station_leg)
    assert rig.exchange.data_of(first) == {"order": "D-7", "asked": "二线"}


def test_a_contact_that_is_called_back_has_its_data_again(rig: TransferRig) -> None:
    call_id = rig.arrive()
    note(rig, call_id, order="D-7")
    contact_id = rig.exchange.find(call_id).contact_id  # type: ignore[union-attr]
    rig.feed(AnswerCall(call_id=call_id))
    rig.end("customer", Cause.NORMAL_CLEARING)
    assert rig.exchange.data_of(call_id) == {}
    whom = f"number:{OUTSIDE_NUMBER}"
    rig.feed(
        PlaceCall(
            call_id="again", contact_id=contact_id, whom=whom, target="queue:service", data={"callback": 1}
        )
    )
    assert rig.exchange.data_of("again") == {"order": "D-7", "callback": 1}
    placed = rig.events.index(rig.last(CallPlaced))
    assert rig.events[placed + 1] == CallDataChanged(
        call_id="again", contact_id=contact_id, changed={"order": "D-7", "callback": 1}
    )


def test_both_calls_of_a_visit_are_told(rig: TransferRig) -> None:
    call_id = rig.arrive()
    contact_id = rig.exchange.find(call_id).contact_id  # type: ignore[union-attr]
    rig.feed(PlaceCall(call_id="beside", contact_id=contact_id, whom="station:1001", target="queue:service"))
    note(rig, "beside", order="D-7")
    assert {event.call_id for event in rig.all(CallDataChanged)} == {call_id, "beside"}


def test_a_snapshot_has_it(rig: TransferRig) -> None:
    call_id = rig.arrive()
    note(rig, call_id, order="D-7")
    taken = rig.exchange.snapshot()
    note(rig, call_id, order="D-8")
    again = Exchange([HOTLINE], rig.ids, TARGETS.__contains__, taken)
    assert again.data_of(call_id) == {"order": "D-7"}


def test_personal_values_are_known_and_not_told(rig: TransferRig) -> None:
    call_id = rig.arrive()
    rig.exchange.snapshot()
    again = Exchange(
        [HOTLINE], rig.ids, TARGETS.__contains__, rig.exchange.snapshot(), personal_data=["id_number"]
    )
    order = SetCallData(call_id=call_id, data={"id_number": "450203"})
    (event,) = again.routes()[SetCallData](order, 0.0)
    assert isinstance(event, CallDataChanged)
    assert event.changed == {"id_number": "***"}
    assert again.data_of(call_id) == {"id_number": "450203"}
    assert "450203" not in repr(order)


def test_too_much_is_refused_whole(rig: TransferRig) -> None:
    call_id = rig.arrive()
    assert set_data(rig, call_id=call_id, data={"a": 1})["data"] == {"a": 1}
    with pytest.raises(UsageError, match="8192 bytes at most"):
        set_data(rig, call_id=call_id, data={"a": 2, "b": "x" * MOST_BYTES})
    with pytest.raises(UsageError, match="b: expected a text"):
        set_data(rig, call_id=call_id, data={"b": {"c": 1}})
    assert set_data(rig, call_id=call_id, remove=["z"])["data"] == {"a": 1}
    with pytest.raises(UsageError, match="no call call-99 is up"):
        set_data(rig, call_id="call-99")


def test_the_oldest_are_forgotten_when_there_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_data, "LARGEST_KEPT", 100)
    data = ContactData()
    for number in range(5):
        data.change(f"contact-{number}", {"x": "y" * 20}, ())
    data.make_room({"contact-0"})
    assert list(data.of_contacts) == ["contact-0", "contact-4"]
    assert data.size_bytes == sum(data.sizes.values()) == 58
