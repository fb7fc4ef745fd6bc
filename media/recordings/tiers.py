"""Files of recordings wherever they lie: on a disk of this machine, or in a store of the second tier."""

import os
import shutil
from dataclasses import dataclass
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pydantic import BaseModel, ConfigDict

from media.recordings.config import SecondTierConfig
from media.recordings.disks import Disks
from media.recordings.forms import lying_here
from media.recordings.manifest import read_manifest

if TYPE_CHECKING:
    from media.recordings.s3 import S3Store

_SCHEME = "s3://"
_PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A file in a bucket."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"{_SCHEME}{self.bucket}/{self.key}"


class StoreUnreachable(OSError):
    """A store does not answer at all: whoever wants many files of it need not ask for each."""


Lies = Path | StoredObject
"""Where a file of a recording is."""


class Access(BaseModel):
    """What it takes to read recordings wherever they lie. Plain data, which other processes can be told."""

    model_config = ConfigDict(frozen=True)

    identity: Path | None = None
    """File with the private key that opens encrypted ones."""
    tier: SecondTierConfig = SecondTierConfig()
    disks: Disks = Disks()
    """Those that recordings lie on."""


def lying_at(begun: Path, moved_to: str | None = None) -> Lies | None:
    """Where the recording that was begun as ``begun`` lies now; None when nowhere.

    That it went to the second tier its manifest tells, or ``moved_to``, what the records say, when that is
    lost. Raises RecordingError, OSError for a manifest that cannot be read.
    """
    here = lying_here(begun)
    if here is not None:
        return here
    manifest = read_manifest(begun)
    if manifest is not None and manifest.moved is not None:
        return lies_of(manifest.moved.address)
    return None if moved_to is None else lies_of(moved_to)


def prepare(access: Access) -> None:
    """Make ready to ask the store, if there is one: done later, it would hold Python's lock amid calls."""
    if access.tier.bucket is not None:
        store(StoredObject(access.tier.bucket, ""), access)


def lies_of(address: str) -> Lies:
    """The file of an address as manifests and events tell it."""
    if not address.startswith(_SCHEME):
        return Path(address)
    bucket, _, key = address.removeprefix(_SCHEME).partition("/")
    return StoredObject(bucket, key)


def open_lying(lies: Lies, access: Access, first: int = 0) -> BinaryIO:
    """Read it from an octet on. Raises OSError."""
    if isinstance(lies, StoredObject):
        return BufferedReader(store(lies, access).read(lies.key, first), _PIECE_BYTES)
    file = lies.open("rb")
    file.seek(first)
    return file


def size_of(lies: Lies, access: Access) -> int:
    """In bytes. Raises OSError."""
    if isinstance(lies, StoredObject):
        return store(lies, access).size_of(lies.key)
    return lies.stat().st_size


def hash_of(lies: Lies, access: Access) -> str:
    """SHA-256 of all its octets, from the disk and not from memory where that can be. Raises OSError."""
    with open_lying(lies, access) as file:
        if isinstance(lies, Path):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def put(source: Path, target: Lies, access: Access) -> None:
    """Copy a file of this machine, whole or not at all; it is on the disk then. Raises OSError."""
    if isinstance(target, StoredObject):
        store(target, access).put(source, target.key)
        return
    access.disks.require(target)
    part = target.with_name(target.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        _copy(source, part)
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _copy(source: Path, part: Path) -> None:
    with source.open("rb") as read, part.open("wb") as written:
        shutil.copyfileobj(read, written, _PIECE_BYTES)
        written.flush()
        os.fsync(written.fileno())
    shutil.copymode(source, part)


def remove(lies: Lies, access: Access) -> None:
    """Also when it is not there. Raises OSError."""
    if isinstance(lies, StoredObject):
        store(lies, access).remove(lies.key)
    else:
        access.disks.require(lies)
        lies.unlink(missing_ok=True)


def manifest_beside(lies: Lies) -> Lies:
    """Where the copy of the manifest lies that goes with a recording to the second tier."""
    if isinstance(lies, Path):
        return lies.with_name(_without_endings(lies.name) + ".json")
    return StoredObject(lies.bucket, _without_endings(lies.key) + ".json")


def store(lies: StoredObject, access: Access) -> "S3Store":
    """Where an object is, or is to be. Raises OSError."""
    # Loads boto3, which takes a third of a second, and which most do not need.
    from media.recordings.s3 import store_of

    return store_of(access.tier, lies.bucket)


def _without_endings(name: str) -> str:
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(".")[0]


def sync_folder(folder: Path) -> None:
    """Only then a power cut cannot bring old names back. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
