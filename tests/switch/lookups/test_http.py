"""Lookups against a real server that is well, slow, wrong, huge, gone or flapping."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop
from aiohttp import web

from switch.lookups.events import LookupCompleted
from tests.helpers.lookup_service import Handle, asking, billing, served


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    uvloop.run(asyncio.wait_for(main(), 60))


def always(answer: Callable[[], web.Response]) -> Handle:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return answer()

    return handle


async def echo(request: web.BaseRequest) -> web.StreamResponse:
    return web.json_response(
        {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body": await request.text(),
        }
    )


def test_an_answer_comes_as_the_value_of_its_json() -> None:
    bill = {"户名": "王芳", "amount": 86.5}

    async def main() -> None:
        async with served(always(lambda: web.json_response(bill))) as url, asking(billing(url)) as house:
            assert await house.outcome() == bill
            (event,) = house.events
            assert isinstance(event, LookupCompleted)
            assert (event.service, event.outcome, event.attempts) == ("billing", "answered", 1)

    run(main)


def test_a_service_that_is_not_there_is_refused_by_name() -> None:
    async def main() -> None:
        async with asking(billing("http://127.0.0.1:9")) as house:
            assert await house.outcome(service="weather") == "unknown_service"

    run(main)
