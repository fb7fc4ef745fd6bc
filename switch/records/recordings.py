"""One row for each recording that is over, with what one searches recordings by. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from switch.records.columns import RESTART, Stamp, record_tables, stamp
from switch.records.projection import JournalEntry

recordings = Table(
    "recordings",
    record_tables,
    Column("recording_id", String(64), primary_key=True, comment="also the file's name"),
    Column("call_id", String(64), nullable=False, index=True, comment="the call"),
    Column("contact_id", String(64), nullable=False, index=True, comment="the customer's whole visit"),
    Column(
        "path",
        Text,
        nullable=False,
        comment="the file; empty when the process ended before the file was begun",
    ),
    Column("started_at", Stamp, nullable=False, index=True, comment="when the file was begun"),
    Column("duration_ms", Integer, comment="null when it failed"),
    Column("size_bytes", BigInteger, comment="null when it failed"),
    Column("sha256", String(64), comment="of the whole file; null when it failed"),
    Column("state", String(16), nullable=False, comment="completed or failed"),
    Column("reason", Text, comment="why it failed; restart when the process ended first"),
    Column("caller", String(255), index=True, comment="the customer's number"),
    Column("called", String(255), comment="the number the customer dialled"),
    Column("station", String(64), index=True, comment="the last the customer talked to"),
    Column("customer_lost_ms", Integer, comment="silence in place of packets that never came"),
    Column("agent_lost_ms", Integer, comment="the same of the agent's side"),
    comment="One row for each recording that is over.",
)

_OF_COMPLETED = ("duration_ms", "size_bytes", "sha256", "customer_lost_ms", "agent_lost_ms")


@dataclass(slots=True)
class _Call:
    """A call that is up, or whose recordings are not all finished."""

    sequence: int
    contact_id: str
    caller: str
    called: str
    station: str | None = None
    ended: bool = False
    open: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What is known so far of the recordings that run, by recording_id."""


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
                return self._close_all()
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
            return []
        begun = call.open.pop(fields["recording_id"], None) or _begun(entry)
        self._forget_when_over(fields["call_id"], call)
        outcome = {name: fields.get(name) for name in _OF_COMPLETED} | {"path": fields["path"]}
        state = entry.topic.removeprefix("recording.")
        return [_row(call, begun, state, fields.get("reason"), outcome)]

    def _forget_when_over(self, call_id: str, call: _Call) -> None:
        if call.ended and not call.open:
            del self._calls[call_id]

    def _close_all(self) -> list[Mapping[str, Any]]:
        nothing = dict.fromkeys(_OF_COMPLETED)
        rows = [
            _row(call, begun, "failed", RESTART, nothing)
            for call in self._calls.values()
            for begun in call.open.values()
        ]
        self._calls.clear()
        return rows


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


def _row(
    call: _Call, begun: dict[str, Any], state: str, reason: str | None, outcome: dict[str, Any]
) -> Mapping[str, Any]:
    of_the_call = {
        "contact_id": call.contact_id,
        "caller": call.caller,
        "called": call.called,
        "station": call.station,
    }
    return begun | of_the_call | outcome | {"state": state, "reason": reason}
