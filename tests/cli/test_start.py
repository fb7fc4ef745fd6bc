"""Commands that only ask the switch start without the engines: they are typed many times a day."""

import subprocess
import sys

import pytest

from tests.cli.small_switch import SmallSwitch

HEAVY = frozenset(
    {"acd", "ivr", "media", "numpy", "sqlalchemy", "textual", "structlog", "cli.configuration.loading"}
)
"""Modules that take longer to load than the switch takes to answer."""
PROGRAM = """
import sys
from cli.main import main
sys.argv[1:] = {words!r}
try:
    main()
finally:
    print("loaded:", *sys.modules, file=sys.stderr)
"""


def loaded_by(*words: str) -> set[str]:
    """Every module that a command loads. The command must be carried out."""
    command = [sys.executable, "-c", PROGRAM.format(words=list(words))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return set(ended.stderr.rpartition("loaded:")[2].split())


@pytest.mark.parametrize(
    "words", [["status"], ["calls", "list"], ["agents"], ["queues"], ["stations"], ["tenants"]]
)
def test_a_command_that_asks_the_switch_loads_no_engine(small_switch: SmallSwitch, words: list[str]) -> None:
    configuration = small_switch.socket.parent / "ringmain.toml"
    configuration.write_text(f'[control]\nsocket = "{small_switch.socket.name}"\n', "utf-8")
    assert not HEAVY & loaded_by(*words, "--config", str(configuration))


def test_help_loads_no_noun_but_tells_of_all() -> None:
    loaded = loaded_by("--help")
    assert not (HEAVY | {"cli.calls", "pydantic"}) & loaded
