"""What is done to the file of a recording once it is over: converted, then encrypted, as configured.

Each step leaves the file before it until the one after it was read back. May be done any number of times.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path

from pyrage.x25519 import Recipient

from media.recordings.conversion import check_converted, convert, holds_sound
from media.recordings.forms import Form, form_of, is_sealed, lying_here
from media.recordings.manifest import Kept, Manifest, read_manifest, write_manifest
from media.recordings.sealing import seal
from media.recordings.tiers import sync_folder
from media.recordings.wav import RecordingError


class Step(StrEnum):
    """What became of a file; the second word of the event that tells it."""

    CONVERTED = "converted"
    ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken."""

    step: Step
    path: Path
    """Where the recording lies now."""
    size_bytes: int


class NoManifestYet(Exception):
    """The recording is to be looked at again when its manifest is written."""


def treat(begun: Path, form: Form | None, recipients: Sequence[Recipient]) -> list[Taken]:
    """Take the steps that are still to be taken; ``begun`` is the file as its events name it.

    ``form``: what to convert to. Raises RecordingError when the file is not what it should be, which
    then stays as it is; OSError when the disk refuses; NoManifestYet.
    """
    lies, manifest = lying_here(begun), read_manifest(begun)
    if lies is None and manifest is not None and manifest.moved is not None:
        return []
    if lies is None:
        raise RecordingError(f"{begun} is gone")
    if manifest is None:
        raise NoManifestYet
    taken = []
    if form is not None and lies.suffix == Form.WAV.suffix and holds_sound(lies):
        lies = _convert(begun, lies, form, manifest)
        taken.append(_taken(Step.CONVERTED, lies))
    if recipients and not is_sealed(lies):
        lies = _encrypt(begun, lies, recipients, read_manifest(begun) or manifest)
        taken.append(_taken(Step.ENCRYPTED, lies))
    return taken


def _convert(begun: Path, lies: Path, form: Form, manifest: Manifest) -> Path:
    target = begun.with_suffix(form.suffix)
    convert(lies, target, form)
    try:
        check_converted(lies, target, form)
    except RecordingError:
        target.unlink()
        raise
    shutil.copymode(lies, target)
    _replace(lies, target, begun, manifest, _kept(target, sealed=False))
    return target


def _encrypt(begun: Path, lies: Path, recipients: Sequence[Recipient], manifest: Manifest) -> Path:
    kept = _kept(lies, sealed=True)
    sealed = seal(lies, recipients)
    _replace(lies, sealed, begun, manifest, kept)
    return sealed


def _replace(before: Path, after: Path, begun: Path, manifest: Manifest, kept: Kept) -> None:
    """The new file is on the disk by name, and the manifest tells of it, before the old one goes."""
    write_manifest(manifest.model_copy(update={"kept": kept}), begun)
    before.unlink()
    sync_folder(after.parent)


def _kept(plain: Path, *, sealed: bool) -> Kept:
    with plain.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    return Kept(form=form_of(plain), sealed=sealed, size_bytes=plain.stat().st_size, sha256=sha256)


def _taken(step: Step, path: Path) -> Taken:
    return Taken(step, path, path.stat().st_size)
