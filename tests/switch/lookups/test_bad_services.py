"""Lookups of a real service that is wrong, huge, slow, gone or flapping, and of many at once."""

import asyncio
import gzip
import socket
import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from aiohttp import web

from switch.lookups.commands import ForgetLookup, Method
from switch.lookups.events import CircuitClosed, CircuitOpened, LookupCompleted
from tests.helpers.lookup_service import (
    BILL,
    answering,
    asking,
    billing,
    body,
    comes_to,
    echo,
    run,
    served,
    status,
)


@pytest.mark.parametrize("code", [304, 400, 404, 429, 500, 502, 503])
def test_another_status_is_told_by_its_number(code: int) -> None:
    comes_to(status(code), f"status_{code}")


@pytest.mark.parametrize("content", [b"<html>", b"{", b"\xff", b"NaN", b"[" * 60_000, b'{"a":1}x'])
def test_what_is_no_json_is_told_so(content: bytes) -> None:
    comes_to(body(content), "not_json")


def test_what_is_compressed_is_not_unpacked() -> None:
    comes_to(
        body(gzip.compress(orjson.dumps(BILL)), **{"Content-Encoding": "gzip"}),
        "not_json",
    )


def test_a_redirect_within_the_host_is_followed_and_not_for_ever() -> None:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        match request.path:
            case "/old":
                return web.Response(status=301, headers={"Location": "/new"})
            case "/new":
                return web.json_response(BILL)
        return web.Response(status=302, headers={"Location": request.path})

    async def main() -> None:
        async with served(handle) as url, asking(billing(url, retries=0)) as house:
            assert await house.outcome(path="old") == BILL
            assert await house.outcome(path="round") == "unreachable"
            assert await house.outcome(path="old", method=Method.POST) == "status_301"

    run(main)


async def not_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"220 mail.example ESMTP\r\n")
    await writer.drain()


async def cut_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"amount":')
    await writer.drain()


async def hung_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("talk", "reason"), [(not_http, "not_json"), (cut_off, "unreachable"), (hung_up, "unreachable")]
)
def test_what_breaks_off_or_is_not_http_is_no_answer(talk: Any, reason: str) -> None:
    async def main() -> None:
        async with answering(talk) as url, asking(billing(url, retries=0)) as house:
            assert await house.outcome() == reason

    run(main)


@pytest.mark.parametrize(
    "order",
    [
        {"path": "/../admin"},
        {"path": "/a/%2e%2e/b"},
        {"path": "/a\r\nX: y"},
        {"headers": (("X-A", "1\r\nX-B: 2"),)},
        {"headers": (("Host", "other.example"),)},
        {"headers": (("a b", "1"),)},
        {"headers": (("X-A", "\ud800"),)},
        {"query": (("q", "\ud800"),)},
        {"body": object(), "method": Method.POST},
        {"body": "x" * 300_000, "method": Method.POST},
        {"query": (("q", "x" * 9000),)},
    ],
)
def test_what_cannot_be_sent_is_not(order: dict[str, Any]) -> None:
    comes_to(echo, "bad_request", **order)


async def endless(request: web.BaseRequest) -> web.StreamResponse:
    """A list that never ends."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"[")
    while True:
        await response.write(b"1," * 4096)


def test_an_answer_that_never_ends_is_not_read_for_ever() -> None:
    async def main() -> None:
        async with served(endless) as url, asking(billing(url, retries=0)) as house:
            assert await house.outcome() == "too_large"

    run(main)


def test_the_longest_answer_is_read_and_one_byte_more_is_not() -> None:
    for spare, expected in ((0, "x" * 98), (1, "too_large")):

        async def main(spare: int = spare, expected: str = expected) -> None:
            content = orjson.dumps("x" * (98 + spare))
            async with served(body(content)) as url, asking(billing(url, max_answer_bytes=100)) as house:
                assert await house.outcome() == expected

        run(main)


def test_a_length_beyond_the_bound_is_believed() -> None:
    async def boast(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        await reader.read()  # and sends nothing of it

    async def main() -> None:
        async with answering(boast) as url, asking(billing(url)) as house:
            assert await house.outcome() == "too_large"

    run(main)


async def dribbling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begins its answer, and never comes to its end."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{")
    await reader.read()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hears the request, and nothing more until the other side has gone."""
    await reader.read()


@pytest.mark.parametrize("talk", [silent, dribbling])
def test_the_time_limit_holds_at_every_stage(talk: Any) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        limits = {"timeout_s": 0.5, "connect_timeout_s": 0.5}
        async with answering(talk) as url, asking(billing(url, **limits)) as house:
            began_at = loop.time()
            assert await house.outcome() == "timed_out"
            assert 0.5 <= loop.time() - began_at < 10

    run(main)


def test_a_request_that_is_forgotten_is_broken_off_at_the_service() -> None:
    async def main() -> None:
        heard, gone = asyncio.Event(), asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            heard.set()
            await reader.read()
            gone.set()

        async with answering(talk) as url, asking(billing(url)) as house:
            asked = asyncio.ensure_future(house.ask())
            await heard.wait()
            house.driver.submit(ForgetLookup(request_id="look-1"))
            await gone.wait()
            assert not asked.done()
            asked.cancel()

    run(main)


@pytest.fixture
def free_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]  # bound, and not listened at: refused


def test_nobody_at_the_address_is_refused(free_port: int) -> None:
    async def main() -> None:
        async with asking(billing(f"http://127.0.0.1:{free_port}", retries=2)) as house:
            assert await house.outcome() == "refused"
            (event,) = house.events
            assert isinstance(event, LookupCompleted)
            assert event.attempts == 3

    run(main)


def test_an_address_that_swallows_everything_is_unreachable_within_its_limit() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with socket.socket() as hole:
            hole.bind(("127.0.0.1", 0))
            hole.listen(0)
            with socket.create_connection(hole.getsockname()):  # fills the queue: further SYNs are dropped
                url = f"http://127.0.0.1:{hole.getsockname()[1]}"
                async with asking(billing(url, connect_timeout_s=0.1, retries=1)) as house:
                    began_at = loop.time()
                    assert await house.outcome() == "unreachable"
                    assert 0.2 <= loop.time() - began_at < 4

    run(main)


def test_a_name_that_is_not_known_is_unreachable() -> None:
    async def main() -> None:
        async with asking(billing("http://billing.invalid", retries=0)) as house:
            assert await house.outcome() == "unreachable"

    run(main)


def test_one_that_fails_every_other_time_is_asked_again_and_answers() -> None:
    count = 0

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal count
        count += 1
        return web.json_response(BILL) if count % 2 == 0 else web.Response(status=503)

    async def main() -> None:
        async with served(handle) as url, asking(billing(url, failure_share=0)) as house:
            for number in range(10):
                assert await house.outcome(f"look-{number}") == BILL
            assert count == 20

    run(main)


def test_one_that_goes_down_is_left_in_peace_and_asked_again_when_it_is_back() -> None:
    async def main() -> None:
        is_up, heard = False, 0

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            nonlocal heard
            heard += 1
            return web.json_response(BILL) if is_up else web.Response(status=500)

        async with served(handle) as url, asking(billing(url, failures_in_row=3, open_s=15)) as house:
            assert [await house.outcome() for _ in range(5)] == ["status_500"] * 3 + ["circuit_open"] * 2
            house.later_s += 15
            assert [await house.outcome() for _ in range(2)] == ["status_500", "circuit_open"]
            is_up = True
            house.later_s += 15
            assert [await house.outcome() for _ in range(2)] == [BILL, BILL]
            assert heard == 6
            changes = [type(e) for e in house.events if isinstance(e, CircuitOpened | CircuitClosed)]
            assert changes == [CircuitOpened, CircuitClosed]

    run(main)


async def longest_turn(until: asyncio.Future[Any]) -> float:
    """How long at most others waited for the loop, in seconds of this thread's own work."""
    longest, last = 0.0, time.thread_time()
    while not until.done():
        await asyncio.sleep(0.001)
        longest, last = max(longest, time.thread_time() - last), time.thread_time()
    return longest


def test_two_hundred_at_once_are_all_answered_in_their_places_and_hold_up_nobody() -> None:
    async def main() -> None:
        at_once, most = 0, 0
        full = asyncio.Event()
        content = orjson.dumps({"lines": ["电费"] * 5000})

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            if at_once == 50:
                full.set()
            await full.wait()
            at_once -= 1
            return web.Response(body=content, content_type="application/json")

        config = {"under_way": 50, "waiting": 150, "timeout_s": 30.0, "max_answer_bytes": 1_000_000}
        async with served(handle) as url, asking(billing(url, **config)) as house:
            everybody = asyncio.gather(*(house.outcome(f"look-{number}") for number in range(200)))
            turn_s = await longest_turn(everybody)
            answers = await everybody
            assert all(len(answer["lines"]) == 5000 for answer in answers)
            assert most == 50
            assert await house.outcome() == answers[0]
            assert turn_s < 0.25

    run(main)
