"""``ringmain stations provision``."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

TEMPLATES = Path(__file__).parents[2] / "conf" / "phones"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Stations 2001 and 2002, and one of which only hashes are known."""
    provisioning = section("[provisioning]", templates=str(TEMPLATES), host="pbx.example.com", lamps=["2002"])
    hashed = section("[[stations]]", name="2003", ha1={"MD5": "0" * 32})
    switch_process(tmp_path, more=provisioning + hashed)
    return tmp_path / "ringmain.toml"


def run(config: Path, *words: str) -> Any:
    return CliRunner().invoke(app, ["stations", "provision", "--config", str(config), *words])


def test_files_are_written_for_nobody_else_to_read(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "phones"
    done = run(config, "--phone", "yealink", "-s", "2001", "-s", "2002", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in out.iterdir()) == ["2001.cfg", "2002.cfg"]
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}
    text = (out / "2001.cfg").read_text("utf-8")
    assert "account.1.sip_server.1.address = pbx.example.com\n" in text
    assert "linekey.2.value = 2002\n" in text
    assert "linekey" not in (out / "2002.cfg").read_text("utf-8"), "nobody watches the own calls"


def test_stations_without_a_password_are_left_out_of_all(config: Path, tmp_path: Path) -> None:
    done = run(config, "--out", str(tmp_path / "phones"))
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "phones").iterdir()) == ["2001.cfg", "2002.cfg"]
    assert "hashes of their passwords are known: 1" in done.output


def test_a_file_is_shown_where_no_folder_is_named(config: Path) -> None:
    shown = run(config, "--phone", "linphone", "--station", "2001").stdout
    assert shown.startswith("==> 2001.xml <==\n")
    assert "sip:pbx.example.com:" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-s", "2003"], "only the hashes of its password are known"),
        (["-s", "2999"], "there is no station '2999'"),
        (["-s", "2001", "-p", "snom"], "there are no templates for 'snom'"),
    ],
)
def test_what_cannot_be_written_is_told(config: Path, words: list[str], said: str) -> None:
    done = run(config, *words)
    assert done.exit_code == 1
    assert said in done.output
