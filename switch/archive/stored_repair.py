"""Manifests of recordings in the second tier, brought back from the copies that went there with them."""

from pathlib import Path

from pydantic import ValidationError

from media.recordings.manifest import Manifest, manifest_path, write_manifest
from media.recordings.tiers import Access, Lies, manifest_beside, open_lying
from media.recordings.wav import RecordingError
from switch.archive.repair import Repaired, Row
from switch.records.recording_search import DELETED


def repair_stored(lies: Lies, record: Row | None, access: Access, *, dry_run: bool) -> Repaired:
    """Bring a lost manifest back; ``lies`` is a recording in the second tier, ``record`` its row."""
    shown = Path(str(lies))
    if record is None:
        return Repaired(shown, left="no record names this file of the second tier")
    if record["state"] == DELETED:
        return Repaired(shown, left="it was deleted, and lies in the second tier still")
    begun = Path(record["path"])
    if manifest_path(begun).exists():
        return Repaired(shown)
    try:
        manifest = _manifest_of(lies, access)
        if not dry_run:
            access.disks.require(begun)
            write_manifest(manifest, begun)
    except (RecordingError, OSError) as error:
        return Repaired(shown, left=f"its manifest is lost, and cannot be brought back: {error}")
    return Repaired(shown, (f"its manifest, {manifest_path(begun)}, was brought back from the second tier",))


def _manifest_of(lies: Lies, access: Access) -> Manifest:
    """The copy beside it. Raises RecordingError when that tells of another file, OSError."""
    copy = manifest_beside(lies)
    with open_lying(copy, access) as file:
        octets = file.read()
    try:
        manifest = Manifest.model_validate_json(octets)
    except ValidationError as error:
        raise RecordingError(f"{copy} is no manifest") from error
    if manifest.moved is None or manifest.moved.address != str(lies):
        raise RecordingError(f"{copy} does not tell of {lies}")
    return manifest
