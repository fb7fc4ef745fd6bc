"""Five hundred recorded calls on disks that fail: no call is hurt, and what was lost is told."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from media.commands import AttachToRecording, BridgeEndpoints, Channel, StartRecording, StopRecording
from media.events import (
    RecordingCompleted,
    RecordingFailed,
    RecordingWaiting,
    StorageLagging,
    StorageRecovered,
)
from media.recordings.digest import sha256_of
from media.recordings.disks import Disks, write_mark
from media.recordings.homecoming import Folders, Home, bring_home
from tests.helpers.bad_disks import hanging_disk, read_only_disk, small_disk
from tests.helpers.media_ports import many_media_ports
from tests.helpers.media_rig import MediaRig, Phone, media_rig

CALLS = 500
FEW = 20
PACKET = bytes([0x2A]) * 160
"""The most negative value of A-law, 20 ms of it."""
RTCP = range(200, 205)
"""Second octet of its packets (RFC 3550 §12.1)."""
RTP_HEADER = 12
LONGEST_DELAY_S = 1.0
"""Of a packet that is relayed; a disk that held one up would do so for as long as it hangs."""


class Calls:
    """Pairs of phones that talk through the engine, and whose customers' packets are counted."""

    def __init__(self, rig: MediaRig, count: int = CALLS, first: int = 0) -> None:
        self._rig = rig
        self._numbers = range(first, first + count)
        self._pairs: list[tuple[Phone, Phone]] = []
        for number in self._numbers:
            names = {"recording_id": f"r-{number}", "contact_id": "contact-1", "call_id": f"call-{number}"}
            customer, agent = rig.leg(f"a-{number}"), rig.leg(f"b-{number}", near=f"a-{number}")
            agent.socket.settimeout(LONGEST_DELAY_S)
            rig.order(BridgeEndpoints(leg_id=f"a-{number}", peer_leg_id=f"b-{number}"))
            rig.order(StartRecording(**names))
            attached = {"recording_id": f"r-{number}", "leg_id": f"a-{number}"}
            rig.order(AttachToRecording(**attached, channel=Channel.CUSTOMER))
            self._pairs.append((customer, agent))

    def talk(self, seconds: float) -> None:
        """A packet of each customer every 20 ms; each reaches its agent at once."""
        now = began = time.monotonic()
        while now < began + seconds:
            for customer, _ in self._pairs:
                customer.talk(PACKET)
            for _, agent in self._pairs:
                assert hear(agent) == PACKET
            time.sleep(max(0.0, now + 0.02 - time.monotonic()))
            now = time.monotonic()

    def end(self) -> tuple[list[RecordingCompleted], list[RecordingFailed]]:
        """How each recording ended: exactly once."""
        self.stop()
        while len(self._ends()) < len(self._numbers):
            self._rig.wait_for_facts()
        ends = self._ends()
        assert len({end.recording_id for end in ends}) == len(ends) == len(self._numbers)
        completed = [end for end in ends if isinstance(end, RecordingCompleted)]
        return completed, [end for end in ends if isinstance(end, RecordingFailed)]

    def stop(self) -> None:
        for number in self._numbers:
            self._rig.order(StopRecording(recording_id=f"r-{number}"))

    def _ends(self) -> list[RecordingCompleted | RecordingFailed]:
        ours = {f"r-{number}" for number in self._numbers}
        ends = (e for e in self._rig.events if isinstance(e, RecordingCompleted | RecordingFailed))
        return [end for end in ends if end.recording_id in ours]


def hear(phone: Phone) -> bytes:
    """What is said to it next. Reports for a phone whose port is one below come here too."""
    while (datagram := phone.socket.recv(2048))[1] in RTCP:
        pass
    return datagram[RTP_HEADER:]


@contextmanager
def calls_on(folder: Path) -> Iterator[tuple[MediaRig, Calls]]:
    with media_rig(folder, recordings={"lagging_after_s": 0.5}, ports=many_media_ports()) as rig:
        yield rig, Calls(rig)


def lost_untold(recording: RecordingCompleted) -> int:
    """How many of the customer's samples are neither in the file nor in what is told as lost."""
    heard, rate_hz = soundfile.read(recording.path, dtype="int16")
    assert rate_hz == 8000
    assert abs(len(heard) / 8 - recording.duration_ms) < 1
    told = sum(end - begin for begin, end in recording.unwritten) * 8
    there = int(np.count_nonzero(heard[:, 0] < -30_000))
    return max(0, round(recording.customer_packets * 160 - there - told))


def test_a_disk_that_is_full_hurts_no_call_and_what_it_did_not_take_is_told(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_kb=8_000) as folder, calls_on(folder) as (rig, calls):
        calls.talk(2)
        rig.wait(StorageLagging)
        completed, failed = calls.end()
        assert any("No space left" in lagging.reason for lagging in rig.wait(StorageLagging))
        assert any(recording.unwritten for recording in completed)
        assert [recording.recording_id for recording in completed if lost_untold(recording)] == []
        assert all("No space left" in end.reason for end in failed)


def test_a_disk_that_may_only_be_read_hurts_no_call_and_each_recording_fails_once(tmp_path: Path) -> None:
    with read_only_disk(tmp_path / "disk") as folder, calls_on(folder) as (_, calls):
        calls.talk(1)
        completed, failed = calls.end()
        assert completed == []
        assert all("Read-only file system" in end.reason for end in failed)


def test_a_disk_that_hangs_hurts_no_call_and_what_did_not_find_room_meanwhile_is_told(
    tmp_path: Path,
) -> None:
    with (
        hanging_disk(tmp_path / "disk", tmp_path / "image", size_mb=512) as disk,
        calls_on(disk.place) as (rig, calls),
    ):
        calls.talk(0.5)
        disk.hang()
        try:
            calls.talk(4)
            rig.wait(StorageLagging)
        finally:
            disk.go_on()
        rig.wait(StorageRecovered)
        completed, failed = calls.end()
        assert failed == []
        assert [recording.recording_id for recording in completed if lost_untold(recording)] == []


def test_a_full_disk_that_frees_a_little_at_a_time_lengthens_no_recording(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size_kb=400) as folder:
        fillers = [folder / f"filler-{number}" for number in range(4)]
        for filler in fillers:
            filler.write_bytes(bytes(76_000))
        with media_rig(folder, recordings={"format": "alaw"}) as rig:
            rig.leg("a")
            began = time.monotonic()
            rig.order(StartRecording(recording_id="r", contact_id="contact-1", call_id="call-1"))
            rig.order(AttachToRecording(recording_id="r", leg_id="a", channel=Channel.CUSTOMER))
            rig.wait(StorageLagging)
            # The silence owed is longer by now than what is freed at once.
            time.sleep(7)
            for filler in fillers:
                filler.unlink()
                time.sleep(0.7)
            rig.order(StopRecording(recording_id="r"))
            completed = rig.wait(RecordingCompleted)[-1]
            lasted_ms = (time.monotonic() - began) * 1000
    assert completed.unwritten
    assert completed.duration_ms < lasted_ms + 100


def test_a_disk_that_is_slow_hurts_no_call_and_new_recordings_go_to_the_spool(tmp_path: Path) -> None:
    recordings = {"lagging_after_s": 0.5, "spool": tmp_path / "spool", "format": "alaw"}
    with (
        hanging_disk(tmp_path / "disk", tmp_path / "image", size_mb=128) as disk,
        media_rig(disk.place, recordings=recordings) as rig,
    ):
        first = Calls(rig, FEW)
        first.talk(0.5)
        disk.hang()
        while not any(isinstance(event, StorageLagging) for event in rig.events):
            first.talk(0.2)
            rig.engine.drain()
        second = Calls(rig, FEW, first=FEW)
        disk.go_on()
        with disk.slow():
            first.talk(2)
            second.talk(2)
        for calls in (first, second):
            completed, failed = calls.end()
            assert failed == []
            assert [recording.recording_id for recording in completed if lost_untold(recording)] == []
        assert all(Path(recording.path).is_relative_to(tmp_path / "spool") for recording in completed)
        rig.wait(StorageRecovered)


def test_recordings_under_way_leave_a_disk_that_hangs_and_lose_nothing(tmp_path: Path) -> None:
    spool, killed = tmp_path / "spool", tmp_path / "killed"
    recordings = {"lagging_after_s": 0.5, "spool": spool, "format": "alaw", "writers": 2}
    with (
        hanging_disk(tmp_path / "disk", tmp_path / "image", size_mb=128) as disk,
        media_rig(disk.place, recordings=recordings) as rig,
    ):
        calls = Calls(rig, FEW)
        calls.talk(0.5)
        disk.hang()
        try:
            calls.talk(3)
            assert len(list(spool.glob("**/*.rest.wav"))) == FEW
            calls.stop()
            while len(told := [event for event in rig.events if isinstance(event, RecordingWaiting)]) < FEW:
                rig.wait_for_facts()
            assert {event.recording_id for event in told} == {f"r-{number}" for number in range(FEW)}
            assert [event.reason for event in rig.wait(StorageLagging)] == ["the disk is too slow"]
            shutil.copytree(disk.place, killed / "disk", ignore=shutil.ignore_patterns("lost+found"))
            shutil.copytree(spool, killed / "spool")
        finally:
            disk.go_on()
        completed, failed = calls.end()
        assert failed == []
        assert {recording.unwritten for recording in completed} == {()}
        assert [recording.recording_id for recording in completed if lost_untold(recording)] == []
        assert all(Path(recording.path).is_relative_to(disk.place) for recording in completed)
        assert list(spool.glob("**/*.wav")) == []
    folders = Folders(killed / "disk", killed / "spool")
    homes = [(recovered(recording, folders), recording.sha256) for recording in completed]
    torn = [home for home, sha256 in homes if sha256_of(home.path) != sha256]
    # What each of the two writers had in hand is silence after a kill, in one recording at most, and told;
    # it is told, too, when the disk had it already and the writer had not heard so.
    told_lost = [home for home, _ in homes if home.lost_ms]
    assert len(told_lost) <= 2
    assert [home for home in torn if home not in told_lost] == []


def recovered(recording: RecordingCompleted, folders: Folders) -> Home:
    """What the next start makes of a recording whose process was killed while the disk hung."""
    place = Path(recording.path).parts[-2:]
    return bring_home(folders.folder.joinpath(*place), folders)


def test_recordings_that_no_disk_has_room_for_end_when_there_is_and_what_was_lost_is_told(
    tmp_path: Path,
) -> None:
    with (
        small_disk(tmp_path / "disk", size_kb=20_400) as folder,
        small_disk(tmp_path / "spool", size_kb=1000) as spool,
        media_rig(folder, recordings={"lagging_after_s": 0.5, "spool": spool}) as rig,
    ):
        filler = folder / "filler"
        filler.write_bytes(bytes(20_000_000))
        calls = Calls(rig, FEW)
        while {event.folder for event in rig.events if isinstance(event, StorageLagging)} != {str(folder)}:
            calls.talk(0.5)
            rig.engine.drain()
        calls.talk(3)
        calls.stop()
        rig.wait(RecordingWaiting)
        filler.unlink()
        completed, failed = calls.end()
        assert failed == []
        waited = [event.recording_id for event in rig.wait(RecordingWaiting)]
        assert len(set(waited)) == len(waited) <= FEW
        assert all("room" in event.reason or "space" in event.reason for event in rig.wait(RecordingWaiting))
        assert any(recording.unwritten for recording in completed)
        assert [recording.recording_id for recording in completed if lost_untold(recording)] == []
        assert list(spool.glob("**/*.rest.wav")) == []


def test_nothing_is_written_into_an_empty_mount_point_and_all_goes_there_once_the_disk_is_back(
    tmp_path: Path,
) -> None:
    folder, spool = tmp_path / "disk", tmp_path / "spool"
    folder.mkdir()
    disks = Disks(marks={folder: "disk-1"})
    with media_rig(folder, recordings={"spool": spool, "writers": 2}, disks=disks) as rig:
        (lagging,) = rig.wait(StorageLagging)
        assert f"the disk of {folder} is not mounted" in lagging.reason
        away = Calls(rig, FEW)
        away.talk(1)
        ((*completed,), failed) = away.end()
        assert failed == []
        assert all(Path(recording.path).is_relative_to(spool) for recording in completed)
        assert list(folder.iterdir()) == []
        with small_disk(folder, size_kb=8000):
            write_mark(folder, "disk-1")
            rig.wait(StorageRecovered)
            back = Calls(rig, FEW, first=FEW)
            back.talk(0.5)
            completed, failed = back.end()
            assert failed == []
            assert all(Path(recording.path).is_relative_to(folder) for recording in completed)
        assert len(rig.wait(StorageLagging)) == len(rig.wait(StorageRecovered)) == 1


def test_without_a_spool_a_recording_for_a_disk_that_is_away_fails_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    with media_rig(folder, disks=Disks(marks={folder: "disk-1"})) as rig:
        calls = Calls(rig, FEW)
        calls.talk(0.5)
        completed, failed = calls.end()
        assert completed == []
        assert all("is not mounted" in end.reason for end in failed)
        assert list(folder.iterdir()) == []
