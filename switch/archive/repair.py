"""Files mended by hand, as a start of the switch mends what a crash left; and lost manifests.

Rows and events stay as they are: a file without a record is catalogued by the switch at its next start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.recordings.homecoming import Folders, bring_home
from media.recordings.leftovers import is_within, whole_of
from media.recordings.manifest import Manifest, manifest_path, write_manifest
from media.recordings.rest import recording_of
from media.recordings.wav import RecordingError
from media.recordings.wav_file import WavFile, mend, read_wav_file
from switch.records.recording_search import DELETED

Row = Mapping[str, Any]
_CATALOGUED_LATER = "no record names it; the switch catalogues it at its next start"


@dataclass(frozen=True, slots=True)
class Repaired:
    """One file, and what was, or would be, done about it."""

    path: Path
    done: tuple[str, ...] = ()
    left: str | None = None
    """What stays wrong, and what helps."""

    def as_json(self) -> dict[str, Any]:
        """Empty ``done`` and no ``left`` for a good one."""
        return {"path": str(self.path), "done": self.done, "left": self.left}


@dataclass(frozen=True, slots=True)
class Repair:
    """Mends files of recordings, or only tells what it would do."""

    folders: Folders
    dry_run: bool = False
    switch_runs: bool = False
    """A switch joins parts itself while it runs."""

    def file(self, path: Path, record: Row | None, *, is_written: bool) -> Repaired:
        """Make header and manifest true, join a rest with its beginning, remove what stayed of a whole.

        ``record``: the row of the recording, if there is one; ``is_written``: whether a switch may write to
        any part of it.
        """
        if is_written:
            return Repaired(path, left="it is being written; nothing was done")
        if record is not None and record["state"] == DELETED:
            return Repaired(path, left="it was deleted, and lies here still; remove it by hand")
        try:
            whole = whole_of(path, self.folders)
            if whole is not None:
                return self._remove_part(path, whole)
            if recording_of(path) != path:
                return self._join(path, record)
            return self._mend(path, record)
        except RecordingError as error:
            return Repaired(path, left=str(error))
        except OSError as error:
            return Repaired(path, left=f"{path}: {error.strerror or error}")

    def _remove_part(self, path: Path, whole: Path) -> Repaired:
        if not is_within(path, whole):
            return Repaired(path, left=f"it is no part of {whole}, which lies beside a manifest; hear both")
        if not self.dry_run:
            path.unlink()
        return Repaired(path, (f"it was removed: all of it lies in {whole}",))

    def _join(self, rest: Path, record: Row | None) -> Repaired:
        if record is not None:
            return Repaired(rest, left=f"it never joined {record['path']}; its record tells of that alone")
        if self.switch_runs:
            return Repaired(rest, left="the switch joins it with its beginning, which no disk takes now")
        begun, _ = self.folders.places_of(recording_of(rest))
        if not self.dry_run:
            begun = bring_home(begun, self.folders).path
        return Repaired(rest, (f"it joined its beginning, {begun}",), _CATALOGUED_LATER)

    def _mend(self, path: Path, record: Row | None) -> Repaired:
        wav = read_wav_file(path)
        steps = [] if wav.is_true else [_untruth(wav)]
        if steps and not self.dry_run:
            wav = mend(path)
        if elsewhere := self._named_elsewhere(path, record):
            return Repaired(path, tuple(steps), f"its record names {elsewhere}, where it is not")
        if record is not None and not manifest_path(path).exists():
            steps.append("its manifest was written from its record")
            if not self.dry_run:
                write_manifest(_manifest(record, wav), path)
        unknown = record is None and not manifest_path(path).exists()
        return Repaired(path, tuple(steps), _CATALOGUED_LATER if unknown else None)

    def _named_elsewhere(self, path: Path, record: Row | None) -> Path | None:
        """Where its record names it, if that is on the other of both disks."""
        named = path if record is None else Path(record["path"])
        return named if named != path and named in self.folders.places_of(path) else None


def _untruth(wav: WavFile) -> str:
    told_ms = wav.data_bytes // wav.frame_bytes * 1000 / wav.rate_hz
    odd = (wav.size_bytes - wav.data_at) % wav.frame_bytes
    text = f"its header told {told_ms / 1000:.3f} s and tells {wav.duration_ms / 1000:.3f} s"
    return f"{text}; {odd} octets that are no whole frame were cut off" if odd else text


def _manifest(record: Row, wav: WavFile) -> Manifest:
    """What the row tells; who came when is in the journal only."""
    return Manifest(
        recording_id=record["recording_id"],
        contact_id=record["contact_id"],
        call_ids=(record["call_id"],) if record["call_id"] else (),
        agents=(record["agent"],) if record["agent"] else (),
        queue=record["queue"],
        caller=record["caller"],
        called=record["called"],
        trunk=record["trunk"],
        stations=(record["station"],) if record["station"] else (),
        started_at=record["started_at"].astimezone(),
        duration_ms=record["duration_ms"],
        format=wav.format,
        sample_rate_hz=wav.rate_hz,
        size_bytes=record["size_bytes"],
        sha256=record["sha256"],
        recovered=record["recovered"],
        state=record["state"],
        reason=record["reason"],
    )
