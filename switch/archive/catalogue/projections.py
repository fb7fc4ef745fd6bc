"""The rows of recordings that are over, folded from the journal by a ledger. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from switch.archive.ledger import Ledger
from switch.archive.notes import Ended
from switch.records.columns import stamp
from switch.records.projection import JournalEntry
from switch.records.recordings import recording_parties, recordings

Row = Mapping[str, Any]

_COUNTED = ("customer_lost_ms", "agent_lost_ms")
"""What is counted while it is recorded, and goes with the process."""
_OF_COMPLETED = ("duration_ms", "size_bytes", "sha256", *_COUNTED)


class _OfRecordings:
    """Rows that are complete when a recording ends."""

    def __init__(self) -> None:
        self._ledger = Ledger()

    @property
    def topics(self) -> frozenset[str]:
        return self._ledger.topics

    def apply(self, entry: JournalEntry) -> Iterable[Row]:
        """Take the next entry; return the rows it completes."""
        ended = self._ledger.apply(entry)
        return () if ended is None else self._rows(ended)

    def oldest_open(self) -> int | None:
        """Sequence of the first entry that a row still to come needs."""
        return self._ledger.oldest_open()

    def _rows(self, ended: Ended) -> Iterable[Row]:
        raise NotImplementedError


class Recordings(_OfRecordings):
    """The projection behind the table ``recordings``."""

    table = recordings

    def _rows(self, ended: Ended) -> Iterable[Row]:
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
        return (row | dict.fromkeys(_COUNTED) if recovered else row,)


class RecordingParties(_OfRecordings):
    """The projection behind the table ``recording_parties``."""

    table = recording_parties

    def _rows(self, ended: Ended) -> Iterable[Row]:
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
