"""What lamps on keys of phones show beside stations: agents, queues, slots, features of the own phone.

A lamp is named by the target it stands for: ``agent:2001``, ``queue:service``, ``park:701``; one of a feature
by the station whose it is: ``signed_in:1001``, ``not_ready:1001``.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from acd.agent import AgentState
from acd.agent_events import AgentSignedIn, AgentSignedOut, AgentStateChanged
from acd.config import AGENT_SCHEME, QUEUE_SCHEME
from acd.events import CallerJoined, CallerLeft
from runtime.driver import Handler, Outputs
from runtime.target import Target, parse_target
from runtime.tenancy import bare, qualify, tenant_of
from switch.feature_codes.actions import FEATURE_SCHEME, Action, parse_action
from switch.parking.events import CallParked, CallUnparked
from switch.parking.parking import PARK_SCHEME
from switch.sip.commands import TellLamp
from switch.sip.event_packages.lamps import LampState

_SIGNED_IN, _NOT_READY = "signed_in", "not_ready"
_FEATURES: Mapping[Action, str] = {
    Action.SIGN_IN: _SIGNED_IN,
    Action.SIGN_OUT: _SIGNED_IN,
    Action.READY: _NOT_READY,
    Action.NOT_READY: _NOT_READY,
    Action.TOGGLE_READY: _NOT_READY,
}
"""What the lamp of a key shows that does this."""
_SCHEMES = frozenset({AGENT_SCHEME, QUEUE_SCHEME, PARK_SCHEME})
_OF_AGENT: Mapping[AgentState, LampState] = {
    AgentState.AVAILABLE: LampState.DARK,
    AgentState.OFFERED: LampState.BLINKING,
}
"""Every other agent cannot be had, which is lit."""


class Lamps:
    """A fold over events; tells of each change."""

    def __init__(
        self, target_of_code: Callable[[str], str | None], knows_target: Callable[[str], bool]
    ) -> None:
        """``target_of_code``: where an access code leads; ``knows_target``: whether somebody takes that."""
        self._target_of_code = target_of_code
        self._knows_target = knows_target
        self._agents: dict[str, AgentState] = {}
        self._seats: dict[str, str] = {}
        """Station → agent."""
        self._stations: dict[str, str] = {}
        """Agent → station."""
        self._waiting: defaultdict[str, set[str]] = defaultdict(set)
        """Queue → calls."""
        self._slots: dict[str, str] = {}
        """Slot → call."""

    def routes(self) -> dict[type, Handler]:
        return {
            AgentSignedIn: self._signed_in,
            AgentSignedOut: self._signed_out,
            AgentStateChanged: self._agent_changed,
            CallerJoined: self._queue_changed,
            CallerLeft: self._queue_changed,
            CallParked: self._slot_changed,
            CallUnparked: self._slot_changed,
        }

    def find(self, watcher: str, named: str) -> str | None:
        """By an access code, or as ``agent-2001``, ``queue-service``, ``park-701``."""
        told = self._target_of_code(named) or _spelled_out(named)
        if told is None or not self._knows_target(told):
            return None
        target = parse_target(told)
        if target.scheme == FEATURE_SCHEME:
            action = parse_action(target.name)
            if action is not None and action[0] is Action.SLOT:
                return str(Target(PARK_SCHEME, qualify(tenant_of(watcher), action[1])))
            feature = None if action is None else _FEATURES.get(action[0])
            return None if feature is None else str(Target(feature, watcher))
        return told if target.scheme in _SCHEMES else None

    def state(self, lamp: str) -> LampState:
        """How it is now."""
        scheme, name = parse_target(lamp)
        if scheme == AGENT_SCHEME:
            return _OF_AGENT.get(self._agents.get(name, AgentState.LOGGED_OUT), LampState.LIT)
        if scheme == QUEUE_SCHEME:
            return LampState.BLINKING if self._waiting.get(name) else LampState.DARK
        if scheme == PARK_SCHEME:
            return LampState.LIT if name in self._slots else LampState.DARK
        agent = self._seats.get(name)
        if agent is None:
            return LampState.DARK
        is_lit = scheme == _SIGNED_IN or self._agents.get(agent) is AgentState.NOT_READY
        return LampState.LIT if is_lit else LampState.DARK

    def _signed_in(self, event: AgentSignedIn, now: float) -> Outputs:
        self._seats[event.station] = event.agent
        self._stations[event.agent] = event.station
        return _tell(Target(_SIGNED_IN, event.station), Target(_NOT_READY, event.station))

    def _signed_out(self, event: AgentSignedOut, now: float) -> Outputs:
        self._seats.pop(event.station, None)
        self._stations.pop(event.agent, None)
        return _tell(Target(_SIGNED_IN, event.station), Target(_NOT_READY, event.station))

    def _agent_changed(self, event: AgentStateChanged, now: float) -> Outputs:
        self._agents[event.agent] = event.to_state
        lamp, station = Target(AGENT_SCHEME, event.agent), self._stations.get(event.agent)
        return _tell(lamp) if station is None else _tell(lamp, Target(_NOT_READY, station))

    def _queue_changed(self, event: CallerJoined | CallerLeft, now: float) -> Outputs:
        waiting = self._waiting[event.queue]
        before = bool(waiting)
        if isinstance(event, CallerJoined):
            waiting.add(event.call_id)
        else:
            waiting.discard(event.call_id)
        return () if bool(waiting) is before else _tell(Target(QUEUE_SCHEME, event.queue))

    def _slot_changed(self, event: CallParked | CallUnparked, now: float) -> Outputs:
        if isinstance(event, CallParked):
            self._slots[event.slot] = event.call_id
        else:
            self._slots.pop(event.slot, None)
        return _tell(Target(PARK_SCHEME, event.slot))


def _tell(*lamps: Target) -> tuple[Any, ...]:
    return tuple(TellLamp(lamp=str(lamp)) for lamp in lamps)


def _spelled_out(named: str) -> str | None:
    """``acme/agent-2001`` is ``agent:acme/2001``."""
    scheme, dash, name = bare(named).partition("-")
    return str(Target(scheme, qualify(tenant_of(named), name))) if dash and scheme in _SCHEMES else None
