"""Which recordings run and who is heard in them, folded from the journal. Pure.

A recording belongs to a contact: it goes on in another call when its customer is transferred there, and
whoever talks in a call of the contact is heard in it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.target import first_queue, parse_target
from switch.archive.notes import Ended, LegNote, RecordingNote
from switch.records.projection import JournalEntry

_QUEUE = "queue"


@dataclass(slots=True)
class _Call:
    """A call that is up."""

    call_id: str
    contact_id: str
    sequence: int
    caller: str
    called: str
    trunk: str | None
    customer: LegNote
    queue: str | None = None
    agents: dict[str, str] = field(default_factory=dict)
    """By the offers made to them."""
    connected: LegNote | None = None
    """Whom the customer talks to."""
    connected_offer: str = ""


class Ledger:
    """Fed with the journal's entries in order; returns each recording that ends.

    ``agent_topics``: events of applications that tell by call_id, offer_id and agent whom an offer goes to.
    """

    def __init__(self, agent_topics: Iterable[str] = ()) -> None:
        self._calls: dict[str, _Call] = {}
        self._notes: dict[str, RecordingNote] = {}
        self._of_contact: defaultdict[str, list[RecordingNote]] = defaultdict(list)
        self._steps: Mapping[str, Callable[[_Call, JournalEntry], None]] = {
            "call.answered": self._answered,
            "call.recorded": self._answered,
            "call.connected": self._connected,
            "call.handed_off": self._handed_off,
            "call.transferred": self._transferred,
            "offer.ended": self._offer_ended,
            "station.recorded": _recorded_at_counter,
            **dict.fromkeys(agent_topics, _offered_to_agent),
        }

    @property
    def topics(self) -> frozenset[str]:
        """What it folds; it need be shown nothing else."""
        return frozenset(
            {"call.arrived", "call.placed", "call.ended", "switch.started"}
            | {"recording.started", "recording.completed", "recording.failed"}
            | self._steps.keys()
        )

    def apply(self, entry: JournalEntry) -> Ended | None:
        """Take the next entry."""
        fields = entry.fields
        match entry.topic:
            case "call.arrived" | "call.placed":
                self._calls[fields["call_id"]] = _arrived(entry)
            case "call.ended":
                self._call_ended(entry)
            case "switch.started":  # the calls of the run before are over, its recordings are not finished
                self._calls.clear()
            case "recording.started":
                self._started(entry)
            case "recording.completed" | "recording.failed":
                return self._end(entry)
            case topic if step := self._steps.get(topic):
                if call := self._calls.get(fields["call_id"]):
                    step(call, entry)
        return None

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

    def _answered(self, call: _Call, entry: JournalEntry) -> None:
        """A recording is noted from the answer on: a short call ends before its file is open."""
        recording_id = entry.fields.get("recording_id")
        if recording_id and recording_id not in self._notes:
            self._note(_begun(call, entry))

    def _started(self, entry: JournalEntry) -> None:
        """The call may be over already, and its recording is noted since the answer."""
        fields = entry.fields
        note, call = self._notes.get(fields["recording_id"]), self._calls.get(fields["call_id"])
        if note is None:
            note = self._note(_unannounced(entry) if call is None else _begun(call, entry))
        note.began, note.path = entry.time, fields["path"]

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

    def _call_ended(self, entry: JournalEntry) -> None:
        """Its recording may go on with the customer in another call, but not with whom they talked to."""
        call = self._calls.pop(entry.fields["call_id"], None)
        if call is not None and call.connected is not None:
            call.connected.left = entry.time

    def _connected(self, call: _Call, entry: JournalEntry) -> None:
        fields = entry.fields
        agent = call.agents.get(fields["offer_id"])
        call.connected = LegNote(fields.get("leg_id", ""), "agent", fields["station"], entry.time, agent)
        call.connected_offer = fields["offer_id"]
        for note in self._of_contact.get(call.contact_id, ()):
            note.legs.append(call.connected)

    def _offer_ended(self, call: _Call, entry: JournalEntry) -> None:
        if call.connected is not None and entry.fields["offer_id"] == call.connected_offer:
            call.connected.left = entry.time
            call.connected = None

    def _handed_off(self, call: _Call, entry: JournalEntry) -> None:
        scheme, name = parse_target(entry.fields["target"])
        if scheme == _QUEUE:
            call.queue = first_queue(name)
            for note in self._of_contact.get(call.contact_id, ()):
                note.queue = call.queue

    def _transferred(self, call: _Call, entry: JournalEntry) -> None:
        """Another may be the caller since, and of another contact, whose recording goes on in this call."""
        fields = entry.fields
        is_new_contact = fields["contact_id"] != call.contact_id
        call.contact_id = fields["contact_id"]
        if fields["caller_number"] != call.customer.party:
            call.customer.left = entry.time
            call.customer = LegNote(fields.get("leg_id", ""), "customer", fields["caller_number"], entry.time)
        for note in self._of_contact.get(call.contact_id, ()):
            _go_on(note, call)
            if is_new_contact and call.connected is not None:
                note.legs.append(call.connected)

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
    scheme, name = parse_target(fields["target"])
    return _Call(
        call_id=fields["call_id"],
        contact_id=fields["contact_id"],
        sequence=entry.sequence,
        caller=fields["caller_number"],
        called=fields["called_number"],
        trunk=fields.get("trunk"),
        customer=LegNote(fields["leg_id"], "customer", fields["caller_number"], entry.time),
        queue=first_queue(name) if scheme == _QUEUE else None,
    )


def _begun(call: _Call, entry: JournalEntry) -> RecordingNote:
    heard = [call.customer] if call.connected is None else [call.customer, call.connected]
    return RecordingNote(
        recording_id=entry.fields["recording_id"],
        contact_id=call.contact_id,
        sequence=call.sequence,
        began=entry.time,
        call_ids=[call.call_id],
        legs=heard,
        queue=call.queue,
        caller=call.caller,
        called=call.called,
        trunk=call.trunk,
    )


def _offered_to_agent(call: _Call, entry: JournalEntry) -> None:
    call.agents[entry.fields["offer_id"]] = entry.fields["agent"]


def _recorded_at_counter(call: _Call, entry: JournalEntry) -> None:
    call.customer.at_counter, call.customer.agent = True, entry.fields["agent"]


def _go_on(note: RecordingNote, call: _Call) -> None:
    """The recording is of this call too, and of whoever is its customer."""
    if call.call_id not in note.call_ids:
        note.call_ids.append(call.call_id)
    heard = [leg for leg in note.legs if leg.channel == "customer"]
    if not heard or heard[-1].party != call.customer.party:
        for leg in heard:
            leg.left = leg.left or call.customer.joined
        note.legs.append(call.customer)


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
