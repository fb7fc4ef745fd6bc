"""What the README tells people to type can be typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import app

README = Path(__file__).parents[2] / "README.md"
START = ".venv/bin/ringmain "


def commands() -> list[str]:
    lines = (line.strip() for line in README.read_text(encoding="utf-8").splitlines())
    return [line.removeprefix(START).partition("#")[0].strip() for line in lines if line.startswith(START)]


def test_there_are_commands_in_it() -> None:
    assert "stations" in commands()


@pytest.mark.parametrize("command", commands())
def test_it_is_a_command(command: str) -> None:
    assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0
