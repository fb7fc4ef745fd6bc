"""Finding out whether the far ends are there: OPTIONS at intervals (RFC 3261 §11), and what calls met."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from runtime.deadlines import Deadlines
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.sip.commands import GiveUpRequest, SendRequest
from switch.sip.events import RequestAnswered
from switch.sip.locating.weights import Draw
from switch.trunks.config import TrunkConfig
from switch.trunks.endpoints import Endpoint
from switch.trunks.events import TrunkDegraded, TrunkDown, TrunkUp
from switch.trunks.health import TrunkState
from switch.trunks.trunk import Trunk
from switch.trunks.writing import OurHost, options_address, our_address

_UNHEARD = 408
UNSERVED = frozenset({408, 503})
"""What a call is answered by a far end that is not there, or that cannot take calls now."""
_NOT_IMPLEMENTED = 501
_SPREAD = 256


class _TimerKind(StrEnum):
    PROBE = "probe"
    LATE = "late"
    REST = "rest"


class _Timer(NamedTuple):
    """The subject is an endpoint's name, or a request's id when an answer is late."""

    kind: _TimerKind
    subject: str


class _Probe(NamedTuple):
    """OPTIONS that wait for their answer."""

    trunk: Trunk
    endpoint: str
    sent_at: float


class HealthWatch:
    """Keeps the health of every endpoint. A part of the trunks' core."""

    def __init__(self, trunks: Mapping[str, Trunk], ids: Ids, draw: Draw, our_host: OurHost) -> None:
        self._trunks = trunks
        self._ids = ids
        self._draw = draw
        self._our_host = our_host
        self._probes: dict[str, _Probe] = {}
        self._deadlines: Deadlines[_Timer] = Deadlines()

    def begin(self, trunk: Trunk, endpoint: Endpoint, now: float) -> list[Output]:
        """A new endpoint: ask it at once, unless its answer is awaited already."""
        if not trunk.config.options_interval_s or self._is_asked(endpoint):
            return []
        return self._probe(trunk, endpoint, now)

    def ask(self, trunk: Trunk, now: float) -> list[Output]:
        """Ask all endpoints of a trunk at once, which is back in service."""
        return [out for endpoint in trunk.endpoints.values() for out in self.begin(trunk, endpoint, now)]

    def answered(self, event: RequestAnswered, now: float) -> list[Output]:
        """The end of one of its OPTIONS; nothing when it is none, or was too late."""
        probe = self._probes.pop(event.request_id, None)
        if probe is None:
            return []
        self._deadlines.cancel(_Timer(_TimerKind.LATE, event.request_id))
        endpoint = probe.trunk.endpoints.get(probe.endpoint)
        if endpoint is None:
            return []
        if event.by_peer and _is_alive(probe.trunk.config, event.status):
            round_trip_s = now - probe.sent_at
            return self._succeed(probe.trunk, endpoint, now, event.status, round_trip_s)
        return self._fail(probe.trunk, endpoint, now, event.status if event.by_peer else None)

    def call_succeeded(
        self, trunk: Trunk, endpoint: Endpoint, status: int | None, now: float
    ) -> list[Output]:
        """A call rang there, was answered, or was refused by somebody who is well."""
        return self._succeed(trunk, endpoint, now, status)

    def call_failed(self, trunk: Trunk, endpoint: Endpoint, status: int, now: float) -> list[Output]:
        """A call found nobody there."""
        return self._fail(trunk, endpoint, now, status)

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> list[Output]:
        """Ask again, stop waiting for an answer, or let calls try an endpoint that nobody asks."""
        timer = self._deadlines.first_due(now)
        if timer is None:
            return []
        if timer.kind is _TimerKind.LATE:
            return self._give_up(timer.subject, now)
        trunk = self._trunks[timer.subject.partition("/")[0]]
        endpoint = trunk.endpoints.get(timer.subject)
        if endpoint is None:
            return []
        if timer.kind is _TimerKind.PROBE:
            return self._probe(trunk, endpoint, now)
        endpoint.health.rest(now)
        return []

    def _is_asked(self, endpoint: Endpoint) -> bool:
        return any(probe.endpoint == endpoint.name for probe in self._probes.values())

    def _give_up(self, request_id: str, now: float) -> list[Output]:
        """No answer came in time, and none is waited for when the next OPTIONS are due."""
        probe = self._probes.pop(request_id)
        endpoint = probe.trunk.endpoints.get(probe.endpoint)
        failed = self._fail(probe.trunk, endpoint, now, None) if endpoint else []
        return [GiveUpRequest(request_id=request_id), *failed]

    def _probe(self, trunk: Trunk, endpoint: Endpoint, now: float) -> list[Output]:
        config = trunk.config
        lot = self._draw(_SPREAD) / _SPREAD  # many trunks, or switches, shall not ask in step
        pause_s = config.options_interval_s * (0.9 + 0.2 * lot)
        patience_s = min(config.options_timeout_s, pause_s)
        # Whoever took it out of service wants it left alone.
        asked = self._send(trunk, endpoint, now, patience_s) if trunk.enabled else []
        self._deadlines.set(_Timer(_TimerKind.PROBE, endpoint.name), now + pause_s)
        return asked

    def _send(self, trunk: Trunk, endpoint: Endpoint, now: float, patience_s: float) -> list[Output]:
        request_id = self._ids.new("request")
        self._probes[request_id] = _Probe(trunk, endpoint.name, now)
        self._deadlines.set(_Timer(_TimerKind.LATE, request_id), now + patience_s)
        address = options_address(trunk, endpoint)
        return [
            SendRequest(
                request_id=request_id,
                method="OPTIONS",
                uri=address,
                hop=endpoint.hop,
                caller=our_address(trunk, self._our_host(endpoint.hop)),
                called=f"<{address}>",
                credentials=trunk.account,
            )
        ]

    def _succeed(
        self,
        trunk: Trunk,
        endpoint: Endpoint,
        now: float,
        status: int | None,
        round_trip_s: float | None = None,
    ) -> list[Output]:
        health = endpoint.health
        if health.state is TrunkState.UP and round_trip_s is None:
            health.keep()  # the usual case of a call
            return []
        before = trunk.state
        health.succeed(now, status=status, round_trip_s=round_trip_s)
        return state_changes(trunk, before, endpoint.name, status)

    def _fail(self, trunk: Trunk, endpoint: Endpoint, now: float, status: int | None) -> list[Output]:
        before = trunk.state
        endpoint.health.fail(now, status=status)
        if endpoint.health.state is TrunkState.DOWN and not trunk.config.options_interval_s:
            self._deadlines.set(_Timer(_TimerKind.REST, endpoint.name), now + trunk.config.rest_s)
        return state_changes(trunk, before, endpoint.name, status)


_TELLING: Mapping[TrunkState, type[TrunkUp | TrunkDegraded | TrunkDown]] = {
    TrunkState.UP: TrunkUp,
    TrunkState.DEGRADED: TrunkDegraded,
    TrunkState.DOWN: TrunkDown,
}


def state_changes(trunk: Trunk, before: TrunkState, address: str, status: int | None) -> list[Output]:
    """What is told when a trunk as a whole is not in the state it was in."""
    event = _TELLING.get(trunk.state)
    if event is None or trunk.state is before:
        return []
    return [event(trunk=trunk.name, address=address.partition("/")[2], status=status)]


def _is_alive(config: TrunkConfig, status: int) -> bool:
    if config.alive_statuses:
        return status in config.alive_statuses
    return status != _UNHEARD and (status < 500 or status == _NOT_IMPLEMENTED or status >= 600)
