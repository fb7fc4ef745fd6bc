"""Two configurations compared: what a running switch takes, and what waits for a restart."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from cli.configuration.comparison import Change, ChangeKind, Comparison, compare, taken
from cli.configuration.installation import load_installation
from tests.cli.small_installation import replace, write_installation

STATION = """
[[stations]]
name = "1001"
password = "secret"
"""


def after(folder: Path, *replacements: tuple[str, str], more: str = "") -> Comparison:
    """The comparison of the small installation with itself after changes."""
    path = write_installation(folder)
    before = load_installation(path)
    for old, new in replacements:
        replace(path, old, new)
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    return compare(before, load_installation(path))


def test_the_same_again_is_no_change(tmp_path: Path) -> None:
    assert after(tmp_path) == Comparison((), ())


def test_what_is_added_changed_and_removed_is_told_by_name_and_key(tmp_path: Path) -> None:
    found = after(
        tmp_path,
        ('number = "95598"', 'number = "95599"'),
        ('music = "hello"', "max_wait_s = 5"),
        more='[[agents]]\nid = "1001"\n',
    )
    assert set(found.changes) == {
        Change("access_codes", ChangeKind.ADDED, "95599"),
        Change("access_codes", ChangeKind.REMOVED, "95598"),
        Change("queues", ChangeKind.CHANGED, "service", ("max_wait_s", "music")),
        Change("agents", ChangeKind.ADDED, "1001"),
    }


def test_feature_codes_and_files_of_phones_are_taken_without_a_restart(tmp_path: Path) -> None:
    path = write_installation(tmp_path)
    before = load_installation(path)
    more = '[feature_codes]\nlanguage = "en"\n[provisioning]\nnetworks = ["192.0.2.0/24"]\n'
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    now = load_installation(path)
    found = compare(before, now)
    assert found.changes == (
        Change("feature_codes", ChangeKind.CHANGED, "feature_codes", ("language",)),
        Change("provisioning", ChangeKind.CHANGED, "provisioning", ("networks",)),
    )
    assert found.restart_needed == ()
    runs = taken(before, now, found).configuration
    assert (runs.feature_codes.language, runs.provisioning.networks) == ("en", ("192.0.2.0/24",))


def test_flows_and_prompts_are_compared_by_what_is_in_them(tmp_path: Path) -> None:
    path = write_installation(tmp_path)
    before = load_installation(path)
    replace(tmp_path / "flows" / "hotline.yaml", "title: 热线", "title: 服务热线")
    soundfile.write(tmp_path / "prompts" / "hello.wav", np.full(800, 0.5), 8000)
    changes = compare(before, load_installation(path)).changes
    assert [(change.section, change.kind, change.name) for change in changes] == [
        ("flows", ChangeKind.CHANGED, "hotline"),
        ("prompts", ChangeKind.CHANGED, "hello"),
    ]


def test_a_password_is_no_part_of_what_is_told(tmp_path: Path) -> None:
    path = write_installation(tmp_path)
    path.write_text(path.read_text("utf-8") + STATION, "utf-8")
    before = load_installation(path)
    replace(path, '"secret"', '"better"')
    (change,) = compare(before, load_installation(path)).changes
    assert change == Change("stations", ChangeKind.CHANGED, "1001", ("ha1",))


@pytest.mark.parametrize(
    ("more", "needed"),
    [
        ('[switch]\nname = "other"\n', ("switch.name",)),
        ('[[trunks]]\nname = "carrier"\naddresses = [{host = "192.0.2.1"}]\n', ("trunks.carrier",)),
        ('[log]\nlevel = "debug"\n', ("log.level",)),
    ],
)
def test_what_holds_from_the_next_start_on_is_told_by_key(
    more: str, needed: tuple[str, ...], tmp_path: Path
) -> None:
    assert after(tmp_path, more=more) == Comparison((), needed)


def test_stations_wait_for_the_restart_that_another_realm_needs(tmp_path: Path) -> None:
    found = after(tmp_path, more=f'[sip]\nrealm = "other"\n{STATION}')
    assert found == Comparison((), ("sip.realm", "stations"))


def test_what_waits_for_a_restart_is_told_again_the_next_time(tmp_path: Path) -> None:
    path = write_installation(tmp_path)
    before = load_installation(path)
    replace(path, 'music = "hello"', "max_wait_s = 5")
    path.write_text('[switch]\nname = "other"\n' + path.read_text("utf-8"), "utf-8")
    now = load_installation(path)
    running = taken(before, now, compare(before, now))
    assert compare(running, now) == Comparison((), ("switch.name",))
