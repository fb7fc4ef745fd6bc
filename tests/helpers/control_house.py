"""A control socket that other machines reach, and a client written from the specification only."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import msgpack  # type: ignore[import-untyped]

from acd.agent_config import AgentConfig
from runtime.clock import ManualClock
from runtime.models import NoParams, Params
from runtime.vocabulary import Event
from switch.access.audit import Audit
from switch.access.config import TokenConfig
from switch.access.door import Credentials, Door, DoorRules
from switch.access.entrance import Entrance
from switch.access.listeners import ControlListeners
from switch.access.secrets import PasswordHash, token_hash
from switch.application import Verb
from switch.control.config import ControlConfig, ControlListenerConfig
from switch.control.rights import Rights
from switch.control.seats import Seats
from switch.control.server import ControlServer, Neighbours
from switch.roles import EVERYBODY, OPERATORS, Role

PASSWORD = "Strom-95598"
HASH = str(PasswordHash.of(PASSWORD, bytes(16)))
assert AgentConfig(id="1001", password_hash=HASH), "it is as the configuration wants it"


class Text(Params):
    text: str
    by: str = ""


NAMES = [{"id": "1001", "name": "张伟"}, {"id": "2001", "name": "李娜"}]


async def _for_ever(_: Text) -> str:
    await asyncio.Event().wait()
    return "never"


VERBS = (
    Verb("test.echo", Text, lambda params: params.text, "Say it again.", who=EVERYBODY, reads=True),
    Verb("test.note", Text, lambda params: params.by, "Note it.", who=EVERYBODY),
    Verb("test.names", NoParams, lambda _: NAMES, "Names.", who=EVERYBODY, reads=True),
    Verb("test.wait", Text, _for_ever, "Take for ever.", who=EVERYBODY),
    Verb("test.trunk", Text, lambda params: params.text, "For operators.", who=OPERATORS),
)


def secret_of(role: Role) -> str:
    """Of the token there is for each role."""
    return f"ringmain_{role}"


def tokens(**more: Any) -> list[TokenConfig]:
    return [
        TokenConfig(
            name=f"the-{role}",
            role=role,
            agent="1001" if role is Role.AGENT else "",
            sha256=token_hash(secret_of(role)),
            **more,
        )
        for role in Role
    ]


@dataclass(slots=True)
class ControlHouse:
    """What serves, and what it has told."""

    server: ControlServer
    entrance: Entrance
    listeners: ControlListeners
    seats: Seats
    clock: ManualClock
    told: list[Event] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        return self.listeners.addresses()[0]


@asynccontextmanager
async def control_house(
    folder: Path, files: dict[str, str] | None = None, **settings: Any
) -> AsyncIterator[ControlHouse]:
    """``files``: of the certificate, for TLS. ``settings``: other keys of ``[control]``."""
    anywhere = ControlListenerConfig(host="127.0.0.1", port=1, **(files or {})).model_copy(update={"port": 0})
    config = ControlConfig(socket=folder / "ringmain.sock", **settings)
    config = config.model_copy(update={"listeners": [anywhere]})
    clock, told = ManualClock(), list[Event]()
    credentials = Credentials(tokens(), {"1001": HASH})
    door = Door(DoorRules(config.source_failures, config.agent_failures, config.lock_s), credentials)
    entrance = Entrance(door, clock, told.append)
    audit = Audit(told.append)
    around = Neighbours(rights_of=lambda caller: Rights(caller, None, audit.note), entrance=entrance)
    server = ControlServer(config, VERBS, around)
    seats = Seats(config)
    listeners = ControlListeners(config, entrance, seats)
    entrance.open({"": server})
    try:
        await server.open()
        await listeners.open()
        yield ControlHouse(server, entrance, listeners, seats, clock, told)
    finally:
        await listeners.close()
        entrance.close()
        await server.close()


class ForeignClient:
    """Speaks msgpack-rpc as its specification has it, and knows nothing of the switch."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._unpacker = msgpack.Unpacker()
        self._msgid = 0

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, address: tuple[str, int], tls: ssl.SSLContext | None = None
    ) -> AsyncIterator[Self]:
        reader, writer = await asyncio.open_connection(*address, ssl=tls)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    async def request(self, method: str, **params: object) -> tuple[Any, Any]:
        """Error and result."""
        self._msgid += 1
        self.writer.write(msgpack.packb([0, self._msgid, method, [params]]))
        while True:
            kind, *rest = await self.message()
            if kind == 1 and rest[0] == self._msgid:
                return rest[1], rest[2]

    def notify(self, method: str, **params: object) -> None:
        """A request without an answer."""
        self.writer.write(msgpack.packb([2, method, [params]]))

    async def message(self) -> list[Any]:
        """The next one. Raises EOFError when the switch has hung up."""
        while True:
            for message in self._unpacker:
                return list(message)
            data = await self.reader.read(65_536)
            if not data:
                raise EOFError
            self._unpacker.feed(data)

    async def code_of(self, method: str, **params: object) -> str:
        """Of the error."""
        error, _ = await self.request(method, **params)
        return str(error["code"])

    async def last_words(self) -> dict[str, Any]:
        """What the switch said before it hung up."""
        said: dict[str, Any] = {}
        try:
            while True:
                kind, *rest = await self.message()
                if kind == 2 and rest[0] == "protocol.error":
                    (said,) = rest[1]
        except (EOFError, ConnectionResetError):
            return said


async def until(is_true: Callable[[], bool]) -> None:
    """Let the loop run until something has become true."""
    while not is_true():  # noqa: ASYNC110 - what it waits for tells nobody
        await asyncio.sleep(0)
