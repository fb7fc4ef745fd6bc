"""``ringmain stations provision``."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.configuration.error import ConfigurationError
from switch.provisioning.publishing import read_shelf
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


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """Phones fetch files; 2001 is a Fanvil whose hardware address is known, and acme has a station 8001."""
    provisioning = section(
        "[provisioning]",
        templates=str(TEMPLATES),
        host="pbx.example.com",
        folder="phones",
        networks=["127.0.0.1"],
    )
    tenants = section("[tenants]", folder="tenants")
    more = provisioning + section("[http]", enabled=True) + tenants
    switch_process(tmp_path, more=more)
    path = tmp_path / "ringmain.toml"
    text = path.read_text("utf-8")
    of_2001 = 'password = "secret-2001"'
    assert of_2001 in text
    path.write_text(text.replace(of_2001, f'{of_2001}\nphone = "fanvil"\nmac = "0C:38:3E:44:55:66"'), "utf-8")
    (tmp_path / "tenants").mkdir()
    acme = section("[tenant]", domain="acme.example.com") + section(
        "[[stations]]", name="8001", password="pw"
    )
    (tmp_path / "tenants" / "acme.toml").write_text(acme, "utf-8")
    return path


def test_published_files_are_told_with_the_address_they_are_fetched_from(
    served: Path, tmp_path: Path
) -> None:
    told = json.loads(run(served, "--publish", "--json").stdout)
    assert [(each["station"], each["make"], each["mac"]) for each in told] == [
        ("2001", "fanvil", "0c383e445566"),
        ("2002", "yealink", ""),
        ("acme/8001", "yealink", ""),
    ]
    shelf = read_shelf(tmp_path / "phones")
    for each in told:
        _, token, file = each["address"].removeprefix("http://127.0.0.1:9090").rsplit("/", 2)
        assert shelf.find(f"{token}/{file}").phone == shelf.phones[each["station"]]
    of_acme = (tmp_path / "phones" / shelf.phones["acme/8001"].token / "8001.cfg").read_text("utf-8")
    assert "account.1.sip_server.1.address = acme.example.com\n" in of_acme
    assert "account.1.outbound_proxy.1.address = pbx.example.com\n" in of_acme
    again = json.loads(run(served, "--publish", "--json", "-s", "2001").stdout)
    assert again == told[:1], "addresses stay"
    assert "phones/" in run(served, "--publish", "--renew").stdout
    assert read_shelf(tmp_path / "phones").phones["2001"].token != shelf.phones["2001"].token


def test_programs_are_told_what_the_files_hold_or_where_they_are(served: Path, tmp_path: Path) -> None:
    (shown,) = json.loads(run(served, "-s", "2002", "-p", "zoiper", "--json").stdout)
    assert "<password>secret-2002</password>" in shown["files"]["2002.xml"]
    out = tmp_path / "out"
    written = json.loads(run(served, "--out", str(out), "--json").stdout)
    assert [each["files"] for each in written][-1] == [str(out / "acme" / "8001.cfg")]
    assert (out / "acme" / "8001.cfg").exists()


def test_files_are_published_only_where_phones_fetch_them(config: Path) -> None:
    done = run(config, "--publish")
    assert done.exit_code == 1
    assert "set provisioning.folder" in done.output
    text = config.read_text("utf-8").replace("[provisioning]", '[provisioning]\nfolder = "phones"')
    config.write_text(text, "utf-8")
    assert "set http.enabled" in run(config, "--publish").output


def test_files_that_nobody_could_fetch_safely_are_a_mistake(tmp_path: Path) -> None:
    more = section("[provisioning]", folder="phones") + section("[http]", enabled=True)
    with pytest.raises(ConfigurationError, match=r"http\.certificate, or networks that phones fetch from"):
        switch_process(tmp_path, more=more)


def test_two_stations_cannot_have_one_hardware_address(tmp_path: Path) -> None:
    ones = [section("[[stations]]", name=name, password="pw", mac="0c:38:3e:44:55:66") for name in "ab"]
    with pytest.raises(ConfigurationError, match="an address of its own; station a has this one"):
        switch_process(tmp_path, more="".join(ones))
