"""Ctrl-C ends the command without a trace, whenever it comes."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from cli import agents
from cli.main import main


class Interrupted(MetaPathFinder):
    """Somebody presses Ctrl-C while the commands are loaded."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == "cli.commands":
            raise KeyboardInterrupt
        return None


def press_ctrl_c(*arguments: object, **options: object) -> None:
    raise KeyboardInterrupt


def exit_code() -> object:
    with pytest.raises(SystemExit) as caught:
        main()
    return caught.value.code


def test_while_it_loads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delitem(sys.modules, "cli.commands", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    assert exit_code() == 130
    assert "Traceback" not in "".join(capsys.readouterr())


def test_while_it_works(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(agents, "ask", press_ctrl_c)
    monkeypatch.setattr(sys, "argv", ["ringmain", "agents"])
    assert exit_code() == 130
    assert "Traceback" not in "".join(capsys.readouterr())
