"""What a lookup sends to a real service, who it says it is, and how the answer is read."""

from pathlib import Path

import orjson
import pytest
from aiohttp import web

from switch.lookups.commands import Method
from switch.lookups.events import LookupCompleted
from tests.helpers.lookup_service import (
    BILL,
    always,
    asking,
    billing,
    body,
    comes_to,
    echo,
    run,
    served,
    status,
)


def test_an_answer_comes_as_the_value_of_its_json() -> None:
    async def main() -> None:
        async with served(always(lambda: web.json_response(BILL))) as url, asking(billing(url)) as house:
            assert await house.outcome() == BILL
            (event,) = house.events
            assert isinstance(event, LookupCompleted)
            assert (event.service, event.outcome, event.attempts) == ("billing", "answered", 1)

    run(main)


def test_method_path_query_headers_and_body_come_to_the_service() -> None:
    async def main() -> None:
        async with (
            served(echo) as url,
            asking(billing(url + "/api/", headers={"X-Client": "95598"})) as house,
        ):
            heard = await house.outcome(
                method=Method.POST,
                path="/bills/户 1?#",
                query=(("month", "2026-10"), ("名", "王&芳")),
                headers=(("X-Trace", "call-1"),),
                body={"户号": "0450012345"},
            )
            assert heard["method"] == "POST"
            assert heard["path"].startswith("/api/bills/%E6%88%B7%201%3F%23?")
            assert heard["query"] == {"month": "2026-10", "名": "王&芳"}
            assert orjson.loads(heard["body"]) == {"户号": "0450012345"}
            headers = heard["headers"]
            assert (headers["x-client"], headers["x-trace"]) == ("95598", "call-1")
            assert headers["content-type"] == "application/json"

    run(main)


@pytest.mark.parametrize("content", [b"", b" \r\n", b"null"])
def test_an_empty_answer_is_null(content: bytes) -> None:
    comes_to(body(content), None)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (orjson.dumps(BILL), "text/html"),
        (b"\xef\xbb\xbf" + orjson.dumps(BILL), "application/json"),
        (orjson.dumps(BILL).decode().encode("gbk"), "application/json; charset=GBK"),
        (orjson.dumps(BILL).decode().encode("gb18030"), "text/json; charset=gb18030"),
    ],
)
def test_json_is_read_as_services_write_it(content: bytes, kind: str) -> None:
    comes_to(body(content, kind), BILL)


def test_connections_are_kept_for_the_next_lookup() -> None:
    peers: set[object] = set()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response(BILL)

    async def main() -> None:
        async with served(handle) as url, asking(billing(url)) as house:
            for number in range(5):
                assert await house.outcome(f"look-{number}") == BILL
            assert len(peers) == 1

    run(main)


def token_file(folder: Path) -> Path:
    path = folder / "billing.token"
    path.write_text("se-cret\n")
    return path


def test_the_token_proves_who_we_are_and_a_flow_cannot_replace_it(tmp_path: Path) -> None:
    async def main() -> None:
        config = {"token_file": str(token_file(tmp_path))}
        async with served(echo) as url, asking(billing(url, **config)) as house:
            heard = await house.outcome(headers=(("authorization", "Bearer mine"),))
            assert heard["headers"]["authorization"] == "Bearer se-cret"

    run(main)


def test_in_a_header_of_its_own_the_token_stands_by_itself(tmp_path: Path) -> None:
    async def main() -> None:
        config = {"token_file": str(token_file(tmp_path)), "token_header": "X-Token"}
        async with served(echo) as url, asking(billing(url, **config)) as house:
            assert (await house.outcome())["headers"]["x-token"] == "se-cret"

    run(main)


def test_no_other_host_is_asked_and_none_is_shown_the_token(tmp_path: Path) -> None:
    heard: list[str] = []

    async def elsewhere(request: web.BaseRequest) -> web.StreamResponse:
        heard.append(request.headers.get("Authorization", ""))
        return web.json_response(BILL)

    async def main() -> None:
        token = str(token_file(tmp_path))
        async with (
            served(elsewhere) as other,
            served(status(302, Location=other + "/x")) as url,
            asking(billing(url, token_file=token)) as house,
        ):
            assert await house.outcome() == "status_302"
        assert heard == []

    run(main)


def test_what_one_answer_sets_does_not_come_with_the_next_request() -> None:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.json_response({"cookie": request.headers.get("Cookie")})
        response.set_cookie("session", "of-caller-1")
        return response

    async def main() -> None:
        async with served(handle) as url:
            named = url.replace("127.0.0.1", "localhost")  # of bare addresses nobody keeps cookies
            async with asking(billing(named)) as house:
                assert await house.outcome("look-1") == {"cookie": None}
                assert await house.outcome("look-2") == {"cookie": None}

    run(main)


def test_proxies_of_the_environment_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    comes_to(always(lambda: web.json_response(BILL)), BILL)


def test_a_proxy_of_the_configuration_is_asked_in_the_services_place() -> None:
    async def main() -> None:
        async with served(echo) as proxy, asking(billing("http://billing.invalid", proxy=proxy)) as house:
            assert (await house.outcome(path="/x"))["path"] == "http://billing.invalid/x"

    run(main)
