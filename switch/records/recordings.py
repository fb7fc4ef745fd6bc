"""One row for each recording that is over, with what one searches recordings by. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text

from switch.records.columns import Stamp, record_tables, stamp
from switch.records.projection import JournalEntry

recordings = Table(
    "recordings",
    record_tables,
    Column("recording_id", String(64), primary_key=True, comment="also the file's name"),
    Column(
        "call_id",
        String(64),
        nullable=False,
        index=True,
        comment="the call it began in; empty when its file was found and nothing else",
    ),
    Column("contact_id", String(64), nullable=False, index=True, comment="the customer's whole visit"),
    Column(
        "path",
        Text,
        nullable=False,
        comment="the file; empty when it was never begun",
    ),
    Column("started_at", Stamp, nullable=False, index=True, comment="when the file was begun"),
    Column("duration_ms", Integer, comment="null when it failed"),
    Column("size_bytes", BigInteger, comment="null when it failed"),
    Column("sha256", String(64), comment="of its samples, not the header; null when it failed"),
    Column("state", String(16), nullable=False, comment="completed or failed"),
    Column("reason", Text, comment="why it failed"),
    Column("recovered", Boolean, nullable=False, comment="whether it was finished after its process ended"),
    Column("caller", String(255), index=True, comment="the customer's number"),
    Column("called", String(255), comment="the number the customer dialled"),
    Column("station", String(64), index=True, comment="the last the customer talked to"),
    Column(
        "customer_lost_ms",
        Integer,
        comment="silence in place of packets that never came; null when recovered",
    ),
    Column("agent_lost_ms", Integer, comment="the same of the agent's side"),
    comment="One row for each recording that is over.",
)

_COUNTED = ("customer_lost_ms", "agent_lost_ms")
"""What is counted while it is recorded, and goes with the process."""
_OF_COMPLETED = ("duration_ms", "size_bytes", "sha256", *_COUNTED)


@dataclass(slots=True)
class _Call:
    """A call that is up, or whose recordings are not all finished."""

    sequence: int
    contact_id: str
    caller: str | None
    called: str | None
    station: str | None = None
    ended: bool = False
    open: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What is known so far of the recordings that run, by recording_id."""


_UNKNOWN = _Call(0, "", None, None)
"""Of a file that was found without a word of it in the journal."""


class Recordings:
    """The projection behind the table ``recordings``."""

    table = recordings
    topics = frozenset(
        {
            "call.arrived",
            "call.answered",
            "call.connected",
            "call.ended",
            "recording.started",
            "recording.completed",
            "recording.failed",
            "switch.started",
        }
    )

    def __init__(self) -> None:
        self._calls: dict[str, _Call] = {}

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        """Take the next entry; return the rows it completes."""
        fields = entry.fields
        match entry.topic:
            case "call.arrived":
                self._calls[fields["call_id"]] = _arrived(entry)
            case "switch.started":
                self._end_calls()
            case "call.answered" | "call.connected" | "call.ended" | "recording.started":
                self._note(entry)
            case "recording.completed" | "recording.failed":
                return self._finish(entry)
        return ()

    def oldest_open(self) -> int | None:
        """Sequence of the arrival of the oldest call that may still bring a row."""
        oldest = next(iter(self._calls.values()), None)  # calls are kept in the order they arrived
        return None if oldest is None else oldest.sequence

    def _note(self, entry: JournalEntry) -> None:
        fields = entry.fields
        call = self._calls.get(fields["call_id"])
        if call is None:
            return
        match entry.topic:
            case "call.answered":
                self._expect(call, entry)
            case "call.connected":
                call.station = fields["station"]
            case "recording.started":
                call.open[fields["recording_id"]] = _begun(entry)
            case "call.ended":
                call.ended = True
                self._forget_when_over(fields["call_id"], call)

    def _expect(self, call: _Call, entry: JournalEntry) -> None:
        """Wait for a recording from the answer on: a short call ends before its file is open."""
        if recording_id := entry.fields.get("recording_id"):
            call.open[recording_id] = _begun(entry)

    def _finish(self, entry: JournalEntry) -> list[Mapping[str, Any]]:
        fields = entry.fields
        call = self._calls.get(fields["call_id"])
        if call is None:
            return [_row(_UNKNOWN, entry, _found(entry))] if fields.get("began_at") else []
        begun = call.open.pop(fields["recording_id"], None) or _begun(entry)
        self._forget_when_over(fields["call_id"], call)
        return [_row(call, entry, begun)]

    def _forget_when_over(self, call_id: str, call: _Call) -> None:
        if call.ended and not call.open:
            del self._calls[call_id]

    def _end_calls(self) -> None:
        """The calls of the run before are over; the archive finishes their recordings."""
        for call_id, call in list(self._calls.items()):
            call.ended = True
            self._forget_when_over(call_id, call)


def _arrived(entry: JournalEntry) -> _Call:
    fields = entry.fields
    return _Call(entry.sequence, fields["contact_id"], fields["caller_number"], fields["called_number"])


def _begun(entry: JournalEntry) -> dict[str, Any]:
    """What the first word of a recording tells of it; the path is known when its file is."""
    fields = entry.fields
    return {
        "recording_id": fields["recording_id"],
        "call_id": fields["call_id"],
        "path": fields.get("path", ""),
        "started_at": stamp(entry.time),
    }


def _found(entry: JournalEntry) -> dict[str, Any]:
    """What is known of a recording whose beginning the journal does not tell."""
    return _begun(entry) | {"started_at": stamp(entry.fields["began_at"])}


def _row(call: _Call, entry: JournalEntry, begun: dict[str, Any]) -> Mapping[str, Any]:
    fields = entry.fields
    recovered = fields.get("recovered", False)  # an older journal does not tell
    unknown = dict.fromkeys(_COUNTED) if recovered else {}
    return {
        **begun,
        **{name: fields.get(name) for name in _OF_COMPLETED},
        **unknown,
        "path": fields["path"],
        "state": entry.topic.removeprefix("recording."),
        "reason": fields.get("reason"),
        "recovered": recovered,
        "contact_id": call.contact_id,
        "caller": call.caller,
        "called": call.called,
        "station": call.station,
    }
