"""``ringmain tokens`` and ``ringmain agents password``."""

import json
import tomllib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from acd.agent_config import AgentConfig
from cli.commands import app
from cli.configuration.installation import load_installation
from cli.passwords import read_password
from switch.access.config import TokenConfig
from switch.access.secrets import PasswordHash, token_hash
from tests.cli.small_installation import write_installation


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run(*words: str, typed: str = "") -> Any:
    return CliRunner().invoke(app, list(words), input=typed)


def made(*words: str) -> tuple[str, list[str]]:
    told = json.loads(run("tokens", "make", *words, "--json").stdout)
    return told["secret"], told["lines"]


def installation_with(folder: Path, *lines: str) -> Path:
    path = write_installation(folder)
    path.write_text("\n".join([path.read_text("utf-8"), *lines]), "utf-8")
    return path


def test_a_token_s_lines_are_taken_by_the_configuration_and_hold_no_secret(tmp_path: Path) -> None:
    where = ("--network", "10.1.0.0/16", "--network", "2001:db8::/32", "--expires", "2027-12-31")
    secret, lines = made("坐席-1001", "--role", "agent", "--agent", "1001", *where)
    path = installation_with(tmp_path, "[[agents]]", 'id = "1001"', *lines)
    (token,) = load_installation(path).configuration.tokens
    assert (token.name, token.role, token.agent) == ("坐席-1001", "agent", "1001")
    assert token.sha256 == token_hash(secret)
    assert token.networks == ("10.1.0.0/16", "2001:db8::/32")
    assert token.expires_at == 1_830_211_200
    assert secret not in path.read_text()


def test_no_two_secrets_are_the_same_and_people_see_theirs_once() -> None:
    words = ("wallboard", "--role", "supervisor")
    assert made(*words)[0] != made(*words)[0]
    shown = run("tokens", "make", *words).stdout.splitlines()
    (secret,) = (line for line in shown if line.startswith("ringmain_"))
    token = TokenConfig.model_validate(
        tomllib.loads("\n".join(shown[shown.index("[[tokens]]") :]))["tokens"][0]
    )
    assert token.sha256 == token_hash(secret)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("desk", "--role", "agent"), "agent"),
        (("desk", "--role", "operator", "--agent", "1001"), "agent"),
        (("two words", "--role", "operator"), "name"),
        (("desk", "--role", "operator", "--network", "office"), "networks"),
        (("desk", "--role", "chief"), "chief"),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(words: tuple[str, ...], told: str) -> None:
    result = run("tokens", "make", *words)
    assert result.exit_code == 2
    assert told in result.output
    assert "ringmain_" not in result.output


def test_tokens_are_listed_without_their_hashes(tmp_path: Path) -> None:
    path = installation_with(tmp_path, *made("wallboard", "--role", "supervisor")[1])
    shown = run("tokens", "list", "--config", str(path)).stdout
    assert "wallboard" in shown
    assert "supervisor" in shown
    (listed,) = json.loads(run("tokens", "list", "--config", str(path), "--json").stdout)
    assert "sha256" not in listed


def test_the_hash_of_a_password_is_the_configuration_s() -> None:
    result = run("agents", "password", "1001", typed="Strom-95598\nStrom-95598\n")
    assert result.exit_code == 0
    assert "Strom" not in result.output
    hashed = tomllib.loads(result.stdout[result.stdout.index("# for agent") :])["password_hash"]
    assert PasswordHash.read(AgentConfig(id="1001", password_hash=hashed).password_hash).fits("Strom-95598")


def test_a_weak_password_is_refused() -> None:
    result = run("agents", "password", "1001", "--password", "abc")
    assert result.exit_code == 2
    assert "8 to 200 characters" in " ".join(result.output.split())


@pytest.mark.parametrize(
    "typed", ["Strom-95598", "Strom-95598\n", "Strom-95598\r\n", "Strom-95598\nStrom-95598\n"]
)
@pytest.mark.parametrize("words", [["agents", "password", "1001"], ["stations", "hash", "1001"]])
def test_a_password_comes_from_a_pipe_without_a_word(tmp_path: Path, words: list[str], typed: str) -> None:
    config = ["--config", str(write_installation(tmp_path))] if "hash" in words else []
    result = run(*words, *config, typed=typed)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "assword:" not in result.stdout


@pytest.mark.parametrize("typed", ["", "Strom-95598\nStrom-95599\n", b"\xc3\xdc\xc2\xeb-95598\n"])
def test_a_pipe_without_one_password_is_refused(typed: str | bytes) -> None:
    result = CliRunner().invoke(app, ["agents", "password", "1001"], input=typed, env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert "standard input is to be the password" in result.stderr


def test_at_a_terminal_a_password_is_asked_for_twice_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def prompt(text: str, **how: object) -> str:
        asked.update(how)
        return "Strom-95598"

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(typer, "prompt", prompt)
    assert read_password() == "Strom-95598"
    assert asked == {"hide_input": True, "confirmation_prompt": True, "err": True}
