"""The control socket for browsers, by a client of aiohttp."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web
from aiohttp.typedefs import Handler
from jsonschema import Draft202012Validator

from cli.schema.document import control_schema
from runtime.models import NoParams, Params
from switch.application import Verb
from switch.control.caller import Caller
from switch.control.config import ControlConfig
from switch.control.entrance import AuthenticateParams
from switch.control.seats import Seats
from switch.control.server import ControlServer
from switch.control.verbs import NotAuthenticated
from switch.control.websocket import PATH, WebSocketDoor
from switch.control.wires import Occupant, Wire
from switch.events import CallAnswered
from switch.records.projection import JournalEntry
from switch.roles import EVERYBODY, OPERATORS, Role

DESK = "https://desk.example.com"
WHOLE = Draft202012Validator(control_schema())


class Agent(Params):
    agent: str


async def _for_ever(_: NoParams) -> None:
    await asyncio.Event().wait()


_COUNTED = count(1)
VERBS = (
    Verb("test.count", NoParams, lambda _: next(_COUNTED), "How often it was carried out.", EVERYBODY),
    Verb("test.wait", NoParams, _for_ever, "Take for ever.", EVERYBODY),
    Verb("agent.ready", Agent, lambda params: {"id": params.agent, "name": "张伟"}, "Ready.", EVERYBODY),
    Verb("ban.list", Agent, lambda params: [], "Bans.", OPERATORS),
    Verb("agent.list", Agent, lambda params: ["x" * 1000] * 300, "A long answer.", EVERYBODY),
)


class OneToken:
    """Lets in who shows the one token there is."""

    def __init__(self, server: ControlServer) -> None:
        self._server = server

    async def authenticate(self, shown: AuthenticateParams, source: str) -> Caller:
        if shown.token.removeprefix("ringmain_") != "right":
            raise NotAuthenticated("there is no such token")
        return Caller("desk", Role.SUPERVISOR, source=source)

    def session(self, wire: Wire, caller: Caller) -> Occupant:
        return self._server.session(wire, caller)


Connect = Callable[..., Coroutine[Any, Any, ClientWebSocketResponse]]


@web.middleware
async def _from_elsewhere(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets a client come from the address that it names."""
    return await handler(request.clone(remote=request.headers.get("X-From", request.remote or "")))


def run(steps: Callable[[ControlServer, Connect], Coroutine[Any, Any, None]], **keys: Any) -> Seats:
    """Gives the seats when all have gone."""

    async def served(folder: str) -> Seats:
        config = ControlConfig(
            socket=Path(folder) / "ringmain.sock", websocket=True, websocket_origins=(DESK,), **keys
        )
        server = ControlServer(config, VERBS)
        await server.open()
        application = web.Application(middlewares=[_from_elsewhere])
        seats = Seats(config)
        door = WebSocketDoor(config, OneToken(server), seats)
        application.add_routes(door.pages())
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        async with ClientSession() as client:

            async def connect(**options: Any) -> ClientWebSocketResponse:
                socket: ClientWebSocketResponse = await client.ws_connect(
                    f"http://127.0.0.1:{port}{PATH}", **options
                )
                return socket

            try:
                await steps(server, connect)
            finally:
                await server.close()
        await runner.cleanup()
        return seats

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(asyncio.wait_for(served(folder), timeout=20))


async def ask(socket: ClientWebSocketResponse, verb: str, **params: object) -> dict[str, Any]:
    await socket.send_json({"id": 7, "verb": verb, "params": params})
    return await heard(socket)


async def heard(socket: ClientWebSocketResponse) -> dict[str, Any]:
    message: dict[str, Any] = await socket.receive_json(timeout=5)
    return message


async def entered(connect: Connect) -> ClientWebSocketResponse:
    socket = await connect(headers={"Origin": DESK})
    assert (await ask(socket, "session.authenticate", token="right"))["result"]["name"] == "desk"
    return socket


def test_verbs_and_events_are_json() -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        socket = await entered(connect)
        answer = await ask(socket, "agent.ready", agent="1001")
        assert answer == {"id": 7, "result": {"id": "1001", "name": "张伟"}}
        assert (await ask(socket, "agent.ready", agent=1))["error"]["code"] == "bad_params"
        assert (await ask(socket, "event.subscribe", topics=["call.*"]))["result"]["topics"] == ["call.*"]
        fields = {"call_id": "call-1", "recording_id": None, "trunk": None, "sip_call_id": ""}
        server.observe(JournalEntry(4, 12.5, CallAnswered.topic, fields))
        event = await heard(socket)
        assert event == {"event": {"sequence": 4, "time": 12.5, "topic": "call.answered", "fields": fields}}
        assert list(WHOLE.iter_errors(event)) == []

    run(steps)


def test_who_shows_nothing_or_the_wrong_thing_is_let_do_nothing() -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        socket = await connect()
        assert (await ask(socket, "agent.ready", agent="1001"))["error"]["code"] == "not_authenticated"
        refusal = await ask(socket, "session.authenticate", token="wrong")
        assert refusal["error"]["code"] == "not_authenticated"
        assert (await socket.receive(timeout=5)).type is WSMsgType.CLOSE
        assert server.clients == 0

    run(steps)


@pytest.mark.parametrize(
    "shown",
    [
        {"headers": {"Authorization": "Bearer right"}},
        {"headers": {"Authorization": "bearer  right"}},
        {"protocols": ["ringmain", "ringmain_right"]},
    ],
)
def test_a_token_may_come_with_the_request(shown: dict[str, Any]) -> None:
    """What it is for is done at once, and whatever is sent then is not counted as a stranger's."""

    async def steps(server: ControlServer, connect: Connect) -> None:
        socket = await connect(**shown)
        assert socket.protocol == ("ringmain" if "protocols" in shown else None)
        assert "id" in (await ask(socket, "agent.ready", agent="1" * 600))
        assert (await ask(socket, "session.ping"))["result"]["name"] == "desk"

    run(steps, authenticate_bytes=512, authenticate_within_s=0.05)


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ({"headers": {"Authorization": "Bearer wrong"}}, 401),
        ({"headers": {"Authorization": "Bearer "}}, 401),
        ({"headers": {"Authorization": f"Bearer {'x' * 300}"}}, 401),
        ({"protocols": ["ringmain", "ringmain_wrong"]}, 401),
        ({"protocols": ["ringmain_right"]}, 400),
        ({"headers": {"Authorization": "Bearer right", "Origin": "https://evil.example.com"}}, 403),
    ],
)
def test_a_wrong_token_with_the_request_opens_nothing(shown: dict[str, Any], status: int) -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        with pytest.raises(WSServerHandshakeError) as refused:
            await connect(**shown)
        assert refused.value.status == status
        assert server.clients == 0
        await entered(connect)

    run(steps, max_per_source=1)


def test_a_request_with_a_key_is_carried_out_once_and_one_that_is_late_is_not() -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        first, again = await entered(connect), await entered(connect)

        async def counted(socket: ClientWebSocketResponse, **beside: object) -> Any:
            await socket.send_json({"id": 1, "verb": "test.count", **beside})
            return await heard(socket)

        once = (await counted(first, idempotency_key="a"))["result"]
        assert (await counted(first, idempotency_key="b", params={}))["result"] == once + 1
        assert (await counted(again, idempotency_key="a"))["result"] == once, "the client, come back"
        assert (await counted(first))["result"] == once + 2
        late = (await counted(first, deadline_ms=-1))["error"]
        assert (late["code"], list(late["data"]["fields"])) == ("bad_params", ["deadline_ms"])
        await first.send_json({"id": 2, "verb": "test.wait", "deadline_ms": 10})
        late = (await heard(first))["error"]
        assert (late["code"], late["data"]) == ("deadline_passed", {"begun": True})
        reused = {"id": 3, "verb": "agent.ready", "params": {"agent": "1"}, "idempotency_key": "a"}
        await first.send_json(reused)
        assert (await heard(first))["error"]["code"] == "key_reused"

    run(steps)


def test_connections_are_counted_together_with_those_of_other_doors() -> None:
    seats = Seats(ControlConfig(max_per_source=2, max_clients=3))
    at_a_listener, at_the_page = seats.take("192.0.2.1"), seats.take("192.0.2.1")
    assert at_a_listener is not None
    assert at_the_page is not None
    assert seats.take("192.0.2.1") is None
    assert seats.take("2001:db8:0:1::1") is not None
    assert seats.take("192.0.2.9") is None, "there are no more in all"
    at_a_listener.leave()
    at_a_listener.leave()
    assert (len(seats), seats.take("192.0.2.1") is None) == (2, False)


def test_a_role_may_what_it_may_elsewhere() -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        refusal = await ask(await entered(connect), "ban.list", agent="1001")
        assert refusal["error"]["code"] == "not_allowed"

    run(steps)


def test_a_page_of_another_origin_is_refused_before_anything_is_said() -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        with pytest.raises(WSServerHandshakeError) as refused:
            await connect(headers={"Origin": "https://evil.example.com"})
        assert refused.value.status == 403

    run(steps)


def test_who_says_nothing_is_hung_up_on() -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        socket = await connect()
        assert (await heard(socket))["error"]["code"] == "not_authenticated"
        assert (await socket.receive(timeout=5)).type is WSMsgType.CLOSE

    run(steps, authenticate_within_s=0.05)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"id": -1, "verb": "x"}', '{"id": 1, "verb": "x", "key": 2}', "[" * 900]
)
def test_what_is_no_request_ends_the_connection(text: str) -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        socket = await entered(connect)
        await socket.send_str(text)
        assert (await heard(socket))["error"]["code"] == "malformed"
        assert (await socket.receive(timeout=5)).type is WSMsgType.CLOSE
        assert server.clients == 0

    run(steps)


def test_much_that_is_said_before_who_says_it_is_too_much() -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        socket = await connect()
        await socket.send_str(" " * 600)
        assert (await heard(socket))["error"]["code"] == "too_large"

    run(steps, authenticate_bytes=512)


def test_more_than_the_buffer_holds_comes_whole() -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        socket = await entered(connect)
        for _ in range(5):
            answer = await ask(socket, "agent.list", agent="1001")
            assert len(answer["result"]) == 300

    run(steps, write_buffer_bytes=4096)


def test_so_many_may_connect_from_one_address_and_no_more() -> None:
    async def steps(server: ControlServer, connect: Connect) -> None:
        first = await entered(connect)
        with pytest.raises(WSServerHandshakeError) as refused:
            await connect()
        assert refused.value.status == 503
        await first.close()
        await entered(connect)

    run(steps, max_per_source=1)


def test_addresses_of_one_network_are_one_source_and_who_is_gone_is_forgotten() -> None:
    """Whoever has an IPv6 network has as many addresses as there are ever numbers for."""

    async def steps(server: ControlServer, connect: Connect) -> None:
        first = await connect(headers={"X-From": "2001:db8:0:1::1"})
        with pytest.raises(WSServerHandshakeError) as refused:
            await connect(headers={"X-From": "2001:db8:0:1::2"})
        assert refused.value.status == 503
        other = await connect(headers={"X-From": "2001:db8:0:2::1"})
        await asyncio.gather(first.close(), other.close())

    assert not len(run(steps, max_per_source=1))


def test_it_is_off_unless_it_is_switched_on() -> None:
    config = ControlConfig(socket=Path("unused"))
    assert list(WebSocketDoor(config, OneToken(ControlServer(config, VERBS)), Seats(config)).pages()) == []
