"""The speech servers: which to ask next, and which to leave alone because they failed."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from runtime.deadlines import Deadlines
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.mrcp.config import SpeechServerConfig
from switch.mrcp.events import SpeechServerDown, SpeechServerUp
from switch.mrcp.resource import Resource
from switch.sip.commands import GiveUpRequest, SendRequest
from switch.sip.events import RequestAnswered
from switch.sip.hop import Hop
from switch.sip.messages.uri import SipUri

OurHost = Callable[[Hop], str]
"""What we are called towards a neighbour."""
_US = "ringmain"
_LONGEST_REST = 16
_OPTIONS_PATIENCE_S = 5.0
_UNHEARD = 408
_NOT_IMPLEMENTED = 501


@dataclass(slots=True)
class SpeechServer:
    """One server, and what is known of it."""

    config: SpeechServerConfig
    sessions: int = 0
    """That are up, or being set up."""
    failures: int = 0
    """In a row."""
    rests_until: float | None = None
    """Monotonic seconds while it is down; then one request may find out how it is."""
    rest_s: float = 0.0
    """The rest it has, or had last."""
    only_silent: bool = False
    """While it is down: whether OPTIONS found that out, so that they may find it well again."""

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def is_down(self) -> bool:
        return self.rests_until is not None

    @property
    def uri(self) -> str:
        """What it is called at."""
        config = self.config
        transport = config.transport.value
        params = () if transport == "udp" else (("transport", transport),)
        return str(SipUri("sip", config.user, config.host, config.port, params=params))

    def may_serve(self, resource: Resource, now: float) -> bool:
        """Whether it can be asked at all, and has room."""
        if resource not in self.config.resources:
            return False
        if self.config.max_sessions and self.sessions >= self.config.max_sessions:
            return False
        return self.rests_until is None or (self.rests_until <= now and self.sessions == 0)


class SpeechServers:
    """Chooses among them. A part of the core of speech."""

    def __init__(self, configs: Sequence[SpeechServerConfig], ids: Ids, our_host: OurHost) -> None:
        self._servers = {config.name: SpeechServer(config) for config in configs}
        self._ids = ids
        self._our_host = our_host
        self._probes: dict[str, str] = {}
        """Servers by the OPTIONS that wait for an answer."""
        self._deadlines: Deadlines[tuple[str, bool]] = Deadlines()
        """Server or request, and whether it is a request that is late."""

    def __iter__(self) -> Iterator[SpeechServer]:
        return iter(self._servers.values())

    def choose(self, resource: Resource, tried: Collection[str], now: float) -> SpeechServer | None:
        """The next to ask: by priority, then the one with the fewest sessions; None when none is left."""
        fit = [each for each in self if each.name not in tried and each.may_serve(resource, now)]
        return min(fit, key=lambda each: (each.config.priority, each.sessions), default=None)

    def has(self, resource: Resource) -> bool:
        """Whether any is configured for it."""
        return any(resource in each.config.resources for each in self)

    def succeeded(self, server: SpeechServer) -> list[Output]:
        """It did what it was asked."""
        server.failures = 0
        if server.rests_until is None:
            return []
        server.rests_until, server.rest_s = None, 0.0
        return [SpeechServerUp(server=server.name)]

    def failed(
        self, server: SpeechServer, problem: str, now: float, *, by_silence: bool = False
    ) -> list[Output]:
        """It did not; ``by_silence``: it did not answer OPTIONS."""
        server.failures += 1
        if server.failures < server.config.failures_to_down:
            return []
        was_down = server.is_down
        if was_down and by_silence:  # as expected: no longer rest for that
            return []
        longest_s = server.config.rest_s * _LONGEST_REST
        server.rest_s = min(server.rest_s * 2, longest_s) if was_down else server.config.rest_s
        server.rests_until = now + server.rest_s
        server.only_silent = by_silence
        if was_down:
            return []
        return [SpeechServerDown(server=server.name, problem=problem, rests_s=server.rest_s)]

    # -- OPTIONS -------------------------------------------------------------------------------------

    def start(self, now: float) -> list[Output]:
        """Ask each how it is, from now on."""
        return [output for server in self for output in self._probe(server, now)]

    def answered(self, event: RequestAnswered, now: float) -> list[Output]:
        """The end of one of its OPTIONS; nothing when it is none, or was too late."""
        name = self._probes.pop(event.request_id, None)
        if name is None:
            return []
        self._deadlines.cancel((event.request_id, True))
        server = self._servers[name]
        if not event.by_peer or not _is_alive(event.status):
            return self.failed(server, f"OPTIONS answered {event.status}", now, by_silence=True)
        if server.is_down and not server.only_silent:
            return []
        return self.succeeded(server)

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, now: float) -> list[Output]:
        """Ask again, or stop waiting for an answer."""
        due = self._deadlines.first_due(now)
        if due is None:
            return []
        subject, is_late = due
        if not is_late:
            return self._probe(self._servers[subject], now)
        server = self._servers[self._probes.pop(subject)]
        failed = self.failed(server, "OPTIONS not answered", now, by_silence=True)
        return [GiveUpRequest(request_id=subject), *failed]

    def _probe(self, server: SpeechServer, now: float) -> list[Output]:
        interval_s = server.config.options_interval_s
        if not interval_s:
            return []
        request_id = self._ids.new("request")
        self._probes[request_id] = server.name
        self._deadlines.set((request_id, True), now + min(_OPTIONS_PATIENCE_S, interval_s))
        self._deadlines.set((server.name, False), now + interval_s)
        return [
            SendRequest(
                request_id=request_id,
                method="OPTIONS",
                uri=server.uri,
                hop=server.config.hop,
                caller=self.our_address(server),
                called=f"<{server.uri}>",
            )
        ]

    def our_address(self, server: SpeechServer) -> str:
        """Who we are to a server: a From without a tag."""
        return f"<{SipUri('sip', _US, self._our_host(server.config.hop))}>"


def _is_alive(status: int) -> bool:
    """Whoever refuses OPTIONS is there; 5xx is not, but for one who does not know the method."""
    return status != _UNHEARD and (status < 500 or status == _NOT_IMPLEMENTED or status >= 600)
