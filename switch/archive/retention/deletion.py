"""Recordings whose time is over, and how one is deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from media.config import RetentionConfig
from media.recordings.manifest import read_manifest
from media.recordings.removal import Remover
from media.recordings.wav import RecordingError
from runtime.errors import UsageError
from switch.archive.in_hand import InHand
from switch.archive.retention.events import RecordingDeleted
from switch.archive.retention.holds import Holds
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


class StillHeld(UsageError):
    """Somebody holds a recording that is to be deleted."""


class Deleter:
    """Waits for whoever converts or moves a recording, so that nothing of it is written after it went.

    A hold counts until the moment at which the first file goes: none that was granted comes too late.
    """

    WAIT_S = 10.0

    def __init__(self, remover: Remover, in_hand: InHand) -> None:
        self._remover = remover
        self._in_hand = in_hand
        self.holds = Holds()

    def delete(self, recording: Recording, reason: str, by: str) -> RecordingDeleted:
        """Remove a recording's files. May be done again; the event is what tells of it.

        Raises StillHeld, OSError.
        """
        recording_id = recording["recording_id"]
        with self._in_hand.holding(recording_id, self.WAIT_S):
            if not self.holds.begin_to_delete(recording_id):
                raise StillHeld(
                    f"recording {recording_id} is held; `ringmain recordings release` ends the hold"
                )
            try:
                self._remove(recording)
            except OSError:
                self.holds.stay(recording_id)
                raise
        return RecordingDeleted(
            recording_id=recording["recording_id"],
            path=recording["path"],
            sha256=recording["sha256"],
            reason=reason,
            by=by,
        )

    def _remove(self, recording: Recording) -> None:
        if recording["path"]:
            begun = Path(recording["path"])
            self._remover.remove(begun, _moved_to(recording, begun))


def _moved_to(recording: Recording, begun: Path) -> str | None:
    """The manifest knows it first, and the records if it is lost."""
    known: str | None = recording.get("moved_to")
    try:
        manifest = read_manifest(begun)
    except RecordingError:
        return known
    return known if manifest is None or manifest.moved is None else manifest.moved.address
