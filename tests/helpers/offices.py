"""Everybody who steers a switch, each from another machine: over TLS, with a token for the own role alone."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import free_port
from sipp_scenarios.switch_process import SwitchProcess
from switch.access.secrets import token_hash
from switch.roles import Role
from tests.helpers.sip_house import Authority
from tests.helpers.switch_process import STATIONS, Times, switch_process
from tests.helpers.toml_text import section

HOST = "127.0.0.1"


class Offices:
    """A running switch, and a client for whoever is asked for, connected for the length of a ``with``."""

    def __init__(self, switch: SwitchProcess, authority: Authority, port: int) -> None:
        self.switch = switch
        self.authority = authority
        self.port = port
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def address(self) -> str:
        return f"tls://{HOST}:{self.port}"

    def of(self, name: str) -> EventFollower:
        """A client of its own for a role, such as ``supervisor``, or for an agent by number."""
        client = EventFollower(self.address, token=secret_of(name), tls=self.authority.client())
        return self._open.enter_context(client)


@contextmanager
def serving_offices(folder: Path, times: Times | None = None, more: str = "") -> Iterator[Offices]:
    """A switch with a token for each role and each agent. ``more``: further sections of its configuration."""
    authority, port = Authority(folder), free_port(HOST)
    listener = section("[[control.listeners]]", host=HOST, port=port, **authority.issue(HOST))
    running = switch_process(folder, times, more="\n".join([listener, *_tokens(), more]))
    with running as switch, Offices(switch, authority, port) as offices:
        yield offices


def _tokens() -> Iterator[str]:
    for role in Role:
        for name in STATIONS if role is Role.AGENT else (str(role),):
            agent = {"agent": name} if role is Role.AGENT else {}
            yield section(
                "[[tokens]]", name=name, role=str(role), sha256=token_hash(secret_of(name)), **agent
            )


def secret_of(name: str) -> str:
    """Of the token of this name."""
    return f"ringmain_{name}"
