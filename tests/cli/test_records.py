"""records and recordings: read from the database, drawn from the file."""

import json
import os
import re
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from matplotlib.image import imread
from typer.testing import CliRunner

from cli.commands import app
from switch.records.call_records import call_records
from switch.records.columns import record_tables
from switch.records.recording_changes import recording_changes
from switch.records.recordings import recordings
from switch.records.segment import encode_line
from switch.records.store import RecordStore

BEGAN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def call_row(call_id: str, **changes: object) -> dict[str, Any]:
    row: dict[str, Any] = {
        "call_id": call_id,
        "contact_id": "contact-1",
        "clid": '"王芳" <13800138000>',
        "src": "13800138000",
        "dst": "95598",
        "direction": "inbound",
        "start_stamp": BEGAN,
        "answer_stamp": BEGAN,
        "bridge_stamp": BEGAN + timedelta(seconds=2),
        "end_stamp": BEGAN + timedelta(seconds=70),
        "duration": 70,
        "billsec": 70,
        "waitsec": 1,
        "talk_ms": 67_400,
        "disposition": "ANSWERED",
        "hangup_cause": "NORMAL_CLEARING",
        "hangup_cause_q850": 16,
        "hung_up_by": "caller",
        "sip_call_id": "x@y",
        "access_code": "95598",
        "station": "1001",
        "queue": "service",
        "digits": "1",
        "recording_id": "recording-ab12",
        "recording_path": "x.wav",
        "recording_sha256": "00",
    }
    return row | changes


def recording_row(recording_id: str, path: Path, **changes: object) -> dict[str, Any]:
    row: dict[str, Any] = {
        "recording_id": recording_id,
        "call_id": "call-1",
        "contact_id": "contact-1",
        "path": str(path),
        "started_at": BEGAN,
        "duration_ms": 4000,
        "size_bytes": 1,
        "sha256": "00",
        "state": "completed",
        "reason": None,
        "recovered": False,
        "caller": "13800138000",
        "called": "95598",
        "trunk": None,
        "queue": "service",
        "station": "1001",
        "agent": "2001",
        "customer_lost_ms": 0,
        "agent_lost_ms": 0,
    }
    return row | changes


class Place:
    """A configuration with a database and one recording's file."""

    def __init__(self, folder: Path) -> None:
        self.wav = folder / "recordings" / "recording-ab12.wav"
        self._folder = folder
        for name in ("prompts", "flows", "recordings"):
            (folder / name).mkdir()
        (folder / "ringmain.toml").write_text('[records]\ndatabase = "sqlite:///records.db"\n')
        rng = np.random.default_rng(3)
        soundfile.write(self.wav, rng.integers(-9000, 9000, (32_000, 2)).astype(np.int16), 8000)

    def fill(
        self,
        calls: Iterable[dict[str, Any]],
        records: Iterable[dict[str, Any]],
        changes: Iterable[dict[str, Any]] = (),
    ) -> None:
        store = RecordStore(f"sqlite:///{self._folder}/records.db", record_tables.tables.values())
        store.open()
        rows = ((call_records, list(calls)), (recordings, list(records)), (recording_changes, list(changes)))
        assert store.write({table: [*some] for table, some in rows if some}, 1) == []
        store.close()

    def configure(self, text: str) -> None:
        """Add to the configuration."""
        with (self._folder / "ringmain.toml").open("a", encoding="utf-8") as file:
            file.write(text)

    def copy_of_recording(self, name: str) -> Path:
        """The same samples below the folder of the installation, last written to long ago."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.wav, path)
        os.utime(path, (1e9, 1e9))
        return path

    def tell(self, call_id: str, after_s: float, topic: str, **fields: object) -> None:
        """An entry of the journal, so long after BEGAN."""
        folder = self._folder / "run" / "journal"
        folder.mkdir(parents=True, exist_ok=True)
        line = encode_line(1, BEGAN.timestamp() + after_s, topic, {"call_id": call_id, **fields})
        with (folder / "000000000001_2026-11-20.jsonl").open("ab") as segment:
            segment.write(line)

    def run(self, *words: str) -> Any:
        return CliRunner().invoke(app, [*words, "--config", str(self._folder / "ringmain.toml")])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Two calls and two recordings."""
    made = Place(tmp_path)
    later = BEGAN + timedelta(hours=1)
    made.fill(
        [call_row("call-1"), call_row("call-2", start_stamp=later, disposition="NO ANSWER", waitsec=None)],
        [
            recording_row("recording-ab12", made.wav),
            recording_row("recording-cd34", made.wav, started_at=later, state="failed", duration_ms=None),
        ],
    )
    return made


def test_call_records_are_listed_newest_first(place: Place) -> None:
    for words in (["records"], ["records", "list"]):
        lines = [line for line in place.run(*words).stdout.splitlines() if "call-" in line]
        assert [line.split()[0] for line in lines] == ["call-2", "call-1"]
        assert "NO ANSWER" in lines[0]
        assert "1:07" in lines[1]
        assert "王芳" in lines[1]


def test_the_list_can_be_shortened(place: Place) -> None:
    assert [row["call_id"] for row in json.loads(place.run("records", "-n", "1", "--json").stdout)] == [
        "call-2"
    ]


def test_one_call_record_is_shown_by_the_beginning_of_its_id(place: Place) -> None:
    shown = json.loads(place.run("records", "show", "call-1", "--json").stdout)
    assert shown["start_stamp"] == "2026-11-20T08:30:00+00:00"
    assert shown["clid"] == '"王芳" <13800138000>'
    assert "NORMAL_CLEARING" in place.run("records", "show", "call-1").stdout


def test_recordings_are_listed_and_shown(place: Place) -> None:
    lines = [line for line in place.run("recordings").stdout.splitlines() if "recording-" in line]
    assert [line.split()[0] for line in lines] == ["recording-cd34", "recording-ab12"]
    assert "0:04" in lines[1]
    assert str(place.wav) in lines[1]
    assert json.loads(place.run("recordings", "show", "recording-ab", "--json").stdout)["station"] == "1001"
    assert str(place.wav) in place.run("recordings", "show", "recording-ab").stdout


def test_recordings_are_found_by_what_is_known_of_them_page_by_page(place: Place) -> None:
    tagged = {"recording_id": "recording-ab12", "changed_at": BEGAN, "kind": "tagged", "value": "vip"}
    held = tagged | {"kind": "held", "value": "case 7"}
    place.fill(
        [], [], [{**tagged, "change": 7, "changed_by": "li"}, {**held, "change": 8, "changed_by": "li"}]
    )
    for words, found in (
        (["--tag", "vip"], ["recording-ab12"]),
        (["--held"], ["recording-ab12"]),
        (["--not-held", "--caller", "13800138000"], ["recording-cd34"]),
        (["--state", "failed"], ["recording-cd34"]),
        (["--longer-than", "3s", "--shorter-than", "1m"], ["recording-ab12"]),
        (["--since", "2026-11-20", "--until", "2026-11-22", "-n", "1"], ["recording-cd34"]),
        (["--after", "recording-cd34"], ["recording-ab12"]),
        (["--queue", "nobody"], []),
    ):
        listed = json.loads(place.run("recordings", *words, "--json").stdout)
        assert [row["recording_id"] for row in listed] == found, words
    page = place.run("recordings", "-n", "1")
    assert "--after recording-cd34" in page.stderr
    assert "completed, held" in place.run("recordings", "--tag", "vip").stdout
    shown = place.run("recordings", "show", "recording-ab").stdout
    assert all(word in shown for word in ("what was done with it", "tagged", "vip", "case 7", "li"))
    assert place.run("recordings", "--longer-than", "soon").exit_code == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["records", "show", "call-9"], "no call begins with 'call-9'"),
        (["recordings", "show", "recording-"], "several begin with 'recording-'"),
        (["recordings", "plot", "nothing"], "no recording begins with 'nothing'"),
        (["recordings", "plot", "recording-ab", "-o", "x.pdf"], "should end in .png or .svg"),
        (["recordings", "plot", "recording-ab", "-o", "/nowhere/x.png"], "cannot write /nowhere/x.png"),
    ],
)
def test_what_cannot_be_done_is_told_with_exit_code_1(place: Place, words: list[str], sentence: str) -> None:
    result = place.run(*words)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_without_a_database_it_is_said_who_makes_it(tmp_path: Path) -> None:
    result = Place(tmp_path).run("records")
    assert result.exit_code == 1
    assert "`ringmain serve` makes the database" in result.stderr


def test_a_picture_is_drawn_beside_the_recording(place: Place) -> None:
    result = place.run("recordings", "plot", "recording-ab")
    assert result.stdout == f"{place.wav.with_suffix('.png')}\n"
    assert imread(place.wav.with_suffix(".png")).shape[2] == 4


def test_a_picture_can_go_elsewhere_as_svg(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "my.svg"
    result = place.run("recordings", "plot", "recording-ab", "-o", str(out), "--json")
    assert json.loads(result.stdout) == {
        "recording_id": "recording-ab12",
        "path": str(place.wav),
        "picture": str(out),
    }
    assert b"<svg" in out.read_bytes()


def test_a_recording_without_its_file_is_told(place: Place) -> None:
    place.wav.unlink()
    result = place.run("recordings", "plot", "recording-ab")
    assert result.exit_code == 1
    assert "recording-ab12.wav, converted or encrypted" in result.stderr


def test_a_recording_that_was_never_begun_is_told(place: Place) -> None:
    never = {"state": "failed", "reason": "the disk is not mounted", "duration_ms": None}
    place.fill([], [recording_row("recording-never", place.wav, **never) | {"path": ""}])
    drawn, listed, verified = (
        place.run("recordings", *words)
        for words in (
            ["plot", "recording-n"],
            ["list", "--state", "failed"],
            ["verify", "--since", "2026-11-20"],
        )
    )
    assert drawn.stderr == "ringmain: recording recording-never was never begun: the disk is not mounted\n"
    assert listed.stdout.splitlines()[-1].split()[-1] == "–"
    assert "it was never begun: the disk is not mounted" in verified.stdout


def test_the_picture_is_marked_with_what_the_journal_tells_of_the_call(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.tell("call-1", 1.0, "call.digit_received", digit="1")
    place.tell("call-2", 1.5, "call.digit_received", digit="9")
    place.tell("call-1", 1.5, "queue.caller_joined", queue="service")
    drawn: list[Any] = []
    monkeypatch.setattr("switch.archive.picture.plot_recording", lambda *arguments: drawn.append(arguments))
    place.run("recordings", "plot", "recording-ab")
    ((path, out, title, marks, *_),) = drawn
    assert (path, out) == (place.wav, place.wav.with_suffix(".png"))
    assert title.startswith("13800138000 → 95598 → 1001 · recording-ab12 · ")
    assert [(mark.time_s, mark.label) for mark in marks] == [(1.0, "key 1"), (1.5, "queue service")]


def test_lists_fit_80_columns_with_ids_that_can_be_pasted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    call_id, recording_id = f"call-{'7' * 16}", f"recording-{'7' * 16}"
    place.fill([call_row(call_id)], [recording_row(recording_id, place.wav)])
    for noun, whole_id, others in (
        ("records", call_id, ('"王芳" <13800138000>', "ANSWERED", "1:07")),
        ("recordings", recording_id, ("13800138000", "completed", "0:04")),
    ):
        lines = place.run(noun).stdout.splitlines()
        row = next(line for line in lines if "7777" in line)
        assert all(len(line) <= 80 for line in lines)
        assert all(text in row for text in others)
        shown = json.loads(place.run(noun, "show", row.split()[0], "--json").stdout)
        assert whole_id in shown.values()


def test_a_conversation_is_measured(place: Place) -> None:
    shown = place.run("recordings", "analyse", "recording-ab").stdout
    assert "customer talks" in shown
    assert "longest dead air" in shown
    assert re.search(r"agent's reaction +–\n", shown)
    figures = json.loads(place.run("recordings", "analyse", "recording-ab", "--json").stdout)
    assert (figures["recording_id"], figures["duration_s"]) == ("recording-ab12", 4)
    assert figures["agent"]["talk_ratio"] == pytest.approx(1, abs=0.02)
    assert figures["customer"]["level_dbfs"] == pytest.approx(-16, abs=1)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_all_of_a_day_are_measured_and_kept_beside_their_recordings(place: Place, jobs: str) -> None:
    day = BEGAN.astimezone().strftime("%Y-%m-%d")
    done = place.run("recordings", "analyse", "--day", day, "--save", "-j", jobs, "--json")
    found = json.loads(done.stdout)
    assert [figures["recording_id"] for figures in found] == ["recording-ab12", "recording-cd34"]
    assert json.loads(place.wav.with_suffix(".analysis.json").read_text("utf-8")) in found
    assert json.loads(place.run("recordings", "analyse", "--day", "2001-01-01", "--json").stdout) == []


def test_a_recording_that_cannot_be_read_costs_no_other_of_the_day_its_figures(place: Place) -> None:
    never = recording_row("recording-ef56", Path(), state="failed", reason="restart") | {"path": ""}
    gone = recording_row("recording-gh78", place.wav.with_name("gone.wav"))
    place.fill([call_row("call-3")], [never, gone])
    listed = place.run("recordings", "analyse", "--day", BEGAN.astimezone().strftime("%Y-%m-%d"))
    assert listed.exit_code == 0
    assert "was never begun: restart" in listed.stdout
    assert "gone.wav cannot be read as audio" in listed.stdout
    assert "recording-ab12" in listed.stdout
    alone = place.run("recordings", "analyse", "recording-gh78")
    assert alone.exit_code == 1


def test_figures_that_cannot_be_kept_are_told_and_shown_all_the_same(place: Place) -> None:
    place.wav.with_suffix(".analysis.json").mkdir()
    day = BEGAN.astimezone().strftime("%Y-%m-%d")
    of_day = json.loads(place.run("recordings", "analyse", "--day", day, "--save", "--json").stdout)
    assert all("cannot write" in one["problem"] and one["duration_s"] == 4 for one in of_day)
    alone = place.run("recordings", "analyse", "recording-ab12", "--save")
    assert (alone.exit_code, "cannot write" in alone.stderr) == (1, True)


def test_what_was_deleted_is_no_more_of_its_day_and_told_as_that(place: Place, tmp_path: Path) -> None:
    gone = {"change": 9, "recording_id": "recording-cd34", "kind": "deleted", "value": "asked for"}
    place.fill([call_row("call-3")], [], [gone | {"changed_at": BEGAN, "changed_by": "li"}])
    of_day = ("--day", BEGAN.astimezone().strftime("%Y-%m-%d"))
    to = ("--to", str(tmp_path / "out"), "--json")
    for words in (("analyse", *of_day, "--json"), ("export", *of_day, *to)):
        shown = json.loads(place.run("recordings", *words).stdout)
        assert "recording-ab12" in {one["recording_id"] for one in shown}
        assert "recording-cd34" not in {one["recording_id"] for one in shown}
    for command in (["analyse"], ["plot"], ["export", *to]):
        told = place.run("recordings", *command, "recording-cd34")
        assert (told.exit_code, "recording-cd34 was deleted" in told.output) == (1, True)


def test_either_a_recording_or_a_day_is_to_be_named(place: Place) -> None:
    for words in ([], ["recording-ab12", "--day", "2026-11-20"]):
        refused = place.run("recordings", "analyse", *words)
        assert refused.exit_code == 2
        assert "name one recording, or a day" in refused.stderr


def test_recordings_are_verified_and_what_is_wrong_is_told(place: Place) -> None:
    checked = place.run("recordings", "verify", "--since", "2026-11-01")
    assert checked.exit_code == 1
    assert "2 checked, 2 with something wrong" in checked.stdout
    assert "8000 bytes" not in checked.stdout
    assert "1 when it was closed" in checked.stdout
    told = json.loads(place.run("recordings", "verify", "--since", "2026-11-01", "--json").stdout)
    assert [(one["recording_id"], one["findings"][0]["fault"]) for one in told] == [
        ("recording-ab12", "changed"),
        ("recording-cd34", "failed"),
    ]


def test_nothing_to_verify_is_nothing_wrong(place: Place) -> None:
    checked = place.run("recordings", "verify", "--since", "2090-01-01")
    assert (checked.exit_code, checked.stdout) == (0, "0 checked, 0 with something wrong\n")


def test_a_header_that_a_crash_left_untrue_is_mended_when_asked_for(place: Place) -> None:
    with place.wav.open("ab") as file:
        file.write(bytes(3200))
    os.utime(place.wav, (1e9, 1e9))
    for words, what in ((["--dry-run"], "1 to mend"), ([], "1 mended")):
        done = place.run("recordings", "repair", str(place.wav), *words)
        assert (done.exit_code, what in done.stdout) == (0, True)
    assert soundfile.info(place.wav).frames == 4 * 8000 + 800
    (told,) = json.loads(place.run("recordings", "repair", str(place.wav), "--json").stdout)
    assert (told["path"], told["left"]) == (str(place.wav), "it is being written; nothing was done")
    since = place.run("recordings", "repair", "--since", "2026-11-01")
    assert (since.exit_code, since.stdout) == (0, "0 looked at, 0 mended, 0 left as they are\n")


def test_parts_in_the_spool_and_files_of_the_second_tier_are_looked_at_too(
    place: Place, tmp_path: Path
) -> None:
    place.configure(
        f'[recordings]\nfolder = "disk"\nspool = "spool"\n[second_tier]\nto = "{tmp_path / "second"}"\n'
    )
    begun = place.copy_of_recording("disk/2026-11-20/parted.wav")
    rest = place.copy_of_recording("spool/2026-11-20/parted.32000.rest.wav")
    torn = place.copy_of_recording("spool/2026-11-20/torn.wav")
    with torn.open("ab") as file:
        file.write(bytes(3200))
    os.utime(torn, (1e9, 1e9))
    place.copy_of_recording("second/2026-11-20/stray.wav")
    done = place.run("recordings", "repair", "--since", "2026-11-01", "--json")
    told = {Path(one["path"]).name: one for one in json.loads(done.stdout)}
    assert sorted(told) == ["parted.32000.rest.wav", "parted.wav", "stray.wav", "torn.wav"]
    assert told["parted.32000.rest.wav"]["done"] == [f"it joined its beginning, {begun}"]
    assert soundfile.info(begun).frames == 8 * 8000
    assert soundfile.info(torn).frames == 4 * 8000 + 800
    assert told["stray.wav"]["left"] == "no record names this file of the second tier"
    assert (rest.exists(), done.exit_code) == (False, 1)
