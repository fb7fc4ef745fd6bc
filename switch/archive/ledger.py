"""Which recordings run and who is heard in them, folded from the journal. Pure.

A recording belongs to a contact: it goes on in another call when its customer is transferred there. Who is
heard in it is what the exchange told of those it let the recorder hear.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from runtime.target import first_queue, parse_target
from switch.archive.notes import Ended, LegNote, RecordingNote
from switch.leg_role import LegRole
from switch.records.projection import JournalEntry

_QUEUE = "queue"
ENDS = frozenset({"recording.completed", "recording.failed"})
"""The topics of what ends a recording."""


class _Call(Struct):
    """A call that is up."""

    call_id: str
    contact_id: str
    sequence: int
    caller: str
    called: str
    trunk: str | None
    target: str
    """Where it came to, or the last queue it was handed off to."""

    @property
    def queue(self) -> str | None:
        """The last it was in, if in any."""
        scheme, name = parse_target(self.target)
        return first_queue(name) if scheme == _QUEUE else None


class Ledger:
    """Fed with the journal's entries in order; returns each recording that ends."""

    def __init__(self) -> None:
        self._calls: dict[str, _Call] = {}
        self._notes: dict[str, RecordingNote] = {}
        self._of_contact: defaultdict[str, list[RecordingNote]] = defaultdict(list)
        self._folds: Mapping[str, Callable[[JournalEntry], Ended | None]] = {
            "call.arrived": self._begin,
            "call.placed": self._begin,
            "call.answered": self._answered,
            "call.recorded": self._recorded,
            "call.connected": self._connected,
            "call.handed_off": self._handed_off,
            "call.transferred": self._transferred,
            "call.ended": self._end_call,
            "switch.started": self._end_run,
            "recording.started": self._started,
            "recording.stopped": self._stopped,
            "recording.leg_joined": self._joined,
            "recording.leg_left": self._of_leg,
            "recording.agent_joined": self._of_leg,
            **dict.fromkeys(ENDS, self._end),
        }

    @property
    def topics(self) -> frozenset[str]:
        """What it folds; it need be shown nothing else."""
        return frozenset(self._folds)

    def apply(self, entry: JournalEntry) -> Ended | None:
        """Take the next entry."""
        fold = self._folds.get(entry.topic)
        return None if fold is None else fold(entry)

    def under_way(self) -> list[RecordingNote]:
        """The recordings that have begun and not ended, in the order they began."""
        return list(self._notes.values())

    def knows(self, recording_id: str) -> bool:
        """Whether a recording is under way."""
        return recording_id in self._notes

    def oldest_open(self) -> int | None:
        """Sequence of the first entry that a manifest may still need."""
        needed = [note.sequence for note in self._notes.values()]
        if self._calls:
            needed.append(
                next(iter(self._calls.values())).sequence
            )  # they are kept in the order they arrived
        return min(needed, default=None)

    def _begin(self, entry: JournalEntry) -> None:
        self._calls[entry.fields["call_id"]] = _arrived(entry)

    def _end_call(self, entry: JournalEntry) -> None:
        self._calls.pop(entry.fields["call_id"], None)

    def _end_run(self, entry: JournalEntry) -> None:
        """The calls of the run before are over, its recordings are not finished."""
        self._calls.clear()

    def _answered(self, entry: JournalEntry) -> None:
        """Whom the switch called has answered, or the switch; perhaps a recording begins."""
        self._reached(entry)
        self._recorded(entry)

    def _connected(self, entry: JournalEntry) -> None:
        """Whom a station called is there: a recording may have begun before."""
        call = self._reached(entry)
        if call is not None and call.trunk is not None:
            for note in self._of_contact.get(call.contact_id, ()):
                note.trunk = note.trunk or call.trunk

    def _reached(self, entry: JournalEntry) -> _Call | None:
        """By which trunk a customer was called is known when they answer."""
        call = self._calls.get(entry.fields["call_id"])
        if call is not None:
            call.trunk = call.trunk or entry.fields.get("trunk")
        return call

    def _recorded(self, entry: JournalEntry) -> None:
        """A recording is noted from the answer on: a short call ends before its file is open."""
        fields = entry.fields
        recording_id, call = fields.get("recording_id"), self._calls.get(fields["call_id"])
        if recording_id and call is not None and recording_id not in self._notes:
            self._note(_begun(call, entry))

    def _started(self, entry: JournalEntry) -> None:
        """The call may be over already, and its recording is noted since the answer."""
        fields = entry.fields
        note, call = self._notes.get(fields["recording_id"]), self._calls.get(fields["call_id"])
        if note is None:
            note = self._note(_unannounced(entry) if call is None else _begun(call, entry))
        # An older journal does not tell when its first sample was.
        note.began, note.path = fields.get("began_at") or entry.time, fields["path"]

    def _stopped(self, entry: JournalEntry) -> None:
        if note := self._notes.get(entry.fields["recording_id"]):
            note.stopped = entry.time

    def _note(self, note: RecordingNote) -> RecordingNote:
        self._notes[note.recording_id] = note
        self._of_contact[note.contact_id].append(note)
        return note

    def _forget(self, recording_id: str) -> RecordingNote | None:
        note = self._notes.pop(recording_id, None)
        if note is not None:
            self._of_contact[note.contact_id].remove(note)
            if not self._of_contact[note.contact_id]:
                del self._of_contact[note.contact_id]
        return note

    def _joined(self, entry: JournalEntry) -> None:
        """The first is told before the recording itself is."""
        fields = entry.fields
        note, call = self._notes.get(fields["recording_id"]), self._calls.get(fields["call_id"])
        if note is None:
            if call is None:
                return  # the journal of its beginning is lost
            note = self._note(_begun(call, entry))
        if fields["call_id"] not in note.call_ids:
            note.call_ids.append(fields["call_id"])
        leg_id, role = fields["leg_id"], LegRole(fields["role"])
        there = note.still_there(leg_id)
        if there is not None and there.role is role:
            return  # it came along from another call
        agent = None
        if there is not None:
            there.left, agent = entry.time, there.agent
        note.legs.append(LegNote(leg_id, role, fields["party"], fields["outside"], entry.time, agent))

    def _of_leg(self, entry: JournalEntry) -> None:
        """Somebody is heard no more, or turns out to be an agent."""
        fields = entry.fields
        note = self._notes.get(fields["recording_id"])
        leg = note.still_there(fields["leg_id"]) if note is not None else None
        if leg is not None and entry.topic == "recording.leg_left":
            leg.left = entry.time
        elif leg is not None:
            leg.agent = fields["agent"]

    def _handed_off(self, entry: JournalEntry) -> None:
        call, target = self._calls.get(entry.fields["call_id"]), entry.fields["target"]
        scheme, _ = parse_target(target)
        if call is not None and scheme == _QUEUE:
            call.target = target
            for note in self._of_contact.get(call.contact_id, ()):
                note.queue = call.queue

    def _transferred(self, entry: JournalEntry) -> None:
        """Another may be the caller since, and of another contact, whose recording goes on in this call."""
        if call := self._calls.get(entry.fields["call_id"]):
            call.contact_id = entry.fields["contact_id"]

    def _end(self, entry: JournalEntry) -> Ended:
        fields = entry.fields
        note = self._forget(fields["recording_id"])
        if note is None:
            call = self._calls.get(fields["call_id"])
            note = _unannounced(entry) if call is None else _begun(call, entry)
        note.path = fields["path"]
        state: Any = entry.topic.removeprefix("recording.")
        return Ended(note, entry.sequence, state, fields)


def _arrived(entry: JournalEntry) -> _Call:
    fields = entry.fields
    return _Call(
        call_id=fields["call_id"],
        contact_id=fields["contact_id"],
        sequence=entry.sequence,
        caller=fields["caller_number"],
        called=fields["called_number"],
        trunk=fields.get("trunk"),
        target=fields["target"],
    )


def _begun(call: _Call, entry: JournalEntry) -> RecordingNote:
    return RecordingNote(
        recording_id=entry.fields["recording_id"],
        contact_id=call.contact_id,
        sequence=call.sequence,
        began=entry.time,
        call_ids=[call.call_id],
        queue=call.queue,
        caller=call.caller,
        called=call.called,
        trunk=call.trunk,
    )


def _unannounced(entry: JournalEntry) -> RecordingNote:
    """Of a recording of whose call nothing is known."""
    fields = entry.fields
    began = fields.get("began_at") or entry.time - fields.get("duration_ms", 0) / 1000
    call_ids = [fields["call_id"]] if fields["call_id"] else []
    return RecordingNote(
        recording_id=fields["recording_id"],
        contact_id=fields["contact_id"],
        sequence=entry.sequence,
        began=began,
        call_ids=call_ids,
    )
