"""Services asked over https prove who they are."""

import ssl
from pathlib import Path

from aiohttp import web

from tests.helpers.lookup_service import BILL, always, asking, billing, run, served
from tests.helpers.sip_house import Authority


def identity(authority: Authority, name: str) -> ssl.SSLContext:
    files = authority.issue(name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files["certificate"], files["private_key"])
    return context


def test_a_service_of_an_authority_of_our_own_is_trusted(tmp_path: Path) -> None:
    async def main() -> None:
        authority = Authority(tmp_path)
        own = identity(authority, "127.0.0.1")
        async with (
            served(always(lambda: web.json_response(BILL)), own) as url,
            asking(billing(url, ca_file=str(authority.ca))) as house,
        ):
            assert await house.outcome() == BILL

    run(main)


def test_one_of_another_authority_or_another_name_is_not_asked(tmp_path: Path) -> None:
    heard: list[str] = []

    async def hear(request: web.BaseRequest) -> web.StreamResponse:
        heard.append(request.path)
        return web.json_response(BILL)

    async def main() -> None:
        authority = Authority(tmp_path)
        for name, trusted in (("127.0.0.1", None), ("other.example", str(authority.ca))):
            async with (
                served(hear, identity(authority, name)) as url,
                asking(billing(url, ca_file=trusted, retries=0)) as house,
            ):
                assert await house.outcome() == "unreachable"
                assert "certificate is not trusted" in house.lookups.service("billing").last_failure
        assert heard == []

    run(main)
