"""``ringmain check``: tells all mistakes, a line each, or as JSON."""

import json
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import app
from tests.cli.small_installation import replace
from tests.helpers.sip_house import Authority

SHIPPED = Path(__file__).parents[2] / "conf" / "ringmain.toml"
REACHED = 'advertised_host = "192.0.2.1"\n'


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


HIDING = {
    "an entry of which nothing can be made": ("ringmain.toml", 'name = "service"', "weight = 1"),
    "a key that nobody knows": ("ringmain.toml", 'music = "hello"', 'musik = "nowhere"'),
    "a section that nobody knows": ("ringmain.toml", 'music = "hello"', "[[agentss]]\nid = 5"),
    "a flow that is no YAML": ("flows/hotline.yaml", "[hello]", "[hello"),
    "a node that cannot be read": ("flows/hotline.yaml", "type: play", "type: plya"),
    "a folder of prompts that is not there": (
        "ringmain.toml",
        "[[queues]]",
        '[media]\nprompts="x"\n[[queues]]',
    ),
    "a folder of flows that is not there": (
        "ringmain.toml",
        '[[access_codes]]\nnumber = "95598"\ntarget = "flow:hotline"',
        '[ivr]\nflows = "nowhere"',
    ),
    "a folder of tenants that is not there": (
        "ringmain.toml",
        "[[queues]]",
        '[tenants]\nfolder = "x"\n[[queues]]',
    ),
    "a file of areas that cannot be read": (
        "ringmain.toml",
        "[[queues]]",
        '[numbering]\nareas_file = "x"\n[[queues]]',
    ),
    "a file of stations that cannot be read": (
        "ringmain.toml",
        "[[queues]]",
        '[sip]\nstations_file = "x"\n[[queues]]',
    ),
    "a tenant's file that cannot be read": (
        "ringmain.toml",
        "[[queues]]",
        '[tenants]\nfolder = "unreadable"\n[[queues]]',
    ),
    "an entry of a tenant of which nothing can be made": (
        "ringmain.toml",
        "[[queues]]",
        '[tenants]\nfolder = "nameless"\n[[queues]]',
    ),
}


@pytest.mark.parametrize("mistake", HIDING.values(), ids=HIDING)
def test_it_says_so_of_every_mistake_that_may_hide_others(
    configuration_path: Path, mistake: tuple[str, str, str]
) -> None:
    folder = configuration_path.parent
    for tenants, content in (("unreadable", b"\xff\xfe"), ("nameless", b"[[queues]]\nweight = 1\n")):
        (folder / tenants).mkdir()
        (folder / tenants / "acme.toml").write_bytes(content)
    file, old, new = mistake
    replace(folder / file, old, new)
    result = CliRunner().invoke(app, ["check", str(configuration_path)])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].endswith("; more may follow once these are mended"), result.stdout
    as_json = CliRunner().invoke(app, ["check", str(configuration_path), "--json"])
    assert json.loads(as_json.stdout)["complete"] is False


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
    replace(configuration_path, "[[queues]]", f'{secured}[sip]\nhost = "0.0.0.0"\n{REACHED}[[queues]]')
    result = CliRunner().invoke(app, ["check", configuration_path.name])
    assert result.exit_code == 0
    caution, fine = result.stdout.splitlines()
    assert caution.startswith(
        'caution: ringmain.toml:5: media.srtp is "required"; expected listeners tls or wss'
    )
    assert "udp at 0.0.0.0:5060" in caution
    assert fine.startswith("fine: ")
    [told] = json.loads(CliRunner().invoke(app, ["check", configuration_path.name, "--json"]).stdout)[
        "cautions"
    ]
    assert told["key"] == "media.srtp"


@pytest.mark.parametrize(("srtp", "host"), [("required", "127.0.0.1"), ("accept", "0.0.0.0")])
def test_where_nobody_can_read_keys_or_none_are_demanded_there_is_no_caution(
    configuration_path: Path, srtp: str, host: str
) -> None:
    sections = f'[media]\nsrtp = "{srtp}"\n[sip]\nhost = "{host}"\n{REACHED}'
    replace(configuration_path, "[[queues]]", f"{sections}[[queues]]")
    result = CliRunner().invoke(app, ["check", str(configuration_path)])
    assert result.stdout.startswith("fine: "), result.stdout


def cautions(path: Path) -> list[dict[str, str]]:
    """What is told of a configuration that is fine."""
    result = CliRunner().invoke(app, ["check", str(path), "--json"])
    assert result.exit_code == 0, result.stdout
    told: list[dict[str, str]] = json.loads(result.stdout)["cautions"]
    return told


def test_a_certificate_that_is_over_is_cautioned_against_wherever_it_is_shown(
    configuration_path: Path, tmp_path: Path
) -> None:
    ended = datetime(2024, 2, 29, 12, tzinfo=UTC)
    files = Authority(tmp_path).issue("pbx.example.com", ends=ended)
    pair = "\n".join(f'{key} = "{path}"' for key, path in files.items())
    here = 'host = "127.0.0.1"\nport ='
    sections = (
        f'[[listeners]]\ntransport = "tls"\n{here} 5061\n{pair}\n'
        f"[http]\nenabled = true\n{pair}\n[[control.listeners]]\n{here} 7443\n{pair}\n"
    )
    replace(configuration_path, "[[queues]]", f"{sections}[[queues]]")
    told = cautions(configuration_path)
    assert [one["key"] for one in told] == [
        "listeners[0].certificate",
        "control.listeners[0].certificate",
        "http.certificate",
    ]
    for one in told:
        assert files["certificate"] in one["expected"]
        assert "CN=pbx.example.com" in one["expected"]
        assert one["expected"].endswith("ended on 2024-02-29 12:00 UTC")


def test_the_certificate_of_a_control_listener_must_be_there(configuration_path: Path) -> None:
    section = (
        '[[control.listeners]]\nhost = "127.0.0.1"\nport = 7443\n'
        'certificate = "/nowhere/switch.pem"\nprivate_key = "/nowhere/switch.key"\n'
    )
    replace(configuration_path, "[[queues]]", f"{section}[[queues]]")
    result = CliRunner().invoke(app, ["check", str(configuration_path)])
    assert result.exit_code == 1
    assert "control.listeners[0].certificate" in result.stdout
    assert "/nowhere/switch.pem cannot" in result.stdout


def test_addresses_that_this_machine_has_not_are_cautioned_against(configuration_path: Path) -> None:
    sections = (
        '[sip]\nhost = "203.0.113.1"\n[media]\nhost = "203.0.113.2"\nhost6 = "2001:db8::1"\n'
        '[[listeners]]\ntransport = "ws"\nhost = "203.0.113.3"\nport = 8080\n'
        '[[listeners]]\ntransport = "udp"\nhost = "::1"\nport = 5060\n'
        '[http]\nenabled = true\nhost = "localhost"\n'
        '[[control.listeners]]\nhost = "203.0.113.4"\nport = 7443\n'
    )
    replace(configuration_path, "[[queues]]", f"{sections}[[queues]]")
    told = cautions(configuration_path)
    strange = ("sip.host", "media.host", "media.host6", "listeners[0].host", "control.listeners[0].host")
    assert [one["key"] for one in told] == [*strange]
    assert told[0]["expected"].startswith("an address of this machine; no interface has 203.0.113.1 now")


@pytest.mark.parametrize(("target", "is_hidden"), [("flow:hotline", True), ("station:8001", False)])
def test_a_station_that_an_access_code_keeps_from_being_dialled_is_told(
    configuration_path: Path, target: str, is_hidden: bool
) -> None:
    station = '[[stations]]\nname = "8001"\npassword = "secret"\n'
    code = f'[[access_codes]]\nnumber = "8001"\ntarget = "{target}"\n'
    replace(configuration_path, "[[queues]]", f"{station}{code}[[queues]]")
    told = cautions(configuration_path)
    assert [one["key"] for one in told] == ["access_codes[1].number"] * is_hidden
    for one in told:
        assert one["expected"].endswith("who dials 8001 gets flow:hotline, and nobody can dial station 8001")


def test_the_file_may_come_from_the_environment(configuration_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", "--json"], env={"RINGMAIN_CONFIG": str(configuration_path)})
    assert json.loads(result.stdout)["file"] == str(configuration_path)


def test_serve_does_not_start_with_a_mistake(configuration_path: Path) -> None:
    replace(configuration_path, "flow:hotline", "flow:hotlien")
    result = CliRunner().invoke(app, ["serve", "--config", str(configuration_path)])
    assert result.exit_code == 1
    assert "ringmain.toml:3" in result.stderr


def serve(configuration: Path, port: int) -> "subprocess.CompletedProcess[str]":
    """Begin a switch that has to give up, as its port is taken."""
    replace(configuration, "[[queues]]", f'[sip]\nhost = "127.0.0.1"\nport = {port}\n[[queues]]')
    command = [sys.executable, "-m", "cli.main", "serve", "--config", str(configuration)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_switch_whose_port_is_taken_says_so_and_not_that_it_has_started(
    configuration_path: Path, kind: socket.SocketKind
) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        ended = serve(configuration_path, port)
    assert ended.returncode == 1
    assert f":{port}: Address already in use" in ended.stderr
    assert "switch.started" not in ended.stderr


def test_the_log_warns_at_the_start_of_what_check_cautions_against(configuration_path: Path) -> None:
    code = '[[access_codes]]\nnumber = "8001"\ntarget = "flow:hotline"\n'
    station = '[[stations]]\nname = "8001"\npassword = "secret"\n'
    replace(configuration_path, "[[queues]]", f"{station}{code}[[queues]]")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        ended = serve(configuration_path, taken.getsockname()[1])
    (line,) = [line for line in ended.stderr.splitlines() if "[warning" in line]
    assert "caution" in line
    assert "access_codes[1].number" in line
