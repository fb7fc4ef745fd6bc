"""What a killed run leaves behind is finished by the next: each recording once, whoever is killed when."""

import errno
import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
import soundfile
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from media.events import RecordingCompleted, RecordingFailed
from media.recordings.digest import sha256_of
from media.recordings.disks import DiskAway
from media.recordings.homecoming import Folders
from media.recordings.manifest import Manifest, manifest_path, read_manifest, write_manifest
from media.recordings.wav_file import read_wav_file
from runtime.ids import SeededIds
from runtime.vocabulary import Event
from switch.archive.aftermath import Aftermath
from switch.archive.events import ArchiveFailed, ArchiveRecovered
from switch.archive.finishing import End
from switch.archive.known_disks import meet_disks
from switch.archive.notes import RecordingNote
from switch.events import CallAnswered
from switch.records.journal import Journal
from tests.switch.archive.runs import (
    begun,
    call_of,
    config,
    last_written,
    recording_file,
    running,
    tell_journal,
)
from tests.switch.records.stories import START, Moment, arrived, switch_started

PATIENCE_S = 45.0


def cut_off(path: Path) -> list[Moment]:
    """A recorded call until its process is killed."""
    return [(0, arrived()), (1, begun(path))]


def torn(path: Path, octets: int = 4001) -> Path:
    """As a writer leaves it that is killed before it has brought the header up to date."""
    with path.open("ab") as file:
        file.write(b"\1\2\3\4" * (octets // 4) + b"\1" * (octets % 4))
    return last_written(path, -60)


def next_run(folder: Path, expected: int, *, most_reports: int = 1_000) -> list[Event]:
    """What the archive reports when the switch is started once more."""
    with running(config(folder), most_reports) as run:
        run.tell((50, switch_started()))
        return [run.reports.get(timeout=PATIENCE_S) for _ in range(expected)]


def steps(aftermath: Aftermath) -> list[End]:
    found = []
    while (end := aftermath.step()) is not None:
        found.append(end)
    return found


def search(folder: Path, known: str = "") -> tuple[Aftermath, list[End]]:
    aftermath = Aftermath(Folders(folder / "recordings"), is_known=lambda recording_id: recording_id == known)
    aftermath.note_moment()
    aftermath.begin([], day="")
    return aftermath, steps(aftermath)


def test_a_recording_that_a_kill_cut_off_is_made_whole_told_once_and_has_its_manifest(tmp_path: Path) -> None:
    path = torn(recording_file(tmp_path, left_behind=True))
    tell_journal(config(tmp_path), *cut_off(path))
    (event,) = next_run(tmp_path, expected=1)
    assert isinstance(event, RecordingCompleted)
    assert (event.recovered, event.call_id, event.began_at) == (True, "call-1", None)
    assert (event.duration_ms, event.sha256) == (2125, sha256_of(path))
    assert soundfile.info(path).frames == 17_000
    manifest = read_manifest(path)
    assert manifest is not None
    assert (manifest.recovered, manifest.caller, manifest.sha256) == (True, "13800138000", sha256_of(path))
    assert (manifest.started_at.timestamp(), manifest.channels.customer.packets) == (START + 1, None)


def test_a_recording_whose_file_was_never_begun_failed(tmp_path: Path) -> None:
    tell_journal(config(tmp_path), (0, arrived()), (1, CallAnswered(call_id="call-1", recording_id="r")))
    (event,) = next_run(tmp_path, expected=1)
    assert isinstance(event, RecordingFailed)
    assert (event.path, event.reason) == ("", "the process ended before the file was begun")


@pytest.mark.parametrize("below", [".", "telecom/95598"])
def test_a_file_whose_beginning_the_journal_lost_is_found_by_its_name(tmp_path: Path, below: str) -> None:
    begun = recording_file(tmp_path, left_behind=True)
    path = begun.parent / below / begun.name
    path.parent.mkdir(parents=True, exist_ok=True)
    begun.rename(path)
    answered = CallAnswered(call_id="call-1", recording_id=path.stem)
    tell_journal(config(tmp_path), (0, arrived()), (1, answered))
    (event,) = next_run(tmp_path, expected=1)
    assert isinstance(event, RecordingCompleted)
    assert (event.path, event.call_id, event.began_at) == (str(path), "call-1", None)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"x" * 100])
def test_a_file_without_a_header_failed_and_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = recording_file(tmp_path, left_behind=True)
    path.write_bytes(content)
    tell_journal(config(tmp_path), *cut_off(path))
    (event,) = next_run(tmp_path, expected=1)
    assert isinstance(event, RecordingFailed)
    assert "no whole WAV header" in event.reason
    assert path.read_bytes() == content


def test_a_file_that_is_gone_failed(tmp_path: Path) -> None:
    path = recording_file(tmp_path, left_behind=True)
    tell_journal(config(tmp_path), *cut_off(path))
    path.unlink()
    (event,) = next_run(tmp_path, expected=1)
    assert isinstance(event, RecordingFailed)
    assert event.reason == "the process ended, and the file is gone"


def test_a_folder_that_is_not_mounted_is_waited_for(tmp_path: Path) -> None:
    path = recording_file(tmp_path, left_behind=True)
    tell_journal(config(tmp_path), *cut_off(path))
    folder, away = tmp_path / "recordings", tmp_path / "away"
    folder.rename(away)
    with running(config(tmp_path)) as run:
        assert isinstance(run.reports.get(timeout=PATIENCE_S), ArchiveFailed)
        away.rename(folder)
        assert isinstance(run.reports.get(timeout=PATIENCE_S), RecordingCompleted)
        assert isinstance(run.reports.get(timeout=PATIENCE_S), ArchiveRecovered)


@given(kept=st.lists(st.integers(min_value=0, max_value=3), max_size=3), torn_octets=st.integers(0, 9))
@hypothesis_settings(deadline=None, max_examples=20)
def test_killed_again_and_again_each_recording_ends_once(
    tmp_path_factory: pytest.TempPathFactory, kept: list[int], torn_octets: int
) -> None:
    folder = tmp_path_factory.mktemp("installation")
    paths = [recording_file(folder, f"r{n}", left_behind=True) for n in range(4)]
    tell_journal(config(folder), *(moment for path in paths for moment in cut_off(torn(path, torn_octets))))
    left = len(paths)
    for reports in [*kept, left]:
        next_run(folder, expected=left, most_reports=reports)
        left = max(0, left - reports)
    ended = Counter(
        entry.fields["recording_id"]
        for entry in Journal(config(folder)).read()
        if entry.topic == "recording.completed"
    )
    assert ended == {path.stem: 1 for path in paths}
    assert all(manifest_path(path).exists() and read_wav_file(path).is_true for path in paths)


def test_a_file_that_the_journal_does_not_know_is_catalogued_by_its_name_and_time(tmp_path: Path) -> None:
    path = torn(recording_file(tmp_path, "stray", left_behind=True))
    touched = path.stat().st_mtime
    (event,) = next_run(tmp_path, expected=1)
    assert isinstance(event, RecordingCompleted)
    assert (event.recording_id, event.call_id, event.recovered) == ("stray", "", True)
    assert event.began_at == pytest.approx(touched - 2.125)
    manifest = read_manifest(path)
    assert manifest is not None
    assert (manifest.call_ids, manifest.caller, manifest.recovered) == ((), None, True)


def test_when_the_whole_journal_is_lost_every_recording_keeps_its_manifest(tmp_path: Path) -> None:
    path = recording_file(tmp_path, "with-manifest")
    with running(config(tmp_path)) as run:
        run.tell(*call_of(path))
    shutil.rmtree(tmp_path / "journal")
    stray = recording_file(tmp_path, "stray", left_behind=True)
    (event,) = next_run(tmp_path, expected=1)
    assert isinstance(event, RecordingCompleted)
    assert event.path == str(stray)


def test_what_the_journal_knows_or_what_is_written_to_now_is_not_left_behind(tmp_path: Path) -> None:
    recording_file(tmp_path, "known", left_behind=True)
    recording_file(tmp_path, "running")
    aftermath, found = search(tmp_path, known="known")
    assert found == []
    assert aftermath.searched_to != ""


def test_a_file_that_cannot_be_looked_at_does_not_end_the_search(tmp_path: Path) -> None:
    first = recording_file(tmp_path, "a-file-that-vanished", left_behind=True)
    first.unlink()
    first.symlink_to(tmp_path / "nowhere.wav")
    recording_file(tmp_path, "stray", left_behind=True)
    aftermath, (end,) = search(tmp_path)
    assert end.recording_id == "stray"
    assert aftermath.searched_to == ""  # the next run looks at it again


def test_days_before_the_last_search_are_not_searched_again(tmp_path: Path) -> None:
    recording_file(tmp_path, left_behind=True)
    aftermath = Aftermath(Folders(tmp_path / "recordings"), is_known=lambda recording_id: False)
    aftermath.note_moment()
    aftermath.begin([], day="2026-09-22")
    assert steps(aftermath) == []


def test_where_there_is_no_folder_nothing_is_left_behind_but_what_the_journal_tells(tmp_path: Path) -> None:
    aftermath = Aftermath(Folders(tmp_path / "recordings"), is_known=lambda recording_id: False)
    aftermath.note_moment()
    aftermath.begin([RecordingNote("r", contact_id="c", sequence=1, began=START)], day="")
    assert [type(end) for end in steps(aftermath)] == [RecordingFailed]


def end_with_rest(path: Path, rest: Path) -> End:
    """What comes of a recording that went on in the spool."""
    rest.parent.mkdir(parents=True)
    shutil.copy(path, rest)
    note = RecordingNote(path.stem, contact_id="c", sequence=1, began=START, path=str(path))
    aftermath = Aftermath(Folders(path.parents[1], rest.parents[1]), is_known=lambda _: True)
    aftermath.begin([note], day="")
    (end,) = steps(aftermath)
    return end


def test_what_a_recording_went_on_with_in_the_spool_is_brought_back(tmp_path: Path) -> None:
    path = recording_file(tmp_path, left_behind=True)
    rest = tmp_path / "spool" / path.parent.name / f"{path.stem}.rest.wav"
    end = end_with_rest(path, rest)
    assert isinstance(end, RecordingCompleted)
    assert (end.duration_ms, end.path) == (4000, str(path))
    assert not rest.exists()


def test_what_no_disk_had_of_a_recording_is_told_to_the_sample(tmp_path: Path) -> None:
    path = recording_file(tmp_path, left_behind=True)
    end = end_with_rest(path, tmp_path / "spool" / path.parent.name / f"{path.stem}.20004.rest.wav")
    assert isinstance(end, RecordingCompleted)
    assert (end.unwritten, end.recovered) == (((2000.0, 2500.5),), True)
    assert not soundfile.read(path, dtype="int16")[0][16_000:20_004].any()


def in_spool(path: Path, ending: str = ".wav") -> Path:
    """Bring a recording to the spool beside its folder, where it lies as its name and ``ending``."""
    spooled = path.parents[2] / "spool" / path.parent.name / f"{path.stem}{ending}"
    spooled.parent.mkdir(parents=True, exist_ok=True)
    return path.rename(spooled)


def marked(folder: Path) -> Folders:
    """Two folders on disks that are known."""
    first, spool = folder / "recordings", folder / "spool"
    return Folders(first, spool, meet_disks(folder / "journal", (first, spool), SeededIds().new))


def unmount(folder: Path) -> Path:
    """What is left when a disk is away: its mount point. Returns where its content went."""
    away = folder.rename(folder.with_name(f"{folder.name}-away"))
    folder.mkdir()
    return away


def mount(folder: Path, away: Path) -> None:
    folder.rmdir()
    away.rename(folder)


def work_off(folders: Folders, *notes: RecordingNote) -> tuple[Aftermath, list[End]]:
    aftermath = Aftermath(folders, is_known=lambda name: name in {note.recording_id for note in notes})
    aftermath.note_moment()
    aftermath.begin(notes, day="")
    return aftermath, steps(aftermath)


def note_of(path: Path) -> RecordingNote:
    return RecordingNote(path.stem, contact_id="c", sequence=1, began=START, path=str(path))


@pytest.mark.parametrize("begun_in", ["recordings", "spool"])
def test_a_recording_that_lies_in_the_spool_comes_home(tmp_path: Path, begun_in: str) -> None:
    path = recording_file(tmp_path, left_behind=True)
    spooled = torn(in_spool(path))
    _, (end,) = work_off(marked(tmp_path), note_of(path if begun_in == "recordings" else spooled))
    assert isinstance(end, RecordingCompleted)
    assert (end.path, end.duration_ms, end.sha256) == (str(path), 2125, sha256_of(path))
    assert not spooled.exists()


def test_a_recording_that_its_place_refuses_stays_in_the_spool_and_leaves_nothing_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recording_file(tmp_path, left_behind=True)
    spooled = in_spool(path)

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("media.recordings.tiers.shutil.copymode", refuse)
    _, (end,) = work_off(marked(tmp_path), note_of(path))
    assert isinstance(end, RecordingCompleted)
    assert end.path == str(spooled)
    assert list(path.parent.iterdir()) == []


def test_a_recording_in_the_spool_is_finished_there_while_its_disk_is_away(tmp_path: Path) -> None:
    path = recording_file(tmp_path, left_behind=True)
    spooled, folders = in_spool(path), marked(tmp_path)
    away = unmount(tmp_path / "recordings")
    _, (end,) = work_off(folders, note_of(spooled))
    assert isinstance(end, RecordingCompleted)
    assert end.path == str(spooled)
    mount(tmp_path / "recordings", away)


def test_a_recording_on_a_disk_that_is_away_waits_and_holds_up_no_other(tmp_path: Path) -> None:
    waiting = recording_file(tmp_path, "waiting", left_behind=True)
    spooled = in_spool(recording_file(tmp_path, "spooled", left_behind=True))
    folders = marked(tmp_path)
    away = unmount(tmp_path / "recordings")
    aftermath = Aftermath(folders, is_known=lambda _: True)
    aftermath.begin([note_of(waiting), note_of(spooled)], day="")
    first = aftermath.step()
    assert isinstance(first, RecordingCompleted)
    assert first.recording_id == "spooled"
    with pytest.raises(DiskAway, match="not mounted"):
        aftermath.step()
    assert list((tmp_path / "recordings").iterdir()) == []
    mount(tmp_path / "recordings", away)
    last = aftermath.step()
    assert isinstance(last, RecordingCompleted)
    assert last.path == str(waiting)


def test_orphans_of_the_spool_are_catalogued_and_come_home(tmp_path: Path) -> None:
    whole = recording_file(tmp_path, "whole", left_behind=True)
    begun = recording_file(tmp_path, "begun", left_behind=True)
    lost = recording_file(tmp_path, "lost", left_behind=True)
    touched = in_spool(whole).stat().st_mtime
    rest = in_spool(recording_file(tmp_path, "rest", left_behind=True))
    rest.rename(rest.with_name("begun.rest.wav"))
    in_spool(lost, ".rest.wav")
    aftermath, ends = work_off(marked(tmp_path))
    completed = {end.recording_id: end for end in ends if isinstance(end, RecordingCompleted)}
    assert sorted(completed) == ["begun", "lost", "whole"]
    lengths_ms = {name: end.duration_ms for name, end in completed.items()}
    assert lengths_ms == {"begun": 4000, "lost": 2000, "whole": 2000}
    assert {end.path for end in completed.values()} == {str(whole), str(begun), str(lost)}
    assert completed["whole"].began_at == pytest.approx(touched - 2)
    assert [path for path in (tmp_path / "spool").rglob("*.wav")] == []
    assert aftermath.searched_to


def test_what_cannot_be_adopted_while_a_disk_is_away_is_searched_for_again(tmp_path: Path) -> None:
    in_spool(recording_file(tmp_path, "rest", left_behind=True), ".rest.wav")
    spooled = in_spool(recording_file(tmp_path, "whole", left_behind=True))
    folders = marked(tmp_path)
    away = unmount(tmp_path / "recordings")
    aftermath, (end,) = work_off(folders)
    assert isinstance(end, RecordingCompleted)
    assert end.path == str(spooled)
    assert aftermath.searched_to == ""
    mount(tmp_path / "recordings", away)
    read = read_wav_file(spooled)
    write_manifest_of(end, read.duration_ms)
    _, (rest,) = work_off(folders)
    assert rest.recording_id == "rest"


def write_manifest_of(end: RecordingCompleted, duration_ms: int) -> None:
    """As the archive does once the event is in the journal."""
    told = {"contact_id": "", "call_ids": (), "state": "completed", "recovered": True}
    manifest = Manifest(
        recording_id=end.recording_id,
        started_at=datetime.now().astimezone(),
        duration_ms=duration_ms,
        size_bytes=end.size_bytes,
        sha256=end.sha256,
        **told,
    )
    write_manifest(manifest, Path(end.path))


def test_what_a_disk_did_not_let_go_of_is_removed_at_the_next_start(tmp_path: Path) -> None:
    stayed = recording_file(tmp_path, left_behind=True)
    folders = marked(tmp_path)
    _, whole = folders.places_of(stayed)
    assert whole is not None
    whole.parent.mkdir(parents=True)
    shutil.copy(torn(stayed), whole)
    torn(whole)
    end = RecordingCompleted(
        recording_id=stayed.stem,
        contact_id="c",
        call_id="call-1",
        path=str(whole),
        duration_ms=2250,
        size_bytes=whole.stat().st_size,
        sha256=sha256_of(whole),
        customer_packets=1,
        customer_lost_ms=0,
        agent_packets=1,
        agent_lost_ms=0,
    )
    write_manifest_of(end, 2250)
    another = recording_file(tmp_path, "another", left_behind=True)
    _, (found,) = work_off(folders)
    assert found.recording_id == "another"
    assert (stayed.exists(), whole.exists(), another.exists()) == (False, True, True)
