"""``ringmain desk`` before a real switch and a real phone: a whole shift by keys alone."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from cli.desk.screen import Desk
from cli.desk.words import Words
from runtime.clock import monotonic_now
from sipp_scenarios.runner import free_port
from switch.access.secrets import token_hash
from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import QUEUE_ONLY, switch_process
from tests.helpers.toml_text import section

SECRET = "ringmain_desk"
LOOKS = 1500
BETWEEN_S = 0.02


async def showing(app: Desk, pilot: Pilot[None], name: str, *texts: str) -> None:
    """Wait until a part of the screen says all of this."""
    told = ""
    for _ in range(LOOKS):
        told = str(app.query_one(f"#{name}", Static).content)
        if all(text in told for text in texts):
            return
        await pilot.pause(BETWEEN_S)
    noted = app.query_one("#note", Static).content
    raise AssertionError(f"{name} never said {texts}, but {told!r} ({noted})")


async def blocking(do: Callable[[], object]) -> None:
    """What phones do takes its time, in which the screen goes on."""
    await asyncio.to_thread(do)


def test_an_agent_works_a_shift_from_the_desk(centre: CallCentre) -> None:
    station = centre.register("2001")

    async def shift() -> None:
        app = Desk(centre.switch.control_socket, monotonic_now, "2001", Words("zh"))
        async with app.run_test(size=(80, 24)) as pilot:
            await showing(app, pilot, "head", "未签入")
            await pilot.press("i", "enter")
            await showing(app, pilot, "head", "示忙", "话机 2001")
            await pilot.press("r")
            await showing(app, pilot, "head", "空闲")
            with centre.phone(station) as phone, centre.caller(QUEUE_ONLY, "13912345678") as caller:
                await blocking(phone.wait_ringing)
                await showing(app, pilot, "call", "主叫: 13912345678", "队列: service")
                await showing(app, pilot, "head", "振铃")
                phone.answer()
                await showing(app, pilot, "head", "通话中")
                await showing(app, pilot, "keys", "h 保持")
                await pilot.press("h")
                await showing(app, pilot, "call", "已保持")
                await pilot.press("h")
                await showing(app, pilot, "keys", "h 保持")
                await pilot.press("x")
                await blocking(phone.wait_hung_up_on)
                await blocking(caller.wait_hung_up_on)
            await showing(app, pilot, "figures", "通话数 1")
            await showing(app, pilot, "call", "无通话")
            await pilot.press("n", *"paperwork", "enter")
            await showing(app, pilot, "head", "示忙", "paperwork")
            await pilot.press("o")
            await showing(app, pilot, "head", "未签入")

    asyncio.run(shift())
    centre.events.wait_for("call.held", by="station")
    centre.events.wait_for("call.resumed", by="station")


def test_with_an_agents_token_the_desk_is_that_agents_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port("127.0.0.1")
    listener = section("[[control.listeners]]", host="127.0.0.1", port=port)
    token = section("[[tokens]]", name="desk", role="agent", agent="2001", sha256=token_hash(SECRET))
    monkeypatch.setenv("RINGMAIN_TOKEN", SECRET)

    async def look() -> None:
        away = Path(f"tcp://127.0.0.1:{port}")
        app = Desk(away, monotonic_now, "2001", Words("en"))
        async with app.run_test(size=(80, 24)) as pilot:
            await showing(app, pilot, "head", "signed out")
            await pilot.press("i", "enter")
            await showing(app, pilot, "head", "not ready", "phone 2001")
            await pilot.press("m", *"2002", "enter", *"hello", "enter")
            await showing(app, pilot, "note", "Message: done")
            await pilot.press("o")
            await showing(app, pilot, "head", "signed out")
        others = Desk(away, monotonic_now, "2002", Words("en"))
        async with others.run_test(size=(80, 24)) as pilot:
            await showing(others, pilot, "head", "there is no agent 2002 here for you")

    with switch_process(tmp_path, more=listener + token):
        asyncio.run(look())
