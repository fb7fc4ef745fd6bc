"""``ringmain tokens`` and ``ringmain agents password``."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from acd.agent_config import AgentConfig
from cli.commands import app
from cli.configuration.installation import load_installation
from switch.access.config import TokenConfig
from switch.access.secrets import PasswordHash, token_hash
from tests.cli.small_installation import write_installation


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


def test_a_password_is_asked_for_twice_and_its_hash_is_the_configuration_s() -> None:
    result = run("agents", "password", "1001", typed="Strom-95598\nStrom-95598\n")
    assert result.exit_code == 0
    assert "Strom" not in result.output
    hashed = tomllib.loads(result.stdout[result.stdout.index("# for agent") :])["password_hash"]
    assert PasswordHash.read(AgentConfig(id="1001", password_hash=hashed).password_hash).fits("Strom-95598")


def test_a_weak_password_is_refused() -> None:
    result = run("agents", "password", "1001", "--password", "abc")
    assert result.exit_code == 2
    assert "8 to 200 characters" in " ".join(result.output.split())
