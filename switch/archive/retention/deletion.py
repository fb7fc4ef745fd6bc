"""Recordings whose time is over, and how one is deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from media.config import RetentionConfig
from media.recordings.removal import remove_recording
from switch.archive.retention.events import RecordingDeleted
from switch.archive.retention.rules import Recording, rule_that_removes, search_for
from switch.records.queries import RecordReader

_PAGE = 200


def due(
    records: RecordReader, rules: Sequence[RetentionConfig], now: datetime
) -> Iterator[tuple[Recording, RetentionConfig]]:
    """What the rules remove now, with the rule that counts. Raises NoRecords.

    Each once, unless it is not deleted before the next is asked for.
    """
    for rule in rules:
        search = search_for(rule, now, _PAGE)
        while found := records.recordings(search):
            for recording in found:
                if rule_that_removes(recording, rules, now) is rule:
                    yield recording, rule
            search = replace(search, after=found[-1]["recording_id"])


def delete(recording: Recording, reason: str, by: str) -> RecordingDeleted:
    """Remove a recording's files. May be done again; the event is what tells of it. Raises OSError."""
    if recording["path"]:
        remove_recording(Path(recording["path"]))
    return RecordingDeleted(
        recording_id=recording["recording_id"],
        path=recording["path"],
        sha256=recording["sha256"],
        reason=reason,
        by=by,
    )
