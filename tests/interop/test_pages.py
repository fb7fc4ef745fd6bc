"""A browser's page steers a switch that runs: with its token, from its own origin."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection
from time import sleep
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import free_port
from sipp_scenarios.switch_process import SwitchProcess
from switch.access.secrets import token_hash
from tests.cli.small_installation import replace
from tests.helpers.headless_chromium import CHROMIUM, Tab, chromium
from tests.helpers.switch_process import switch_process
from tests.helpers.toml_text import section

SECRET = "ringmain_wallboard"
PAGE = "https://desk.example.com"
WALLBOARD = Path(__file__).parents[2] / "docs" / "examples" / "wallboard.html"


@dataclass(frozen=True, slots=True)
class Site:
    """A switch that pages connect to."""

    switch: SwitchProcess
    port: int


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port = tmp_path_factory.mktemp("site"), free_port("127.0.0.1")
    token = section("[[tokens]]", name="wallboard", role="supervisor", sha256=token_hash(SECRET))
    switch = switch_process(folder, more=section("[http]", enabled=True, port=port) + token)
    replace(
        folder / "ringmain.toml",
        "[control]\n",
        f'[control]\nwebsocket = true\nwebsocket_origins = ["{PAGE}", "null"]\n',
    )
    with switch:
        wait_until_open(port)
        yield Site(switch, port)


def wait_until_open(port: int) -> None:
    """The HTTP port is opened after the control socket, by which the switch is known to be up."""
    for _ in range(200):
        with suppress(OSError), create_connection(("127.0.0.1", port), timeout=5):
            return
        sleep(0.05)
    raise AssertionError(f"nothing listens at {port}")


def test_a_page_follows_an_agent(site: Site) -> None:
    async def steps() -> None:
        async with (
            ClientSession() as client,
            client.ws_connect(f"http://127.0.0.1:{site.port}/control", headers={"Origin": PAGE}) as socket,
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

    asyncio.run(asyncio.wait_for(steps(), timeout=60))


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium-headless-shell")
def test_a_browser_shows_the_wallboard_and_what_changes(site: Site, tmp_path: Path) -> None:
    def open_as(tab: Tab, token: str) -> None:
        behind = {"switch": f"ws://127.0.0.1:{site.port}/control", "token": token, "language": "zh"}
        tab.open("about:blank")
        tab.open(f"{WALLBOARD.as_uri()}#{urlencode(behind)}")

    with EventFollower(site.switch.control_socket) as events, chromium(tmp_path / "profile") as tab:
        (queue,) = (each for each in events.call("queue.list") if each["name"] == "service")
        open_as(tab, SECRET)
        tab.run(UNTIL % f"text('#queues').includes('{queue['title']}')")
        events.call("agent.sign_in", agent="2002", station="2002")
        tab.run(UNTIL % "text('[data-agent=\"2002\"]').includes('示忙')")
        events.call("agent.sign_out", agent="2002")
        tab.run(UNTIL % "!document.querySelector('[data-agent=\"2002\"]')")
        open_as(tab, "ringmain_wrong")
        tab.run(UNTIL % "text('#note').startsWith('被拒绝')")


UNTIL = """(async () => {
  const text = (where) => document.querySelector(where)?.textContent ?? '';
  for (let look = 0; look < 400; look++) {
    if (%s) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(document.body.innerText);
})()"""
"""Look again until something is so; fails after 20 s."""
