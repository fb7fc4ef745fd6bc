"""Metrics and health over HTTP, asked by a real client over loopback."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer, unused_port

from runtime.errors import UsageError
from switch.config import HttpConfig
from switch.http import HttpServer
from switch.metrics import Metrics


def status(state: str) -> Mapping[str, Any]:
    return {"name": "ringmain", "state": state, "open_calls": 3, "uptime_s": 1.0}


async def ask(server: HttpServer, path: str) -> tuple[int, str, str]:
    """Status, content type and body of what the server answers."""
    async with (
        TestServer(server.application()) as site,
        aiohttp.ClientSession() as session,
        session.get(site.make_url(path)) as answer,
    ):
        return answer.status, answer.content_type, await answer.text()


def test_metrics_are_in_prometheus_format() -> None:
    server = HttpServer(HttpConfig(), Metrics([], dict).render, dict)
    code, content_type, text = asyncio.run(ask(server, "/metrics"))
    assert (code, content_type) == (200, "text/plain")
    assert "# TYPE ringmain_calls_total counter" in text


@pytest.mark.parametrize(("state", "code"), [("up", 200), ("draining", 503)])
def test_health_tells_whether_new_calls_are_welcome(state: str, code: int) -> None:
    server = HttpServer(HttpConfig(), bytes, lambda: status(state))
    answered, content_type, text = asyncio.run(ask(server, "/health"))
    assert (answered, content_type) == (code, "application/json")
    assert json.loads(text) == {"status": state, "calls": 3, "name": "ringmain", "uptime_s": 1.0}


@pytest.mark.parametrize(("networks", "code"), [(("192.0.2.0/24",), 403), (("127.0.0.0/8",), 200)])
def test_metrics_are_for_monitors_only(networks: tuple[str, ...], code: int) -> None:
    server = HttpServer(HttpConfig(monitor_networks=networks), Metrics([], dict).render, dict)
    answered, _, text = asyncio.run(ask(server, "/metrics"))
    assert answered == code
    assert ("ringmain_calls_total" in text) is (code == 200)


@pytest.mark.parametrize(("state", "code"), [("up", 200), ("draining", 503)])
def test_others_learn_of_health_whether_calls_are_welcome_and_nothing_else(state: str, code: int) -> None:
    server = HttpServer(HttpConfig(monitor_networks=()), bytes, lambda: status(state))
    answered, _, text = asyncio.run(ask(server, "/health"))
    assert (answered, json.loads(text)) == (code, {"status": state})


def test_anything_else_is_not_found() -> None:
    server = HttpServer(HttpConfig(), bytes, lambda: status("up"))
    assert asyncio.run(ask(server, "/"))[0] == 404


def test_it_listens_where_it_is_told_until_it_is_closed() -> None:
    async def run() -> None:
        port = unused_port()
        server = HttpServer(HttpConfig(port=port), bytes, lambda: status("up"))
        await server.open()
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/health") as answer:
                assert answer.status == 200
            await server.close()
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(f"http://127.0.0.1:{port}/health")
        await server.close()

    asyncio.run(run())


def test_a_taken_port_is_told_plainly() -> None:
    async def run() -> None:
        port = unused_port()
        first, second = (HttpServer(HttpConfig(port=port), bytes, lambda: status("up")) for _ in range(2))
        await first.open()
        try:
            with pytest.raises(UsageError, match=f"cannot listen for HTTP on 127.0.0.1:{port}"):
                await second.open()
        finally:
            await first.close()

    asyncio.run(run())
