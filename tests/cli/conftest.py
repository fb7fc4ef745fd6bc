"""Fixtures of the command line's tests."""

import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main

from tests.cli.small_installation import write_installation
from tests.cli.small_switch import SmallSwitch


@pytest.fixture(scope="package", autouse=True)
def commands_made_once() -> Iterator[None]:
    """Typer's runner makes all commands of the application anew for each line: most of what a test costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(typer.main.get_command))
        yield


@pytest.fixture
def small_switch(tmp_path: Path) -> Iterator[SmallSwitch]:
    running = SmallSwitch(tmp_path / "s.sock")
    started = threading.Event()
    thread = threading.Thread(target=running.serve, args=(started,))
    thread.start()
    assert started.wait(5)
    yield running
    running.stop()
    thread.join(5)
    assert not thread.is_alive()


@pytest.fixture
def configuration_path(tmp_path: Path) -> Path:
    """The configuration of a small installation without a mistake."""
    return write_installation(tmp_path)
