"""What the switch writes into its journal, told by hand."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table

from media.events import RecordingCompleted, RecordingFailed, RecordingStarted
from runtime.vocabulary import Event, event_fields
from switch.archive.events import RecordingAgentJoined
from switch.causes import Cause
from switch.events import (
    CallAnswered,
    CallArrived,
    CallConnected,
    CallEnded,
    CallHandedOff,
    CallPlaced,
    DigitReceived,
    OfferAccepted,
    OfferEnded,
    OfferRinging,
    RecordingLegJoined,
    RecordingLegLeft,
    SwitchStarted,
)
from switch.leg_role import LegRole
from switch.records.projection import JournalEntry, Projection
from switch.records.segment import decode_line, encode_line

START = 1_790_000_000.0

Moment = tuple[float, Event]
"""Seconds after START, and what happened."""


def journal_of(moments: Iterable[Moment], first_sequence: int = 1) -> list[JournalEntry]:
    """The entries as they come back from the disk."""
    entries = []
    for sequence, (at, event) in enumerate(moments, first_sequence):
        written = JournalEntry(sequence, START + at, event.topic, event_fields(event))
        read = decode_line(encode_line(*written))
        assert read is not None
        entries.append(read)
    return entries


def fold(projection: Projection, entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """The rows of what the database would show the projection."""
    return fold_all([projection], entries)[projection.table]


def fold_all(
    projections: Sequence[Projection], entries: Iterable[JournalEntry]
) -> dict[Table, list[dict[str, Any]]]:
    """The rows of what the database would show the projections: to each, one entry after the other."""
    rows: dict[Table, list[dict[str, Any]]] = {projection.table: [] for projection in projections}
    for entry in entries:
        for projection in projections:
            if entry.topic in projection.topics:
                rows[projection.table] += map(dict, projection.apply(entry))
    for table, some in rows.items():  # what has no column would be left out, and nobody would know
        assert all(row.keys() <= set(table.c.keys()) for row in some)
    return rows


def arrived(call_id: str = "call-1", target: str = "flow:hotline") -> CallArrived:
    return CallArrived(
        call_id=call_id,
        contact_id=f"contact-of-{call_id}",
        leg_id=f"leg-of-{call_id}",
        sip_call_id=f"{call_id}@192.0.2.1",
        caller_number="13800138000",
        caller_name="王芳",
        called_number="95598",
        access_code="95598",
        target=target,
        peer="udp:192.0.2.1:5060",
    )


def placed(call_id: str = "call-1", target: str = "queue:客户服务") -> CallPlaced:
    return CallPlaced(
        call_id=call_id,
        contact_id=f"contact-of-{call_id}",
        leg_id=f"leg-of-{call_id}",
        whom="number:07725551234",
        caller_number="13800138000",
        caller_name="王芳",
        called_number="95598",
        access_code="95598",
        target=target,
    )


def handed_off(target: str, call_id: str = "call-1") -> CallHandedOff:
    return CallHandedOff(
        call_id=call_id,
        contact_id=f"contact-of-{call_id}",
        caller_number="13800138000",
        caller_name="王芳",
        access_code="95598",
        target=target,
    )


def offer_ended(offer_id: str, *, accepted: bool, by_station: bool, call_id: str = "call-1") -> OfferEnded:
    return OfferEnded(
        call_id=call_id,
        offer_id=offer_id,
        cause=Cause.NORMAL_CLEARING if accepted else Cause.NO_ANSWER,
        accepted=accepted,
        by_station=by_station,
    )


def ended(
    call_id: str = "call-1", cause: Cause = Cause.NORMAL_CLEARING, *, by_caller: bool = True
) -> CallEnded:
    return CallEnded(call_id=call_id, contact_id=f"contact-of-{call_id}", cause=cause, by_caller=by_caller)


def recording_started(call_id: str = "call-1", recording_id: str = "recording-1") -> RecordingStarted:
    return RecordingStarted(
        recording_id=recording_id,
        contact_id=f"contact-of-{call_id}",
        call_id=call_id,
        path=f"/var/recordings/{recording_id}.wav",
    )


def leg_joined(
    party: str = "13800138000",
    role: LegRole = LegRole.CUSTOMER,
    *,
    leg_id: str | None = None,
    call_id: str = "call-1",
    recording_id: str = "recording-1",
) -> RecordingLegJoined:
    """``leg_id``: by default the customer's of the call."""
    return RecordingLegJoined(
        recording_id=recording_id,
        call_id=call_id,
        leg_id=leg_id or f"leg-of-{call_id}",
        role=role,
        party=party,
        outside=len(party) > 4,
    )


def leg_left(leg_id: str, call_id: str = "call-1", recording_id: str = "recording-1") -> RecordingLegLeft:
    return RecordingLegLeft(recording_id=recording_id, call_id=call_id, leg_id=leg_id)


def agent_joined(
    agent: str, leg_id: str, call_id: str = "call-1", recording_id: str = "recording-1"
) -> RecordingAgentJoined:
    return RecordingAgentJoined(recording_id=recording_id, call_id=call_id, leg_id=leg_id, agent=agent)


def recording_completed(call_id: str = "call-1", recording_id: str = "recording-1") -> RecordingCompleted:
    return RecordingCompleted(
        recording_id=recording_id,
        contact_id=f"contact-of-{call_id}",
        call_id=call_id,
        path=f"/var/recordings/{recording_id}.wav",
        duration_ms=30_500,
        size_bytes=976_044,
        sha256="ab" * 32,
        customer_packets=1500,
        customer_lost_ms=40,
        agent_packets=900,
        agent_lost_ms=0,
    )


def recording_failed(call_id: str = "call-1", recording_id: str = "recording-1") -> RecordingFailed:
    return RecordingFailed(
        recording_id=recording_id,
        contact_id=f"contact-of-{call_id}",
        call_id=call_id,
        path=f"/var/recordings/{recording_id}.wav",
        reason="No space left on device",
    )


def answered_call(call_id: str = "call-1", recording_id: str = "recording-1") -> list[Moment]:
    """Greeting, key 1, 12 s in the queue, a first station that does not answer, 8 s of talk."""
    return [
        (0.0, arrived(call_id)),
        (0.5, leg_joined(call_id=call_id, recording_id=recording_id)),
        (0.5, CallAnswered(call_id=call_id, recording_id=recording_id)),
        (0.5, recording_started(call_id, recording_id)),
        (4.0, DigitReceived(call_id=call_id, digit="9", duration_ms=100)),
        (6.0, DigitReceived(call_id=call_id, digit="1", duration_ms=100)),
        (10.0, handed_off("queue:客户服务", call_id)),
        (12.0, OfferRinging(call_id=call_id, offer_id="offer-1")),
        (18.0, offer_ended("offer-1", accepted=False, by_station=False, call_id=call_id)),
        (19.0, OfferRinging(call_id=call_id, offer_id="offer-2")),
        (21.5, OfferAccepted(call_id=call_id, offer_id="offer-2")),
        (
            22.0,
            leg_joined(
                "1002",
                LegRole.AGENT,
                leg_id="leg-of-1002",
                call_id=call_id,
                recording_id=recording_id,
            ),
        ),
        (22.0, CallConnected(call_id=call_id, offer_id="offer-2", station="1002")),
        (30.0, leg_left("leg-of-1002", call_id, recording_id)),
        (30.0, offer_ended("offer-2", accepted=True, by_station=False, call_id=call_id)),
        (30.25, ended(call_id)),
        (30.5, recording_completed(call_id, recording_id)),
    ]


def call_shorter_than_the_opening_of_its_file() -> list[Moment]:
    """The caller is gone before the thread that writes recordings has opened the file."""
    return [
        (0.0, arrived()),
        (0.5, CallAnswered(call_id="call-1", recording_id="recording-1")),
        (0.52, ended()),
        (0.53, recording_started()),
        (0.54, recording_completed()),
    ]


def call_whose_recording_cannot_begin() -> list[Moment]:
    return [
        (0.0, arrived()),
        (0.5, CallAnswered(call_id="call-1", recording_id="recording-1")),
        (0.5, recording_failed()),
        (9.0, ended()),
    ]


def switch_started() -> SwitchStarted:
    return SwitchStarted(version="0.1.0")
