import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.clock import ManualClock
from runtime.vocabulary import Command, Event
from switch.sip.guard.ban_file import BanFile
from switch.sip.guard.banning import Banning
from switch.sip.guard.commands import BanSource, LiftBan
from switch.sip.guard.config import GuardConfig


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


class Run:
    """One run of the switch, as far as bans go."""

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop, *, wall: float, **keys: object) -> None:
        self.clock = ManualClock(now=50.0, wall=wall)
        self.banning = Banning(GuardConfig.model_validate(keys))
        self.file = BanFile(path, self.banning, self.clock, loop)
        self.file.load()
        self._loop = loop

    def order(self, command: Command) -> None:
        for event in self.banning.routes()[type(command)](command, self.clock.now()):
            self._tell(event)

    def _tell(self, event: Event) -> None:
        self.file.routes()[type(event)](event, self.clock.now())

    def close(self) -> None:
        self._loop.run_until_complete(self.file.close())

    def left(self) -> dict[str, float | None]:
        now = self.clock.now()
        bans = self.banning.all()
        return {ban.source: None if ban.ends_at is None else round(ban.ends_at - now, 3) for ban in bans}


WALL = 1_790_000_000.0


def test_bans_survive_a_restart_with_the_time_that_is_left(
    tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    path = tmp_path / "run" / "bans.json"
    first = Run(path, loop, wall=WALL)
    first.order(BanSource(source="192.0.2.1", reason="盗打", duration_s=600))
    first.order(BanSource(source="2001:db8::1", reason="by hand", duration_s=None))
    first.order(BanSource(source="192.0.2.2", reason="short", duration_s=10))
    first.close()
    second = Run(path, loop, wall=WALL + 100)
    assert second.left() == {"192.0.2.1": 500.0, "2001:db8::/64": None}
    assert second.banning.find("192.0.2.1").reason == "盗打"
    assert second.banning.find("2001:db8::77").times == 1
    second.order(LiftBan(source="192.0.2.1"))
    second.close()
    assert Run(path, loop, wall=WALL + 101).left() == {"2001:db8::/64": None}


def test_who_is_trusted_by_now_is_not_banned_again(tmp_path: Path, loop: asyncio.AbstractEventLoop) -> None:
    path = tmp_path / "bans.json"
    first = Run(path, loop, wall=WALL)
    first.order(BanSource(source="192.0.2.1", reason="", duration_s=600))
    first.close()
    assert Run(path, loop, wall=WALL, allow=("192.0.2.0/24",)).left() == {}


@pytest.mark.parametrize("text", ["", "[", "{}x", '[{"source": 1}]', "[7]", '"text"', "null"])
def test_a_file_that_cannot_be_read_costs_the_bans_only(
    text: str, tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    path = tmp_path / "bans.json"
    path.write_text(text)
    run = Run(path, loop, wall=WALL)
    assert run.left() == {}
    run.order(BanSource(source="192.0.2.1", reason="", duration_s=600))
    run.close()
    assert [entry["source"] for entry in json.loads(path.read_text())] == ["192.0.2.1"]


def test_a_disk_that_cannot_be_written_stops_nothing(tmp_path: Path, loop: asyncio.AbstractEventLoop) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    run = Run(blocked / "bans.json", loop, wall=WALL)
    run.order(BanSource(source="192.0.2.1", reason="", duration_s=600))
    run.close()
    assert len(run.banning) == 1


def test_many_bans_are_written_together(tmp_path: Path, loop: asyncio.AbstractEventLoop) -> None:
    path = tmp_path / "bans.json"
    run = Run(path, loop, wall=WALL)
    for number in range(200):
        run.order(BanSource(source=f"192.0.2.{number}", reason="", duration_s=600))
    assert not path.exists()
    run.close()
    assert len(json.loads(path.read_text())) == 200
    assert os.listdir(tmp_path) == ["bans.json"]


def test_a_single_ban_is_on_the_disk_at_once(tmp_path: Path, loop: asyncio.AbstractEventLoop) -> None:
    path = tmp_path / "bans.json"
    run = Run(path, loop, wall=WALL)
    run.order(BanSource(source="192.0.2.1", reason="", duration_s=600))
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(loop.shutdown_default_executor())  # which is writing
    assert Run(path, loop, wall=WALL).left() == {"192.0.2.1": 600.0}
