"""What a recording may lie as: as it was written, converted, and either of them sealed (encrypted)."""

from enum import StrEnum
from pathlib import Path

SEALED = ".age"
"""Behind the ending of what is inside."""


class Form(StrEnum):
    """What the sound is written as; the ending of the file's name."""

    WAV = "wav"
    FLAC = "flac"
    OPUS = "opus"
    """In Ogg (RFC 7845)."""
    MP3 = "mp3"
    """For export only."""

    @property
    def suffix(self) -> str:
        return f".{self}"


KEPT_FORMS = (Form.WAV, Form.FLAC, Form.OPUS)


def lying_here(begun: Path) -> Path | None:
    """Where beside ``begun``, as which it was begun, a recording lies now, the clearest first, or None."""
    plain = [begun, *(begun.with_suffix(form.suffix) for form in KEPT_FORMS)]
    sealed = [path.with_name(path.name + SEALED) for path in plain]
    return next((path for path in (*plain, *sealed) if path.is_file()), None)


def is_sealed(name: object) -> bool:
    """Whether it takes an identity to read the file of this name or address."""
    return str(name).endswith(SEALED)


def form_of(name: object) -> Form:
    """Of a file of a recording, sealed or not. Raises ValueError for any other ending."""
    return Form(str(name).removesuffix(SEALED).rpartition(".")[2])
