"""How a recording is finished whose process has ended: its file is made whole, and its end is told.

May be done any number of times; the journal then has one of the events.
"""

from pathlib import Path

from media.events import RecordingCompleted, RecordingFailed
from media.recordings.digest import sha256_of
from media.recordings.folder import SUFFIX
from media.recordings.homecoming import Folders, Home, bring_home, last_written
from media.recordings.wav import RecordingError
from media.recordings.wav_file import WavFile, mend
from switch.archive.notes import RecordingNote

End = RecordingCompleted | RecordingFailed


def finish(note: RecordingNote, folders: Folders) -> End:
    """The end of a recording of which the journal has only the beginning.

    Raises OSError when a disk is not there that may have it, since one that is not mounted is no lost
    recording, and when its disk does not take what is in the spool.
    """
    begun = Path(note.path) if note.path else _file_of(note.recording_id, folders)
    if begun is None:
        return _failed(note, "the process ended before the file was begun")
    home = bring_home(begun, folders)
    try:
        return _completed(note, home, mend(home.path))
    except FileNotFoundError:
        return _failed(note, "the process ended, and the file is gone")
    except (RecordingError, OSError) as error:
        return _failed(note, f"the process ended, and the file cannot be mended: {error}")


def adopt(begun: Path, folders: Folders) -> End:
    """The end of a recording of which the journal has no word; what is known of it is its file.

    Raises OSError as ``finish``.
    """
    touched = last_written(begun, folders)
    home = bring_home(begun, folders)
    note = RecordingNote(begun.stem, contact_id="", sequence=0, began=touched, path=str(home.path))
    try:
        wav = mend(home.path)
    except (RecordingError, OSError) as error:
        return _failed(note, f"the journal has no word of it, and it cannot be read: {error}", touched)
    return _completed(note, home, wav, touched - wav.duration_ms / 1000)


def _file_of(recording_id: str, folders: Folders) -> Path | None:
    """The file of a recording whose beginning the journal does not tell any more. Raises OSError."""
    for folder in folders.all():
        folders.disks.require(folder)
    found = (path for each in folders.all() for path in each.glob(f"**/{recording_id}{SUFFIX}"))
    return next(found, None)


def _completed(
    note: RecordingNote, home: Home, wav: WavFile, began_at: float | None = None
) -> RecordingCompleted:
    """What was counted while it was recorded went with the process."""
    return RecordingCompleted(
        recording_id=note.recording_id,
        contact_id=note.contact_id,
        call_id=_first_call(note),
        path=str(home.path),
        duration_ms=wav.duration_ms,
        size_bytes=wav.size_bytes,
        sha256=sha256_of(home.path),
        customer_packets=0,
        customer_lost_ms=0,
        agent_packets=0,
        agent_lost_ms=0,
        unwritten=home.lost_ms,
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
