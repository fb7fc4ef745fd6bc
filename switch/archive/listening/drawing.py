"""Draws one picture in a process of its own, which gives way to calls: order on stdin, PNG on stdout.

python -m switch.archive.listening.drawing
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runtime.errors import PeerError
from switch.archive.picture import draw_recording, events_of

_NICE = 10
"""Calls on the same machine come first."""


def main() -> None:
    """Ends with 1 and a sentence on stderr when there is nothing to draw."""
    os.nice(_NICE)
    order: dict[str, Any] = json.load(sys.stdin)
    recording = order["recording"]
    recording["started_at"] = datetime.fromisoformat(recording["started_at"])
    with TemporaryDirectory(prefix="ringmain-picture-") as folder:
        out = Path(folder, "picture.png")
        try:
            draw_recording(recording, events_of(recording, Path(order["journal"])), out)
        except (PeerError, OSError) as error:
            sys.exit(str(error))
        sys.stdout.buffer.write(out.read_bytes())


if __name__ == "__main__":
    main()
