"""The files of recordings for commands that read them: found where they lie, opened, held to their hash."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from cli.configuration.sections import Configuration
from media.recordings.digest import sha256_of
from media.recordings.forms import Form, form_of
from media.recordings.manifest import read_manifest
from media.recordings.opening import opened
from media.recordings.tiers import lying_at, size_of
from media.recordings.wav import RecordingError
from switch.records.recording_search import DELETED

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A recording that can be read."""

    path: Path
    """Where its plain content is, for as long as it is open."""
    form: Form
    begun: Path
    """The file as the records name it."""


@contextmanager
def open_recording(row: Row, configuration: Configuration) -> Iterator[OpenRecording]:
    """Open a recording, decrypting it in memory where this machine has the key.

    Raises RecordingError when there is no such file, it is damaged, or disk or store refuse; UsageError when
    the key is missing.
    """
    require_file(row)
    begun = Path(row["path"])
    lies = lying_at(begun, row.get("moved_to"))
    if lies is None:
        raise RecordingError(f"there is no file {begun}, converted or encrypted")
    with ExitStack() as stack:
        try:
            size_of(lies, configuration.access)
            path = stack.enter_context(opened(lies, configuration.access))
        except OSError as error:
            raise RecordingError(f"{lies} cannot be read: {error}") from error
        yield OpenRecording(path, form_of(lies), begun)


def require_file(row: Row) -> None:
    """Raises RecordingError when the records know that a recording has no file, with the reason."""
    if row["state"] == DELETED:
        raise RecordingError(f"recording {row['recording_id']} was deleted")
    if not row["path"]:
        raise RecordingError(f"recording {row['recording_id']} was never begun: {row['reason']}")


def that_are_left(rows: Sequence[Row]) -> list[Row]:
    """Those that were not deleted, of whatever began on a day."""
    return [row for row in rows if row["state"] != DELETED]


def check_unchanged(recording: OpenRecording, row: Row) -> None:
    """Hold the content against the hash of when it was closed or converted. Raises RecordingError, OSError.

    One that failed has no hash, nor has a converted one that has lost its manifest.
    """
    if recording.form is Form.WAV:
        expected, found = row["sha256"], sha256_of(recording.path)
    else:
        manifest = read_manifest(recording.begun)
        expected = manifest.kept.sha256 if manifest is not None and manifest.kept is not None else None
        found = hash_of_file(recording.path)
    if expected is not None and found != expected:
        raise RecordingError(f"{recording.begun} is not what it was: its hash is {found}, not {expected}")


def hash_of_file(path: Path) -> str:
    """SHA-256 of all its octets, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
