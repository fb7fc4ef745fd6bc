"""What was said of calendars by hand outlives the switch."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from switch.calendars.calendars import Override
from switch.calendars.override_file import OverrideFile
from tests.switch.calendars.test_calendars import Rig, at

BY_HAND = Override(open=False, until=at("2026-11-23T12:00"), reason="演练", by="李娜")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def run(path: Path, loop: asyncio.AbstractEventLoop, start: str) -> tuple[Rig, OverrideFile]:
    rig = Rig(start, day=["mon-sun 08:00-17:00"], night=["mon-sun 17:00-08:00"])
    file = OverrideFile(path, rig.calendars, loop)
    rig.driver.add_routes(file.routes())
    file.load()
    return rig, file


def test_an_override_goes_on_after_a_restart_until_its_end(
    tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    path = tmp_path / "calendars.json"
    rig, file = run(path, loop, "2026-11-23T10:00")
    rig.override(False, "2026-11-23T12:00")
    loop.run_until_complete(file.close())
    later, _ = run(path, loop, "2026-11-23T11:00")
    assert later.calendars.override("day") == BY_HAND
    assert not later.calendars.is_open("day")
    assert later.calendars.override("night") is None
    too_late, _ = run(path, loop, "2026-11-23T12:00")
    assert too_late.calendars.override("day") is None
    assert too_late.calendars.is_open("day")


def test_what_was_taken_back_stays_so(tmp_path: Path, loop: asyncio.AbstractEventLoop) -> None:
    path = tmp_path / "calendars.json"
    rig, file = run(path, loop, "2026-11-23T10:00")
    rig.override(False)
    rig.release()
    loop.run_until_complete(file.close())
    assert json.loads(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text", ["", "7", "[7]", '[{"calendar": "day"}]', '[{"calendar": "gone", "open": 1, "until": null}]']
)
def test_a_file_that_makes_no_sense_costs_what_it_tells(
    text: str, tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    (tmp_path / "calendars.json").write_text(text)
    rig, _ = run(tmp_path / "calendars.json", loop, "2026-11-23T10:00")
    assert rig.calendars.override("day") is None
