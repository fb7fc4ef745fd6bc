"""Draws one picture in a process of its own, which gives way to calls: order on stdin, PNG on stdout.

python -m switch.archive.listening.drawing

An order is ``{"recording", "lies", "journal", "access"}``: the row, whose path is that of the file as it was
begun, and where it lies now. Ends with WITHOUT_MANIFEST when there was none to draw from.
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from media.recordings.manifest import Manifest
from media.recordings.opening import opened
from media.recordings.tiers import Access, lies_of
from runtime.errors import PeerError, UsageError
from switch.archive.listening.pictures import WITHOUT_MANIFEST
from switch.archive.picture import draw_recording, events_of, manifest_of_row

_NICE = 10
"""Calls on the same machine come first."""


def main() -> None:
    """Ends with 1 and a sentence on stderr when there is nothing to draw."""
    os.nice(_NICE)
    order: dict[str, Any] = json.load(sys.stdin)
    recording = order["recording"]
    recording["started_at"] = datetime.fromisoformat(recording["started_at"])
    try:
        access = Access.model_validate(order["access"])
        manifest = manifest_of_row(recording)
        with opened(lies_of(order["lies"]), access) as plain:
            picture = draw(recording | {"path": str(plain)}, Path(order["journal"]), manifest)
    except (PeerError, UsageError, OSError) as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(picture)
    sys.stdout.flush()
    sys.exit(0 if manifest is not None else WITHOUT_MANIFEST)


def draw(recording: dict[str, Any], journal: Path, manifest: Manifest | None) -> bytes:
    """The picture as PNG."""
    with TemporaryDirectory(prefix="ringmain-picture-") as folder:
        out = Path(folder, "picture.png")
        draw_recording(recording, events_of(recording, journal, manifest), out, manifest)
        return out.read_bytes()


if __name__ == "__main__":
    main()
