"""What the shell completes: words of the command, and names of the running switch."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import app
from tests.cli.small_switch import SmallSwitch


def completed(*words: str, shell: str = "bash") -> list[str]:
    """What the shell is offered for the last word."""
    asked = {
        "_RINGMAIN_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    result = CliRunner().invoke(app, [], prog_name="ringmain", env=asked)
    assert result.stderr == ""
    return result.stdout.split()


def test_words_of_the_command_are_completed() -> None:
    assert completed("ringmain", "ten") == ["tenants"]
    assert completed("ringmain", "tenants", "s") == ["show", "suspend"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["agents", "ready"], ["1001", "1003"]),
        (["queues", "waiting"], ["service"]),
        (["calls", "hang-up"], ["call-1", "call-20"]),
        (["flows", "publish"], ["hotline"]),
        (["tenants", "show"], ["acme"]),
        (["trunks", "show"], ["telecom", "mobile"]),
    ],
)
def test_names_of_the_running_switch_are_completed(
    small_switch: SmallSwitch, words: list[str], names: list[str]
) -> None:
    at = ["--socket", str(small_switch.socket)]
    assert set(names) <= set(completed("ringmain", *words, *at, "''"))
    assert names[0] in completed("ringmain", *words, *at, names[0][:2])
    assert completed("ringmain", *words, *at, "zz") == []


def test_the_socket_is_found_in_the_configuration(
    small_switch: SmallSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = small_switch.socket.parent / "ringmain.toml"
    configuration.write_text(f'[control]\nsocket = "{small_switch.socket.name}"\n', "utf-8")
    monkeypatch.setenv("RINGMAIN_CONFIG", str(configuration))
    assert "1001" in completed("ringmain", "agents", "ready", "10")


NO_SWITCH = [
    None,
    "",
    "[[[",
    '[control]\nsocket = "nobody.sock"\n',
    "[control]\nsocket = 7\n",
    "control = 7\n",
]


@pytest.mark.parametrize("text", NO_SWITCH)
def test_without_a_switch_nothing_is_offered_and_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    configuration = tmp_path / "ringmain.toml"
    if text is not None:
        configuration.write_text(text, "utf-8")
    monkeypatch.setenv("RINGMAIN_CONFIG", str(configuration))
    assert completed("ringmain", "agents", "ready", "") == []
