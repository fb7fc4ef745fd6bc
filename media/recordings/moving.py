"""How a recording is moved to the second tier: nothing goes before its copy was read back from there."""

from collections.abc import Iterable
from pathlib import Path

from media.recordings.forms import lying_here
from media.recordings.manifest import Manifest, Moved, manifest_path, read_manifest, write_manifest
from media.recordings.stored import name_in_tier
from media.recordings.tiers import (
    Access,
    Lies,
    StoredObject,
    hash_of,
    lies_of,
    manifest_beside,
    put,
    sync_folder,
)
from media.recordings.treatment import NoManifestYet
from media.recordings.wav import RecordingError


class TierFailed(Exception):
    """The second tier does not take recordings; the message says why."""


def move(begun: Path, folder: Path, access: Access, spool: Path | None = None) -> Moved:
    """Where a recording is now that it was moved, before or just now. May be cut off anywhere and done again.

    ``begun`` is the file as its events name it, below ``folder`` or ``spool``. Raises RecordingError when
    there is nothing to be moved, NoManifestYet, TierFailed, OSError of the first tier.
    """
    manifest = read_manifest(begun)
    if manifest is None:
        raise NoManifestYet
    here = lying_here(begun)
    if here is None and manifest.moved is None:
        raise RecordingError(f"{begun} is gone")
    if here is None:
        assert manifest.moved is not None
        return manifest.moved
    moved = _copy(here, _target(here, (folder, spool), access), access)
    _tell(manifest.model_copy(update={"moved": moved}), begun, access)
    here.unlink()
    sync_folder(here.parent)
    return moved


def _copy(here: Path, target: Lies, access: Access) -> Moved:
    sha256 = hash_of(here, access)
    try:
        put(here, target, access)
        found = hash_of(target, access)
    except OSError as error:
        raise TierFailed(str(error)) from error
    if found != sha256:
        raise TierFailed(f"{target} was not what {here} is when it was read back")
    return Moved(address=str(target), size_bytes=here.stat().st_size, sha256=sha256)


def _tell(manifest: Manifest, begun: Path, access: Access) -> None:
    """The manifest says so before the first copy goes; the second tier has one as well."""
    write_manifest(manifest, begun)
    assert manifest.moved is not None
    try:
        put(manifest_path(begun), manifest_beside(lies_of(manifest.moved.address)), access)
    except OSError as error:
        raise TierFailed(str(error)) from error


def _target(here: Path, folders: Iterable[Path | None], access: Access) -> Lies:
    name, tier = name_in_tier(here, folders), access.tier
    if tier.bucket is not None:
        return StoredObject(tier.bucket, f"{tier.prefix}{name}")
    if tier.folder is None:
        raise TierFailed("none is configured")
    return tier.folder / name
