"""The ACD's verbs on the control socket."""

from collections.abc import Callable, Collection
from typing import Annotated

from pydantic import Field

from acd.answers import AgentView, EntryView, PlaceView, QueueView, WaitView
from acd.commands import (
    AddQueue,
    ChangeCaller,
    ChangeQueues,
    ChangeSkills,
    MakeNotReady,
    MakeReady,
    MoveCaller,
    RemoveQueue,
    SetAutoAnswer,
    SignIn,
    SignOut,
)
from acd.figures import QueueFigures
from acd.state import AcdState
from acd.views import agent_view, entry_view, queue_view
from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import Params, TenantParams
from runtime.tenancy import tenant_of
from runtime.vocabulary import Command
from switch.application import Verb
from switch.roles import BUSINESS, DESK, EVERYBODY, SUPERVISORS

Submit = Callable[[Command], None]


class AgentParams(Params):
    """Names one agent."""

    agent: str = Field(min_length=1, description="the agent's number (工号)")


class SignInParams(AgentParams):
    """Names an agent and a station."""

    station: str = Field(min_length=1, description="the station, by the name it registers with")
    force: bool = Field(
        default=False, description="whether to take the seat over, or to come from another station"
    )


class SignOutParams(AgentParams):
    """Names an agent whose shift is to end."""

    force: bool = Field(
        default=False,
        description="whether to end it in spite of a call, as soon as that is over, or of items in hand",
    )


class NotReadyParams(AgentParams):
    """Names an agent and why no calls shall come."""

    reason: str = Field(min_length=1, max_length=100, description="why, such as 午休 or paperwork")


class SkillsParams(AgentParams):
    """Names an agent and what the agent can do; what is left out stays."""

    skills: dict[str, Annotated[int, Field(ge=0, le=100)]] | None = Field(
        default=None, description="skill → level, in place of all there were"
    )
    tags: list[str] | None = Field(default=None, description="in place of all there were")


class AutoAnswerParams(AgentParams):
    """Names an agent, and whether the phone shall answer by itself."""

    on: bool = Field(description="whether it shall, from the next call of a queue on")


class AgentQueuesParams(AgentParams):
    """Names an agent and the queues to serve."""

    queues: list[str] = Field(description="the queues, in place of all there were")


class MoveAgentsParams(Params):
    """Names agents, and the queues they are to serve and to serve no more."""

    agents: list[Annotated[str, Field(min_length=1)]] = Field(
        min_length=1, max_length=1000, description="the agents' numbers (工号)"
    )
    join: list[str] = Field(default=[], description="queues to serve besides, if they do not yet")
    leave: list[str] = Field(default=[], description="queues to serve no more, if they do")


class QueueParams(Params):
    """Names one queue."""

    queue: str = Field(min_length=1, description="the queue's name")


class CallerParams(Params):
    """Names one who waits, and what is to change."""

    call_id: str = Field(min_length=1, description="the call that waits")
    priority: int | None = Field(default=None, ge=0, le=254, description="the caller's level")
    require: str | None = Field(default=None, description="what the caller asks of an agent; empty: nothing")
    tags: list[Annotated[str, Field(min_length=1, max_length=60)]] | None = Field(
        default=None, max_length=32, description="the customer's tags, in place of all there were"
    )


class CallerQueueParams(Params):
    """Names one who waits, and a queue."""

    call_id: str = Field(min_length=1, description="the call that waits")
    queue: str = Field(min_length=1, description="the queue's name")


class AcdVerbs:
    """``agent.list``, ``agent.sign_in`` … ``queue.list``. What changes something goes through the driver."""

    def __init__(
        self,
        state: AcdState,
        stations: Collection[str],
        figures: QueueFigures,
        clock: Clock,
        submit: Submit,
    ) -> None:
        self._state = state
        self._stations = stations
        self._figures = figures
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "agent.list",
                TenantParams,
                self.list_agents,
                "All agents and what they are doing.",
                who=EVERYBODY,
                reads=True,
            ),
            Verb(
                "agent.sign_in",
                SignInParams,
                self.sign_in,
                "Seat an agent (签入), not ready at first.",
                who=DESK,
            ),
            Verb("agent.sign_out", SignOutParams, self.sign_out, "End an agent's shift (签出).", who=DESK),
            Verb("agent.ready", AgentParams, self.ready, "Let calls come (示闲); ends wrap-up.", who=DESK),
            Verb(
                "agent.not_ready",
                NotReadyParams,
                self.not_ready,
                "Let no calls come (示忙), after the present.",
                who=DESK,
            ),
            Verb(
                "queue.list",
                TenantParams,
                self.list_queues,
                "The queues: callers, agents, calls since the start.",
                who=EVERYBODY,
                reads=True,
            ),
            Verb(
                "queue.waiting",
                QueueParams,
                self.list_waiting,
                "Who waits in a queue, in order.",
                who=BUSINESS,
                reads=True,
            ),
            Verb(
                "queue.change_caller",
                CallerParams,
                self.change_caller,
                "Give one who waits another priority, requirement or other tags.",
                who=BUSINESS,
            ),
            Verb(
                "queue.add",
                CallerQueueParams,
                self.add_queue,
                "Let a caller wait in one more queue.",
                who=BUSINESS,
            ),
            Verb(
                "queue.remove",
                CallerQueueParams,
                self.remove_queue,
                "Let a caller wait in one queue less.",
                who=BUSINESS,
            ),
            Verb(
                "queue.move_caller",
                CallerQueueParams,
                self.move_caller,
                "Let a caller wait in another queue instead, without losing the turn.",
                who=BUSINESS,
            ),
            Verb(
                "agent.move",
                MoveAgentsParams,
                self.move_agents,
                "Let several agents join queues and leave others, at once.",
                who=SUPERVISORS,
            ),
            Verb(
                "agent.set_skills",
                SkillsParams,
                self.set_skills,
                "Other skills and tags, at once.",
                who=SUPERVISORS,
            ),
            Verb(
                "agent.set_auto_answer",
                AutoAnswerParams,
                self.set_auto_answer,
                "Have the agent's phone answer by itself (自动应答), or no longer.",
                who=DESK,
            ),
            Verb(
                "agent.set_queues",
                AgentQueuesParams,
                self.set_queues,
                "Other queues to serve, at once.",
                who=SUPERVISORS,
            ),
        )

    def list_agents(self, params: TenantParams) -> list[AgentView]:
        now, state = self._clock.now(), self._state
        agents = (agent for name, agent in state.agents.items() if params.means(tenant_of(name)))
        return [agent_view(state, agent, now) for agent in agents]

    def list_queues(self, params: TenantParams) -> list[QueueView]:
        now = self._clock.now()
        queues = (queue for name, queue in self._state.queues.items() if params.means(tenant_of(name)))
        return [queue_view(self._state, queue, self._figures, now) for queue in queues]

    def list_waiting(self, params: QueueParams) -> list[EntryView]:
        """In the order in which they are to be served."""
        queue, now = self._state.queue(params.queue), self._clock.now()
        return [entry_view(entry, queue, place, now) for place, entry in enumerate(queue.line, start=1)]

    def change_caller(self, params: CallerParams) -> WaitView:
        tags = None if params.tags is None else tuple(dict.fromkeys(params.tags))
        command = ChangeCaller(
            call_id=params.call_id, priority=params.priority, requirement=params.require, tags=tags
        )
        return self._change_wait(command, params.call_id)

    def add_queue(self, params: CallerQueueParams) -> WaitView:
        return self._change_wait(AddQueue(call_id=params.call_id, queue=params.queue), params.call_id)

    def remove_queue(self, params: CallerQueueParams) -> WaitView:
        return self._change_wait(RemoveQueue(call_id=params.call_id, queue=params.queue), params.call_id)

    def move_caller(self, params: CallerQueueParams) -> WaitView:
        return self._change_wait(MoveCaller(call_id=params.call_id, queue=params.queue), params.call_id)

    def move_agents(self, params: MoveAgentsParams) -> list[AgentView]:
        """All of them or, when one of the names is wrong, nobody."""
        agents = [self._state.agent(agent) for agent in dict.fromkeys(params.agents)]
        for name in params.join:
            self._state.queue_in_use(name)
        for name in params.leave:
            self._state.queue(name)
        for agent in agents:
            stays = [name for name in agent.queue_names if name not in params.leave]
            queues = tuple(dict.fromkeys([*stays, *params.join]))
            self._submit(ChangeQueues(agent_id=agent.agent_id, queues=queues))
        return [agent_view(self._state, agent, self._clock.now()) for agent in agents]

    def set_skills(self, params: SkillsParams) -> AgentView:
        skills = None if params.skills is None else tuple(params.skills.items())
        tags = None if params.tags is None else tuple(params.tags)
        return self._carry_out(ChangeSkills(agent_id=params.agent, skills=skills, tags=tags), params.agent)

    def set_auto_answer(self, params: AutoAnswerParams) -> AgentView:
        return self._carry_out(SetAutoAnswer(agent_id=params.agent, on=params.on), params.agent)

    def set_queues(self, params: AgentQueuesParams) -> AgentView:
        command = ChangeQueues(agent_id=params.agent, queues=tuple(dict.fromkeys(params.queues)))
        return self._carry_out(command, params.agent)

    def sign_in(self, params: SignInParams) -> AgentView:
        strange = tenant_of(params.station) != tenant_of(params.agent)
        if strange or params.station not in self._stations:
            raise UsageError(f"there is no station {params.station}; stations are listed in [[stations]]")
        return self._carry_out(
            SignIn(agent_id=params.agent, station=params.station, force=params.force), params.agent
        )

    def sign_out(self, params: SignOutParams) -> AgentView:
        return self._carry_out(SignOut(agent_id=params.agent, force=params.force), params.agent)

    def ready(self, params: AgentParams) -> AgentView:
        return self._carry_out(MakeReady(agent_id=params.agent), params.agent)

    def not_ready(self, params: NotReadyParams) -> AgentView:
        return self._carry_out(MakeNotReady(agent_id=params.agent, reason=params.reason), params.agent)

    def _change_wait(self, command: Command, call_id: str) -> WaitView:
        """Submit the command and show where the caller waits now; nowhere, if an agent was found at once."""
        self._submit(command)
        entry = self._state.entry_of(call_id)
        queues = [self._state.queues[name] for name in entry.places] if entry else []
        places: list[PlaceView] = [
            {"queue": q.name, "position": q.line.position(entry)} for q in queues if entry
        ]
        return {
            "call_id": call_id,
            "state": entry.state if entry else None,
            "priority": entry.priority if entry else None,
            "places": places,
        }

    def _carry_out(self, command: Command, agent_id: str) -> AgentView:
        """Submit the command and show the agent as changed by it; the driver raises what the core refuses."""
        self._submit(command)
        return agent_view(self._state, self._state.agent(agent_id), self._clock.now())
