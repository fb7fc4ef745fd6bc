"""Refusals of the switch advise commands at the command line, as they advise verbs to programs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.refusals import COMMANDS, in_commands
from cli.schema.document import control_schema
from tests.cli.small_switch import SmallSwitch

ROOT = Path(__file__).parents[2]
REFUSALS = {"UsageError", "NotAllowed", "VerbError"}
NOT_TYPED = {"session.authenticate", "event.subscribe", "media.forks"}
"""Verbs that have no command."""


def test_a_refusal_names_commands(small_switch: SmallSwitch) -> None:
    small_switch.refusal = "no call call-1 is up; call.list names those that are"
    told = CliRunner().invoke(app, ["flows", "--socket", str(small_switch.socket)])
    assert told.exit_code == 1
    assert "no call call-1 is up; `ringmain calls` names those that are" in told.stderr
    assert in_commands("see `call.list`, flow.yaml and call.list_all") == (
        "see `call.list`, flow.yaml and call.list_all"
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("sip bans add 192.0.2.1 --seconds -5", "--seconds must be more than 0.0; it is -5.0"),
        ("sip bans add 192.0.2.1 --reason=", "--reason needs 1 or more characters; it is ''"),
        ("calls park call-1 --return-after -1", "--return-after must be more than 0.0; it is -1.0"),
        ("agents extend-wrap-up 1001 0", "seconds must be more than 0.0; it is 0.0"),
    ],
)
def test_what_was_typed_wrong_is_named_as_it_is_typed(
    small_switch: SmallSwitch, line: str, told: str
) -> None:
    refused = CliRunner().invoke(app, [*line.split(), "--socket", str(small_switch.socket)])
    assert refused.exit_code == 1
    assert refused.stderr == f"ringmain: {told}\n"


def test_what_is_given_to_a_verb_by_its_own_name_is_named_so(small_switch: SmallSwitch) -> None:
    words = ["ask", "ban.add", "source=192.0.2.1", "duration_s=-5", "--socket", str(small_switch.socket)]
    assert "ban.add: duration_s must be more than 0.0; it is -5" in CliRunner().invoke(app, words).stderr


def test_a_refusal_names_options() -> None:
    assert in_commands("in hand; sign in with force to go on") == "in hand; sign in with --force to go on"
    assert in_commands("without by_phone the switch holds") == "without --by-phone the switch holds"
    assert in_commands("calls with forced sign-out") == "calls with forced sign-out"


@pytest.mark.parametrize("words", sorted(set(COMMANDS.values())))
def test_every_command_that_is_advised_is_there(words: str) -> None:
    assert CliRunner().invoke(app, [*words.split(), "--help"]).exit_code == 0


def texts_of_refusals() -> Iterator[str]:
    """Every text that a refusal holds, wherever one is raised."""
    for folder in ("switch", "acd", "ivr", "cli/house"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS:
                    parts = (part for part in ast.walk(node) if isinstance(part, ast.Constant))
                    yield from (part.value for part in parts if isinstance(part.value, str))


def test_every_verb_that_is_advised_has_a_command() -> None:
    verbs = control_schema()["verbs"].keys()
    named = {name for text in texts_of_refusals() for name in re.findall(r"\b[a-z]+\.[a-z_]+\b", text)}
    assert len(named & verbs) > 10
    assert (named & verbs) - COMMANDS.keys() <= NOT_TYPED
