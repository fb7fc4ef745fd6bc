"""A process that converts and encrypts recordings and gives way to calls: an order a line, an answer a line.

python -m switch.archive.keeper

An order is ``{"path", "form", "recipients"}``; its answer ``{"taken": [{"step", "path", "size_bytes"}]}``, or
``{"problem"}`` with ``"again"`` when the same order may succeed later. Ends when nobody orders any more.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from media.recordings.forms import Form
from media.recordings.keys import recipient
from media.recordings.treatment import NoManifestYet, treat
from media.recordings.wav import RecordingError

_NICE = 10
"""Calls on the same machine come first."""


def main() -> None:
    """Work off standard input."""
    os.nice(_NICE)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(carry_out(json.loads(line))) + "\n")
        sys.stdout.flush()


def carry_out(order: dict[str, Any]) -> dict[str, Any]:
    """The answer to one order."""
    form = Form(order["form"]) if order["form"] else None
    try:
        taken = treat(Path(order["path"]), form, [recipient(key) for key in order["recipients"]])
    except RecordingError as error:
        return {"problem": str(error), "again": False}
    except OSError as error:
        return {"problem": str(error), "again": True}
    except NoManifestYet:
        return {"problem": "its manifest is not written yet", "again": True}
    return {
        "taken": [{"step": one.step, "path": str(one.path), "size_bytes": one.size_bytes} for one in taken]
    }


if __name__ == "__main__":
    main()
