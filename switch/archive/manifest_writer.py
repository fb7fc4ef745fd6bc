"""Manifests that wait to be written: one folder that takes nothing must not hold up the others."""

from pathlib import Path

from media.recordings.disks import Disks
from media.recordings.manifest import read_manifest, write_manifest
from media.recordings.wav import RecordingError
from media.recordings.wav_file import WavFile, read_wav_file
from switch.archive.manifests import manifest_of
from switch.archive.notes import Ended


class ManifestWriter:
    """Keeps each recording that is over until its manifest is on the disk."""

    def __init__(self, disks: Disks) -> None:
        self._disks = disks
        self._waiting: dict[str, Ended] = {}
        self.written = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def knows(self, recording_id: str) -> bool:
        """Whether the manifest of a recording waits."""
        return recording_id in self._waiting

    @property
    def oldest_needed(self) -> int | None:
        """Sequence of the first entry of the journal that a waiting manifest needs."""
        return min((ended.note.sequence for ended in list(self._waiting.values())), default=None)

    def put(self, ended: Ended) -> None:
        """Take a recording that is over; one that never had a file has no manifest."""
        if ended.note.path:
            self._waiting[ended.note.recording_id] = ended

    def write(self) -> OSError | None:
        """Try all that wait. What the disk objected to last; those it refused wait on."""
        refused = None
        for recording_id, ended in list(self._waiting.items()):
            try:
                self._disks.require(Path(ended.note.path))
                self.written += _write(ended)
                del self._waiting[recording_id]
            except OSError as error:
                refused = error
        return refused


def _write(ended: Ended) -> bool:
    """Write a manifest unless it is there already, or its file has gone since. Raises OSError."""
    path = Path(ended.note.path)
    wav = _wav_file(path)
    if ended.state == "completed" and wav is None and not path.exists():
        return False
    manifest = manifest_of(ended, wav)
    try:
        there = read_manifest(path)
    except RecordingError:  # what is no manifest is replaced
        there = None
    if there is not None and (there.state, there.sha256) == (manifest.state, manifest.sha256):
        return False  # written before, perhaps with more than is known now
    write_manifest(manifest, path)
    return True


def _wav_file(path: Path) -> WavFile | None:
    try:
        return read_wav_file(path)
    except (RecordingError, FileNotFoundError):
        return None
