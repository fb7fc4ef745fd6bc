import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.switch_process import SwitchProcess
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import switch_process


@pytest.fixture(scope="session", autouse=True)
def sipp() -> None:
    if shutil.which("sipp") is None:
        pytest.skip("SIPp is not installed (Debian package sip-tester)")


@pytest.fixture(scope="session")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchProcess]:
    """One switch for all tests that do not end it."""
    with switch_process(tmp_path_factory.mktemp("switch")) as running:
        yield running


@pytest.fixture
def events(switch: SwitchProcess) -> Iterator[EventFollower]:
    with EventFollower(switch.control_socket) as follower:
        yield follower


@pytest.fixture
def centre(switch: SwitchProcess, events: EventFollower, tmp_path: Path) -> Iterator[CallCentre]:
    """The switch with its agents; after the test nobody is signed in and nothing is left open."""
    centre = CallCentre(switch, events, tmp_path)
    yield centre
    centre.wait_until_nothing_is_left()
    centre.close()


@pytest.fixture
def own_switch(tmp_path: Path) -> Iterator[SwitchProcess]:
    """A switch of the test's own, to end or to flood."""
    with switch_process(tmp_path) as running:
        yield running


@pytest.fixture
def own_centre(own_switch: SwitchProcess, tmp_path: Path) -> Iterator[CallCentre]:
    with EventFollower(own_switch.control_socket) as events:
        yield CallCentre(own_switch, events, tmp_path)
