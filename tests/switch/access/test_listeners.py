"""Clients of other machines: who they are, what they may do, and what hostile ones cost."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]
import pytest
import uvloop
from structlog.testing import capture_logs

from runtime.errors import UsageError
from switch.access.door import Credentials
from switch.access.events import AgentLocked, ClientAuthenticated, ClientRefused, VerbCarriedOut
from switch.control.config import ControlListenerConfig
from switch.roles import Role
from tests.helpers.control_house import (
    PASSWORD,
    ControlHouse,
    ForeignClient,
    control_house,
    secret_of,
    tokens,
    until,
)
from tests.helpers.sip_house import Authority

Steps = Callable[[ControlHouse], Coroutine[Any, Any, None]]


def with_house(folder: Path, steps: Steps, files: dict[str, str] | None = None, **settings: Any) -> None:
    async def run() -> None:
        async with asyncio.timeout(30), control_house(folder, files, **settings) as house:
            await steps(house)

    uvloop.run(run())


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_is_for_it_over_tcp(role: Role, tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address) as client:
            error, shown = await client.request("session.authenticate", token=secret_of(role))
            assert error is None
            assert (shown["name"], shown["role"], shown["source"]) == (f"the-{role}", role, "127.0.0.1")
            assert await client.request("test.echo", text="坐席") == (None, "坐席")
            error, result = await client.request("test.trunk", text="x")
            if role in (Role.OPERATOR, Role.ADMINISTRATOR):
                assert result == "x"
            else:
                assert error["code"] == "not_allowed"
                assert "for operators and administrators" in error["message"]

    with_house(tmp_path, steps)


def test_over_tls_with_the_client_s_own_certificate_too(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    files = authority.issue("127.0.0.1") | {"client_ca": str(authority.ca)}
    mine = authority.issue("desk", called="client")

    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address, authority.client(mine)) as client:
            assert (await client.request("session.authenticate", token=secret_of(Role.OPERATOR)))[0] is None
            assert await client.request("test.trunk", text="x") == (None, "x")
        async with ForeignClient.connect(house.address, authority.client()) as stranger:
            stranger.writer.write(b"\x94")
            with pytest.raises((ssl.SSLError, EOFError, ConnectionError)):
                await stranger.message()
        async with ForeignClient.connect(house.address) as plain:
            assert await plain.last_words() == {}
        await until(lambda: not len(house.seats))

    with_house(tmp_path, steps, files)


def test_an_agent_signs_in_by_number_and_password_and_is_locked_after_wrong_ones(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address) as client:
            _, shown = await client.request("session.authenticate", agent="1001", password=PASSWORD)
            assert (shown["role"], shown["agent"]) == ("agent", "1001")
        for code in ["not_authenticated"] * 3:
            async with ForeignClient.connect(house.address) as client:
                assert await client.code_of("session.authenticate", agent="1001", password="x") == code
                assert await client.last_words() == {}
        async with ForeignClient.connect(house.address) as client:
            error, _ = await client.request("session.authenticate", agent="1001", password=PASSWORD)
            assert "nothing more is tried for 900 s" in error["message"]
        kinds = [type(event) for event in house.told]
        assert kinds == [ClientAuthenticated, *[ClientRefused] * 3, AgentLocked]

    with_house(tmp_path, steps, agent_failures=3)


def test_nobody_does_anything_before_saying_who_is_there(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address) as client:
            for verb in ("test.echo", "verb.list", "event.subscribe", "no.such"):
                assert await client.code_of(verb, text="x") == "not_authenticated"
            assert house.server.clients == 0
            assert (await client.request("session.authenticate", token=secret_of(Role.AGENT)))[0] is None
            assert house.server.clients == 1

    with_house(tmp_path, steps)


def test_requests_sent_behind_the_first_one_are_answered_when_it_is_known_who_asks(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address) as client:
            first = [0, 1, "session.authenticate", [{"token": secret_of(Role.OPERATOR)}]]
            behind = [0, 2, "test.trunk", ["x"]]
            client.writer.write(msgpack.packb(first) + msgpack.packb(behind))
            assert [(await client.message())[1:3] for _ in range(2)] == [[1, None], [2, None]]

    with_house(tmp_path, steps)


def test_who_says_nothing_is_hung_up_on(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address) as client:
            assert (await client.last_words())["code"] == "not_authenticated"
        await until(lambda: not len(house.seats))

    with_house(tmp_path, steps, authenticate_within_s=0.05)


def test_who_says_it_octet_by_octet_is_hung_up_on(tmp_path: Path) -> None:
    """Slow loris: every octet is late by itself, none of them moves the deadline."""

    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address) as client:
            request = msgpack.packb([0, 1, "session.authenticate", [{"token": "x" * 100}]])
            listening = asyncio.create_task(client.last_words())
            for octet in request[:-1]:
                if listening.done():
                    break
                client.writer.write(bytes([octet]))
                await asyncio.wait([listening], timeout=0.01)
            assert (await listening)["code"] == "not_authenticated"

    with_house(tmp_path, steps, authenticate_within_s=0.2)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x00" * 100, "malformed"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "malformed"),
        (b"\xdd\xff\xff\xff\xff", "malformed"),
        (b"\xdb\x00\x10\x00\x00" + b"x" * 5000, "too_large"),
        (msgpack.packb([0, 1, "x" * 5000, []]), "too_large"),
        (msgpack.packb([0, 1, "test.echo", []]) * 400, "too_large"),
        (msgpack.packb([2, "session.authenticate", []]), "not_authenticated"),
        (msgpack.packb([1, 1, None, None]), "not_authenticated"),
    ],
)
def test_garbage_of_strangers_ends_their_connection_alone(sent: bytes, code: str, tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with (
            ForeignClient.connect(house.address) as honest,
            ForeignClient.connect(house.address) as bad,
        ):
            assert (await honest.request("session.authenticate", token=secret_of(Role.AGENT)))[0] is None
            bad.writer.write(sent)
            assert (await bad.last_words())["code"] == code
            assert await honest.request("test.echo", text="here") == (None, "here")

    with_house(tmp_path, steps)


def test_a_source_has_so_many_connections_and_gets_them_back(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        pairs = [await asyncio.open_connection(*house.address) for _ in range(3)]
        clients = [ForeignClient(*pair) for pair in pairs]
        shown = [await each.request("session.authenticate", token=secret_of(Role.AGENT)) for each in clients]
        assert [error for error, _ in shown] == [None] * 3
        async with ForeignClient.connect(house.address) as beyond:
            assert await beyond.last_words() == {}
        for client in clients:
            client.writer.close()
        await until(lambda: not len(house.seats))
        async with ForeignClient.connect(house.address) as client:
            assert (await client.request("session.authenticate", token=secret_of(Role.AGENT)))[0] is None

    with_house(tmp_path, steps, max_per_source=3)


def test_a_source_that_guesses_is_locked_out(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        for _ in range(4):
            async with ForeignClient.connect(house.address) as client:
                assert await client.code_of("session.authenticate", token="guess") == "not_authenticated"
        async with ForeignClient.connect(house.address) as client:
            error, _ = await client.request("session.authenticate", token=secret_of(Role.AGENT))
            assert "nothing more is tried" in error["message"]
        house.clock.move_to(901)
        async with ForeignClient.connect(house.address) as client:
            assert (await client.request("session.authenticate", token=secret_of(Role.AGENT)))[0] is None

    with_house(tmp_path, steps, source_failures=4)


def test_who_came_in_by_a_token_that_is_gone_is_told_and_hung_up_on(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with (
            ForeignClient.connect(house.address) as stays,
            ForeignClient.connect(house.address) as goes,
        ):
            await stays.request("session.authenticate", token=secret_of(Role.OPERATOR))
            await goes.request("session.authenticate", token=secret_of(Role.AGENT))
            left = [token for token in tokens() if token.role is not Role.AGENT]
            house.entrance.configure(Credentials(left, {}))
            assert "was withdrawn" in (await goes.last_words())["message"]
            assert await stays.request("test.trunk", text="x") == (None, "x")

    with_house(tmp_path, steps)


def test_an_agent_that_has_nothing_done_is_hung_up_on_pings_or_not(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with (
            ForeignClient.connect(house.address) as agent,
            ForeignClient.connect(house.address) as operator,
        ):
            await operator.request("session.authenticate", token=secret_of(Role.OPERATOR))
            await agent.request("session.authenticate", token=secret_of(Role.AGENT))
            pings = 0
            with suppress(EOFError, ConnectionError):  # a ping may cross the end
                while (await agent.request("session.ping"))[1]["agent"] == "1001":
                    pings += 1
            assert pings
            assert await operator.request("test.trunk", text="x") == (None, "x")

    with_house(tmp_path, steps, idle_s=0.1)


def test_what_changes_something_is_noted_with_who_did_it(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address) as client:
            await client.request("session.authenticate", token=secret_of(Role.SUPERVISOR))
            assert await client.request("test.note", text="x") == (None, "the-supervisor")
            assert await client.request("test.note", text="x", by="li") == (None, "li")
            await client.request("test.echo", text="x")
            await client.request("test.trunk", text="x")
        notes = [event for event in house.told if isinstance(event, VerbCarriedOut)]
        assert [(note.verb, note.outcome) for note in notes] == [
            ("test.note", "done"),
            ("test.note", "done"),
            ("test.trunk", "not_allowed"),
        ]
        assert {(note.name, note.role, note.source) for note in notes} == {
            ("the-supervisor", "supervisor", "127.0.0.1")
        }
        assert notes[0].params == '{"text":"x"}'

    with_house(tmp_path, steps)


def test_what_nobody_waits_for_any_more_is_noted_too(tmp_path: Path) -> None:
    def noted(house: ControlHouse) -> list[tuple[str, str]]:
        notes = [event for event in house.told if isinstance(event, VerbCarriedOut)]
        return [(note.verb, note.outcome) for note in notes]

    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address) as client:
            await client.request("session.authenticate", token=secret_of(Role.AGENT))
            client.writer.write(msgpack.packb([0, 2, "test.wait", [{"text": "x"}, {"deadline_ms": 20}]]))
            assert (await client.message())[2]["code"] == "deadline_passed"
            assert noted(house) == [("test.wait", "cut_off")]
            client.writer.write(msgpack.packb([0, 3, "test.wait", [{"text": "x"}]]))
            await until(lambda: any(each._awaited for each in house.server.sessions()))
            house.entrance.configure(Credentials([], {}))
            await until(lambda: len(noted(house)) == 2)
        assert noted(house)[1] == ("test.wait", "cut_off")

    with_house(tmp_path, steps)


def test_a_notification_that_fails_is_logged_without_what_it_said(tmp_path: Path) -> None:
    async def steps(house: ControlHouse) -> None:
        async with ForeignClient.connect(house.address) as client:
            await client.request("session.authenticate", token=secret_of(Role.AGENT))
            wrong = {"token": "ringmain_secret" * 20}
            client.writer.write(msgpack.packb([2, "session.authenticate", [wrong]]))
            client.writer.write(msgpack.packb([2, "test.echo", [{"text": ["6222-0000"]}]]))
            await client.request("test.echo", text="x")

    with capture_logs() as lines:
        with_house(tmp_path, steps)
    failed = [line for line in lines if line["event"] == "control notification failed"]
    assert [(line["verb"], line["reason"]) for line in failed] == [
        ("session.authenticate", "cannot be used: token"),
        ("test.echo", "cannot be used: text"),
    ]
    assert "ringmain_secret" not in f"{lines}"


def test_a_local_client_is_an_administrator_unless_it_must_show_a_token(tmp_path: Path) -> None:
    async def connect(house: ControlHouse) -> ForeignClient:
        return ForeignClient(*await asyncio.open_unix_connection(house.server._config.socket))

    async def trusted(house: ControlHouse) -> None:
        client = await connect(house)
        assert (await client.request("session.ping"))[1]["role"] == "administrator"
        assert (await client.request("session.authenticate", token=secret_of(Role.AGENT)))[0] is None
        assert (await client.request("session.ping"))[1]["role"] == "agent"
        assert await client.code_of("test.trunk", text="x") == "not_allowed"
        client.writer.close()

    async def untrusted(house: ControlHouse) -> None:
        client = await connect(house)
        assert await client.code_of("test.echo", text="x") == "not_authenticated"
        assert (await client.request("session.authenticate", token=secret_of(Role.AGENT)))[0] is None
        assert await client.request("test.echo", text="x") == (None, "x")
        client.writer.close()

    with_house(tmp_path, trusted)
    with_house(tmp_path, untrusted, unix_needs_token=True)


def test_a_certificate_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")

    async def nothing(house: ControlHouse) -> None:
        raise AssertionError("it opened")

    with pytest.raises(UsageError, match="cannot open control listener"):
        with_house(tmp_path, nothing, {"certificate": str(bad), "private_key": str(bad)})


@pytest.mark.parametrize("keys", [{"certificate": "x"}, {"private_key": "x"}, {"client_ca": "x"}])
def test_half_a_tls_is_a_mistake(keys: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which key is wrong is told by the loader
        ControlListenerConfig(host="127.0.0.1", port=5095, **keys)
