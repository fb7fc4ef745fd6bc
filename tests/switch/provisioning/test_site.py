"""Phones fetch their files over HTTP: who may, who is told of, and who is taken for an intruder."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from runtime.ids import SeededIds
from switch.config import HttpConfig
from switch.http import HttpServer
from switch.provisioning.config import ProvisioningConfig
from switch.provisioning.events import StationFileFetched
from switch.provisioning.publishing import NewFiles, publish
from switch.provisioning.site import PhoneSite
from switch.sip.guard.commands import NoteRefusal
from switch.sip.guard.events import RefusalKind

MAC = "001565aabbcc"
FILE = "account.1.display_name = 李娜\n".encode()


class Desk:
    """One station's file, fetched from loopback."""

    def __init__(self, folder: Path, *, networks: tuple[str, ...] = ("127.0.0.0/8",)) -> None:
        files = {"1001": NewFiles("yealink", MAC, {"1001.cfg": FILE})}
        self.token = publish(folder, files, SeededIds(3), whole=True, renew=False).phones["1001"].token
        self.told: list[Any] = []
        self.known = {"1001"}
        self.ignored: set[str] = set()
        config = ProvisioningConfig(folder=folder, networks=networks)
        self.site = PhoneSite(config, self.known.__contains__, self.ignored.__contains__, self.told.append)

    def fetch(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        return asyncio.run(self._fetch(path, method))

    async def _fetch(self, path: str, method: str) -> tuple[int, bytes]:
        server = HttpServer(HttpConfig(), bytes, dict, self.site.routes())
        async with (
            TestServer(server.application()) as site,
            aiohttp.ClientSession() as session,
            session.request(method, site.make_url(f"/phones/{path}")) as answer,
        ):
            assert answer.headers["Cache-Control"] == "private, no-store"
            return answer.status, await answer.read()


@pytest.mark.parametrize(
    ("path", "by"), [("{token}/1001.cfg", "token"), ("{token}/", "token"), (f"{MAC}.cfg", "mac")]
)
def test_a_phone_near_by_fetches_its_file_and_that_is_told(tmp_path: Path, path: str, by: str) -> None:
    desk = Desk(tmp_path)
    assert desk.fetch(path.format(token=desk.token)) == (200, FILE)
    fetched = StationFileFetched(
        station="1001", make="yealink", file="1001.cfg", source="127.0.0.1", by=by, encrypted=False
    )
    assert desk.told == [fetched]


def test_without_tls_nothing_is_fetched_from_elsewhere_and_nothing_learnt(tmp_path: Path) -> None:
    desk = Desk(tmp_path, networks=("192.0.2.0/24",))
    answers = {desk.fetch(path) for path in (f"{desk.token}/1001.cfg", f"{MAC}.cfg", "0/1001.cfg")}
    assert {status for status, _ in answers} == {403}
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("path", "detail"), [("00/1001.cfg", "1001.cfg"), ("001565aabbcd.cfg", "001565aabbcd.cfg")]
)
def test_guesses_are_told_to_the_guard(tmp_path: Path, path: str, detail: str) -> None:
    desk = Desk(tmp_path)
    assert desk.fetch(path)[0] == 404
    (refusal,) = desk.told
    assert isinstance(refusal, NoteRefusal)
    assert (refusal.kind, refusal.status, refusal.detail) == (RefusalKind.PHONE_FILE, 404, detail)
    assert refusal.peer.startswith("tcp:127.0.0.1:")


def test_common_files_of_a_make_are_not_there_and_no_guess(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.fetch("y000000000028.cfg")[0] == 404
    assert desk.told == []


def _forget(desk: Desk) -> None:
    desk.known.clear()


def _ban(desk: Desk) -> None:
    desk.ignored.add("127.0.0.1")


def _close(desk: Desk) -> None:
    desk.site.configure(ProvisioningConfig())


@pytest.mark.parametrize("change", [_forget, _ban, _close])
def test_nothing_is_given_of_a_station_that_is_gone_to_a_source_that_is_banned_or_when_it_is_off(
    tmp_path: Path, change: Callable[[Desk], None]
) -> None:
    desk = Desk(tmp_path)
    change(desk)
    assert desk.fetch(f"{desk.token}/1001.cfg")[0] == 404
    assert desk.told == []


def test_a_file_that_was_published_anew_is_fetched_without_a_word_to_the_switch(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.fetch(f"{MAC}.cfg", "HEAD") == (200, b"")
    assert desk.told == [], "nothing was fetched"
    files = {"1001": NewFiles("yealink", MAC, {"1001.cfg": b"new"})}
    publish(tmp_path, files, SeededIds(9), whole=True, renew=True)
    assert desk.fetch(f"{MAC}.cfg") == (200, b"new")
    assert desk.fetch(f"{desk.token}/1001.cfg")[0] == 404


def test_a_file_that_is_gone_is_logged_without_its_address(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / desk.token / "1001.cfg").unlink()
    with capture_logs() as logs:
        assert desk.fetch(f"{MAC}.cfg")[0] == 404
    (line,) = (each for each in logs if each["log_level"] == "error")
    assert (line["station"], line["file"]) == ("1001", "1001.cfg")
    assert desk.token not in str(logs)
