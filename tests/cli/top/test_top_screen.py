"""``ringmain top`` on a terminal that is none, before a running small switch."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import DataTable, Static

from cli.top.dialogs import Details, Question
from cli.top.screen import Top
from runtime.clock import monotonic_now
from tests.cli.small_switch import SmallSwitch

PATIENCE_STEPS = 200


def cells(app: Top, table: str) -> list[list[str]]:
    shown = app.query_one(f"#{table}-table", DataTable)
    return [[str(cell) for cell in shown.get_row_at(place)] for place in range(shown.row_count)]


def text(app: Top, name: str) -> str:
    return str(app.screen.query_one(f"#{name}", Static).content)


async def until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_STEPS):
        if is_so():
            return
        await pilot.pause(0.02)
    raise AssertionError("it never came to be so")


@asynccontextmanager
async def screen(socket: Path, size: tuple[int, int] = (120, 30)) -> AsyncIterator[tuple[Top, Pilot[None]]]:
    app = Top(socket, monotonic_now, "li")
    async with app.run_test(size=size) as pilot:
        yield app, pilot


def asked(switch: SmallSwitch, verb: str) -> list[dict[str, Any]]:
    return [params for name, params in switch.asked if name == verb]


def test_queues_agents_and_calls_are_shown(small_switch: SmallSwitch) -> None:
    async def look() -> None:
        async with screen(small_switch.socket) as (app, pilot):
            await until(pilot, lambda: bool(cells(app, "queues")))
            assert cells(app, "queues")[0][:2] == ["service", "2"]
            assert "2 calls, 2 waiting" in text(app, "summary")
            await pilot.press("2")
            await until(pilot, lambda: bool(cells(app, "agents")))
            assert cells(app, "agents")[0][:3] == ["1001", "张伟", "AVAILABLE"]
            await pilot.press("3")
            await until(pilot, lambda: bool(cells(app, "calls")))
            assert cells(app, "calls")[0][1] == "13800138000"

    asyncio.run(look())


def test_events_bring_a_new_picture_and_silence_none(small_switch: SmallSwitch) -> None:
    async def look() -> None:
        async with screen(small_switch.socket) as (app, pilot):
            await until(pilot, lambda: bool(cells(app, "queues")))
            for _ in range(3):
                app._tick()
                await pilot.pause()
            assert len(asked(small_switch, "queue.list")) == 1
            small_switch.keep_telling()
            await until(pilot, lambda: app._is_stale)
            app._rests_until = 0.0
            app._tick()
            await until(pilot, lambda: len(asked(small_switch, "queue.list")) == 2)

    asyncio.run(look())


def test_an_agent_is_made_ready_once_that_is_confirmed(small_switch: SmallSwitch) -> None:
    async def act() -> None:
        async with screen(small_switch.socket) as (app, pilot):
            await pilot.press("2")
            await until(pilot, lambda: bool(cells(app, "agents")))
            await pilot.press("r")
            assert isinstance(app.screen, Question)
            assert text(app, "question") == "Make agent 1001 ready?"
            await pilot.press("n")
            assert asked(small_switch, "agent.force_ready") == []
            await pilot.press("r", "y")
            await until(pilot, lambda: bool(asked(small_switch, "agent.force_ready")))
            assert asked(small_switch, "agent.force_ready") == [{"agent": "1001", "by": "li"}]

    asyncio.run(act())


def test_a_call_is_hung_up_once_that_is_confirmed(small_switch: SmallSwitch) -> None:
    async def act() -> None:
        async with screen(small_switch.socket) as (app, pilot):
            await pilot.press("h")
            assert "go there and choose one" in text(app, "note")
            await pilot.press("3")
            await until(pilot, lambda: bool(cells(app, "calls")))
            await pilot.press("down", "h", "y")
            await until(pilot, lambda: "done" in text(app, "note"))
            assert asked(small_switch, "call.hang_up")[0]["call_id"] == "call-20"
            await app._take_picture()
            assert text(app, "note") == "call.hang_up call-20: done"

    asyncio.run(act())


def test_enter_tells_all_of_a_call_with_its_legs(small_switch: SmallSwitch) -> None:
    async def look() -> None:
        async with screen(small_switch.socket) as (app, pilot):
            await pilot.press("3")
            await until(pilot, lambda: bool(cells(app, "calls")))
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Details))
            told = dict(app.screen._told) if isinstance(app.screen, Details) else {}
            assert told["caller_name"] == "王芳"
            assert "side customer" in told["legs 1"]
            await pilot.press("escape")
            assert not isinstance(app.screen, Details)

    asyncio.run(look())


def test_a_refusal_is_told_below_the_table(small_switch: SmallSwitch) -> None:
    async def act() -> None:
        async with screen(small_switch.socket) as (app, pilot):
            await pilot.press("2")
            await until(pilot, lambda: bool(cells(app, "agents")))
            small_switch.refusal = "the agent is on a call"
            await pilot.press("o", "y")
            await until(pilot, lambda: "the agent is on a call" in text(app, "note"))

    asyncio.run(act())


def test_a_narrow_terminal_has_fewer_columns(small_switch: SmallSwitch) -> None:
    async def look() -> None:
        async with screen(small_switch.socket, (40, 12)) as (app, pilot):
            await until(pilot, lambda: bool(cells(app, "queues")))
            assert len(cells(app, "queues")[0]) == 4
            await pilot.resize_terminal(120, 30)
            await until(pilot, lambda: len(cells(app, "queues")[0]) == 10)

    asyncio.run(look())


def test_a_switch_that_does_not_answer_is_told_and_waited_for(
    small_switch: SmallSwitch, tmp_path: Path
) -> None:
    async def look() -> None:
        async with screen(tmp_path / "none.sock") as (app, pilot):
            await until(pilot, lambda: "trying again" in text(app, "note"))
            (tmp_path / "none.sock").symlink_to(small_switch.socket)
            await until(pilot, lambda: bool(cells(app, "queues")))
            assert text(app, "note") == ""

    asyncio.run(look())


def test_keys_sort_and_filter(small_switch: SmallSwitch) -> None:
    async def look() -> None:
        async with screen(small_switch.socket) as (app, pilot):
            await until(pilot, lambda: bool(cells(app, "queues")))
            await pilot.press("s")
            assert app._orders["queues"] == ("longest", False)
            assert text(app, "summary").startswith("all tenants")
            await pilot.press("t")
            assert text(app, "summary").startswith("the house")

    asyncio.run(look())
