"""``ringmain check``: tells all mistakes, a line each, or as JSON."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import app
from tests.cli.small_installation import replace

SHIPPED = Path(__file__).parents[2] / "conf" / "ringmain.toml"


def test_the_shipped_installation_is_fine() -> None:
    result = CliRunner().invoke(app, ["check", str(SHIPPED)])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("fine: ")
    assert "agents 3" in result.stdout


def test_each_problem_is_one_line_from_the_current_folder_and_the_exit_code_is_1(
    configuration_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(configuration_path.parent)
    monkeypatch.setenv("COLUMNS", "40")
    replace(configuration_path, 'music = "hello"', "wrap_up_s = -1")
    replace(configuration_path, "flow:hotline", "queue:service")
    replace(configuration_path.parent / "flows" / "hotline.yaml", "[hello]", "[':telephone:']")
    for written in (configuration_path.name, str(configuration_path)):
        result = CliRunner().invoke(app, ["check", written])
        assert result.exit_code == 1
        assert result.stdout.splitlines() == [
            "flows/hotline.yaml:8: nodes.greet.prompts[0] is :telephone:; expected a prompt of the library",
            "ringmain.toml:6: queues[0].wrap_up_s is -1; expected a number from 0 to 3600",
            "2 problems",
        ]


def test_it_says_when_there_may_be_more(configuration_path: Path) -> None:
    replace(configuration_path, 'name = "service"', 'name = "service  # of customers')
    lines = CliRunner().invoke(app, ["check", str(configuration_path)]).stdout.splitlines()
    assert lines[0].endswith(
        'ringmain.toml:5: name is "service; expected a quote at the end of the text, on the same line'
    )
    assert lines[1] == "1 problem; more may follow once these are mended"


def test_as_json_it_is_one_document_either_way(configuration_path: Path) -> None:
    good = CliRunner().invoke(app, ["check", str(configuration_path), "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout)["problems"] == []
    replace(configuration_path, 'music = "hello"', "wrap_up_s = -1")
    bad = CliRunner().invoke(app, ["check", str(configuration_path), "--json"])
    assert bad.exit_code == 1
    assert json.loads(bad.stdout)["problems"] == [
        {
            "file": str(configuration_path),
            "line": 6,
            "key": "queues[0].wrap_up_s",
            "value": "-1",
            "expected": "a number from 0 to 3600",
        }
    ]


def test_keys_that_can_be_read_on_their_way_are_cautioned_against_and_not_refused(
    configuration_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(configuration_path.parent)
    secured = '[media]\nsrtp = "required"\n'
    replace(configuration_path, "[[queues]]", f'{secured}[sip]\nhost = "192.0.2.1"\n[[queues]]')
    result = CliRunner().invoke(app, ["check", configuration_path.name])
    assert result.exit_code == 0
    caution, fine = result.stdout.splitlines()
    assert caution.startswith(
        'caution: ringmain.toml:5: media.srtp is "required"; expected listeners tls or wss'
    )
    assert "udp at 192.0.2.1:5060" in caution
    assert fine.startswith("fine: ")
    [told] = json.loads(CliRunner().invoke(app, ["check", configuration_path.name, "--json"]).stdout)[
        "cautions"
    ]
    assert told["key"] == "media.srtp"


@pytest.mark.parametrize(("srtp", "host"), [("required", "127.0.0.1"), ("accept", "192.0.2.1")])
def test_where_nobody_can_read_keys_or_none_are_demanded_there_is_no_caution(
    configuration_path: Path, srtp: str, host: str
) -> None:
    sections = f'[media]\nsrtp = "{srtp}"\n[sip]\nhost = "{host}"\n'
    replace(configuration_path, "[[queues]]", f"{sections}[[queues]]")
    result = CliRunner().invoke(app, ["check", str(configuration_path)])
    assert result.stdout.startswith("fine: "), result.stdout


def test_the_file_may_come_from_the_environment(configuration_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", "--json"], env={"RINGMAIN_CONFIG": str(configuration_path)})
    assert json.loads(result.stdout)["file"] == str(configuration_path)


def test_serve_does_not_start_with_a_mistake(configuration_path: Path) -> None:
    replace(configuration_path, "flow:hotline", "flow:hotlien")
    result = CliRunner().invoke(app, ["serve", "--config", str(configuration_path)])
    assert result.exit_code == 1
    assert "ringmain.toml:3" in result.stderr
