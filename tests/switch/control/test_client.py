"""The Python client: verbs as methods, addresses, and coming back to a switch that was away."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import uvloop

from runtime.models import NoParams, Params
from switch.application import Verb
from switch.control.address import Address
from switch.control.client import (
    ControlClient,
    NotConnected,
    OutcomeUnknown,
    Pauses,
    connect_sync,
)
from switch.control.config import ControlConfig
from switch.control.server import ControlServer
from switch.records.projection import JournalEntry
from switch.roles import EVERYBODY
from tests.switch.control.typed_client import _SCHEMA, ANSWERS, FAMILIES, answers, families

SOON = Pauses(first_s=0.001, most_s=0.002, chance=lambda: 0.5)


class Agent(Params):
    agent: str


async def never(params: NoParams) -> None:
    asked.append("test.never")
    await asyncio.Event().wait()


class Call(Params):
    call_id: str


asked: list[str] = []


VERBS = (
    Verb("agent.ready", Agent, lambda params: {"id": params.agent}, "Ready.", EVERYBODY),
    Verb("call.hang_up", Call, lambda params: params.call_id, "End.", EVERYBODY),
    Verb("test.never", NoParams, never, "Never.", EVERYBODY),
)


def server_at(socket: Path) -> ControlServer:
    return ControlServer(ControlConfig(socket=socket), VERBS)


def run(steps: Callable[[ControlServer, Path], Coroutine[Any, Any, None]], folder: Path) -> None:
    async def with_server() -> None:
        server = server_at(folder / "ringmain.sock")
        await server.open()
        try:
            await steps(server, folder / "ringmain.sock")
        finally:
            await server.close()

    uvloop.run(asyncio.wait_for(with_server(), timeout=20))


def told(sequence: int) -> JournalEntry:
    return JournalEntry(sequence, 0.0, "call.ended", {"call_id": f"call-{sequence}"})


def test_verbs_are_methods(tmp_path: Path) -> None:
    async def steps(server: ControlServer, socket: Path) -> None:
        async with ControlClient.connect(socket) as client:
            agent: Any = await client.agent.ready(agent="1001")
            ended: Any = await client.call.hang_up(call_id="call-1")
            assert (agent, ended) == ({"id": "1001"}, "call-1")
            assert await client.call("agent.ready", agent="1001") == agent

    run(steps, tmp_path)


def test_the_types_of_verbs_are_up_to_date() -> None:
    how = "run python -m tests.switch.control.typed_client"
    assert ANSWERS.read_text("utf-8") == answers(_SCHEMA), how
    assert FAMILIES.read_text("utf-8") == families(_SCHEMA), how


def test_a_client_comes_back_and_hears_what_it_missed(tmp_path: Path) -> None:
    async def steps(server: ControlServer, socket: Path) -> None:
        connection = ControlClient.connect(socket, reconnect=True, pauses=SOON)
        async with connection as client, client.subscription("call.*") as events:
            server.observe(told(1))
            assert (await anext(events)).sequence == 1
            await server.close()
            await until(lambda: not client.is_connected)
            server.observe(told(2))
            await server.open()
            assert await client.call("agent.ready", agent="1001") == {"id": "1001"}
            server.observe(told(3))
            assert [(await anext(events)).sequence for _ in range(2)] == [2, 3]

    run(steps, tmp_path)


def test_events_from_before_a_subscription_are_not_among_those_that_come_after_a_cut(tmp_path: Path) -> None:
    async def steps(server: ControlServer, socket: Path) -> None:
        connection = ControlClient.connect(socket, reconnect=True, pauses=SOON)
        async with connection as client, client.subscription("agent.*"):
            server.observe(told(1))
            async with client.subscription("call.*") as events:
                await server.close()
                await until(lambda: not client.is_connected)
                server.observe(told(2))
                await server.open()
                assert (await anext(events)).sequence == 2

    run(steps, tmp_path)


def test_a_verb_whose_answer_was_lost_is_told_to_be_of_unknown_outcome(tmp_path: Path) -> None:
    async def steps(server: ControlServer, socket: Path) -> None:
        async with ControlClient.connect(socket, reconnect=True, pauses=SOON) as client:
            asked.clear()
            answered = asyncio.ensure_future(client.call("test.never"))
            await until(lambda: bool(asked))
            await server.close()
            with pytest.raises(OutcomeUnknown, match="not known"):
                await answered

    run(steps, tmp_path)


def test_a_verb_waits_for_a_switch_that_is_away_but_not_for_ever(tmp_path: Path) -> None:
    async def steps(server: ControlServer, socket: Path) -> None:
        async with ControlClient.connect(
            socket, reconnect=True, pauses=SOON, answer_timeout_s=0.05
        ) as client:
            await server.close()
            await until(lambda: not client.is_connected)
            with pytest.raises(NotConnected, match=r"agent\.ready was not sent within 0\.05 s") as raised:
                await client.agent.ready(agent="1001")
            assert not isinstance(raised.value, OutcomeUnknown)

    run(steps, tmp_path)


def test_without_reconnecting_the_end_is_the_end(tmp_path: Path) -> None:
    async def steps(server: ControlServer, socket: Path) -> None:
        async with ControlClient.connect(socket) as client, client.subscription("call.*") as events:
            await server.close()
            with pytest.raises(NotConnected, match="closed the connection"):
                await anext(events)
            with pytest.raises(NotConnected):
                await client.agent.ready(agent="1001")
            assert not client.is_connected

    run(steps, tmp_path)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110
        await asyncio.sleep(0)


def test_the_first_attempt_tells_that_there_is_no_switch(tmp_path: Path) -> None:
    async def steps() -> None:
        async with ControlClient.connect(tmp_path / "none.sock", reconnect=True):
            raise AssertionError("there is none")

    with pytest.raises(NotConnected, match="no switch listens at"):
        uvloop.run(steps())
    with pytest.raises(NotConnected, match="no switch listens at"):
        connect_sync(tmp_path / "none.sock")


def test_pauses_grow_up_to_a_limit_and_are_spread_by_chance() -> None:
    assert list(islice(Pauses(1.0, 5.0, chance=lambda: 1.0), 5)) == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert list(islice(Pauses(1.0, 5.0, chance=lambda: 0.0), 5)) == [0.5, 1.0, 2.0, 2.5, 2.5]


@pytest.mark.parametrize(
    ("where", "address"),
    [
        ("run/ringmain.sock", Address(Path("run/ringmain.sock"))),
        (Path("run/ringmain.sock"), Address(Path("run/ringmain.sock"))),
        ("tcp://127.0.0.1:7443", Address(None, "127.0.0.1", 7443)),
        ("tcp://[::1]:7443", Address(None, "::1", 7443)),
    ],
)
def test_addresses_are_paths_or_hosts(where: str | Path, address: Address) -> None:
    assert Address.read(where) == address


def test_tls_is_spoken_where_it_is_asked_for() -> None:
    assert Address.read("tls://switch.example:7443").tls is not None
    with pytest.raises(ValueError, match="is no address"):
        Address.read("tls://switch.example")
