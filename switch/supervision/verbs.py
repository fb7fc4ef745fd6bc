"""The verbs by which supervisors come to a call, change how they are heard, and leave."""

from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, Params, TenantParams
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call_control.live import live_call
from switch.causes import Cause
from switch.commands import HangUpCall
from switch.exchange import Exchange
from switch.roles import SUPERVISORS
from switch.supervision.commands import BeginSupervision, ChangeSupervision
from switch.supervision.conversation import Conversation, conversation_in, stations_that_talk
from switch.supervision.supervision import Supervision
from switch.supervision.watch import Watch
from switch.supervision_mode import SupervisionMode

MOST_SUPERVISORS = 100
"""At a time; each has a call of the own."""
MOST_AT_ONE_CALL = 8


class SupervisorParams(Params):
    """Who supervises, and whose wish it is."""

    by: str = Field(min_length=1, max_length=100, description="the supervisor, as events tell it")
    station: str = Field(
        default="",
        max_length=100,
        description="the supervisor's phone; absent: where the agent of the number by is signed in",
    )


class SuperviseParams(SupervisorParams):
    """At which call."""

    call_id: str = Field(default="", max_length=64, description="the call, as call.list names it")
    agent: str = Field(default="", max_length=64, description="or the agent who has it")
    ring_s: float = Field(
        default=30, gt=0, le=600, description="how long the supervisor's phone may go unanswered, in seconds"
    )


class FollowParams(SupervisorParams):
    """With which agent."""

    agent: str = Field(min_length=1, max_length=64, description="the agent's number")
    mode: Literal["monitor", "whisper", "barge"] = Field(
        default="monitor", description="monitor, whisper or barge, at each call"
    )
    ring_s: float = Field(
        default=30, gt=0, le=600, description="how long the supervisor's phone may go unanswered, in seconds"
    )


class SupervisorView(Answer):
    """What a supervisor does now."""

    call_id: str | None
    """Null while an agent who is followed has no call."""
    supervisor_call_id: str
    supervisor: str
    """The supervisor's station."""
    station: str
    """The agent's."""
    mode: SupervisionMode
    by: str
    follows: str | None
    """The agent who is followed."""
    listens: bool
    """Whether the supervisor's phone was answered and there is something to hear."""


@dataclass(frozen=True, slots=True)
class House:
    """What the house knows of its phones."""

    stations: Iterable[str]
    contacts: Callable[[str], Sized]
    """The phones registered for a station."""
    agent_at: Callable[[str], str | None]
    """Who sits at a station."""

    def station_of(self, agent: str) -> str | None:
        return next((station for station in self.stations if self.agent_at(station) == agent), None)


class SupervisorVerbs:
    """``call.monitor``, ``call.whisper``, ``call.barge``, ``call.intercept``, ``call.stop_supervising``,
    ``call.supervisors``, ``agent.follow``."""

    def __init__(
        self, core: Supervision, exchange: Exchange, house: House, ids: Ids, submit: Callable[[Command], None]
    ) -> None:
        self._core = core
        self._exchange = exchange
        self._house = house
        self._ids = ids
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "call.monitor",
                SuperviseParams,
                self._monitor,
                "Hear both who talk, unheard (监听).",
                who=SUPERVISORS,
            ),
            Verb(
                "call.whisper",
                SuperviseParams,
                self._whisper,
                "Be heard by the agent alone (耳语).",
                who=SUPERVISORS,
            ),
            Verb(
                "call.barge",
                SuperviseParams,
                self._barge,
                "Be heard by both who talk (插入).",
                who=SUPERVISORS,
            ),
            Verb(
                "call.intercept",
                SuperviseParams,
                self._intercept,
                "Take a call over from the agent (拦截).",
                who=SUPERVISORS,
            ),
            Verb(
                "call.stop_supervising",
                SupervisorParams,
                self._stop,
                "Leave; the two talk on.",
                who=SUPERVISORS,
            ),
            Verb(
                "call.supervisors",
                TenantParams,
                self._list,
                "Who supervises whom, the first one first.",
                who=SUPERVISORS,
                reads=True,
            ),
            Verb(
                "agent.follow",
                FollowParams,
                self._follow,
                "Stay with an agent from call to call.",
                who=SUPERVISORS,
            ),
        )

    def _monitor(self, params: SuperviseParams) -> SupervisorView:
        return self._supervise(params, SupervisionMode.MONITOR)

    def _whisper(self, params: SuperviseParams) -> SupervisorView:
        return self._supervise(params, SupervisionMode.WHISPER)

    def _barge(self, params: SuperviseParams) -> SupervisorView:
        return self._supervise(params, SupervisionMode.BARGE)

    def _intercept(self, params: SuperviseParams) -> SupervisorView:
        return self._supervise(params, SupervisionMode.INTERCEPT)

    def _supervise(self, params: SuperviseParams, mode: SupervisionMode) -> SupervisorView:
        """Another mode for one who listens there already; else the supervisor's phone is rung."""
        supervisor = self._supervisor(params)
        found = self._conversation(params)
        if found.station == supervisor:
            raise UsageError(
                f"station {supervisor} is in call {found.call.call_id} itself", reason="same_station"
            )
        _refuse_strangers(supervisor, found.station)
        present = self._core.of(supervisor)
        if present is not None and present.supervised == found.call.call_id:
            self._submit(ChangeSupervision(call_id=present.call_id, mode=mode, by=params.by))
            return _view(present, mode)
        if len(found.call.supervisors) >= MOST_AT_ONE_CALL:
            raise UsageError(f"{MOST_AT_ONE_CALL} supervise call {found.call.call_id} already", reason="full")
        return self._ring(supervisor, found.call.call_id, found.station, mode, params)

    def _follow(self, params: FollowParams) -> SupervisorView:
        supervisor, station = self._supervisor(params), self._station_of(params.agent)
        if station == supervisor:
            raise UsageError(
                f"agent {params.agent} sits at station {supervisor}, the supervisor's own",
                reason="same_station",
            )
        _refuse_strangers(supervisor, station)
        found = self._talking(params.agent)
        supervised = found.call.call_id if found else ""
        at = found.station if found else station
        mode = SupervisionMode(params.mode)
        return self._ring(supervisor, supervised, at, mode, params, follows=params.agent)

    def _stop(self, params: SupervisorParams) -> SupervisorView:
        supervisor = self._supervisor(params)
        watch = self._core.of(supervisor)
        if watch is None:
            raise UsageError(
                f"station {supervisor} supervises no call; call.supervisors names those that do",
                reason="not_supervising",
            )
        self._submit(HangUpCall(call_id=watch.call_id, cause=Cause.MANAGER_REQUEST))
        return _view(watch, watch.mode)

    def _list(self, params: TenantParams) -> list[SupervisorView]:
        watches = (watch for watch in self._core.watches if params.means(tenant_of(watch.supervisor)))
        return [_view(watch, watch.mode) for watch in watches]

    def _ring(
        self,
        supervisor: str,
        supervised: str,
        station: str,
        mode: SupervisionMode,
        params: SuperviseParams | FollowParams,
        *,
        follows: str = "",
    ) -> SupervisorView:
        self._refuse_what_is_in_vain(supervisor)
        order = BeginSupervision(
            call_id=self._ids.new(id_kind("call", tenant_of(supervisor))),
            contact_id=self._ids.new(id_kind("contact", tenant_of(supervisor))),
            supervisor=supervisor,
            supervised=supervised,
            station=station,
            mode=mode,
            by=params.by,
            ring_s=params.ring_s,
            follows=follows,
        )
        self._submit(order)
        watch = self._core.of(supervisor)
        if watch is None:
            raise UsageError(f"station {supervisor} cannot be rung now", reason="failed")
        return _view(watch, mode)

    def _refuse_what_is_in_vain(self, supervisor: str) -> None:
        busy = self._core.of(supervisor)
        if busy is not None:
            where = f"call {busy.supervised}" if busy.supervised else f"agent {busy.follows}"
            raise UsageError(
                f"station {supervisor} supervises {where} already; call.stop_supervising ends that",
                reason="already_supervising",
            )
        if self._exchange.draining:
            raise UsageError("the switch is draining; it makes no new calls", reason="draining")
        if not len(self._house.contacts(supervisor)):
            raise UsageError(f"no phone is registered at station {supervisor}", reason="not_registered")
        if len(self._core.watches) >= MOST_SUPERVISORS:
            raise UsageError(
                f"{MOST_SUPERVISORS} supervise calls at the moment; try again soon", reason="full"
            )

    def _supervisor(self, params: SupervisorParams) -> str:
        """The station where the supervisor is."""
        station = params.station or self._where_they_listen(params.by) or self._house.station_of(params.by)
        if station is None:
            raise UsageError(
                f"no agent {params.by} is signed in; give station, the phone to be rung", reason="signed_out"
            )
        return station

    def _where_they_listen(self, by: str) -> str | None:
        """The phone of who supervises already; None where nobody of the name does, or several do."""
        phones = {watch.supervisor for watch in self._core.watches if watch.by == by}
        return phones.pop() if len(phones) == 1 else None

    def _station_of(self, agent: str) -> str:
        station = self._house.station_of(agent)
        if station is None:
            raise UsageError(f"agent {agent} is not signed in", reason="signed_out")
        return station

    def _conversation(self, params: SuperviseParams) -> Conversation:
        """Two who talk, by call or by agent. Raises UsageError when they do not."""
        if bool(params.call_id) is bool(params.agent):
            raise UsageError("give either call_id or agent", reason="call_or_agent")
        if params.agent:
            self._station_of(params.agent)
            found = self._talking(params.agent)
            if found is None:
                raise UsageError(f"agent {params.agent} talks to nobody", reason="not_connected")
            return found
        return conversation_in(live_call(self._exchange, params.call_id))

    def _talking(self, agent: str) -> Conversation | None:
        for call in self._exchange.calls():
            for station in stations_that_talk(call):
                if self._house.agent_at(station) == agent:
                    return Conversation(call, station)
        return None


def _refuse_strangers(supervisor: str, station: str) -> None:
    """A call stays in one call centre."""
    if tenant_of(supervisor) != tenant_of(station):
        raise UsageError(
            f"station {supervisor} is of another call centre than station {station}", reason="no_such_target"
        )


def _view(watch: Watch, mode: SupervisionMode) -> SupervisorView:
    return {
        "call_id": watch.supervised or None,
        "supervisor_call_id": watch.call_id,
        "supervisor": watch.supervisor,
        "station": watch.station,
        "mode": mode,
        "by": watch.by,
        "follows": watch.follows or None,
        "listens": watch.answered and bool(watch.supervised),
    }
