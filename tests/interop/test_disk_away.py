"""The disk of recordings is not mounted when the switch starts: calls go on, and no recording is lost."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from media.recordings.digest import sha256_of
from media.recordings.manifest import read_manifest
from sipp_scenarios.audio import speech, to_alaw
from sipp_scenarios.rtp_capture import capture
from sipp_scenarios.runner import Scenario, SippProcess
from sipp_scenarios.switch_process import SwitchProcess
from switch.records.journal_reader import JournalReader
from switch.records.projection import JournalEntry
from tests.helpers.switch_process import QUEUE_ONLY, switch_process

PATIENCE_S = 60.0


def entries(switch: SwitchProcess, topic: str) -> list[JournalEntry]:
    with closing(JournalReader(switch.configuration.records.journal, topics=frozenset({topic}))) as reader:
        return reader.take(1000)


def wait_for(switch: SwitchProcess, topic: str, count: int = 1) -> list[JournalEntry]:
    deadline = time.monotonic() + PATIENCE_S
    while len(found := entries(switch, topic)) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} {topic}\n{switch.last_words()}"
        time.sleep(0.2)
    return found


@pytest.mark.timeout(300)
def test_recordings_go_to_the_spool_and_come_home_when_the_disk_is_back(tmp_path: Path) -> None:
    folder, away = tmp_path / "recordings", tmp_path / "away"
    switch = switch_process(tmp_path, recordings={"spool": str(tmp_path / "spool")})
    with switch:
        pass
    folder.rename(away)
    folder.mkdir()
    (tmp_path / "speech-60ms.pcap").write_bytes(capture(to_alaw(speech(11, 30.0)), 60))
    caller = Scenario(
        name="caller_speaks_in_long_packets",
        switch=switch.sip,
        dialled=QUEUE_ONLY,
        keys={"caller": "13800138000", "caller_name": "客户"},
    )
    with switch:
        (lagging,) = wait_for(switch, "storage.lagging")
        assert f"the disk of {folder} is not mounted" in lagging.fields["reason"]
        with SippProcess(caller, tmp_path):
            (started,) = wait_for(switch, "recording.started")
            time.sleep(2)
            switch.kill()
    spooled = Path(started.fields["path"])
    assert spooled.is_relative_to(tmp_path / "spool")
    assert list(folder.iterdir()) == []
    folder.rmdir()
    away.rename(folder)
    with switch:
        (completed,) = wait_for(switch, "recording.completed")
        switch.terminate()
        switch.wait(30)
    path = Path(completed.fields["path"])
    assert path == folder / spooled.relative_to(tmp_path / "spool")
    assert completed.fields["recovered"]
    assert completed.fields["sha256"] == sha256_of(path)
    assert not spooled.exists()
    manifest = read_manifest(path)
    assert manifest is not None
    assert (manifest.caller, manifest.recovered) == ("13800138000", True)
