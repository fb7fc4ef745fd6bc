"""Transfers by REFER: blind to every kind of target, attended in every constellation of the two calls."""

import pytest

from media.commands import AttachToRecording, BridgeEndpoints, Channel, StartPlayback, StartRecording
from media.events import RecordingFailed
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    BeepCall,
    ConnectCall,
    HandOff,
    HangUpCall,
    OfferCall,
    PauseCallRecording,
    PlaceCall,
    ResumeCallRecording,
    StartCallRecording,
)
from switch.events import (
    CallConnected,
    CallEnded,
    CallHandedOff,
    CallTransferred,
    CallTransferRefused,
    OfferEnded,
    TransferKind,
)
from switch.recording_beeps import RecordingBeep
from switch.recording_rule import RecordingRule
from switch.sip.commands import AnswerTransfer, DialStation, HangUpLeg, ReportTransfer
from switch.sip.events import LegAnswered, LegRinging, LegTransferRequested
from switch.trunks.commands import DialTrunk
from tests.helpers.dialling_rig import HOTLINE, DiallingRig
from tests.helpers.exchange_rig import AGENT_SDP, OUTSIDE_NUMBER


class TransferRig(DiallingRig):
    """Customers, stations 1001 to 1003, and REFER."""

    def refer(self, leg_id: str, number: str = "", *, replaces: str | None = None) -> None:
        self.feed(
            LegTransferRequested(
                leg_id=leg_id,
                transfer_id="transfer",
                target_number=number,
                target_uri=f"sip:{number}@switch",
                replaces_leg_id=replaces,
                referred_by="",
            )
        )

    def customer_talks(self) -> str:
        """A customer talks to station 1001, for an application other than dialling; returns the call."""
        call_id = self.arrive()
        self.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o1", station="1001"))
        self.answer_station()
        self.feed(ConnectCall(call_id=call_id, offer_id="o1"))
        self.agent = self.station_leg
        return call_id

    def beeps(self, call_id: str) -> int:
        """How many legs hear a beep that is due."""
        before = len(self.all(StartPlayback))
        self.feed(BeepCall(call_id=call_id))
        return len(self.all(StartPlayback)) - before

    def fail_recording(self, call_id: str) -> None:
        (recording_id,) = self.media.open_recordings
        self.feed(
            RecordingFailed(
                recording_id=recording_id,
                contact_id="contact",
                call_id=call_id,
                path="",
                reason="no space left",
            )
        )

    @property
    def reported(self) -> list[int]:
        return [command.status for command in self.all(ReportTransfer)]

    def hung_up(self) -> set[str]:
        return {command.leg_id for command in self.all(HangUpLeg)}


@pytest.fixture
def rig() -> TransferRig:
    return TransferRig()


def test_a_blind_transfer_to_a_queue_hands_the_call_off_at_once(rig: TransferRig) -> None:
    call_id = rig.customer_talks()
    rig.feed(HandOff(call_id=call_id, target="queue:service"))
    before = len(rig.all(CallHandedOff))
    rig.refer(rig.agent, "95598")
    assert rig.last(AnswerTransfer).status == 202
    assert rig.reported == [200]
    handed_off = rig.all(CallHandedOff)[before:]
    assert [event.target for event in handed_off] == ["flow:hotline"]
    assert rig.hung_up() == {rig.agent}
    assert rig.last(CallTransferred).kind is TransferKind.BLIND


@pytest.mark.parametrize("dialled", ["95598", "1002"])
def test_who_lent_a_call_gets_it_back_from_whomever_it_is_transferred_to(
    rig: TransferRig, dialled: str
) -> None:
    call_id = rig.customer_talks()
    rig.feed(HandOff(call_id=call_id, target="queue:service", back="flow:hotline"))
    rig.refer(rig.agent, dialled)
    if dialled == "1002":
        rig.answer_station()
    assert rig.last(CallHandedOff).back == "flow:hotline"
    rig.feed(HandOff(call_id=call_id, target="queue:service"))
    assert rig.last(CallHandedOff).back is None


def test_the_owner_hears_of_the_hand_off_before_its_station_is_gone(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "95598")
    order = [type(event) for event in rig.events if isinstance(event, CallHandedOff | OfferEnded)]
    assert order == [CallHandedOff, OfferEnded]


def test_a_blind_transfer_to_a_station_rings_it_while_the_two_still_talk(rig: TransferRig) -> None:
    call_id = rig.customer_talks()
    rig.refer(rig.agent, "1002")
    target = rig.last(DialStation)
    assert [dialled.referred_by for dialled in rig.all(DialStation)] == ["", "1001"]
    assert (target.station, target.caller_number) == ("1002", "13800138000")
    rig.feed(LegRinging(leg_id=target.leg_id, status=180))
    assert rig.reported == [180]
    assert rig.hung_up() == set()
    rig.answer_station()
    assert rig.reported == [180, 200]
    assert rig.hung_up() == {rig.agent}
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id="customer", peer_leg_id=target.leg_id)
    assert rig.last(CallConnected).station == "1002"
    assert rig.exchange.open_calls == 1
    assert rig.last(CallTransferred).call_id == call_id
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_the_recording_goes_on_with_the_new_station_on_its_channel(rig: TransferRig) -> None:
    rig.customer_talks()
    (recording_id,) = rig.media.open_recordings
    rig.refer(rig.agent, "1002")
    rig.answer_station()
    attached = rig.last(AttachToRecording)
    assert (attached.recording_id, attached.channel) == (recording_id, Channel.AGENT)
    assert attached.leg_id == rig.station_leg
    assert rig.media.open_recordings == {recording_id}


def test_a_transfer_to_an_outside_number_goes_through_the_trunks(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, OUTSIDE_NUMBER)
    rig.feed(LegAnswered(leg_id=rig.last(DialTrunk).leg_id, sdp=AGENT_SDP))
    assert rig.last(CallConnected).station == OUTSIDE_NUMBER


def test_a_transfer_to_an_outside_number_that_the_station_may_not_dial_is_refused() -> None:
    rig = TransferRig(may_dial=lambda station, number: station != "1001")
    rig.customer_talks()
    rig.refer(rig.agent, OUTSIDE_NUMBER)
    assert rig.last(AnswerTransfer).status == 403
    assert rig.all(DialTrunk) == []
    rig.refer(rig.agent, "unknown")
    assert rig.last(AnswerTransfer).status == 404


@pytest.mark.parametrize(("cause", "status"), [(Cause.USER_BUSY, 486), (Cause.USER_NOT_REGISTERED, 480)])
def test_a_target_that_cannot_be_had_leaves_all_as_it_was(
    rig: TransferRig, cause: Cause, status: int
) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.end(rig.station_leg, cause)
    assert rig.reported == [status]
    assert rig.all(CallHandedOff) == []
    assert rig.all(OfferEnded) == []
    (call,) = rig.exchange.calls()
    assert call.station == "1001"


def test_a_transfer_can_be_tried_again_after_it_failed(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.end(rig.station_leg, Cause.USER_BUSY)
    rig.refer(rig.agent, "1003")
    rig.answer_station()
    assert rig.last(CallConnected).station == "1003"


def test_who_transfers_may_hang_up_while_it_rings(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.feed(LegRinging(leg_id=rig.station_leg, status=180))
    rig.end(rig.agent, Cause.NORMAL_CLEARING)
    assert rig.last(CallHandedOff).target == "station:1002"
    assert set(rig.media.playing) == {"customer"}  # ring-back
    rig.answer_station()
    assert rig.last(CallConnected).station == "1002"
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_call_whose_transferor_is_gone_comes_back_when_the_target_cannot_be_had(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.end(rig.agent, Cause.NORMAL_CLEARING)
    rig.end(rig.station_leg, Cause.USER_BUSY)
    assert rig.last(DialStation).station == "1001"
    rig.end(rig.station_leg, Cause.USER_BUSY)
    assert rig.last(CallEnded).cause is Cause.USER_BUSY
    rig.assert_idle()


def test_a_customer_who_hangs_up_meanwhile_stops_the_target_too(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.end("customer", Cause.NORMAL_CLEARING)
    assert rig.hung_up() >= {rig.agent, rig.station_leg}
    rig.assert_idle()


def test_a_station_that_called_passes_on_the_one_it_called(rig: TransferRig) -> None:
    call_id = rig.call_between("1001", "1002", "caller")
    called = rig.station_leg
    rig.refer("caller", "1003")
    rig.answer_station()
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id=called, peer_leg_id=rig.station_leg)
    assert rig.hung_up() == {"caller"}
    (call,) = rig.exchange.calls()
    assert (call.call_id, call.caller_number, call.station) == (call_id, "1002", "1003")
    rig.end(called, Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_station_that_called_may_pass_on_and_hang_up_at_once(rig: TransferRig) -> None:
    rig.call_between("1001", "1002", "caller")
    called = rig.station_leg
    rig.refer("caller", "1003")
    rig.end("caller", Cause.NORMAL_CLEARING)
    rig.answer_station()
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id=called, peer_leg_id=rig.station_leg)
    rig.end(rig.station_leg, Cause.NORMAL_CLEARING)
    rig.assert_idle()


def caller_transfers_and_is_left(rig: TransferRig) -> None:
    """Station 1001 talks to 1002, for a flow, and passes it on to 1003; 1002 hangs up while that rings."""
    call_id = rig.arrive("caller", station="1001")
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o1", station="1002"))
    called = rig.answer_station()
    rig.feed(ConnectCall(call_id=call_id, offer_id="o1"))
    rig.refer("caller", "1003")
    rig.end(called, Cause.NORMAL_CLEARING)


def test_a_station_that_is_left_by_whom_it_passes_on_has_the_phone_itself(rig: TransferRig) -> None:
    caller_transfers_and_is_left(rig)
    rig.answer_station()
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id="caller", peer_leg_id=rig.station_leg)
    rig.end("caller", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_station_that_is_left_by_whom_it_passes_on_may_hang_up(rig: TransferRig) -> None:
    caller_transfers_and_is_left(rig)
    rig.end("caller", Cause.NORMAL_CLEARING)
    assert rig.station_leg in rig.hung_up()
    rig.assert_idle()


def test_nobody_from_outside_may_transfer(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer("customer", "1002")
    assert rig.last(AnswerTransfer).status == 403


@pytest.mark.parametrize("number", ["4711", ""])
def test_a_number_nobody_has_is_refused(rig: TransferRig, number: str) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, number)
    assert rig.last(AnswerTransfer).status == 404
    assert rig.exchange.open_calls == 1


def test_one_transfer_at_a_time(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.refer(rig.agent, "1003")
    assert [command.status for command in rig.all(AnswerTransfer)] == [202, 491]


def test_a_transfer_of_a_leg_that_is_gone_is_refused(rig: TransferRig) -> None:
    rig.refer("nobody", "1002")
    assert rig.last(AnswerTransfer).status == 481


def test_an_attended_transfer_joins_customer_and_consulted_station(rig: TransferRig) -> None:
    first = rig.customer_talks()
    (recording_id,) = rig.media.open_recordings
    second = rig.call_between("1001", "1002", "consultation")
    consulted = rig.station_leg
    rig.refer(rig.agent, replaces="consultation")
    assert (rig.last(AnswerTransfer).status, rig.reported) == (202, [200])
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id="customer", peer_leg_id=consulted)
    assert rig.hung_up() == {rig.agent, "consultation"}
    (call,) = rig.exchange.calls()
    assert (call.call_id, call.caller_number, call.station) == (second, "13800138000", "1002")
    told = rig.last(CallTransferred)
    assert (told.kind, told.by, told.from_call_id) == (TransferKind.ATTENDED, "1001", first)
    ended = rig.last(CallEnded)
    assert (ended.call_id, ended.contact_id) == (first, call.contact_id)
    assert rig.media.open_recordings == {recording_id}
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_the_contacts_recording_hears_the_consulted_station_after_the_transfer(rig: TransferRig) -> None:
    rig.customer_talks()
    (recording_id,) = rig.media.open_recordings
    rig.call_between("1001", "1002", "consultation")
    consulted = rig.station_leg
    rig.refer(rig.agent, replaces="consultation")
    assert rig.last(AttachToRecording) == AttachToRecording(
        recording_id=recording_id, leg_id=consulted, channel=Channel.AGENT
    )


def test_a_recording_that_went_along_and_fails_is_no_longer_the_calls(rig: TransferRig) -> None:
    first = rig.customer_talks()
    rig.call_between("1001", "1002", "consultation")
    rig.refer(rig.agent, replaces="consultation")
    rig.fail_recording(first)
    (call,) = rig.exchange.calls()
    assert call.recording_id is None


def test_a_recording_that_failed_does_not_begin_again_with_a_transfer() -> None:
    rig = TransferRig(hotline=HOTLINE.model_copy(update={"record": RecordingRule.FROM_CONNECT}))
    first = rig.customer_talks()
    rig.fail_recording(first)
    rig.arrive("consultation", "1002", station="1001")
    rig.refer(rig.agent, replaces="consultation")
    rig.answer_station()
    assert rig.last(CallConnected).station == "1002"
    assert len(rig.all(StartRecording)) == 1


def test_no_beep_is_heard_after_a_transfer_while_the_recording_is_paused() -> None:
    rig = TransferRig(recording_beep=RecordingBeep(prompt="tone:recorded"))
    first = rig.customer_talks()
    second = rig.call_between("1001", "1002", "consultation")
    rig.feed(PauseCallRecording(call_id=first, customer=True, agent=True))
    rig.refer(rig.agent, replaces="consultation")
    assert rig.beeps(second) == 0
    rig.feed(ResumeCallRecording(call_id=second))
    assert rig.beeps(second) == 2


def test_the_beep_is_heard_after_a_transfer_though_the_consultation_was_paused() -> None:
    rig = TransferRig(recording_beep=RecordingBeep(prompt="tone:recorded"))
    rig.customer_talks()
    second = rig.call_between("1001", "1002", "consultation")
    rig.feed(
        StartCallRecording(call_id=second), PauseCallRecording(call_id=second, customer=True, agent=True)
    )
    rig.refer(rig.agent, replaces="consultation")
    assert rig.beeps(second) == 2


def test_the_agents_own_application_hears_that_its_call_has_ended(rig: TransferRig) -> None:
    first = rig.customer_talks()
    rig.call_between("1001", "1002", "consultation")
    rig.refer(rig.agent, replaces="consultation")
    ended = [event for event in rig.events if isinstance(event, CallEnded | OfferEnded)]
    assert [(type(event), event.call_id) for event in ended] == [(CallEnded, first), (OfferEnded, first)]


def test_a_colleague_who_had_called_gets_the_customer_with_contact_and_recording(rig: TransferRig) -> None:
    first = rig.customer_talks()
    (recording_id,) = rig.media.open_recordings
    contact_id = rig.exchange.find(first).contact_id  # type: ignore[union-attr]
    second = rig.call_between("1002", "1001", "colleague")
    called = rig.station_leg
    rig.refer(rig.agent, replaces=called)
    assert (rig.last(AnswerTransfer).status, rig.reported) == (202, [200])
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id="customer", peer_leg_id="colleague")
    assert rig.hung_up() == {rig.agent, called}
    (call,) = rig.exchange.calls()
    assert (call.call_id, call.contact_id) == (first, contact_id)
    assert (call.caller_number, call.station) == ("13800138000", "1002")
    told = rig.last(CallTransferred)
    assert (told.kind, told.by, told.from_call_id) == (TransferKind.ATTENDED, "1001", second)
    assert [ended.call_id for ended in rig.all(CallEnded)] == [second]
    assert rig.media.open_recordings == {recording_id}
    assert rig.media.recorded == {"customer": Channel.CUSTOMER, "colleague": Channel.AGENT}
    rig.end("colleague", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_a_colleague_who_had_called_and_transfers_meanwhile_gets_the_customer(rig: TransferRig) -> None:
    first = rig.customer_talks()
    rig.call_between("1002", "1001", "colleague")
    called = rig.station_leg
    rig.refer("colleague", "1003")
    ringing = rig.station_leg
    rig.refer(rig.agent, replaces=called)
    assert ringing in rig.hung_up()
    (call,) = rig.exchange.calls()
    assert (call.call_id, call.station, call.transfer) == (first, "1002", None)
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_who_is_transferred_to_a_ringing_phone_waits_for_it(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.arrive("consultation", "1002", station="1001")
    rig.refer(rig.agent, replaces="consultation")
    assert set(rig.media.playing) == {"customer"}
    rig.answer_station()
    assert rig.last(CallConnected).station == "1002"
    assert rig.media.playing == {}
    rig.end(rig.station_leg, Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_who_is_transferred_to_a_ringing_phone_comes_back_when_nobody_answers(rig: TransferRig) -> None:
    rig.customer_talks()
    (recording_id,) = rig.media.open_recordings
    rig.arrive("consultation", "1002", station="1001")
    ringing = rig.station_leg
    rig.feed(LegRinging(leg_id=ringing, status=180))
    rig.refer(rig.agent, replaces="consultation")
    assert rig.hung_up() == {rig.agent, "consultation"}
    rig.end(ringing, Cause.NO_ANSWER)
    assert rig.last(DialStation).station == "1001"
    back = rig.answer_station()
    assert rig.media.bridges == {frozenset(("customer", back))}
    assert rig.media.recorded == {"customer": Channel.CUSTOMER, back: Channel.AGENT}
    assert rig.media.open_recordings == {recording_id}
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_what_the_switch_calls_a_station_for_is_not_its_to_give_away(rig: TransferRig) -> None:
    rig.customer_talks()
    placed = PlaceCall(
        call_id="placed", contact_id="another contact", whom="station:1001", target="flow:hotline"
    )
    rig.feed(placed)
    rig.refer(rig.agent, replaces=rig.station_leg)
    assert rig.last(CallTransferRefused).reason == "not_answered"
    assert rig.media.bridges == {frozenset(("customer", rig.agent))}
    assert rig.media.playing == {}


def test_two_customers_of_one_station_can_be_joined(rig: TransferRig) -> None:
    rig.customer_talks()
    first_agent = rig.agent
    second = rig.arrive("customer-2")
    rig.feed(AnswerCall(call_id=second), OfferCall(call_id=second, offer_id="o2", station="1001"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id=second, offer_id="o2"))
    second_agent = rig.station_leg
    rig.refer(first_agent, replaces=second_agent)
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id="customer-2", peer_leg_id="customer")
    assert rig.hung_up() == {first_agent, second_agent}
    assert rig.last(CallConnected).station == "13800138000"
    rig.end("customer", Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_two_stations_that_a_third_called_can_be_joined(rig: TransferRig) -> None:
    rig.call_between("1001", "1002", "first")
    one = rig.station_leg
    rig.call_between("1001", "1003", "second")
    other = rig.station_leg
    rig.refer("first", replaces="second")
    assert rig.last(BridgeEndpoints) == BridgeEndpoints(leg_id=one, peer_leg_id=other)
    (call,) = rig.exchange.calls()
    assert (call.caller_number, call.station) == ("1002", "1003")
    rig.end(one, Cause.NORMAL_CLEARING)
    rig.assert_idle()


def test_the_other_call_must_be_of_the_same_station(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.call_between("1002", "1003", "strangers")
    rig.refer(rig.agent, replaces="strangers")
    assert rig.last(AnswerTransfer).status == 403
    assert rig.exchange.open_calls == 2


def test_the_other_call_must_be_another_one_that_is_up(rig: TransferRig) -> None:
    rig.customer_talks()
    for replaced in ("gone", "customer"):
        rig.refer(rig.agent, replaces=replaced)
    assert [command.status for command in rig.all(AnswerTransfer)] == [481, 481]


def test_a_hang_up_from_outside_ends_a_call_with_all_of_a_transfer(rig: TransferRig) -> None:
    call_id = rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.feed(HangUpCall(call_id=call_id, cause=Cause.MANAGER_REQUEST))
    rig.assert_idle()
