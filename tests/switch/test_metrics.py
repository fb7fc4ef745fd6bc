"""Counters follow the events, gauges what is true now."""

from collections.abc import Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from media.events import EndpointClosed, OneWayDetected, RecordingCompleted
from runtime.vocabulary import Event
from switch.application import Gauge
from switch.causes import Cause
from switch.events import (
    CallAnswered,
    CallEnded,
    CallPlaced,
    CallRefused,
    OfferAccepted,
    OfferEnded,
)
from switch.metrics import Metrics, Total
from switch.provisioning.events import StationFileFetched
from switch.records.events import DatabaseFailed, JournalWriteFailed
from switch.sip.counters import Counters
from switch.sip.events import StationRegistered, StationUnregistered
from switch.sip.guard.events import RefusalKind
from switch.sip_totals import sip_totals
from tests.switch.records.stories import arrived


def samples(metrics: Metrics) -> dict[str, float]:
    """Every sample of the exposition by its name with labels, read by Prometheus' own parser."""
    families = text_string_to_metric_families(metrics.render().decode())
    return {
        sample.name + "".join(f"|{value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def after(*events: Event) -> dict[str, float]:
    metrics = Metrics([], dict)
    for event in events:
        metrics.folds[type(event)](event, 0.0)
    return samples(metrics)


def test_calls_the_switch_makes_are_counted_apart_from_those_that_come_in() -> None:
    placed = CallPlaced(
        call_id="c",
        contact_id="contact-1",
        leg_id="leg-1",
        whom="station:1001",
        caller_number="1001",
        caller_name="",
        called_number="95598",
        access_code="",
        target="flow:hotline",
    )
    found = after(placed)
    assert (found["ringmain_calls_placed_total"], found["ringmain_calls_arrived_total"]) == (1, 0)


def ended(call_id: str, cause: Cause) -> CallEnded:
    return CallEnded(call_id=call_id, contact_id="contact-1", cause=cause, by_caller=True)


@pytest.mark.parametrize(
    ("cause", "answered", "disposition"),
    [
        (Cause.NORMAL_CLEARING, True, "ANSWERED"),
        (Cause.MEDIA_TIMEOUT, True, "ANSWERED"),
        (Cause.ORIGINATOR_CANCEL, False, "NO ANSWER"),
        (Cause.NO_ANSWER, False, "NO ANSWER"),
        (Cause.USER_BUSY, False, "BUSY"),
        (Cause.SWITCH_CONGESTION, False, "FAILED"),
    ],
)
def test_calls_are_counted_by_disposition(cause: Cause, answered: bool, disposition: str) -> None:
    events = [
        arrived("call-1"),
        *([CallAnswered(call_id="call-1")] if answered else []),
        ended("call-1", cause),
    ]
    found = after(*events)
    assert found["ringmain_calls_arrived_total"] == 1
    assert found[f"ringmain_calls_total|{disposition}"] == 1
    assert found[f"ringmain_call_hangups_total|{cause.value}"] == 1


def test_calls_of_one_disposition_and_of_one_cause_are_added_up() -> None:
    unanswered = (Cause.NO_ANSWER, Cause.NO_ANSWER, Cause.ORIGINATOR_CANCEL)
    answered = [CallAnswered(call_id="call-9"), ended("call-9", Cause.NO_ANSWER)]
    found = after(*(ended(f"call-{number}", cause) for number, cause in enumerate(unanswered)), *answered)
    assert found["ringmain_calls_total|NO ANSWER"] == 3
    assert found["ringmain_calls_total|ANSWERED"] == 1
    assert found["ringmain_call_hangups_total|NO_ANSWER"] == 3
    assert found["ringmain_call_hangups_total|ORIGINATOR_CANCEL"] == 1


def test_a_refused_call_has_failed() -> None:
    refused = CallRefused(
        call_id="call-1",
        leg_id="leg-1",
        sip_call_id="x",
        caller_number="1",
        called_number="2",
        cause=Cause.UNALLOCATED_NUMBER,
    )
    found = after(refused)
    assert found["ringmain_calls_total|FAILED"] == 1
    assert found["ringmain_calls_arrived_total"] == 0


def test_nothing_is_kept_of_calls_that_are_over() -> None:
    metrics = Metrics([], dict)
    for number in range(50):
        for event in (CallAnswered(call_id=f"call-{number}"), ended(f"call-{number}", Cause.NORMAL_CLEARING)):
            metrics.folds[type(event)](event, 0.0)
    assert metrics._answered == set()


def test_outages_of_journal_and_database_are_counted() -> None:
    failed = DatabaseFailed(reason="database is locked")
    found = after(JournalWriteFailed(path="run/journal", reason="No space left on device"), failed, failed)
    assert found["ringmain_record_outages_total|journal"] == 1
    assert found["ringmain_record_outages_total|database"] == 2


def test_offers_are_counted_once_by_their_outcome() -> None:
    def offer_ended(cause: Cause, accepted: bool) -> OfferEnded:
        return OfferEnded(call_id="c", offer_id="o", cause=cause, accepted=accepted, by_station=True)

    found = after(
        OfferAccepted(call_id="c", offer_id="o"),
        offer_ended(Cause.NORMAL_CLEARING, accepted=True),
        offer_ended(Cause.USER_BUSY, accepted=False),
    )
    offers = {name: value for name, value in found.items() if name.startswith("ringmain_offers_total")}
    assert offers == {"ringmain_offers_total|accepted": 1, "ringmain_offers_total|USER_BUSY": 1}


def test_media_of_legs_adds_up() -> None:
    leg = EndpointClosed(
        leg_id="leg-1",
        packets_received=100,
        packets_sent=90,
        bytes_received=17_200,
        bytes_sent=15_480,
        packets_lost=3,
        packets_dropped=2,
        packets_forged=1,
        jitter_ms=4.0,
        mos=4.3,
        mos_lowest=3.0,
        round_trip_ms=30.0,
        remote_packets_lost=9,
        remote_mos=3.7,
    )
    found = after(leg, leg)
    assert found["ringmain_rtp_packets_total|in"] == 200
    assert found["ringmain_rtp_packets_total|out"] == 180
    assert found["ringmain_rtp_bytes_total|in"] == 34_400
    assert found["ringmain_rtp_packets_lost_total"] == 6
    assert found["ringmain_rtp_packets_dropped_total"] == 4
    assert found["ringmain_rtp_jitter_seconds_bucket|0.005"] == 2
    assert found["ringmain_rtp_jitter_seconds_bucket|0.002"] == 0
    assert found["ringmain_rtp_round_trip_seconds_bucket|0.05"] == 2
    assert found["ringmain_rtp_mos_lowest_bucket|3.1"] == 2
    assert (found["ringmain_rtp_mos_sum|in"], found["ringmain_rtp_mos_sum|out"]) == (8.6, 7.4)
    assert found["ringmain_rtp_loss_ratio_sum|out"] == 0.2
    assert found["ringmain_rtp_loss_ratio_bucket|in|0.05"] == 2


def test_a_leg_that_heard_nothing_has_no_quality() -> None:
    silent = EndpointClosed(
        leg_id="leg-1",
        packets_received=0,
        packets_sent=90,
        bytes_received=0,
        bytes_sent=15_480,
        packets_lost=0,
        packets_dropped=0,
        packets_forged=0,
        jitter_ms=0.0,
    )
    found = after(silent, OneWayDetected(leg_id="leg-1", missing="from_peer"))
    assert found["ringmain_one_way_audio_total|from_peer"] == 1
    assert found["ringmain_rtp_jitter_seconds_count"] == 0
    assert found["ringmain_rtp_loss_ratio_count|in"] == 0


def test_registered_stations_are_counted_once_each() -> None:
    def registered(station: str) -> StationRegistered:
        return StationRegistered(station=station, contact="sip:x", peer="udp:192.0.2.1:5060", expires_s=60)

    gone = StationUnregistered(station="1001", reason="expired")
    found = after(registered("1001"), registered("1001"), registered("1002"), gone)
    assert found["ringmain_registrations"] == 1


def test_files_of_phones_are_counted_by_make() -> None:
    fetched = StationFileFetched(
        station="1001", make="fanvil", file="1001.cfg", source="192.0.2.1", by="mac", encrypted=True
    )
    assert after(fetched, fetched)["ringmain_phone_files_fetched_total|fanvil"] == 2


def test_other_facts_are_counted() -> None:
    completed = RecordingCompleted(
        recording_id="r",
        contact_id="c",
        call_id="c",
        path="x.wav",
        duration_ms=1,
        size_bytes=1,
        sha256="",
        customer_packets=1,
        customer_lost_ms=0,
        agent_packets=1,
        agent_lost_ms=0,
    )
    found = after(completed)
    assert found["ringmain_recordings_total|completed"] == 1


def test_gauges_and_totals_are_read_when_asked_for() -> None:
    now: dict[tuple[str, ...], float] = {("service",): 1.0}

    def waiting() -> Mapping[tuple[str, ...], float]:
        return now

    metrics = Metrics(
        [Gauge("queue_waiting", "Callers that wait.", ("queue",), waiting)],
        lambda: {"name": "ringmain", "state": "up", "uptime_s": 1.5, "open_calls": int(now["service",])},
        [Total("sip_requests", "Requests.", ("method",), lambda: {("INVITE",): now["service",] * 10})],
    )
    assert samples(metrics)["ringmain_queue_waiting|service"] == 1
    now["service",] = 7
    found = samples(metrics)
    assert found["ringmain_queue_waiting|service"] == 7
    assert found["ringmain_open_calls"] == 7
    assert found["ringmain_uptime_seconds"] == 1.5
    assert found["ringmain_sip_requests_total|INVITE"] == 70
    assert not [name for name in found if name.startswith(("ringmain_state", "ringmain_name"))]


def test_the_sip_stack_counts_by_method_code_and_direction() -> None:
    counters = Counters()
    counters.requests_received["INVITE"] = 3
    counters.requests_sent["BYE"] = 1
    counters.responses_sent[200] = 2
    counters.retransmissions_received = 4
    counters.rejected = 5
    refusals = {RefusalKind.MALFORMED: 5}
    found = samples(Metrics([], dict, sip_totals(counters, refusals)))
    assert found["ringmain_sip_requests_total|in|INVITE"] == 3
    assert found["ringmain_sip_requests_total|out|BYE"] == 1
    assert found["ringmain_sip_responses_total|200|out"] == 2
    assert found["ringmain_sip_retransmissions_total|in"] == 4
    assert found["ringmain_sip_rejected_total"] == 5
    assert found["ringmain_security_events_total|malformed"] == 5
    assert found["ringmain_security_events_total|scanner"] == 0
