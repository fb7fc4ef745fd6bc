"""Services that come, change and go while lookups are under way."""

import asyncio
from pathlib import Path

from aiohttp import web

from tests.helpers.lookup_service import BILL, Handle, asking, billing, echo, run, served


def held(heard: asyncio.Event, free: asyncio.Event) -> Handle:
    """Answers once it is let."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        heard.set()
        await free.wait()
        return web.json_response(BILL)

    return handle


def test_a_lookup_under_way_ends_as_it_began_though_its_service_is_gone() -> None:
    async def main() -> None:
        heard, free = asyncio.Event(), asyncio.Event()
        async with served(held(heard, free)) as url, asking(billing(url, under_way=1)) as house:
            first = asyncio.ensure_future(house.outcome("first"))
            second = asyncio.ensure_future(house.outcome("second"))
            await heard.wait()
            (door,) = house.client._doors.values()
            house.configure()
            free.set()
            assert await first == BILL
            assert await second == "unknown_service", "it had not been sent"
            assert await house.outcome("third") == "unknown_service"
            await asyncio.gather(*house.client._leaving)
            assert door._session is not None
            assert door._session.closed

    run(main)


def test_a_service_that_is_another_is_asked_where_it_is_now_and_its_circuit_is_closed() -> None:
    async def main() -> None:
        async with served(echo) as url, asking(billing("http://127.0.0.1:9", failures_in_row=1)) as house:
            assert [await house.outcome() for _ in range(2)] == ["refused", "circuit_open"]
            house.configure(billing(url))
            assert (await house.outcome())["method"] == "GET"

    run(main)


def test_a_service_that_is_the_same_keeps_connections_counts_and_circuit(tmp_path: Path) -> None:
    async def main() -> None:
        token = tmp_path / "billing.token"
        token.write_text("se-cret")
        async with served(echo) as url:
            config = billing(url, token_file=str(token))
            async with asking(config) as house:
                await house.ask()
                (door,), (service,) = house.client._doors.values(), house.lookups.services
                house.configure(config)
                assert (list(house.client._doors.values()), list(house.lookups.services)) == (
                    [door],
                    [service],
                )
                token.write_text("an-other")
                house.configure(config)
                assert (await house.outcome())["headers"]["authorization"] == "Bearer an-other"
                assert list(house.lookups.services) == [service]
                assert service.outcomes == {"answered": 2}

    run(main)
