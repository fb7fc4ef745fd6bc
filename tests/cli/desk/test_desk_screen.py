"""``ringmain desk`` on a terminal that is none, before a running small switch."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, Static

from cli.desk.screen import Desk
from cli.desk.words import Words
from cli.top.dialogs import Choice, Entry
from runtime.clock import monotonic_now
from tests.cli.small_switch import AGENT, SmallSwitch
from tests.cli.top.test_top_screen import asked, until

POPUP = {
    "agent": "1001",
    "phase": "offered",
    "call_id": "call-1",
    "caller_number": "13800138000",
    "area": "无锡",
    "queue": "service",
    "waited_ms": 34_000,
    "flow_path": ["greeting", "main_menu"],
    "repeats": 2,
    "last_agent": "1003",
    "last_talk_at": None,
    "data": {"户号": "0042"},
}

LOOKS = {"agent.list", "call.list", "queue.list", "agent.figures", "agent.messages", "agent.reasons"}
"""Verbs that only look."""


def shown(app: Desk, name: str) -> str:
    return str(app.query_one(f"#{name}", Static).content)


@asynccontextmanager
async def desk(socket: Path, language: Any = "en") -> AsyncIterator[tuple[Desk, Pilot[None]]]:
    app = Desk(socket, monotonic_now, "1001", Words(language))
    async with app.run_test(size=(80, 24)) as pilot:
        yield app, pilot


def with_state(switch: SmallSwitch, state: str, **more: Any) -> None:
    switch.lists["agent.list"] = [AGENT | {"state": state} | more]


async def showing(pilot: Pilot[None], app: Desk, name: str, text: str) -> None:
    await until(pilot, lambda: text in shown(app, name))


def run(small_switch: SmallSwitch, act: Callable[[Desk, Pilot[None]], Any], language: Any = "en") -> None:
    async def whole() -> None:
        async with desk(small_switch.socket, language) as (app, pilot):
            await until(pilot, lambda: app._seen.agent is not None)
            await act(app, pilot)

    asyncio.run(whole())


def test_agent_queues_figures_and_texts_are_shown_in_80_columns(small_switch: SmallSwitch) -> None:
    async def look(app: Desk, pilot: Pilot[None]) -> None:
        assert shown(app, "head").startswith("1001 张伟 · ready 1:0")
        assert "客户服务 2 (1:01)" in shown(app, "waiting")
        assert shown(app, "call") == "no call"
        assert "九点开会" in shown(app, "messages")
        assert "n Not ready" in shown(app, "keys")
        assert app.query_one("#keys").region.bottom <= 24

    run(small_switch, look)


def test_it_speaks_chinese(small_switch: SmallSwitch) -> None:
    async def look(app: Desk, pilot: Pilot[None]) -> None:
        assert "空闲" in shown(app, "head")
        assert "o 签出" in shown(app, "keys")
        assert shown(app, "call") == "无通话"

    run(small_switch, look, "zh")


def test_a_call_pops_up_and_is_steered_by_keys(small_switch: SmallSwitch) -> None:
    with_state(small_switch, "ON_CALL", call_id="call-1")

    async def act(app: Desk, pilot: Pilot[None]) -> None:
        small_switch.tell("agent.popup", POPUP)
        await showing(pilot, app, "call", "户号: 0042")
        told = shown(app, "call")
        for line in ("13800138000", "area: 无锡", "came through: greeting › main_menu", "called before: 2"):
            assert line in told
        assert "13900000000" not in told
        await pilot.press("h")
        await until(pilot, lambda: bool(asked(small_switch, "call.hold")))
        (held,) = asked(small_switch, "call.hold")
        assert held == {"call_id": "call-1", "station": "1001", "by_phone": False}
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, Entry))
        await pilot.press(*"1002", "enter")
        await until(pilot, lambda: bool(asked(small_switch, "call.transfer")))
        assert asked(small_switch, "call.transfer")[0]["target"] == "agent:1002"

    run(small_switch, act)


def test_not_ready_asks_for_one_of_the_reasons(small_switch: SmallSwitch) -> None:
    async def act(app: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("enter")
        await until(pilot, lambda: bool(asked(small_switch, "agent.not_ready")))
        assert asked(small_switch, "agent.not_ready") == [{"agent": "1001", "reason": "lunch"}]

    run(small_switch, act)


def test_who_is_signed_out_signs_in_at_the_phone_of_the_own_number(small_switch: SmallSwitch) -> None:
    with_state(small_switch, "LOGGED_OUT", station=None)

    async def act(app: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, Entry))
        assert app.screen.query_one(Input).value == "1001"
        await pilot.press("enter")
        await until(pilot, lambda: bool(asked(small_switch, "agent.sign_in")))
        assert asked(small_switch, "agent.sign_in")[0]["station"] == "1001"

    run(small_switch, act)


def test_escape_and_a_key_that_is_not_for_now_do_nothing(small_switch: SmallSwitch) -> None:
    async def act(app: Desk, pilot: Pilot[None]) -> None:
        before = len(small_switch.asked)
        await pilot.press("h", "x", "w")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Choice))
        await pilot.press("escape")
        await pilot.pause()
        assert not {name for name, _ in small_switch.asked[before:]} - LOOKS

    run(small_switch, act)


def test_a_refusal_is_told_and_an_agent_who_is_not_there_too(small_switch: SmallSwitch) -> None:
    async def act(app: Desk, pilot: Pilot[None]) -> None:
        small_switch.refusal = "the station is taken"
        await pilot.press("o")
        await showing(pilot, app, "note", "the station is taken")
        small_switch.refusal = None
        small_switch.lists["agent.list"] = []
        await app._take_picture()
        await showing(pilot, app, "head", "there is no agent 1001 here for you")
        assert shown(app, "keys").split() == ["q", "Quit"]

    run(small_switch, act)


def test_a_consultation_is_told_with_whom_the_agent_talks(small_switch: SmallSwitch) -> None:
    with_state(small_switch, "ON_CALL", call_id="call-1")
    small_switch.changes = {"consultation": {"by": "1001", "target": "agent:1002", "with_customer": False}}

    async def look(app: Desk, pilot: Pilot[None]) -> None:
        await showing(pilot, app, "call", "consulting agent:1002: you talk with them, the customer waits")
        assert "g Toggle" in shown(app, "keys")
        assert "13800138000" in shown(app, "call")

    run(small_switch, look)
