"""The example of docs/lookups.md: a caller of 95598 asks for the last bill."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from cli.configuration.installation import load_installation
from cli.switchboard import Switchboard
from switch.control.client import ControlClient
from switch.records.projection import JournalEntry
from switch.sip.events import LegArrived
from tests.helpers.exchange_rig import CALLER_SDP
from tests.helpers.lookup_service import Handle, run, served
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

PAGE = (Path(__file__).parents[2] / "docs" / "lookups.md").read_text("utf-8")
(FLOW,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
CODE = "95599801"


@dataclass(slots=True)
class Caller:
    """Somebody who has called, and what has been told since."""

    client: ControlClient
    events: AsyncIterator[JournalEntry]
    told: list[JournalEntry] = field(default_factory=list)

    async def until(self, topic: str, **fields: object) -> JournalEntry:
        async for event in self.events:
            self.told.append(event)
            if event.topic == topic and fields.items() <= event.fields.items():
                return event
        raise AssertionError(f"no {topic}")

    @property
    def nodes(self) -> list[str]:
        return [event.fields["node"] for event in self.told if event.topic == "flow.node_entered"]


@asynccontextmanager
async def caller(folder: Path, handle: Handle) -> AsyncIterator[Caller]:
    """At a switch with the flow of the example, whose service behaves so."""
    async with served(handle) as url:
        service = section("[[lookups]]", name="billing", url=f"{url}/api", retries=0)
        code = section("[[access_codes]]", number=CODE, target="flow:bill")
        switch_process(folder, more=f"{service}\n{code}")
        (folder / "flows" / "bill.yaml").write_text(FLOW, "utf-8")
        installation = load_installation(folder / "ringmain.toml")
        board = Switchboard(installation, asyncio.get_running_loop())
        await board.open()
        try:
            async with (
                ControlClient.connect(installation.configuration.control.socket) as client,
                client.subscription("*") as events,
            ):
                board.driver.submit(arrival())
                yield Caller(client, aiter(events))
        finally:
            await board.close()


def arrival() -> LegArrived:
    return LegArrived(
        leg_id="leg-1",
        sip_call_id="1@test",
        caller_number="13800138000",
        caller_name="",
        called_number=CODE,
        peer="udp:127.0.0.1:5060",
        sdp=CALLER_SDP,
    )


def test_the_sum_is_said_that_the_service_tells(tmp_path: Path) -> None:
    heard: list[str] = []

    async def bill(request: web.BaseRequest) -> web.StreamResponse:
        heard.append(request.path)
        return web.json_response({"amount": 86.5})

    async def main() -> None:
        async with caller(tmp_path, bill) as one:
            await one.until("flow.node_entered", node="播报")
            assert one.nodes == ["查询", "播报"]
            assert heard == ["/api/accounts/13800138000/bill"]

    run(main)


def test_whoever_gets_no_answer_waits_for_an_agent(tmp_path: Path) -> None:
    async def broken(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=500)

    async def main() -> None:
        async with caller(tmp_path, broken) as one:
            await one.until("queue.caller_joined", queue="service")
            assert one.nodes == ["查询", "人工"]

    run(main)


def test_a_caller_who_hangs_up_takes_the_question_along(tmp_path: Path) -> None:
    async def main() -> None:
        asked = asyncio.Event()

        async def slow(request: web.BaseRequest) -> web.StreamResponse:
            asked.set()
            await asyncio.Event().wait()
            return web.Response()

        async with caller(tmp_path, slow) as one:
            await asked.wait()
            (call,) = await one.client.call("call.list")
            await one.client.call("call.hang_up", call_id=call["call_id"])
            over = await one.until("lookup.completed")
            assert (over.fields["outcome"], over.fields["call_id"]) == ("forgotten", call["call_id"])

    run(main)
