"""Who is heard in a recording: the ledger reads in the journal what the exchange told the recorder."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_type_hints

import pytest

from media.commands import AttachToRecording, Channel
from switch.archive.ledger import Ledger
from switch.archive.manifests import manifest_of
from switch.archive.notes import Ended
from switch.causes import Cause
from switch.commands import AnswerCall, ConnectCall, OfferCall, PlaceCall, StartCallRecording
from switch.events import CallAnswered, CallConnected, RecordingStopped
from switch.leg_role import LegRole
from switch.records.projection import JournalEntry
from switch.sip.events import LegAnswered
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import AGENT_SDP, OUTSIDE_NUMBER
from tests.switch.records.stories import (
    START,
    Moment,
    agent_joined,
    answered_call,
    arrived,
    call_shorter_than_the_opening_of_its_file,
    call_whose_recording_cannot_begin,
    ended,
    handed_off,
    journal_of,
    leg_joined,
    leg_left,
    placed,
    recording_completed,
    recording_failed,
    recording_started,
    switch_started,
)
from tests.switch.test_conferring import ConferenceRig
from tests.switch.test_transfers import TransferRig


def fold(ledger: Ledger, entries: list[JournalEntry]) -> list[Ended]:
    shown = (entry for entry in entries if entry.topic in ledger.topics)
    return [over for entry in shown if (over := ledger.apply(entry)) is not None]


def story(*moments: Moment) -> Ended:
    (over,) = fold(Ledger(), journal_of(moments))
    return over


def plain(rig: TransferRig) -> None:
    rig.customer_talks()


def called_by_the_switch(rig: TransferRig) -> None:
    rig.feed(
        PlaceCall(
            call_id="placed",
            contact_id="contact",
            whom="station:1003",
            target="queue:service",
            access_code="95598",
        )
    )
    rig.answer_station()
    rig.feed(OfferCall(call_id="placed", offer_id="o1", station="1001"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id="placed", offer_id="o1"))


def blind_transfer(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.answer_station()


def blind_transfer_and_gone(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.refer(rig.agent, "1002")
    rig.end(rig.agent, Cause.NORMAL_CLEARING)
    rig.answer_station()


def attended_transfer(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.call_between("1001", "1002", "consultation")
    rig.refer(rig.agent, replaces="consultation")


def attended_transfer_to_one_who_rings(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.arrive("consultation", "1002", station="1001")
    rig.refer(rig.agent, replaces="consultation")
    rig.answer_station()


def two_customers_joined(rig: TransferRig) -> None:
    rig.customer_talks()
    first_agent = rig.agent
    second = rig.arrive("customer-2")
    rig.feed(AnswerCall(call_id=second), OfferCall(call_id=second, offer_id="o2", station="1001"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id=second, offer_id="o2"))
    rig.refer(first_agent, replaces=rig.station_leg)


def picked_up(rig: TransferRig) -> None:
    rig.customer_talks()
    rig.arrive("colleague", "anything", station="1002", replaces=rig.agent)


def called_out(rig: TransferRig) -> None:
    rig.arrive("caller", OUTSIDE_NUMBER, station="1001")
    rig.feed(LegAnswered(leg_id=rig.last(DialTrunk).leg_id, sdp=AGENT_SDP))
    (call,) = rig.exchange.calls()
    rig.feed(StartCallRecording(call_id=call.call_id))


def called_out_and_passed_on(rig: TransferRig) -> None:
    called_out(rig)
    rig.refer("caller", "1002")
    rig.answer_station()


def called_out_and_consulted(rig: TransferRig) -> None:
    called_out(rig)
    rig.call_between("1001", "1002", "consultation")
    rig.refer("caller", replaces="consultation")


def colleagues_then_an_outside_number(rig: TransferRig) -> None:
    call_id = rig.call_between("1001", "1002", "caller")
    rig.feed(StartCallRecording(call_id=call_id))
    rig.refer(rig.station_leg, OUTSIDE_NUMBER)
    rig.feed(LegAnswered(leg_id=rig.last(DialTrunk).leg_id, sdp=AGENT_SDP))


def conference(rig: ConferenceRig) -> None:
    party_id, leg_id = rig.add()
    rig.add("station:1003")
    rig.ask("call.mute_party", party_id=party_id)
    rig.ask("call.unmute_party", party_id=party_id)
    rig.end(leg_id, Cause.NORMAL_CLEARING)


def conference_without_its_station(rig: ConferenceRig) -> None:
    rig.add()
    rig.add("station:1003")
    rig.end(rig.agent, Cause.NORMAL_CLEARING)


def supervised(rig: ConferenceRig) -> None:
    rig.listens("call.whisper")
    for verb in ("call.barge", "call.monitor", "call.barge"):
        rig.call(verb, agent="81")


def intercepted(rig: ConferenceRig) -> None:
    rig.listens("call.barge")
    rig.call("call.intercept", agent="81")


@pytest.mark.parametrize(
    "scene",
    [
        plain,
        called_by_the_switch,
        blind_transfer,
        blind_transfer_and_gone,
        attended_transfer,
        attended_transfer_to_one_who_rings,
        two_customers_joined,
        picked_up,
        called_out,
        called_out_and_passed_on,
        called_out_and_consulted,
        colleagues_then_an_outside_number,
        conference,
        conference_without_its_station,
        supervised,
        intercepted,
    ],
)
def test_the_legs_noted_are_those_the_recorder_was_given(scene: Callable[[Any], None]) -> None:
    rig, ledger = get_type_hints(scene)["rig"](), Ledger()
    scene(rig)
    fold(ledger, journal_of([(0, event) for event in rig.events]))
    noted = {(note.recording_id, leg.leg_id, leg.channel) for note in ledger.under_way() for leg in note.legs}
    given = {
        (each.recording_id, each.leg_id, "customer" if each.channel is Channel.CUSTOMER else "agent")
        for each in rig.all(AttachToRecording)
    }
    assert noted == given != set()
    under_way = [note for note in ledger.under_way() if note.recording_id in rig.media.open_recordings]
    heard = [leg.leg_id for note in under_way for leg in note.legs if leg.left is None]
    assert sorted(heard) == sorted(rig.media.recorded)


def test_a_recording_goes_on_in_the_call_its_customer_is_transferred_to() -> None:
    rig, ledger = TransferRig(), Ledger()
    first = rig.customer_talks()
    second = rig.call_between("1001", "1002", "consultation")
    rig.refer(rig.agent, replaces="consultation")
    fold(ledger, journal_of([(0, event) for event in rig.events]))
    (note,) = ledger.under_way()
    assert note.call_ids == [first, second]
    assert [(leg.party, leg.left is None) for leg in note.legs] == [
        ("13800138000", True),
        ("1001", False),
        ("1002", True),
    ]


def test_a_recording_that_ends_tells_who_called_waited_and_talked() -> None:
    sits_there = agent_joined("8002", "leg-of-1002")
    talk = next(n for n, (_, event) in enumerate(answered_call()) if isinstance(event, CallConnected))
    over = story(*answered_call()[:talk], (22.0, sits_there), *answered_call()[talk:])
    note = over.note
    assert (note.caller, note.called, note.queue) == ("13800138000", "95598", "客户服务")
    assert (over.state, over.outcome["sha256"]) == ("completed", "ab" * 32)
    assert (note.began, note.path) == (START + 0.5, "/var/recordings/recording-1.wav")
    customer, agent = note.legs
    assert (customer.leg_id, customer.joined, customer.left) == ("leg-of-call-1", START + 0.5, None)
    assert (agent.party, agent.agent) == ("1002", "8002")
    assert (agent.joined, agent.left) == (START + 22, START + 30)


@pytest.mark.parametrize(
    ("answered_by", "connected_by", "noted"),
    [("first", None, "first"), (None, "second", "second"), ("first", "second", "first"), (None, None, None)],
)
def test_the_trunk_by_which_somebody_was_called_is_noted(
    answered_by: str | None, connected_by: str | None, noted: str | None
) -> None:
    answered = CallAnswered(call_id="call-1", recording_id="recording-1", trunk=answered_by)
    connected = CallConnected(call_id="call-1", offer_id="offer-1", station="1002", trunk=connected_by)
    over = story((0, placed()), (5, answered), (6, connected), (9, recording_completed()))
    assert over.note.trunk == noted


def test_several_agents_are_noted_each_with_their_time() -> None:
    talk: list[Moment] = [
        (2.0, leg_joined("1001", LegRole.AGENT, leg_id="leg-1")),
        (9.0, leg_left("leg-1")),
        (9.0, handed_off("queue:second")),
        (20.0, leg_joined("1002", LegRole.AGENT, leg_id="leg-2")),
    ]
    over = story(
        (0, arrived()), (1, leg_joined()), (1, recording_started()), *talk, (30, recording_completed())
    )
    assert [(leg.leg_id, leg.joined - START, leg.left) for leg in over.note.legs[1:]] == [
        ("leg-1", 2.0, START + 9),
        ("leg-2", 20.0, None),
    ]
    assert over.note.queue == "second"


def test_a_call_shorter_than_the_opening_of_its_file_keeps_its_recording() -> None:
    over = story(*call_shorter_than_the_opening_of_its_file())
    assert (over.note.call_ids, over.note.path) == (["call-1"], "/var/recordings/recording-1.wav")


def test_what_failed_tells_why() -> None:
    over = story(*call_whose_recording_cannot_begin())
    assert (over.state, over.outcome["reason"]) == ("failed", "No space left on device")


def test_a_restart_leaves_recordings_under_way_and_ends_calls() -> None:
    ledger = Ledger()
    moments = [
        (0.0, arrived()),
        (1.0, recording_started()),
        (2.0, arrived("call-2")),
        (9.0, switch_started()),
    ]
    assert fold(ledger, journal_of(moments)) == []
    assert [note.recording_id for note in ledger.under_way()] == ["recording-1"]
    assert ledger.oldest_open() == 1
    (over,) = fold(ledger, journal_of([(10, recording_failed())], first_sequence=5))
    assert over.note.caller == "13800138000"
    assert ledger.oldest_open() is None


def test_the_place_to_go_on_from_is_that_of_the_oldest_call_or_recording() -> None:
    ledger = Ledger()
    first, second = journal_of([(0, arrived("a")), (0, arrived("b"))], first_sequence=7)
    fold(ledger, [first, second])
    assert ledger.oldest_open() == 7
    fold(ledger, journal_of([(1, ended("a"))], first_sequence=9))
    assert ledger.oldest_open() == 8


def test_an_end_of_which_the_journal_has_no_beginning_is_noted_all_the_same() -> None:
    over = story((40.5, recording_completed()))
    assert (over.note.began, over.note.call_ids, over.note.legs) == (START + 10, ["call-1"], [])


def test_a_recording_began_with_its_first_sample_not_when_its_file_was_there() -> None:
    ledger = Ledger()
    late = replace(recording_started(), began_at=START + 1.25)
    fold(ledger, journal_of([(0, arrived()), (1, leg_joined()), (4, late)]))
    (note,) = ledger.under_way()
    assert note.began == START + 1.25


def test_it_is_noted_when_a_recording_was_to_end_though_its_call_went_on() -> None:
    stopped = RecordingStopped(call_id="call-1", recording_id="recording-1")
    over = story(
        (0, arrived()),
        (1, leg_joined()),
        (1, recording_started()),
        (31.5, stopped),
        (31.6, recording_completed()),
    )
    assert manifest_of(over, None).stopped_ms == 30_500
    over = story(
        (0, arrived()),
        (1, leg_joined()),
        (1, recording_started()),
        (31.5, ended()),
        (31.6, recording_completed()),
    )
    assert manifest_of(over, None).stopped_ms is None
