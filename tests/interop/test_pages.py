"""A browser's page steers a switch that runs: with its token, from its own origin."""

import asyncio
from pathlib import Path

from aiohttp import ClientSession

from sipp_scenarios.runner import free_port
from switch.access.secrets import token_hash
from tests.cli.small_installation import replace
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

SECRET = "ringmain_wallboard"
PAGE = "https://desk.example.com"


def test_a_page_follows_an_agent(tmp_path: Path) -> None:
    port = free_port("127.0.0.1")
    token = section("[[tokens]]", name="wallboard", role="supervisor", sha256=token_hash(SECRET))
    switch = switch_process(tmp_path, more=section("[http]", enabled=True, port=port) + token)
    replace(
        tmp_path / "ringmain.toml",
        "[control]\n",
        f'[control]\nwebsocket = true\nwebsocket_origins = ["{PAGE}"]\n',
    )

    async def steps() -> None:
        async with (
            ClientSession() as client,
            client.ws_connect(f"http://127.0.0.1:{port}/control", headers={"Origin": PAGE}) as socket,
        ):
            await socket.send_json({"id": 1, "verb": "session.authenticate", "params": {"token": SECRET}})
            assert (await socket.receive_json(timeout=10))["result"]["role"] == "supervisor"
            await socket.send_json({"id": 2, "verb": "event.subscribe", "params": {"topics": ["agent.*"]}})
            assert (await socket.receive_json(timeout=10))["result"]["topics"] == ["agent.*"]
            sign_in = {"agent": "2001", "station": "2001"}
            await socket.send_json({"id": 3, "verb": "agent.sign_in", "params": sign_in})
            told = [await socket.receive_json(timeout=10)]
            while "event" not in told[-1]:
                told.append(await socket.receive_json(timeout=10))
            assert told[-1]["event"]["topic"].startswith("agent.")
            assert told[-1]["event"]["fields"]["agent"] == "2001"

    with switch:
        asyncio.run(asyncio.wait_for(steps(), timeout=60))
