from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.events import EndpointClosed, EndpointOpened
from runtime.vocabulary import Event
from switch.causes import Cause
from switch.events import (
    CallAnswered,
    CallConnected,
    CallDataChanged,
    CallRefused,
    CallTransferred,
    DigitReceived,
    TransferKind,
)
from switch.records.call_records import CallRecords
from switch.records.events import JournalTailCut
from switch.records.leg_quality import NOTHING_KNOWN
from switch.records.projection import JournalEntry
from tests.switch.records.stories import (
    START,
    Moment,
    answered_call,
    arrived,
    call_shorter_than_the_opening_of_its_file,
    call_whose_recording_cannot_begin,
    ended,
    fold,
    handed_off,
    journal_of,
    offer_ended,
    placed,
    recording_completed,
    recording_failed,
    recording_started,
    switch_started,
)


def only_row(*moments: Moment) -> dict[str, Any]:
    (row,) = fold(CallRecords(), journal_of(moments))
    return row


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def test_a_call_the_switch_placed_names_customer_whom_it_called_and_the_trunk() -> None:
    answered = CallAnswered(call_id="call-1", trunk="carrier", sip_call_id="dialog@switch")
    row = only_row((0, placed()), (8, answered), (8, handed_off("queue:客户服务")), (20, ended()))
    assert (row["direction"], row["whom"], row["trunk"]) == ("outbound", "number:07725551234", "carrier")
    assert (row["src"], row["dst"], row["sip_call_id"]) == ("13800138000", "95598", "dialog@switch")
    assert (row["start_stamp"], row["answer_stamp"]) == (at(0), at(8))
    assert (row["disposition"], row["billsec"], row["waitsec"], row["queue"]) == (
        "ANSWERED",
        12,
        12,
        "客户服务",
    )


def test_a_placed_call_that_nobody_takes_has_waited_in_no_queue() -> None:
    row = only_row((0, placed()), (30, ended(cause=Cause.USER_BUSY)))
    assert (row["disposition"], row["hangup_cause_q850"], row["answer_stamp"]) == ("BUSY", 17, None)
    assert (row["queue"], row["waitsec"], row["sip_call_id"]) == (None, None, "")


def test_the_quality_of_a_placed_calls_leg_is_waited_for() -> None:
    opened = EndpointOpened(leg_id="leg-of-call-1", host="192.0.2.100", port=20000)
    assert fold(CallRecords(), journal_of([(0, opened), (0, placed()), (9, ended())])) == []


def test_an_answered_call_has_a_whole_record() -> None:
    assert only_row(*answered_call()) == {
        "call_id": "call-1",
        "contact_id": "contact-of-call-1",
        "direction": "inbound",
        "clid": '"王芳" <13800138000>',
        "src": "13800138000",
        "dst": "95598",
        "whom": None,
        "start_stamp": at(0),
        "answer_stamp": at(0.5),
        "bridge_stamp": at(22),
        "end_stamp": at(30.25),
        "duration": 30,
        "billsec": 29,
        "waitsec": 12,
        "talk_ms": 8000,
        "disposition": "ANSWERED",
        "hangup_cause": "NORMAL_CLEARING",
        "hangup_cause_q850": 16,
        "hung_up_by": "caller",
        "sip_call_id": "call-1@192.0.2.1",
        "access_code": "95598",
        "trunk": None,
        "area": None,
        "lists": None,
        "tags": None,
        "data": None,
        "station": "1002",
        "queue": "客户服务",
        "digits": "91",
        "recording_id": "recording-1",
        "recording_path": "/var/recordings/recording-1.wav",
        "recording_sha256": "ab" * 32,
        **NOTHING_KNOWN,
    }


def test_a_record_holds_what_was_noted_at_the_end() -> None:
    noted = CallDataChanged(
        call_id="call-1", contact_id="contact-of-call-1", changed={"单号": "D-7", "x": [1]}
    )
    more = CallDataChanged(
        call_id="call-1", contact_id="contact-of-call-1", changed={"id_number": "***"}, removed=("x",)
    )
    (row,) = fold(CallRecords(), journal_of([(0.0, arrived()), (1.0, noted), (2.0, more), (3.0, ended())]))
    assert row["data"] == '{"单号": "D-7", "id_number": "***"}'
    (row,) = fold(CallRecords(), journal_of([(0.0, arrived()), (3.0, ended())]))
    assert row["data"] is None


def test_the_record_waits_for_the_recording_and_for_nothing_else() -> None:
    projection = CallRecords()
    entries = journal_of(answered_call())
    assert [len(fold(projection, [entry])) for entry in entries] == [0] * (len(entries) - 1) + [1]
    assert projection.oldest_open() is None


def test_a_recording_that_failed_has_no_hash() -> None:
    row = only_row(*answered_call()[:-1], (31, recording_failed()))
    assert (row["recording_id"], row["recording_sha256"]) == ("recording-1", None)


def test_a_call_shorter_than_the_opening_of_its_file_waits_for_its_recording() -> None:
    projection = CallRecords()
    entries = journal_of(call_shorter_than_the_opening_of_its_file())
    assert [len(fold(projection, [entry])) for entry in entries[:-1]] == [0, 0, 0, 0]
    assert projection.oldest_open() == 1
    (row,) = fold(projection, entries[-1:])
    assert (row["recording_id"], row["recording_sha256"]) == ("recording-1", "ab" * 32)
    assert (row["recording_path"], row["end_stamp"]) == ("/var/recordings/recording-1.wav", at(0.52))
    assert projection.oldest_open() is None


def test_a_recording_that_could_not_begin_is_named_in_the_record() -> None:
    row = only_row(*call_whose_recording_cannot_begin())
    assert (row["recording_id"], row["recording_sha256"]) == ("recording-1", None)
    assert row["recording_path"] == "/var/recordings/recording-1.wav"


def test_a_failure_that_no_answer_announced_is_named_too() -> None:
    row = only_row((0, arrived()), (1, recording_failed()), (2, ended()))
    assert row["recording_id"] == "recording-1"


def test_a_recording_that_a_crash_cut_off_is_waited_for_until_the_next_run_has_finished_it() -> None:
    projection = CallRecords()
    answered_and_ended = journal_of(call_shorter_than_the_opening_of_its_file()[:3])
    assert fold(projection, [*answered_and_ended, *journal_of([(60, switch_started())], 4)]) == []
    never_begun = replace(recording_failed(), path="")
    (row,) = fold(projection, journal_of([(61, never_begun)], first_sequence=5))
    assert (row["recording_id"], row["recording_path"], row["hung_up_by"]) == ("recording-1", None, "caller")


def test_of_two_recordings_the_first_is_named_and_both_are_waited_for() -> None:
    row = only_row(
        (0, arrived()),
        (1, recording_started()),
        (2, recording_started(recording_id="recording-2")),
        (3, ended()),
        (4, recording_completed()),
        (5, recording_completed(recording_id="recording-2")),
    )
    assert (row["recording_id"], row["end_stamp"]) == ("recording-1", at(3))


def test_a_caller_who_gives_up_in_the_queue_waited_until_the_end_and_talked_to_nobody() -> None:
    row = only_row(
        (0, arrived()), (1, CallAnswered(call_id="call-1")), (5, handed_off("queue:service")), (47.9, ended())
    )
    assert (row["disposition"], row["queue"], row["waitsec"]) == ("ANSWERED", "service", 42)
    assert (row["station"], row["bridge_stamp"], row["talk_ms"]) == (None, None, 0)


def test_a_call_that_goes_straight_to_a_queue_waits_from_its_arrival() -> None:
    row = only_row((0, arrived(target="queue:service")), (8, ended()))
    assert (row["queue"], row["waitsec"]) == ("service", 8)


@pytest.mark.parametrize("more", ["?priority=20", ",complaints", ",complaints?place=call-1"])
def test_the_first_queue_is_recorded_whatever_else_the_target_says(more: str) -> None:
    row = only_row((0, arrived(target=f"queue:service{more}")), (8, ended()))
    assert row["queue"] == "service"
    row = only_row((0, arrived()), (5, handed_off(f"queue:service{more}")), (8, ended()))
    assert row["queue"] == "service"


def test_a_call_that_was_in_no_queue_has_no_waiting_time() -> None:
    assert only_row((0, arrived()), (8, ended()))["waitsec"] is None


def test_waiting_ends_when_the_queue_hands_on_and_adds_up_over_queues() -> None:
    row = only_row(
        (0, arrived(target="queue:first")),
        (10, handed_off("flow:closed")),
        (50, handed_off("queue:second")),
        (55, ended()),
    )
    assert (row["queue"], row["waitsec"]) == ("second", 15)


def test_after_an_attended_transfer_the_record_is_of_the_customers_contact() -> None:
    transferred = CallTransferred(
        call_id="call-1",
        contact_id="contact-of-the-customer",
        kind=TransferKind.ATTENDED,
        by="1001",
        target="station:1002",
        caller_number="13900139000",
        from_call_id="call-0",
    )
    row = only_row((0, arrived(target="station:1002")), (5, transferred), (8, ended()))
    assert row["contact_id"] == "contact-of-the-customer"


def test_a_call_one_station_dials_to_another_has_no_access_code() -> None:
    assert only_row((0, replace(arrived(), access_code="")), (8, ended()))["access_code"] is None


def test_a_call_a_station_dials_outside_names_the_trunk_that_carries_it() -> None:
    dialled = replace(arrived(target="number:01012345678"), access_code="", station="1001")
    connected = CallConnected(call_id="call-1", offer_id="offer-1", station="01012345678", trunk="carrier")
    row = only_row((0, dialled), (5, connected), (8, ended()))
    assert (row["direction"], row["station"], row["trunk"]) == ("inbound", "01012345678", "carrier")


def test_a_customer_came_by_the_trunk_they_came_by_whoever_else_is_called() -> None:
    connected = CallConnected(call_id="call-1", offer_id="offer-1", station="01012345678", trunk="second")
    row = only_row((0, replace(arrived(), trunk="first")), (5, connected), (8, ended()))
    assert row["trunk"] == "first"


def test_talk_adds_up_over_stations_and_the_last_one_is_named() -> None:
    row = only_row(
        (0, arrived(target="queue:first")),
        (10, CallConnected(call_id="call-1", offer_id="offer-1", station="1001")),
        (15, offer_ended("offer-1", accepted=True, by_station=False)),
        (20, CallConnected(call_id="call-1", offer_id="offer-2", station="1002")),
        (22.5, ended()),
    )
    assert (row["station"], row["talk_ms"], row["bridge_stamp"]) == ("1002", 7500, at(10))


TALK = CallConnected(call_id="call-1", offer_id="offer-1", station="1001")
AGENT_LEFT = offer_ended("offer-1", accepted=True, by_station=True)


@pytest.mark.parametrize(
    ("before", "end", "who"),
    [
        ([TALK], ended(by_caller=True), "caller"),
        ([TALK, AGENT_LEFT], ended(by_caller=False), "station"),
        ([TALK, AGENT_LEFT, handed_off("flow:survey")], ended(by_caller=False), "switch"),
        ([TALK, offer_ended("offer-9", accepted=False, by_station=True)], ended(by_caller=False), "switch"),
    ],
)
def test_who_hung_up_is_told(before: list[Event], end: Event, who: str) -> None:
    moments: list[Moment] = [(0, arrived()), *((1.0, event) for event in before), (2, end)]
    assert only_row(*moments)["hung_up_by"] == who


@pytest.mark.parametrize(
    ("cause", "disposition", "number"),
    [
        (Cause.ORIGINATOR_CANCEL, "NO ANSWER", 16),
        (Cause.NO_ANSWER, "NO ANSWER", 19),
        (Cause.USER_BUSY, "BUSY", 17),
        (Cause.SWITCH_CONGESTION, "FAILED", 42),
        (Cause.INCOMPATIBLE_DESTINATION, "FAILED", 88),
    ],
)
def test_a_call_that_was_not_answered_is_disposed_of_by_its_cause(
    cause: Cause, disposition: str, number: int
) -> None:
    row = only_row((0, arrived()), (3, ended(cause=cause)))
    assert (row["disposition"], row["hangup_cause"], row["hangup_cause_q850"]) == (disposition, cause, number)
    assert (row["answer_stamp"], row["billsec"], row["duration"]) == (None, 0, 3)


@pytest.mark.parametrize(
    ("by_caller", "cause", "disposition", "who"),
    [
        (False, Cause.UNALLOCATED_NUMBER, "FAILED", "switch"),
        (True, Cause.ORIGINATOR_CANCEL, "NO ANSWER", "caller"),
    ],
)
def test_a_call_refused_at_the_door_has_a_record_under_its_own_id(
    by_caller: bool, cause: Cause, disposition: str, who: str
) -> None:
    refused = CallRefused(
        call_id="call-1",
        leg_id="leg-1",
        sip_call_id="x@192.0.2.1",
        caller_number="13800138000",
        called_number="404",
        cause=cause,
        by_caller=by_caller,
    )
    row = only_row((2, refused))
    assert (row["call_id"], row["dst"], row["disposition"]) == ("call-1", "404", disposition)
    assert (row["hung_up_by"], row["contact_id"], row["access_code"]) == (who, None, None)
    assert (row["start_stamp"], row["end_stamp"]) == (at(2), at(2))


def test_a_clock_that_is_set_back_makes_no_duration_negative() -> None:
    row = only_row(
        (20, arrived(target="queue:service")),
        (18, CallAnswered(call_id="call-1")),
        (10, TALK),
        (5, ended()),
    )
    assert (row["duration"], row["billsec"], row["waitsec"], row["talk_ms"]) == (0, 0, 0, 0)


def test_a_restart_ends_open_calls_when_the_old_run_gave_its_last_sign_of_life() -> None:
    row = only_row(
        (0, arrived()),
        (1, CallAnswered(call_id="call-1")),
        (2, TALK),
        (9, DigitReceived(call_id="of-another", digit="1", duration_ms=80)),
        (3600, JournalTailCut(path="/var/journal/1.jsonl", size_bytes=12)),
        (3600, switch_started()),
    )
    assert (row["hung_up_by"], row["hangup_cause_q850"]) == ("restart", 41)
    assert (row["end_stamp"], row["talk_ms"]) == (at(9), 7000)


def test_the_record_of_a_call_cut_off_by_a_crash_has_the_hash_of_the_recording_finished_later() -> None:
    row = only_row(*answered_call()[:-1], (3600, switch_started()), (3601, recording_completed()))
    assert (row["hung_up_by"], row["end_stamp"]) == ("caller", at(30.25))
    assert (row["recording_id"], row["recording_sha256"]) == ("recording-1", "ab" * 32)


def test_after_a_restart_nothing_of_the_old_run_is_open() -> None:
    projection = CallRecords()
    fold(projection, journal_of([(0, arrived()), (5, switch_started())]))
    assert projection.oldest_open() is None
    assert fold(projection, journal_of([(6, ended())])) == []


def test_digits_without_end_do_not_grow_the_record() -> None:
    keys = [(1.0, DigitReceived(call_id="call-1", digit="5", duration_ms=80))] * 1000
    assert only_row((0, arrived()), *keys, (2, ended()))["digits"] == "5" * 255


def test_a_cause_of_another_version_is_no_obstacle() -> None:
    entries = journal_of([(0, arrived()), (1, ended())])
    unknown = JournalEntry(2, START + 1, "call.ended", {**entries[1].fields, "cause": "SOMETHING_NEW"})
    (row,) = fold(CallRecords(), [entries[0], unknown])
    assert row["hangup_cause"] == "NORMAL_UNSPECIFIED"


@given(st.permutations(range(3)), st.data())
def test_reading_again_from_the_oldest_open_call_gives_the_same_records(
    order: list[int], data: st.DataObject
) -> None:
    """Three calls side by side, a cut anywhere, a fresh projection that reads from the low-water mark."""
    calls = [journal_of(answered_call(f"call-{n}", f"recording-{n}")) for n in order]
    mixed = [entry for entry in sorted((e for call in calls for e in call), key=lambda e: e.time)]
    entries = [JournalEntry(n, e.time, e.topic, e.fields) for n, e in enumerate(mixed, 1)]
    cut = data.draw(st.integers(0, len(entries)))
    before = CallRecords()
    written = fold(before, entries[:cut])
    low_water = before.oldest_open() or cut + 1
    again = fold(CallRecords(), entries[low_water - 1 :])
    by_id = {row["call_id"]: row for row in written}
    assert all(by_id.get(row["call_id"], row) == row for row in again)
    assert {row["call_id"] for row in written + again} == {"call-0", "call-1", "call-2"}


def opened(leg_id: str) -> EndpointOpened:
    return EndpointOpened(leg_id=leg_id, host="192.0.2.1", port=20000)


def closed(leg_id: str, *, mos: float, lost: int = 0) -> EndpointClosed:
    return EndpointClosed(
        leg_id=leg_id,
        packets_received=100 - lost,
        packets_sent=100,
        bytes_received=17200,
        bytes_sent=17200,
        packets_lost=lost,
        packets_dropped=0,
        packets_forged=0,
        jitter_ms=1.0,
        jitter_max_ms=7.5,
        round_trip_ms=40.0,
        mos=mos,
        mos_lowest=mos - 1,
        remote_mos=4.0,
    )


def test_a_record_waits_for_its_legs_and_tells_how_they_sounded() -> None:
    talk = CallConnected(call_id="call-1", offer_id="offer-1", station="1001", leg_id="leg-2")
    row = only_row(
        (0, opened("leg-of-call-1")),
        (0, arrived()),
        (1, opened("leg-2")),
        (2, talk),
        (9, closed("leg-2", mos=4.25, lost=5)),
        (9, ended()),
        (9, closed("leg-of-call-1", mos=3.5)),
    )
    assert (row["caller_mos"], row["caller_mos_lowest"], row["caller_loss"]) == (3.5, 2.5, 0.0)
    assert (row["station_mos"], row["station_loss"], row["station_jitter_ms"]) == (4.25, 0.05, 7.5)
    assert (row["station_round_trip_ms"], row["station_mos_remote"]) == (40.0, 4.0)


def test_a_leg_that_moves_to_another_call_is_told_there_and_keeps_no_record_waiting() -> None:
    def talk(call_id: str) -> CallConnected:
        return CallConnected(call_id=call_id, offer_id="offer-1", station="1002", leg_id="leg-2")

    rows = fold(
        CallRecords(),
        journal_of(
            [
                (0, opened("leg-2")),
                (0, arrived("call-1")),
                (0, arrived("call-2")),
                (1, talk("call-1")),
                (2, ended("call-1")),
                (3, talk("call-2")),
                (9, ended("call-2")),
                (9, closed("leg-2", mos=4.0)),
            ]
        ),
    )
    assert [(row["call_id"], row["station_mos"]) for row in rows] == [("call-1", None), ("call-2", 4.0)]


def test_a_restart_closes_records_whose_legs_never_ended() -> None:
    row = only_row((0, opened("leg-of-call-1")), (0, arrived()), (3, ended()), (9, switch_started()))
    assert row["caller_mos"] is None
