"""Every verb by clients of every role, of the house and of a tenant, as they come: over TLS and WebSocket.

What each may do is read off docs/verbs.md: a verb without a row there fails here, and so does one for others
than the page says.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse
from structlog.testing import capture_logs

from cli.house.tenants import OF_HOUSE, VERBS
from sipp_scenarios.runner import free_port
from switch.control.messages import ErrorCode
from switch.control.secrecy import is_hidden
from switch.control.websocket import PATH
from switch.roles import Role
from tests.cli.test_agent_clients import guesses as guesses_of_agents
from tests.cli.test_tenant_clients import House, guesses, open_house, secret_of, token_sections
from tests.helpers.control_house import ForeignClient
from tests.helpers.sip_house import Authority
from tests.helpers.toml_text import section

HOST = "127.0.0.1"
PAGE = Path(__file__).parents[2] / "docs" / "verbs.md"
WRONG = {"no parameter of any verb": 1}
"""Nothing is carried out that is given this."""
OWN_VERBS = {"session.authenticate", "session.ping", "verb.list"}
SECRET = "ringmain_9f8e7d6c5b4a"

T = TypeVar("T")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A house with two tenants whose clients come over TLS, and browsers over WebSocket."""
    folder = tmp_path_factory.mktemp("rights")
    authority, port, http = Authority(folder), free_port(HOST), free_port(HOST)
    more = [
        section("[http]", enabled=True, host=HOST, port=http),
        section("[[control.listeners]]", host=HOST, port=port, **authority.issue(HOST)),
        *token_sections("", "2001"),
    ]
    control = {"websocket": True, "max_per_source": 99}
    with open_house(folder, "acme", "globex", more=more, control=control) as house:
        yield SimpleNamespace(house=house, address=(HOST, port), tls=authority.client(), http=http)


def within(house: House, work: Coroutine[Any, Any, T]) -> T:
    return house.loop.run_until_complete(asyncio.wait_for(work, 120))


@cache
def for_whom(verb: str) -> frozenset[Role]:
    """What the page says."""
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| `{verb}` |")]
    assert len(rows) == 1, f"{verb} has no row in docs/verbs.md"
    words = rows[0].split("|")[3].strip()
    if words == "everybody":
        return frozenset(Role)
    named = {Role(word.removesuffix("s")) for word in words.split(", ")}
    return frozenset(named | {Role.ADMINISTRATOR})


async def connected(place: SimpleNamespace, stack: AsyncExitStack, role: Role, tenant: str) -> ForeignClient:
    client = await stack.enter_async_context(ForeignClient.connect(place.address, place.tls))
    error, shown = await client.request("session.authenticate", token=secret_of(role, tenant))
    assert error is None
    assert (shown["role"], shown["tenant"]) == (role, tenant)
    return client


async def names_of_verbs(client: ForeignClient) -> list[str]:
    _, verbs = await client.request("verb.list")
    return [verb["name"] for verb in verbs]


def test_a_verb_is_for_the_roles_that_the_page_names_and_each_refusal_is_kept(place: SimpleNamespace) -> None:
    """Of what only reads no more than that is kept."""
    house = place.house
    kept = [verb.name for verb in house.verbs() if not verb.reads]

    async def steps() -> None:
        async with AsyncExitStack() as stack:
            auditor = await connected(place, stack, Role.ADMINISTRATOR, "")
            verbs = await names_of_verbs(auditor)
            assert set(verbs) >= {verb.name for verb in house.verbs()} | OWN_VERBS
            await auditor.request("event.subscribe", topics=["verb.carried_out"])
            expected = []
            for tenant in ("", "acme"):
                for role in Role:
                    client = await connected(place, stack, role, tenant)
                    for verb in verbs:
                        error, _ = await client.request(verb, **WRONG)
                        code = ErrorCode.BAD_PARAMS if role in for_whom(verb) else ErrorCode.NOT_ALLOWED
                        assert error["code"] == code, (verb, role, tenant)
                        if verb in kept or code is ErrorCode.NOT_ALLOWED:
                            expected.append((verb, f"{tenant}-{role}", role, tenant, HOST, code))
            keys = ("verb", "name", "role", "tenant", "source", "outcome")
            told = [(await auditor.message())[2][0]["fields"] for _ in expected]
            assert [tuple(fields[key] for key in keys) for fields in told] == expected
            assert len(expected) > 900

    within(house, steps())


def test_so_it_is_for_browsers(place: SimpleNamespace) -> None:
    async def ask(socket: ClientWebSocketResponse, verb: str, **params: object) -> Any:
        await socket.send_json({"id": 1, "verb": verb, "params": params})
        return await socket.receive_json(timeout=20)

    async def steps() -> None:
        async with ClientSession() as session:
            for role in Role:
                async with session.ws_connect(f"http://{HOST}:{place.http}{PATH}") as socket:
                    shown = await ask(socket, "session.authenticate", token=secret_of(role, "acme"))
                    assert shown["result"]["role"] == role
                    for verb in (await ask(socket, "verb.list"))["result"]:
                        answer = await ask(socket, verb["name"], **WRONG)
                        allowed = role in for_whom(verb["name"])
                        code = ErrorCode.BAD_PARAMS if allowed else ErrorCode.NOT_ALLOWED
                        assert answer["error"]["code"] == code, (verb["name"], role)

    within(place.house, steps())


def test_over_the_wire_too_what_is_anothers_is_as_if_it_never_was(place: SimpleNamespace) -> None:
    """Of an administrator of acme all that is globex's, of an agent all that is another agent's."""
    house = place.house
    known = {verb.name: verb for verb in house.verbs()}
    assert known.keys() == VERBS.keys() | OF_HOUSE

    async def told(client: ForeignClient, verb: str, params: dict[str, Any], name: str) -> tuple[str, str]:
        error, _ = await client.request(verb, **params)
        if error is None:
            return "done", ""
        assert error["code"] != ErrorCode.INTERNAL, (verb, params)
        return error["code"], error["message"].replace(name, "X")

    async def steps() -> int:
        tried = 0
        async with AsyncExitStack() as stack:
            administrator = await connected(place, stack, Role.ADMINISTRATOR, "acme")
            agent = await connected(place, stack, Role.AGENT, "acme")
            auditor = await connected(place, stack, Role.ADMINISTRATOR, "")
            for name in sorted(VERBS):
                for theirs, foreign, never in guesses(house, known[name]):
                    plain = theirs.removeprefix("queue:")
                    other = plain[:-6] + "ffffff" if "/" not in plain else plain.replace("globex", "nobody")
                    first = await told(administrator, name, foreign, plain)
                    assert first == await told(administrator, name, never, other), (name, foreign)
                    tried += 1
                if Role.AGENT not in known[name].who:
                    continue
                for foreign, never, theirs, other in guesses_of_agents(known[name], house):
                    first = await told(agent, name, foreign, theirs)
                    assert first == await told(agent, name, never, other), (name, foreign)
                    tried += 1
            error, seen = await administrator.request("call.list")
            assert error is None
            assert "globex" not in str(seen)
            await auditor.request("event.subscribe", topics=["verb.carried_out"])
            error, picture = await agent.request("event.snapshot", topics=["call.*"])
            assert error is None
            await agent.request("ban.list")
            noted = (await auditor.message())[2][0]["fields"]["verb"]
            assert noted == "ban.list", "what a picture leaves out was refused to nobody"
            parts = picture["parts"]
            assert ([each["id"] for each in parts["agents"]], parts["calls"]) == (["81"], [])
            assert {"waiting", "trunks"} <= set(picture["left_out"])
            assert house.calls["acme"]["call_id"] not in str(picture)
            house_client = await connected(place, stack, Role.SUPERVISOR, "")
            _, seen = await house_client.request("call.show", call_id=house.calls["globex"]["call_id"])
            assert seen["access_code"] == "globex/95002", "the house sees all"
        return tried

    assert within(house, steps()) > 120


def test_what_is_secret_in_a_verb_is_in_no_log_event_or_error(place: SimpleNamespace) -> None:
    """As it should be, of a wrong shape, too long, under a wrong name and as a notification."""
    house = place.house
    hidden = [
        (verb.name, key) for verb in house.verbs() for key in verb.params.model_fields if is_hidden(verb, key)
    ] + [("session.authenticate", "token"), ("session.authenticate", "password")]
    assert len(hidden) > 10

    async def steps() -> None:
        async with AsyncExitStack() as stack:
            client = await connected(place, stack, Role.ADMINISTRATOR, "")
            listener = await connected(place, stack, Role.ADMINISTRATOR, "")
            await listener.request("event.subscribe", topics=["*"])
            for verb, key in hidden:
                for value in ([SECRET], {"x": {"token": [SECRET]}}, SECRET * 2000, -1):
                    params = {key: value} if value != -1 else {"digits_": SECRET, "tokens": SECRET}
                    error, _ = await client.request(verb, **params)
                    assert error is not None, (verb, key)
                    assert SECRET not in str(error), (verb, key)
                    client.notify(verb, **params)
            await client.request("agent.set_auto_answer", agent="2001", on=True)
            heard = ""
            while "agent.auto_answer" not in heard:
                heard = str(await listener.message())
                assert SECRET not in heard

    with capture_logs() as lines:
        within(house, steps())
    assert any(line["event"] == "control notification failed" for line in lines)
    assert SECRET not in str(lines)
    written = b""
    while b"agent.auto_answer_set" not in written:  # a thread writes it, and tells nobody
        segments = (path for path in (house.folder / "journal").rglob("*") if path.is_file())
        written = b"".join(path.read_bytes() for path in segments)
    assert SECRET.encode() not in written
