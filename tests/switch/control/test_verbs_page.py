"""docs/verbs.md tells the truth."""

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop

import acd.service
import ivr.service
from ivr.config import IvrConfig
from runtime.clock import ManualClock
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.models import NoParams, Params
from switch.application import Verb
from switch.control.client import ControlClient
from switch.control.config import ControlConfig
from switch.control.protocol import ErrorCode
from switch.control.server import ControlServer
from switch.events import CallAnswered, CallEnded
from switch.exchange import Exchange
from switch.records.projection import JournalEntry
from switch.records.segment import decode_line
from switch.verbs import ExchangeVerbs

PAGE = (Path(__file__).parents[3] / "docs" / "verbs.md").read_text()


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the first table under a heading."""
    section = PAGE.split(f"# {heading}\n")[1].split("\n#")[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def all_verbs() -> list[Verb]:
    ids, clock = SeededIds(), ManualClock()
    exchange = Exchange([], ids, lambda target: False)
    of_exchange = ExchangeVerbs(
        exchange, lambda now: [], {}, clock, lambda command: None, name="", version=""
    )
    of_queues = acd.service.build([], [], (), ids, lambda command: None, clock)
    return [*of_exchange.verbs(), *of_queues.verbs, *ivr.service.build(IvrConfig(), {}, ids).verbs]


async def verbs_of_a_client(folder: Path) -> list[dict[str, Any]]:
    config = ControlConfig(socket=folder / "ringmain.sock")
    server = ControlServer(config, all_verbs())
    await server.open()
    async with ControlClient.connect(config.socket) as client:
        listed: list[dict[str, Any]] = await client.call("verb.list")
    await server.close()
    return listed


def line(verb: dict[str, Any]) -> str:
    parameters = ", ".join(f"`{name}`" for name in verb["parameters"]["properties"])
    return f"| `{verb['name']}` | {parameters} | {verb['help']} |".replace("|  |", "| |")


def test_the_table_of_verbs_is_what_verb_list_says(tmp_path: Path) -> None:
    table = "\n".join(map(line, uvloop.run(verbs_of_a_client(tmp_path))))
    assert f"|---|---|---|\n{table}\n\n## Events" in PAGE, f"write into docs/verbs.md:\n{table}"


def test_the_page_names_every_error_code() -> None:
    documented = {words(code)[0] for code, _ in rows("Errors")} | {"malformed"}
    assert documented == {code.value for code in ErrorCode}
    assert "`malformed`" in PAGE


def test_the_line_of_the_journal_is_one() -> None:
    (line,) = re.findall(r"```json\n(.*)\n```", PAGE)
    assert decode_line(line.encode()) == JournalEntry(
        412, 1790000003.25, CallAnswered.topic, {"call_id": "call-5f0c9a1e7b2d4c38"}
    )


class Agent(Params):
    agent: str
    reason: str = ""


@pytest.mark.parametrize(
    ("example", "printed"),
    [(0, ["7 call.answered {}", "8 call.ended {}"]), (1, ["1001 available", "refused they talk"])],
)
def test_the_examples_run(
    example: int, printed: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[example]
    uvloop.run(run_beside_a_switch(program, tmp_path))
    assert capfd.readouterr().out.splitlines() == printed


async def run_beside_a_switch(program: str, folder: Path) -> None:
    def ready(params: Agent) -> None:
        for sequence, topic in ((6, "agent.state_changed"), (7, CallAnswered.topic), (8, CallEnded.topic)):
            server.observe(JournalEntry(sequence, 0.0, topic, {}))

    def refuse(params: Agent) -> None:
        raise UsageError("they talk")

    server = ControlServer(
        ControlConfig(socket=folder / "run" / "ringmain.sock"),
        [
            Verb("agent.ready", Agent, ready, "Ready."),
            Verb("agent.not_ready", Agent, refuse, "Not ready."),
            Verb("agent.list", NoParams, lambda _: [{"id": "1001", "state": "available"}], "Agents."),
        ],
    )
    await server.open()
    here = os.getcwd()
    os.chdir(folder)
    try:
        await asyncio.to_thread(exec, compile(program, "docs/verbs.md", "exec"), {})
    finally:
        os.chdir(here)
        await server.close()
