"""How a recording is finished whose process has ended: its file is made whole, and its end is told.

May be done any number of times; the journal then has one of the events.
"""

from pathlib import Path

from media.events import RecordingCompleted, RecordingFailed
from media.recordings.digest import sha256_of
from media.recordings.folder import SUFFIX
from media.recordings.rest import REST, join_rest
from media.recordings.wav import RecordingError
from media.recordings.wav_file import WavFile, mend
from switch.archive.notes import RecordingNote

End = RecordingCompleted | RecordingFailed


def finish(note: RecordingNote, folder: Path, spool: Path | None = None) -> End:
    """The end of a recording of which the journal has only the beginning.

    ``folder``: of all recordings; ``spool``: where they go on when its disk fails. Raises OSError when the
    folder is not there though the recording was begun, as a disk that is not mounted is no lost recording,
    and when the disk does not take what is in the spool.
    """
    path = Path(note.path) if note.path else _file_of(note.recording_id, folder, spool)
    if note.path and not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}")
    if path is None:
        return _failed(note, "the process ended before the file was begun")
    if spool is not None and path.is_relative_to(folder):
        path = _whole(path, spool / path.relative_to(folder))
    try:
        return _completed(note, path, mend(path))
    except FileNotFoundError:
        return _failed(note, "the process ended, and the file is gone")
    except (RecordingError, OSError) as error:
        return _failed(note, f"the process ended, and the file cannot be mended: {error}")


def adopt(path: Path) -> End:
    """The end of a recording of which the journal has no word; what is known of it is its file."""
    touched = path.stat().st_mtime
    note = RecordingNote(path.stem, contact_id="", sequence=0, began=touched, path=str(path))
    try:
        wav = mend(path)
    except (RecordingError, OSError) as error:
        return _failed(note, f"the journal has no word of it, and it cannot be read: {error}", touched)
    return _completed(note, path, wav, touched - wav.duration_ms / 1000)


def _whole(path: Path, spooled: Path) -> Path:
    """Where the recording is in one file: at its place, or wholly in the spool. Raises OSError."""
    if not path.exists() and spooled.exists():
        return spooled
    if path.exists():
        join_rest(path, spooled.with_suffix(REST))
    return path


def _file_of(recording_id: str, folder: Path, spool: Path | None) -> Path | None:
    """The file of a recording whose beginning the journal does not tell any more."""
    folders = [folder] if spool is None else [folder, spool]
    return next((path for each in folders for path in each.glob(f"**/{recording_id}{SUFFIX}")), None)


def _completed(
    note: RecordingNote, path: Path, wav: WavFile, began_at: float | None = None
) -> RecordingCompleted:
    """What was counted while it was recorded went with the process."""
    return RecordingCompleted(
        recording_id=note.recording_id,
        contact_id=note.contact_id,
        call_id=_first_call(note),
        path=str(path),
        duration_ms=wav.duration_ms,
        size_bytes=wav.size_bytes,
        sha256=sha256_of(path),
        customer_packets=0,
        customer_lost_ms=0,
        agent_packets=0,
        agent_lost_ms=0,
        recovered=True,
        began_at=began_at,
    )


def _failed(note: RecordingNote, reason: str, began_at: float | None = None) -> RecordingFailed:
    return RecordingFailed(
        recording_id=note.recording_id,
        contact_id=note.contact_id,
        call_id=_first_call(note),
        path=note.path,
        reason=reason,
        began_at=began_at,
    )


def _first_call(note: RecordingNote) -> str:
    return note.call_ids[0] if note.call_ids else ""
