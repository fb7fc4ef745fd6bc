"""Registering at the trunks that want it: REGISTER with our password, refreshed, and asked for again."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from runtime.deadlines import Deadlines
from runtime.ids import Ids
from runtime.vocabulary import Output
from switch.sip.commands import SendRequest
from switch.sip.events import RequestAnswered
from switch.sip.hop import Hop
from switch.sip.locating.weights import Draw
from switch.sip.messages.uri import SipUri
from switch.trunks.events import TrunkRegistered, TrunkRegistrationFailed
from switch.trunks.health_watch import state_changes
from switch.trunks.registration import RegistrationState, granted_seconds, route_set
from switch.trunks.trunk import Trunk

_TOO_BRIEF = 423
_UNSENDABLE = 503
_LOTS = 1024


class _Asked(NamedTuple):
    """A REGISTER that waits for its answer."""

    trunk: Trunk
    hop: Hop
    removing: bool


class _Series(NamedTuple):
    """The REGISTERs of one trunk belong together (RFC 3261 §10.2)."""

    sip_call_id: str
    next_cseq: int


class Registrations:
    """Keeps the registrations of all trunks. A part of the trunks' core."""

    def __init__(self, ids: Ids, draw: Draw, hops_of: Callable[[Trunk], Sequence[Hop]]) -> None:
        """``hops_of``: where a trunk's registrar is, the best address first."""
        self._ids = ids
        self._draw = draw
        self._hops_of = hops_of
        self._asked: dict[str, _Asked] = {}
        self._series: dict[Trunk, _Series] = {}
        self._deadlines: Deadlines[Trunk] = Deadlines()

    def begin(self, trunk: Trunk, now: float) -> list[Output]:
        """Register, unless it is being done or the trunk wants none."""
        if not trunk.config.registration or trunk.registration.state is not RegistrationState.OFF:
            return []
        trunk.registration.begin(now)
        return self._register(trunk, now)

    def end(self, trunk: Trunk, now: float) -> list[Output]:
        """Take the registration back (RFC 3261 §10.2.2)."""
        self._deadlines.cancel(trunk)
        state = trunk.registration.state
        trunk.registration.end(now)
        hops = self._hops_of(trunk)
        if state is not RegistrationState.REGISTERED or not hops:
            return []
        return self._ask(trunk, hops[0], 0, removing=True)

    def answered(self, event: RequestAnswered, now: float) -> list[Output]:
        """The end of one of its REGISTERs; nothing when it is none, or not wanted any more."""
        asked = self._asked.pop(event.request_id, None)
        if asked is None:
            return []
        trunk, registration = asked.trunk, asked.trunk.registration
        self._series[trunk] = _Series(self._series[trunk].sip_call_id, event.cseq + 1)
        if registration.state is RegistrationState.OFF:
            return self._take_back(asked, event)
        if asked.removing:
            return []
        if 200 <= event.status < 300:
            return self._granted(asked, event, now)
        if event.status == _TOO_BRIEF and registration.ask_longer(event.min_expires):
            return self._ask(trunk, asked.hop, registration.asked_s)
        return self._refused(trunk, str(asked.hop), event.status, now, event.retry_after)

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> list[Output]:
        """Refresh, or try again."""
        trunk = self._deadlines.first_due(now)
        return [] if trunk is None else self._register(trunk, now)

    def _register(self, trunk: Trunk, now: float) -> list[Output]:
        hops = self._hops_of(trunk)
        if not hops:
            return self._refused(trunk, "", _UNSENDABLE, now)
        registration = trunk.registration
        return self._ask(trunk, hops[registration.attempts % len(hops)], registration.asked_s)

    def _take_back(self, asked: _Asked, event: RequestAnswered) -> list[Output]:
        """What was asked for before the trunk was disabled may have been granted after."""
        granted = 200 <= event.status < 300 and not asked.removing
        return self._ask(asked.trunk, asked.hop, 0, removing=True) if granted else []

    def _granted(self, asked: _Asked, event: RequestAnswered, now: float) -> list[Output]:
        trunk, registration = asked.trunk, asked.trunk.registration
        user = _contact_user(trunk)
        granted_s = granted_seconds(event.contact, event.expires, user, registration.asked_s)
        if granted_s == 0:
            return self._refused(trunk, str(asked.hop), event.status, now)
        before, was_known = trunk.state, registration.state is RegistrationState.REGISTERED
        refresh_in_s = registration.grant(granted_s, route_set(event.service_route), now)
        self._deadlines.set(trunk, now + refresh_in_s)
        changes = state_changes(trunk, before, f"{trunk.name}/{asked.hop}", event.status)
        if was_known:
            return changes
        registered = TrunkRegistered(trunk=trunk.name, registrar=str(asked.hop), expires_s=granted_s)
        return [registered, *changes]

    def _refused(
        self, trunk: Trunk, registrar: str, status: int, now: float, retry_after: str = ""
    ) -> list[Output]:
        before = trunk.state
        retry_in_s = trunk.registration.refuse(status, retry_after, self._draw(_LOTS) / _LOTS, now)
        self._deadlines.set(trunk, now + retry_in_s)
        failed = TrunkRegistrationFailed(
            trunk=trunk.name, registrar=registrar, status=status, retry_in_s=round(retry_in_s)
        )
        return [failed, *state_changes(trunk, before, f"{trunk.name}/{registrar}", status)]

    def _ask(self, trunk: Trunk, hop: Hop, expires_s: int, *, removing: bool = False) -> list[Output]:
        series = self._series.setdefault(trunk, _Series(self._ids.token(), 1))
        request_id = self._ids.new("request")
        self._asked[request_id] = _Asked(trunk, hop, removing)
        domain = _domain(trunk, hop)
        address = f"<{SipUri('sip', trunk.config.user, domain)}>"
        return [
            SendRequest(
                request_id=request_id,
                method="REGISTER",
                uri=str(SipUri("sip", "", domain)),
                hop=hop,
                caller=address,
                called=address,
                headers=(("expires", str(expires_s)), ("supported", "path")),
                contact=_contact_user(trunk),
                credentials=trunk.account,
                sip_call_id=series.sip_call_id,
                cseq=series.next_cseq,
            )
        ]


def _contact_user(trunk: Trunk) -> str:
    return trunk.config.contact_user or trunk.config.user


def _domain(trunk: Trunk, hop: Hop) -> str:
    """Whose user we are: the domain, else the registrar by its name."""
    registrar = trunk.config.registrar or trunk.config.addresses[0]
    return trunk.config.domain or registrar.host or hop.host
