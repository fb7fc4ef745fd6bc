"""The control socket's shell: listens on a Unix socket and shows every event to those who want it."""

import asyncio
import errno
import os
import socket
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from runtime.errors import UsageError
from runtime.tenancy import HOUSE
from runtime.vocabulary import Event
from switch.application import Verb
from switch.control.audience import Audience
from switch.control.caller import Caller, local
from switch.control.carrying_out import Answers
from switch.control.config import ControlConfig
from switch.control.entrance import Entrance
from switch.control.event_verbs import Part
from switch.control.events import ControlClientDropped
from switch.control.feed import must_be_named
from switch.control.following import Feed
from switch.control.kept_answers import KeptAnswers
from switch.control.rights import Rights
from switch.control.ring import Ring
from switch.control.session import ControlSession
from switch.control.stalls import Stalls
from switch.control.stranger import Stranger
from switch.control.stream import MSGPACK, StreamWire
from switch.control.verbs import VerbRegistry
from switch.control.wires import Wire
from switch.records.projection import AnyEntry, FreshEntry


class SocketUnusable(UsageError):
    """The control socket cannot be opened where the configuration wants it."""


_LOOKS_PER_STALL = 10
"""How often in ``stalled_s`` it is looked who reads."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What a socket needs of the switch around it."""

    run: str = ""
    """Names this run of the switch; another one has another name."""
    newest: Callable[[], int] | None = None
    """The sequence of the last event in the journal; without it, of the last one that was shown."""
    audience_changed: Callable[[], None] = lambda: None
    """Called when ``is_heard`` and ``wants`` may answer otherwise than before."""
    report: Callable[[Event], None] = lambda event: None
    """Told what befalls clients."""
    picture: Mapping[str, Part] = field(default_factory=dict)
    """The parts of a snapshot, and the verbs that tell them."""
    tenant: str = HOUSE
    """Whose clients it serves."""
    listens: bool = True
    """Whether there is a Unix socket; clients may come by listeners too."""
    rights_of: Callable[[Caller], Rights] = Rights
    """What a client may do that is known."""
    entrance: Entrance | None = None
    """By which clients show who they are; without it, all are local."""


class ControlServer:
    """Serves ``verbs`` to programs on this machine. Live between ``open`` and ``close``."""

    def __init__(
        self, config: ControlConfig, verbs: Iterable[Verb], neighbours: Neighbours | None = None
    ) -> None:
        self._config = config
        self._verbs = VerbRegistry(verbs)
        self._around = around = neighbours or Neighbours()
        self._shown = 0
        self._local = local(around.tenant)
        ring = Ring(MSGPACK, max_events=config.feed_buffer_events, max_bytes=config.feed_buffer_bytes)
        feed = Feed(ring, around.run, around.newest or (lambda: self._shown))
        self._audience: Audience[ControlSession] = Audience(feed, self._call_soon, around.audience_changed)
        self._stalls: Stalls[ControlSession] = Stalls(config.stalled_s)
        self._answers: Answers = KeptAnswers(config.keys_kept_s)
        self._look: asyncio.TimerHandle | None = None
        self._server: asyncio.Server | None = None
        self._inode = 0

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._audience)

    async def open(self) -> None:
        """Listen. Raises SocketUnusable when another switch does, or the path cannot be used."""
        self._loop = asyncio.get_running_loop()
        self._look_for_stalls()
        if self._around.listens:
            await self._listen()

    async def _listen(self) -> None:
        path = self._config.socket
        try:
            listener = _listen(path, self._config.mode)
        except OSError as error:
            reason = error.strerror or error
            raise SocketUnusable(f"cannot open the control socket {path}: {reason}") from error
        self._inode = path.stat().st_ino
        self._server = await self._loop.create_unix_server(self._new_wire, sock=listener)

    async def close(self) -> None:
        """Stop listening, hang up on every client, remove the socket file."""
        if self._look is not None:
            self._look.cancel()
        for session in self._audience.members():
            session.close()
        if self._server is not None:
            self._server.close()
            self._server = None
            _remove(self._config.socket, self._inode)

    def observe(self, entry: AnyEntry) -> None:
        """Show one event to its subscribers, and keep it for those who are slow or come back."""
        self._shown = entry.sequence
        self._audience.tell(entry)

    def wants(self, topic: str) -> bool:
        """Whether the events of a topic are to be shown to ``observe``."""
        if self._audience.feed.is_followed and not must_be_named(topic):
            return True
        return self.is_heard(topic)

    def is_heard(self, topic: str) -> bool:
        """Whether any client wants the events of a topic."""
        return self._audience.hears(topic)

    def tell(self, event: Event, wall: float) -> None:
        """Show an event that is in no journal to its subscribers; its number is that of the event before."""
        self.tell_entry(FreshEntry(0, wall, event.topic, event))

    def tell_entry(self, entry: AnyEntry) -> None:
        """The same, as an entry whose sequence is yet to be given."""
        if self.is_heard(entry.topic):
            numbered = entry._replace(sequence=self._audience.feed.newest())
            self._audience.tell(numbered, journaled=False)

    def _call_soon(self, then: Callable[[], None]) -> None:
        self._loop.call_soon(then)

    def _look_for_stalls(self) -> None:
        """Drop who has not read for too long, and tell the others."""
        now = self._loop.time()
        self._look = self._loop.call_later(self._config.stalled_s / _LOOKS_PER_STALL, self._look_for_stalls)
        counts = [(one, one.read_bytes, one.unread_bytes) for one in self._audience.members()]
        for session in self._stalls.find(counts, now):
            unread = session.unread_bytes
            session.drop()
            self._around.report(ControlClientDropped(unread_bytes=unread, stalled_s=self._config.stalled_s))

    def session(self, wire: Wire, caller: Caller) -> ControlSession:
        """What serves a client that is known."""
        around = self._around
        rights = around.rights_of(caller)
        return ControlSession(
            self._config,
            self._verbs,
            self._audience,
            wire,
            around.picture,
            self._answers,
            rights,
            around.entrance,
        )

    def sessions(self) -> list[ControlSession]:
        """Of all who are connected."""
        return self._audience.members()

    def _new_wire(self) -> StreamWire:
        if self._around.entrance is None or not self._config.unix_needs_token:
            return StreamWire(self._config, lambda wire: self.session(wire, self._local))
        stranger = partial(Stranger, self._config, self._around.entrance)
        return StreamWire(self._config, stranger, self._config.authenticate_bytes)


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
