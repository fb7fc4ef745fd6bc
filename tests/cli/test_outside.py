"""A whole switch asks a service over HTTP, and applications over its control sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from cli.configuration.installation import load_installation
from cli.switchboard import Switchboard
from runtime.driver import Outputs
from switch.control.client import ControlClient, VerbRefused
from switch.hooks.answers import HookAnswered, HookUnanswered, Unanswered
from switch.hooks.commands import AskApplication, RequestTextMessage
from tests.helpers.lookup_service import run, served
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

ACME = "call-acme-5f0c9a1e7b2d4c38"
Reply = HookAnswered | HookUnanswered


@asynccontextmanager
async def switchboard(folder: Path, url: str = "http://127.0.0.1:9") -> AsyncIterator[Switchboard]:
    """A running switch with tenants acme and globex, and the service ``billing`` of the house."""
    tenants = folder / "tenants"
    tenants.mkdir()
    for name in ("acme", "globex"):
        (tenants / f"{name}.toml").write_text(section("[tenant]", control=f"{name}.sock"))
    (folder / "billing.token").write_text("se-cret\n")
    service = section("[[lookups]]", name="billing", url=url, token_file="billing.token")
    switch_process(
        folder,
        more="\n".join((section("[tenants]", folder="tenants"), service, section("[log]", level="debug"))),
    )
    board = Switchboard(load_installation(folder / "ringmain.toml"), asyncio.get_running_loop())
    await board.open()
    try:
        yield board
    finally:
        await board.close()


def client(folder: Path, board: Switchboard, tenant: str = "") -> AbstractAsyncContextManager[ControlClient]:
    own = folder / "tenants" / f"{tenant}.sock"
    return ControlClient.connect(own if tenant else board.configuration.control.socket)


def replies(board: Switchboard) -> asyncio.Queue[Reply]:
    """What flows are told of their hooks."""
    told: asyncio.Queue[Reply] = asyncio.Queue()

    def tell(reply: Reply, now: float) -> Outputs:
        told.put_nowait(reply)
        return ()

    board.driver.add_routes({HookAnswered: tell, HookUnanswered: tell})
    return told


def kept(folder: Path, board: Switchboard) -> str:
    """All that the journal holds by now."""
    return "".join(
        path.read_text("utf-8")
        for path in sorted(board.configuration.records.journal.rglob("*"))
        if path.is_file()
    )


def ask(board: Switchboard, call_id: str = ACME, **order: Any) -> None:
    given: dict[str, Any] = {
        "request_id": "ask-1",
        "hook": "fault.report",
        "data": {"户号": "0450012345"},
        "timeout_s": 30.0,
    }
    board.driver.submit(AskApplication(call_id=call_id, **(given | order)))


def test_a_lookup_by_hand_is_answered_and_leaves_no_trace_of_what_it_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def bill(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"name": "王芳", "proof": request.headers["Authorization"]})

    async def main() -> None:
        async with served(bill) as url, switchboard(tmp_path, url) as board:
            async with client(tmp_path, board) as house:
                found = await house.call(
                    "lookup.try", service="billing", path="/b", query={"id": "0450012345"}
                )
                (listed,) = await house.call("lookup.list")
            metrics = board._windows._metrics.render().decode()
        assert found["answer"] == {"name": "王芳", "proof": "Bearer se-cret"}
        assert (listed["outcomes"], listed["breaker"]) == ({"answered": 1}, "closed")
        assert 'ringmain_lookups_total{outcome="answered",service="billing"} 1.0' in metrics
        assert 'ringmain_lookup_circuit_open{service="billing"} 0.0' in metrics
        journal = kept(tmp_path, board)
        assert "lookup.completed" in journal
        shown = capsys.readouterr().out
        assert "lookup.completed" in shown
        for secret in ("王芳", "0450012345", "se-cret"):
            assert secret not in journal + shown

    run(main)


def test_a_reload_brings_services_and_tokens_and_takes_them_away(tmp_path: Path) -> None:
    async def who(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(request.headers["Authorization"])

    async def main() -> None:
        async with (
            served(who) as url,
            switchboard(tmp_path, url) as board,
            client(tmp_path, board) as house,
        ):
            (tmp_path / "billing.token").write_text("an-other")
            assert (await house.call("configuration.reload"))["changes"] == []
            assert (await house.call("lookup.try", service="billing"))["answer"] == "Bearer an-other"
            path = tmp_path / "ringmain.toml"
            path.write_text(path.read_text("utf-8").replace('name = "billing"', 'name = "bills"'), "utf-8")
            reloaded = await house.call("configuration.reload")
            assert reloaded["counts"] == {"lookups.added": 1, "lookups.removed": 1}
            assert (await house.call("lookup.try", service="bills"))["outcome"] == "answered"
            with pytest.raises(VerbRefused, match="there is no service 'billing'"):
                await house.call("lookup.try", service="billing")
            (tmp_path / "billing.token").unlink()
            with pytest.raises(VerbRefused, match="a file that can be read"):
                await house.call("configuration.reload")
            assert (await house.call("lookup.try", service="bills"))["answer"] == "Bearer an-other"

    run(main)


def test_an_application_hears_a_hook_and_its_answer_comes_to_the_flow(tmp_path: Path) -> None:
    async def main() -> None:
        async with switchboard(tmp_path) as board, client(tmp_path, board, "acme") as application:
            told = replies(board)
            async with application.subscription("hook.*") as events:
                ask(board)
                event = await anext(aiter(events))
                asked = event.fields
                assert (event.topic, event.sequence) == ("hook.asked", events.began_after)
                assert (asked["hook"], asked["data"]) == ("fault.report", {"户号": "0450012345"})
                answer = {"hook_id": asked["hook_id"], "data": {"ticket": "故障-7"}}
                done = await application.call("hook.answer", **answer)
                assert done == {"hook_id": asked["hook_id"], "call_id": ACME, "hook": "fault.report"}
                with pytest.raises(VerbRefused, match="nobody waits"):
                    await application.call("hook.answer", **answer)
            assert await told.get() == HookAnswered(
                request_id="ask-1", call_id=ACME, data={"ticket": "故障-7"}
            )
        journal = kept(tmp_path, board)
        assert "hook.completed" in journal
        assert "0450012345" not in journal
        assert "故障-7" not in journal

    run(main)


def test_a_tenants_hook_is_no_other_tenants_to_hear_or_to_answer(tmp_path: Path) -> None:
    async def main() -> None:
        async with (
            switchboard(tmp_path) as board,
            client(tmp_path, board, "globex") as other,
            client(tmp_path, board) as house,
        ):
            told = replies(board)
            async with other.subscription("hook.asked"):
                ask(board)
                reply = await told.get()
                assert isinstance(reply, HookUnanswered)
                assert reply.reason is Unanswered.NOBODY
            async with house.subscription("hook.asked") as events:
                ask(board)
                asked = (await anext(aiter(events))).fields
                with pytest.raises(VerbRefused, match="nobody waits"):
                    await other.call("hook.answer", hook_id=asked["hook_id"], data=1)
                await house.call("hook.answer", hook_id=asked["hook_id"], data=2)
            answered = await told.get()
            assert isinstance(answered, HookAnswered)
            assert answered.data == 2

    run(main)


def test_who_follows_everything_does_not_count_as_listening_to_hooks(tmp_path: Path) -> None:
    async def main() -> None:
        async with switchboard(tmp_path) as board, client(tmp_path, board) as follower:
            told = replies(board)
            async with follower.subscription("*"):
                ask(board)
                reply = await told.get()
                assert isinstance(reply, HookUnanswered)
                assert reply.reason is Unanswered.NOBODY

    run(main)


def test_an_application_that_goes_away_leaves_the_flow_waiting_no_longer_than_it_said(tmp_path: Path) -> None:
    async def main() -> None:
        async with switchboard(tmp_path) as board:
            told = replies(board)
            async with (
                client(tmp_path, board) as application,
                application.subscription("hook.asked") as events,
            ):
                ask(board, timeout_s=0.1)
                await anext(aiter(events))
            reply = await told.get()
            assert isinstance(reply, HookUnanswered)
            assert reply.reason is Unanswered.TIMED_OUT

    run(main)


def test_a_text_message_that_is_asked_for_is_told_and_kept_and_not_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def main() -> None:
        wanted = RequestTextMessage(
            call_id=ACME, to="13800138000", template="bill", values=(("amount", "86.50"),)
        )
        async with (
            switchboard(tmp_path) as board,
            client(tmp_path, board, "acme") as sender,
            sender.subscription("text_message.requested") as events,
        ):
            board.driver.submit(wanted)
            told = (await anext(aiter(events))).fields
            assert (told["to"], told["values"]) == ("13800138000", [["amount", "86.50"]])
        assert "86.50" in kept(tmp_path, board)
        shown = capsys.readouterr().out
        assert "text_message.requested" in shown
        assert "86.50" not in shown

    run(main)
