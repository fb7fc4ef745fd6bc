"""What ``ringmain recordings verify`` finds and shows."""

from collections.abc import Sequence
from datetime import datetime

from cli.configuration.sections import Configuration
from cli.output import minute, print_json, print_line
from cli.paths import shown_path
from cli.progress import progress
from cli.table import print_table
from switch.archive.known_disks import known_disks
from switch.archive.verification import Checked, verification


def verify_since(began: datetime, now: datetime, configuration: Configuration) -> list[Checked]:
    """Check what began since a moment, with progress. Raises UsageError when something cannot be read."""
    recordings, records = configuration.recordings, configuration.records
    access = configuration.access.model_copy(update={"disks": known_disks(records.journal)})
    known = verification(records, recordings.folder, began, now, now, access, recordings.spool)
    checked: list[Checked] = []
    with progress("recordings", known.count) as done:
        for one in known.recordings():
            checked.append(one)
            done()
    return [*checked, *known.strays()]


def show(checked: Sequence[Checked], *, as_json: bool) -> None:
    """The wrong ones for people, all of them for programs."""
    if as_json:
        print_json([one.as_json() for one in checked])
        return
    wrong = [one for one in checked if one.findings]
    if wrong:
        rows = [
            (one.recording_id, one.began and minute(one.began), finding.text, shown_path(one.path))
            for one in wrong
            for finding in one.findings
        ]
        print_table("what is wrong", ("recording", "began", "finding", "path"), rows, ("path", "began"))
    print_line(f"{len(checked)} checked, {len(wrong)} with something wrong")
