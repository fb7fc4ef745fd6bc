"""What ``ringmain serve`` does first: a change of the configuration that was cut off is finished."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.configuration.changing.transaction import journal_of
from cli.configuration.changing.versions import Origin, Version, VersionStore, digest

BROKEN = b"[nonsense]\n"
"""A switch does not start with it, so that each test ends."""


def begin(folder: Path, before: bytes) -> Path:
    """A change to BROKEN that was written down and not done."""
    main = folder / "ringmain.toml"
    main.write_bytes(b"[switch]\n")
    store = VersionStore(folder / "versions")
    store.keep([BROKEN])
    version = Version(1, 0.0, Origin.CHANGE, {"ringmain.toml": digest(BROKEN)})
    changes = [[str(main), digest(before), digest(BROKEN)]]
    journal = {"store": str(store.folder), "kept": 9, "changes": changes, "version": asdict(version)}
    journal_of(main).write_text(json.dumps(journal), "utf-8")
    return main


def serve(main: Path) -> str:
    result = CliRunner().invoke(app, ["serve", "--config", str(main)])
    assert result.exit_code == 1
    return result.stderr


def test_it_is_finished_before_the_configuration_is_read(tmp_path: Path) -> None:
    main = begin(tmp_path, b"[switch]\n")
    assert "nonsense" in serve(main)
    assert main.read_bytes() == BROKEN
    assert not journal_of(main).exists()
    assert [version.number for version in VersionStore(tmp_path / "versions").versions()] == [1]


def test_files_that_were_changed_since_are_left_and_that_is_said(tmp_path: Path) -> None:
    main = begin(tmp_path, b"something else\n")
    main.write_bytes(b"[other_nonsense]\n")
    told = serve(main)
    assert "its files were changed since" in told
    assert main.read_bytes() == b"[other_nonsense]\n"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"changes": [], "version": {}, "store": "x", "kept": 1}']
)
def test_what_cannot_be_understood_is_told_and_nothing_is_done(tmp_path: Path, text: str) -> None:
    main = begin(tmp_path, b"[switch]\n")
    journal_of(main).write_text(text)
    assert "cannot be finished" in serve(main)
    assert main.read_bytes() == b"[switch]\n"
