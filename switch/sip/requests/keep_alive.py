"""OPTIONS to registered phones: they keep a phone's way through NAT open and tell when it is gone."""

from typing import NamedTuple

from runtime.driver import Handler
from runtime.tenancy import bare
from runtime.vocabulary import Output
from switch.sip.events import StationRegistered
from switch.sip.identity import MAX_FORWARDS
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.messages.message import Fields, Headers, Request
from switch.sip.messages.uri import escape_user
from switch.sip.registration.bindings import Binding, BindingKey
from switch.sip.registration.registrar import Registrar
from switch.sip.transactions.client_transaction import RequestUnanswered, ResponseReceived

_MOST_UNANSWERED = 3
"""In a row; then the phone is gone."""
_NOT_REACHED = frozenset({408, 430})
"""Answers of a proxy that did not get through to the phone (RFC 5626 §11.5)."""


class AskedPhone(NamedTuple):
    """Owner of the transaction of one OPTIONS."""

    binding: Binding


class _Silence(NamedTuple):
    """What a contact left unanswered since it registered, or was refreshed, last."""

    expires_at: float
    times: int


class KeepAlive:
    """Asks each contact once in ``interval_s``, one after the other; none with 0."""

    def __init__(self, signalling: LegSignalling, registrar: Registrar, interval_s: float) -> None:
        self._signalling = signalling
        self._registrar = registrar
        self._interval_s = interval_s
        self._round: list[Binding] = []
        """Still to be asked this time."""
        self._step_s = interval_s
        self._due: float | None = None
        """None while no phone is registered."""
        self._silences: dict[BindingKey, _Silence] = {}

    def routes(self) -> dict[type, Handler]:
        return {StationRegistered: self._registered}

    def response(self, asked: AskedPhone, report: ResponseReceived, now: float) -> list[Output]:
        """Whatever a phone says, it is there."""
        status = report.response.status
        if status in _NOT_REACHED:
            return self._silent(asked.binding, now)
        if status >= 200:
            self._silences.pop(asked.binding.key, None)
        return []

    def unanswered(self, asked: AskedPhone, report: RequestUnanswered, now: float) -> list[Output]:
        """Nothing came back."""
        return self._silent(asked.binding, now)

    def next_deadline(self) -> float | None:
        return self._due

    def wake(self, *, now: float) -> list[Output]:
        """Ask the next phone."""
        if self._due is None or now < self._due:
            return []
        if not self._round:
            self._begin_round()
        if not self._round:
            self._due = None
            return []
        self._due = now + self._step_s
        binding = self._round.pop()
        return self._ask(binding, now) if self._registrar.holds(binding) else []

    def _registered(self, event: StationRegistered, now: float) -> list[Output]:
        if self._interval_s and self._due is None:
            self._due = now + self._interval_s
        return []

    def _begin_round(self) -> None:
        self._round = self._registrar.bindings()[::-1]
        self._step_s = self._interval_s / max(1, len(self._round))
        known = {binding.key for binding in self._round} if self._silences else frozenset()
        self._silences = {key: silence for key, silence in self._silences.items() if key in known}

    def _ask(self, binding: Binding, now: float) -> list[Output]:
        signalling = self._signalling
        options = _write_options(signalling, binding)
        return [signalling.layer.send(options, binding.hop, AskedPhone(binding), now)[1]]

    def _silent(self, binding: Binding, now: float) -> list[Output]:
        before = self._silences.get(binding.key)
        times = 1 if before is None or before.expires_at != binding.expires_at else before.times + 1
        if times < _MOST_UNANSWERED:
            self._silences[binding.key] = _Silence(binding.expires_at, times)
            return []
        self._silences.pop(binding.key, None)
        return [*self._registrar.give_up(binding, now)]


def _write_options(signalling: LegSignalling, binding: Binding) -> Request:
    ids, host = signalling.ids, signalling.identity.host(binding.hop)
    address = f"<sip:{escape_user(bare(binding.station))}@{host}>"
    fields: Fields = {
        "max-forwards": MAX_FORWARDS,
        "from": f"{address};tag={ids.token()}",
        "to": address,
        "call-id": ids.token(),
        "cseq": "1 OPTIONS",
        "user-agent": signalling.identity.name,
    }
    if binding.path:
        fields["route"] = list(binding.path)
    return Request("OPTIONS", binding.contact_address.partition("?")[0], Headers(fields))
