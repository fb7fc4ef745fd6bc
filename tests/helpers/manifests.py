"""The manifest of a recording that is just over: the archive writes it within about a second."""

from pathlib import Path
from time import monotonic, sleep

from media.recordings.manifest import Manifest, read_manifest

_PATIENCE_S = 30.0


def manifest_beside(path: str) -> Manifest:
    """Wait for it. Raises TimeoutError."""
    deadline = monotonic() + _PATIENCE_S
    while (manifest := read_manifest(Path(path))) is None:
        if monotonic() > deadline:
            raise TimeoutError(f"{path} has no manifest after {_PATIENCE_S} s")
        sleep(0.05)
    return manifest


def heard_in(manifest: Manifest) -> list[tuple[str, str | None, str, str | None]]:
    """Channel, role, party and agent of each who was heard, in the order they came."""
    return [(leg.channel, leg.role, leg.party, leg.agent) for leg in manifest.legs]
