"""What an agent has done since signing in: a fold over the ACD's own events, with the time of each."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from acd.agent import AgentState
from acd.agent_events import AgentSignedIn, AgentStateChanged
from acd.answers import FiguresView
from acd.config import AcdConfig
from acd.events import CallCompleted, OfferEnded, OfferResult
from acd.media import EXCLUSIVE
from runtime.vocabulary import Event


@dataclass(slots=True)
class _Shift:
    signed_in_at: float
    state: AgentState = AgentState.LOGGED_OUT
    reason: str = ""
    since: float = 0.0
    signed_out_at: float | None = None
    spent_s: Counter[AgentState] = field(default_factory=Counter)
    not_ready_s: Counter[str] = field(default_factory=Counter)
    """By reason."""
    offers: Counter[OfferResult] = field(default_factory=Counter)
    calls: int = 0
    talk_s: float = 0.0
    items: Counter[str] = field(default_factory=Counter)
    """Finished, by medium."""


class AgentFigures:
    """One shift for each agent: the present one, or the last."""

    def __init__(self, config: AcdConfig | None = None) -> None:
        self.configure(config or AcdConfig())
        self._shifts: dict[str, _Shift] = {}
        self.folds: Mapping[type[Event], Callable[[Any, float], None]] = {
            AgentSignedIn: self._signed_in,
            AgentStateChanged: self._state_changed,
            OfferEnded: self._offer_ended,
            CallCompleted: self._completed,
        }

    def configure(self, config: AcdConfig) -> None:
        """Other reasons may count as rest, in the present shifts too."""
        self._rest = frozenset(reason.code for reason in config.not_ready_reasons if reason.rest)

    def of(self, agent_id: str, now: float) -> FiguresView:
        """Seconds and numbers; all zero before the first sign-in. ``now``: monotonic seconds."""
        shift = self._shifts.get(agent_id) or _Shift(signed_in_at=now, signed_out_at=now)
        spent_s, not_ready_s = Counter(shift.spent_s), Counter(shift.not_ready_s)
        end = now if shift.signed_out_at is None else shift.signed_out_at
        _spend(spent_s, not_ready_s, shift, end)
        rest_s = sum(seconds for reason, seconds in not_ready_s.items() if reason in self._rest)
        return {
            "agent": agent_id,
            "signed_in_s": round(end - shift.signed_in_at, 3),
            "ready_s": round(spent_s[AgentState.AVAILABLE], 3),
            "not_ready_s": {reason: round(seconds, 3) for reason, seconds in not_ready_s.items()},
            "busy_s": round(spent_s[AgentState.NOT_READY], 3),
            "rest_s": round(rest_s, 3),
            "wrap_up_s": round(spent_s[AgentState.WRAP_UP], 3),
            "calls": shift.calls,
            "talk_s": round(shift.talk_s, 3),
            "average_talk_s": round(shift.talk_s / shift.calls, 3) if shift.calls else 0.0,
            "items": dict(shift.items),
            "offers": sum(shift.offers.values()),
            "no_answer": shift.offers[OfferResult.NO_ANSWER],
            "rejected": shift.offers[OfferResult.REJECTED],
        }

    def _signed_in(self, event: AgentSignedIn, now: float) -> None:
        self._shifts[event.agent] = _Shift(signed_in_at=now)

    def _state_changed(self, event: AgentStateChanged, now: float) -> None:
        shift = self._shifts.setdefault(event.agent, _Shift(signed_in_at=now))
        _spend(shift.spent_s, shift.not_ready_s, shift, now)
        shift.state, shift.reason, shift.since = event.to_state, event.reason, now
        if event.to_state is AgentState.LOGGED_OUT:
            shift.signed_out_at = now

    def _offer_ended(self, event: OfferEnded, now: float) -> None:
        if shift := self._shifts.get(event.agent):
            shift.offers[event.result] += 1

    def _completed(self, event: CallCompleted, now: float) -> None:
        shift = self._shifts.get(event.agent)
        if shift is None:
            return
        if event.medium in EXCLUSIVE:
            shift.calls += 1
            shift.talk_s += event.talk_ms / 1000
        else:
            shift.items[event.medium] += 1


def _spend(spent_s: Counter[AgentState], not_ready_s: Counter[str], shift: _Shift, until: float) -> None:
    """Add what has gone by in the present state."""
    if shift.state is AgentState.LOGGED_OUT:
        return
    spent_s[shift.state] += until - shift.since  # type: ignore[assignment]
    if shift.state is AgentState.NOT_READY:
        not_ready_s[shift.reason] += until - shift.since  # type: ignore[assignment]
