"""A real HTTP server for lookups, with whatever behaviour a test wants, and lookups that ask it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvloop
from aiohttp import web

from media._core import Ways
from runtime.alarm import LoopAlarm
from runtime.clock import LoopClock
from runtime.driver import Driver, Outputs
from runtime.vocabulary import Event
from switch.lookups.answers import LookupAnswered, LookupFailed
from switch.lookups.commands import LookUp
from switch.lookups.config import LookupConfig
from switch.lookups.http_client import HttpClient
from switch.lookups.lookups import Lookups

Answer = LookupAnswered | LookupFailed
Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

BILL = {"户名": "王芳", "amount": 86.5}


@asynccontextmanager
async def served(handle: Handle, identity: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Its address, while it serves every path by ``handle``; https with an ``identity``."""
    server = web.Server(handle)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=identity)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"{'http' if identity is None else 'https'}://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def answering(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """The address of somebody who speaks TCP, and HTTP or not."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()


class Asking:
    """Lookups on the running loop, with their driver."""

    def __init__(self, *configs: LookupConfig) -> None:
        loop = asyncio.get_running_loop()
        self.faults: list[Exception] = []
        self.events: list[Event] = []
        self.later_s = 0.0
        """How far the lookups' clock is ahead of the loop's, for circuits that stay open for long."""
        clock = LoopClock(lambda: loop.time() + self.later_s)
        self.driver = Driver(clock, LoopAlarm(loop), self._on_fault, Ways())
        self.lookups = Lookups(configs)
        self.client = HttpClient(configs, self.driver)
        self.driver.add_core(self.lookups)
        self.driver.add_routes(self.lookups.routes() | self.client.routes())
        self.driver.add_routes({LookupAnswered: self._over, LookupFailed: self._over})
        self.driver.observe(lambda event, wall: self.events.append(event))
        self._awaited: dict[str, asyncio.Future[Answer]] = {}

    async def ask(self, request_id: str = "look-1", **order: Any) -> Answer:
        """What becomes of one lookup, of the service ``billing`` unless the order names another."""
        over: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._awaited[request_id] = over
        self.driver.submit(LookUp(request_id=request_id, **{"call_id": "", "service": "billing", **order}))
        return await over

    async def outcome(self, request_id: str = "look-1", **order: Any) -> Any:
        """The answer, or the reason why there is none."""
        over = await self.ask(request_id, **order)
        return over.answer if isinstance(over, LookupAnswered) else over.reason

    def configure(self, *configs: LookupConfig) -> None:
        """Know these services from now on."""
        self.client.configure(configs)
        self.lookups.configure(configs)

    def _over(self, over: Answer, now: float) -> Outputs:
        self._awaited[over.request_id].set_result(over)
        return ()

    def _on_fault(self, item: object, error: Exception) -> Outputs:
        self.faults.append(error)
        return ()


@asynccontextmanager
async def asking(*configs: LookupConfig) -> AsyncIterator[Asking]:
    """Lookups that must end without a fault of ours, and with nothing left."""
    house = Asking(*configs)
    try:
        yield house
        assert house.lookups.open_lookups == 0
    finally:
        await house.client.close()
    assert house.faults == []


def billing(url: str, **keys: Any) -> LookupConfig:
    """A service with short limits."""
    return LookupConfig.model_validate(
        {"name": "billing", "url": url, "timeout_s": 5.0, "retry_pause_s": 0.01, **keys}
    )


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    uvloop.run(asyncio.wait_for(main(), 60))


def always(answer: Callable[[], web.StreamResponse]) -> Handle:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return answer()

    return handle


def body(content: bytes, kind: str = "application/json", **headers: str) -> Handle:
    return always(lambda: web.Response(body=content, headers={"Content-Type": kind, **headers}))


def status(code: int, **headers: str) -> Handle:
    return always(lambda: web.Response(status=code, headers=headers, text="<html>"))


async def echo(request: web.BaseRequest) -> web.StreamResponse:
    return web.json_response(
        {
            "method": request.method,
            "path": request.raw_path,
            "query": dict(request.query),
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body": await request.text(),
        }
    )


def comes_to(handle: Handle, expected: object, **order: Any) -> None:
    """What a lookup of a service that behaves so comes to."""

    async def main() -> None:
        async with served(handle) as url, asking(billing(url, retries=0)) as house:
            assert await house.outcome(**order) == expected

    run(main)
