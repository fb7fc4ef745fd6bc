"""Recordings of whole days held against files and calls, by a process of its own that gives way to calls.

A thread that gave way would hold Python's lock while it waits for its turn, and calls with it.

    python -m switch.archive.reconciliation < request.json

One JSON line for each finding, and a last one with the number of recordings, or with why it cannot be done.
"""

import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

from pydantic import BaseModel

from media.recordings.forms import lying_here
from media.recordings.tiers import Access
from runtime.clock import local_now
from runtime.errors import UsageError
from switch.archive.verification import Checked, verification
from switch.records.config import RecordsConfig

_NICE = 19
_MOST_BYTES_PER_S = 100e6
"""Faster it does not read, so that the disk has time for what is being recorded."""


class Request(BaseModel):
    """What is to be checked: the recordings that began from one moment on and before another."""

    records: RecordsConfig
    folder: Path
    began: datetime
    until: datetime
    access: Access
    spool: Path | None


def findings(request: Request, now: datetime, pause: Event) -> Iterator[dict[str, Any]]:
    """The lines of the answer. Waits on ``pause`` in between, which nobody need set."""
    between = (request.began, request.until)
    known = verification(request.records, request.folder, *between, now, request.access, request.spool)
    for checked in known.recordings():
        yield from _lines(checked)
        pause.wait(_size_bytes(checked) / _MOST_BYTES_PER_S)
    for checked in known.strays():
        yield from _lines(checked)
    yield {"checked": known.count}


def _lines(checked: Checked) -> Iterator[dict[str, Any]]:
    for fault, text in checked.findings:
        yield {
            "recording_id": checked.recording_id,
            "path": checked.path,
            "fault": str(fault),
            "text": text,
        }


def _size_bytes(checked: Checked) -> int:
    """Of what lies here; the second tier gives the rest no faster than it can."""
    try:
        here = lying_here(Path(checked.path)) if checked.path else None
        return 0 if here is None else here.stat().st_size
    except OSError:
        return 0


def main() -> None:
    """Answer the request on standard input."""
    os.nice(_NICE)
    request = Request.model_validate_json(sys.stdin.buffer.read())
    try:
        for line in findings(request, local_now(), Event()):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    except UsageError as error:
        sys.stdout.write(json.dumps({"reason": str(error)}, ensure_ascii=False) + "\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
