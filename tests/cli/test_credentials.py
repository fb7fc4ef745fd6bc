"""The command line at a switch on another machine."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import uvloop
from typer.main import get_command
from typer.testing import CliRunner

from cli.commands import app
from cli.completion import names_of
from cli.credentials import address_of, token
from cli.options import connect
from runtime.errors import UsageError
from switch.control.inbox import NotConnected, VerbRefused
from switch.roles import Role
from tests.helpers.control_house import ControlHouse, control_house, secret_of
from tests.helpers.sip_house import Authority


def beside(folder: Path, work: Callable[[ControlHouse], Any], files: dict[str, str] | None = None) -> Any:
    """What a program without a loop gets of a switch that runs meanwhile."""

    async def run() -> Any:
        async with asyncio.timeout(30), control_house(folder, files) as house:
            return await asyncio.to_thread(work, house)

    return uvloop.run(run())


def test_a_token_of_the_environment_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(house: ControlHouse) -> Any:
        where = Path("{}:{}".format(*house.address))
        with connect(where, None) as client, pytest.raises(VerbRefused, match="say who you are first"):
            client.call("test.echo", text="x")
        monkeypatch.setenv("RINGMAIN_TOKEN", secret_of(Role.OPERATOR))
        with connect(where, None) as client:
            return client.call("test.trunk", text="坐席")

    assert beside(tmp_path, work) == "坐席"


def test_a_token_of_a_file_is_shown_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("RINGMAIN_CA", str(authority.ca))
    monkeypatch.setenv("RINGMAIN_TOKEN_FILE", "")  # whatever the command sets is taken back
    file = tmp_path / "token"

    def work(house: ControlHouse) -> str:
        where = "tls://{}:{}".format(*house.address)
        file.write_text("wrong")
        words = ["--token-file", str(file), "status", "--socket", where]
        refused = CliRunner().invoke(app, words)
        assert refused.exit_code == 1
        assert "there is no such token" in refused.output
        file.write_text(f"{secret_of(Role.OPERATOR)}\n")
        return CliRunner().invoke(app, words).output

    assert "there is no verb 'switch.status'" in beside(tmp_path, work, authority.issue("127.0.0.1"))


def test_a_file_with_all_that_was_printed_of_a_token_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = CliRunner().invoke(app, ["tokens", "make", "wallboard", "--role", "operator"]).output
    (secret,) = re.findall(r"^ringmain_\S+$", made, re.MULTILINE)
    file = tmp_path / "token"
    monkeypatch.setenv("RINGMAIN_TOKEN_FILE", str(file))
    for text in (made, secret, f"{secret}\n", f"\ufeff# 大屏\n{secret}"):
        file.write_text(text, encoding="utf-8")
        assert token() == secret
    lines = made[made.index("[[tokens]]") :]
    for text, told in ((lines, "holds no secret of a token"), (f"{secret} {secret}x", "holds 2 secrets")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=told) as refused:
            token()
        assert secret not in str(refused.value)


def test_names_of_a_switch_elsewhere_are_completed_over_tls_with_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("RINGMAIN_CA", str(authority.ca))
    monkeypatch.setenv("RINGMAIN_TOKEN_FILE", "")
    (tmp_path / "token").write_text(secret_of(Role.OPERATOR))

    def work(house: ControlHouse) -> Any:
        context = typer.Context(get_command(app))
        context.params["socket"] = Path("tls://{}:{}".format(*house.address))
        assert names_of("test.names", "id")(context, "") == [], "nobody is let in without a token"
        context.params["token_file"] = tmp_path / "token"
        return [names_of("test.names", "id", "name")(context, start) for start in ("1", "2")]

    one, two = beside(tmp_path, work, authority.issue("127.0.0.1"))
    assert one == [("1001", "张伟")]
    assert two == [("2001", "李娜")]


def test_a_certificate_nobody_vouches_for_is_told_from_missing_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RINGMAIN_CA", raising=False)

    def work(house: ControlHouse) -> None:
        where = Path("tls://{}:{}".format(*house.address))
        with pytest.raises(NotConnected, match=r"is not trusted .*RINGMAIN_CA"):
            connect(where, None)

    beside(tmp_path, work, Authority(tmp_path).issue("127.0.0.1"))


def test_tls_to_a_listener_without_it_is_told(tmp_path: Path) -> None:
    def work(house: ControlHouse) -> None:
        where = Path("tls://{}:{}".format(*house.address))
        with pytest.raises(NotConnected, match=r"does not speak TLS .*tcp://127\.0\.0\.1"):
            connect(where, None)

    beside(tmp_path, work)


def test_a_listener_with_tls_reached_without_it_is_told(tmp_path: Path) -> None:
    def work(house: ControlHouse) -> None:
        told = pytest.raises(NotConnected, match=r"without a word; .* it is tls://127\.0\.0\.1:\d+$")
        with connect(Path("{}:{}".format(*house.address)), None) as client, told:
            client.call("test.echo", text="x")

    beside(tmp_path, work, Authority(tmp_path).issue("127.0.0.1"))


def test_who_shows_no_token_hears_where_the_command_line_takes_it_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RINGMAIN_TOKEN", raising=False)
    monkeypatch.delenv("RINGMAIN_TOKEN_FILE", raising=False)

    def work(house: ControlHouse) -> str:
        return CliRunner().invoke(app, ["status", "--socket", "{}:{}".format(*house.address)]).output

    assert "--token-file" in beside(tmp_path, work)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("tls://switch.example:5095", "tls://switch.example:5095"),
        ("tcp://192.0.2.5:5095", "tcp://192.0.2.5:5095"),
        ("192.0.2.5:5095", "tcp://192.0.2.5:5095"),
        ("run/ringmain.sock", Path("run/ringmain.sock")),
        ("/run/a:5", Path("/run/a:5")),
    ],
)
def test_an_address_is_told_from_a_path(given: str, meant: Path | str) -> None:
    assert address_of(Path(given)) == meant


def test_a_token_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGMAIN_TOKEN_FILE", "/nowhere/token")
    with pytest.raises(
        UsageError, match=r"cannot read the token in /nowhere/token: No such file or directory$"
    ):
        token()
