"""The hash by which a recording is known to be unchanged."""

from hashlib import file_digest
from pathlib import Path

from media.recordings.wav_file import read_wav_file


def sha256_of(path: Path) -> str:
    """As ``recording.completed`` tells it: of the samples, without the header, in hexadecimal.

    Raises RecordingError when it is no WAV file of ours, OSError.
    """
    data_at = read_wav_file(path).data_at
    with path.open("rb") as file:
        file.seek(data_at)
        return file_digest(file, "sha256").hexdigest()
