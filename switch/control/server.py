"""The control socket's shell: listens on a Unix socket and shows every event to those who want it."""

import asyncio
import errno
import os
import socket
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from runtime.errors import UsageError
from runtime.vocabulary import Event
from switch.application import Verb
from switch.control.config import ControlConfig
from switch.control.feed import Audience
from switch.control.session import ControlSession
from switch.control.stream import StreamWire
from switch.control.verbs import VerbRegistry
from switch.control.wires import Told, Wire
from switch.records.projection import AnyEntry, FreshEntry


class SocketUnusable(UsageError):
    """The control socket cannot be opened where the configuration wants it."""


class ControlServer:
    """Serves ``verbs`` to programs on this machine. Live between ``open`` and ``close``.

    ``audience_changed`` is called when ``is_heard`` may answer otherwise than before.
    """

    def __init__(
        self,
        config: ControlConfig,
        verbs: Iterable[Verb],
        audience_changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._config = config
        self._verbs = VerbRegistry(verbs)
        self._audience: Audience[ControlSession] = Audience(audience_changed)
        self._server: asyncio.Server | None = None
        self._inode = 0

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._audience)

    async def open(self) -> None:
        """Listen. Raises SocketUnusable when another switch does, or the path cannot be used."""
        path = self._config.socket
        try:
            listener = _listen(path, self._config.mode)
        except OSError as error:
            reason = error.strerror or error
            raise SocketUnusable(f"cannot open the control socket {path}: {reason}") from error
        self._inode = path.stat().st_ino
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(self._new_wire, sock=listener)

    async def close(self) -> None:
        """Stop listening, hang up on every client, remove the socket file."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for session in self._audience.members():
            session.close()
        _remove(self._config.socket, self._inode)

    def observe(self, entry: AnyEntry) -> None:
        """Show one event to its subscribers; ``is_heard`` tells whether there are any."""
        audience = self._audience.of(entry.topic)
        if audience:
            told = Told(entry)
            for session in audience:
                session.send_event(told)

    def is_heard(self, topic: str) -> bool:
        """Whether any client wants the events of a topic."""
        return bool(self._audience.of(topic))

    def tell(self, event: Event, wall: float) -> None:
        """Show an event that is in no journal to its subscribers."""
        self.observe(FreshEntry(0, wall, event.topic, event))

    def _new_wire(self) -> StreamWire:
        return StreamWire(self._config, self._new_session)

    def _new_session(self, wire: Wire) -> ControlSession:
        return ControlSession(self._config, self._verbs, self._audience, wire)


def _listen(path: Path, mode: int) -> socket.socket:
    """A listening socket at ``path``; what a crashed run left there is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _check_free(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        listener.bind(str(unfinished))
        unfinished.chmod(mode)
        listener.listen()
        unfinished.rename(path)  # nobody ever sees it with other permissions, or before it answers
    except OSError:
        listener.close()
        unfinished.unlink(missing_ok=True)
        raise
    return listener


def _check_free(path: Path) -> None:
    if not path.exists():
        return
    if not stat.S_ISSOCK(path.stat().st_mode):
        raise SocketUnusable(f"{path} is not a socket; remove it, or choose another path for control.socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        answer = probe.connect_ex(str(path))
    if answer in (0, errno.EAGAIN):
        raise SocketUnusable(f"another switch listens at {path}; stop it, or choose another control.socket")


def _remove(path: Path, inode: int) -> None:
    """Remove our socket file, unless somebody else's is there by now."""
    with suppress(FileNotFoundError):
        if path.stat().st_ino == inode:
            path.unlink()
