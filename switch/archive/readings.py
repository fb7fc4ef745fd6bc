"""The archive's numbers for Prometheus."""

from switch.application import Gauge
from switch.archive.archive import Archive
from switch.archive.keeping import Keeping
from switch.archive.moving.service import Moving
from switch.metrics import Total


def archive_gauges(archive: Archive) -> list[Gauge]:
    """What is true now."""
    text = "Journal entries the archive has not dealt with: not read yet, or waiting for the disk."
    return [Gauge("archive_behind_entries", text, (), lambda: {(): archive.behind})]


def archive_totals(archive: Archive) -> list[Total]:
    """What only rises."""
    return [
        Total(
            "recording_manifests",
            "Manifests written beside recordings.",
            (),
            lambda: {(): archive.manifests_written},
        ),
        Total(
            "archive_faults",
            "Faults of our own in the archive; each is in the log.",
            (),
            lambda: {(): archive.faults},
        ),
    ]


def keeping_totals(keeping: Keeping) -> list[Total]:
    """What became of files."""
    return [
        Total(
            "recordings_treated",
            "Recordings converted and encrypted after they were over.",
            ("step",),
            lambda: {(step,): count for step, count in keeping.taken.items()},
        ),
        Total(
            "recordings_untreated",
            "Recordings that stay as they are though they were to be converted or encrypted.",
            (),
            lambda: {(): keeping.untreated},
        ),
    ]


def moving_gauges(moving: Moving) -> list[Gauge]:
    """Whether the second tier does its part."""
    text = "1 while the second tier takes no recordings."
    return [Gauge("second_tier_failed", text, (), lambda: {(): int(moving.is_failed)})]


def moving_totals(moving: Moving) -> list[Total]:
    """What went there."""
    return [Total("recordings_moved", "Recordings moved to the second tier.", (), lambda: {(): moving.moved})]
