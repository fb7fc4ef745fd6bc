"""The manifest beside a recording."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from media.recordings.manifest import Manifest, ManifestLeg, manifest_path, read_manifest, write_manifest
from media.recordings.wav import RecordingError

CHINA = timezone(timedelta(hours=8))
MANIFEST = Manifest(
    recording_id="recording-1",
    contact_id="contact-1",
    call_ids=("call-1",),
    legs=(ManifestLeg(leg_id="leg-1", channel="customer", party="13800138000", joined_ms=0),),
    started_at=datetime(2026, 11, 20, 8, 30, tzinfo=CHINA),
    duration_ms=30_500,
    state="completed",
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "day" / "recording-1.wav"
    write_manifest(MANIFEST, path)
    assert read_manifest(path) == MANIFEST
    assert json.loads(manifest_path(path).read_text("utf-8"))["started_at"] == "2026-11-20T08:30:00+08:00"
    assert [each.name for each in path.parent.iterdir()] == ["recording-1.json"]


def test_a_recording_without_a_manifest_has_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "recording-1.wav") is None


def test_what_a_later_version_adds_is_passed_over(tmp_path: Path) -> None:
    told = json.loads(MANIFEST.model_dump_json()) | {"mood": "good"}
    manifest_path(tmp_path / "r.wav").write_text(json.dumps(told), "utf-8")
    assert read_manifest(tmp_path / "r.wav") == MANIFEST


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 2}'])
def test_what_is_no_manifest_is_told(tmp_path: Path, content: str) -> None:
    manifest_path(tmp_path / "r.wav").write_text(content, "utf-8")
    with pytest.raises(RecordingError, match=r"r\.json is no manifest"):
        read_manifest(tmp_path / "r.wav")
