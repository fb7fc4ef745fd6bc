"""The rows of recordings that are over, folded from the journal by a ledger. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from switch.archive.ledger import ENDS, Ledger
from switch.archive.notes import Ended
from switch.records.columns import stamp
from switch.records.projection import JournalEntry
from switch.records.recordings import recording_parties, recordings

Row = Mapping[str, Any]

_COUNTED = ("customer_lost_ms", "agent_lost_ms")
"""What is counted while it is recorded, and goes with the process."""
_OF_COMPLETED = ("duration_ms", "size_bytes", "sha256", *_COUNTED)


class Recordings:
    """The projection behind the table ``recordings``."""

    table = recordings

    def __init__(self) -> None:
        self._ledger = Ledger()
        self.ended: Ended | None = None
        """The recording that ended last."""
        self.topics = self._ledger.topics
        self.oldest_open = self._ledger.oldest_open

    def apply(self, entry: JournalEntry) -> Iterable[Row]:
        """Take the next entry; return the row it completes."""
        ended = self._ledger.apply(entry)
        if ended is None:
            return ()
        self.ended = ended
        return (_row(ended),)


def _row(ended: Ended) -> Row:
    note, outcome = ended.note, ended.outcome
    recovered = outcome.get("recovered", False)  # an older journal does not tell
    last = ended.last_talked_to
    row = {
        "recording_id": note.recording_id,
        "call_id": note.call_ids[0] if note.call_ids else "",
        "contact_id": note.contact_id,
        "path": note.path,
        "started_at": stamp(note.began),
        **{name: outcome.get(name) for name in _OF_COMPLETED},
        "state": ended.state,
        "reason": outcome.get("reason"),
        "recovered": recovered,
        "caller": note.caller,
        "called": note.called,
        "trunk": note.trunk,
        "queue": note.queue,
        "station": None if last is None else last.party,
        "agent": None if last is None else last.agent,
    }
    return row | dict.fromkeys(_COUNTED) if recovered else row


class RecordingParties:
    """The projection behind the table ``recording_parties``, which is shown an entry after ``Recordings``."""

    table = recording_parties
    topics = ENDS

    def __init__(self, recordings: Recordings) -> None:
        """``recordings`` knows who was heard."""
        self._recordings = recordings

    def apply(self, entry: JournalEntry) -> Iterable[Row]:
        """The rows of the recording that the entry ended."""
        ended = self._recordings.ended
        if ended is None or ended.sequence != entry.sequence:
            return ()
        return [
            {
                "recording_id": ended.note.recording_id,
                "position": position,
                "role": leg.role,
                "station": leg.party,
                "agent": leg.agent,
                "joined_at": stamp(leg.joined),
                "left_at": None if leg.left is None else stamp(leg.left),
            }
            for position, leg in enumerate(ended.parties, 1)
        ]

    def oldest_open(self) -> None:
        """What its rows need, the recordings' do."""
