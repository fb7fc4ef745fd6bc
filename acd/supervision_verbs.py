"""The verbs by which supervisors steer agents, and agents ask for leave, for time and for their figures."""

from pydantic import Field

from acd.agent_figures import AgentFigures
from acd.answers import AgentView, FiguresView, ReasonsView
from acd.commands import (
    ApproveLeave,
    AskLeave,
    DenyLeave,
    EndWrapUp,
    ExtendWrapUp,
    ForceNotReady,
    ForceReady,
    ForceSignOut,
    ReleaseAgent,
    TakeBackLeave,
)
from acd.state import AcdState
from acd.verbs import AgentParams, NotReadyParams, Submit
from acd.views import agent_view
from runtime.clock import Clock
from runtime.models import NoParams
from runtime.vocabulary import Command
from switch.application import Verb
from switch.roles import DESK, SUPERVISORS


class ByParams(AgentParams):
    """Names an agent, and who wants it."""

    by: str = Field(min_length=1, max_length=100, description="the supervisor, as events tell it")


class ForceNotReadyParams(NotReadyParams):
    """Names an agent, a reason, and who wants it."""

    by: str = Field(min_length=1, max_length=100, description="the supervisor, as events tell it")


class ExtendParams(AgentParams):
    """Names an agent, and how much longer the wrap-up may take."""

    extend_s: float = Field(gt=0, le=3600, description="so many seconds more")


class SupervisionVerbs:
    """``agent.force_ready`` … ``agent.figures``. What changes something goes through the driver."""

    def __init__(self, state: AcdState, figures: AgentFigures, clock: Clock, submit: Submit) -> None:
        self._state = state
        self._figures = figures
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (*self._of_supervisors(), *self._of_agents())

    def _of_supervisors(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "agent.force_ready",
                ByParams,
                self.force_ready,
                "Make an agent ready (强制示闲).",
                who=SUPERVISORS,
            ),
            Verb(
                "agent.force_not_ready",
                ForceNotReadyParams,
                self.force_not_ready,
                "Make an agent not ready (强制示忙), at once or after the present call.",
                who=SUPERVISORS,
            ),
            Verb(
                "agent.force_sign_out",
                ByParams,
                self.force_sign_out,
                "End an agent's shift (强制签出).",
                who=SUPERVISORS,
            ),
            Verb(
                "agent.release", ByParams, self.release, "End the call an agent has (强拆).", who=SUPERVISORS
            ),
            Verb(
                "agent.approve_leave",
                ByParams,
                self.approve_leave,
                "Let an agent go who asked for leave.",
                who=SUPERVISORS,
            ),
            Verb(
                "agent.deny_leave",
                ByParams,
                self.deny_leave,
                "Let an agent not go who asked for leave.",
                who=SUPERVISORS,
            ),
        )

    def _of_agents(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "agent.ask_leave",
                NotReadyParams,
                self.ask_leave,
                "Ask to go away for a while (离席).",
                who=DESK,
            ),
            Verb("agent.take_back_leave", AgentParams, self.take_back_leave, "Ask no longer.", who=DESK),
            Verb(
                "agent.extend_wrap_up",
                ExtendParams,
                self.extend_wrap_up,
                "Let wrap-up take longer.",
                who=DESK,
            ),
            Verb("agent.end_wrap_up", AgentParams, self.end_wrap_up, "Be done with wrap-up.", who=DESK),
            Verb(
                "agent.figures",
                AgentParams,
                self.figures,
                "What an agent has done in this shift.",
                who=DESK,
                reads=True,
            ),
            Verb(
                "agent.reasons",
                NoParams,
                self.reasons,
                "The reasons for being not ready.",
                who=DESK,
                reads=True,
            ),
        )

    def force_ready(self, params: ByParams) -> AgentView:
        return self._carry_out(ForceReady(agent_id=params.agent, by=params.by), params.agent)

    def force_not_ready(self, params: ForceNotReadyParams) -> AgentView:
        command = ForceNotReady(agent_id=params.agent, reason=params.reason, by=params.by)
        return self._carry_out(command, params.agent)

    def force_sign_out(self, params: ByParams) -> AgentView:
        return self._carry_out(ForceSignOut(agent_id=params.agent, by=params.by), params.agent)

    def release(self, params: ByParams) -> AgentView:
        return self._carry_out(ReleaseAgent(agent_id=params.agent, by=params.by), params.agent)

    def approve_leave(self, params: ByParams) -> AgentView:
        return self._carry_out(ApproveLeave(agent_id=params.agent, by=params.by), params.agent)

    def deny_leave(self, params: ByParams) -> AgentView:
        return self._carry_out(DenyLeave(agent_id=params.agent, by=params.by), params.agent)

    def ask_leave(self, params: NotReadyParams) -> AgentView:
        return self._carry_out(AskLeave(agent_id=params.agent, reason=params.reason), params.agent)

    def take_back_leave(self, params: AgentParams) -> AgentView:
        return self._carry_out(TakeBackLeave(agent_id=params.agent), params.agent)

    def extend_wrap_up(self, params: ExtendParams) -> AgentView:
        return self._carry_out(ExtendWrapUp(agent_id=params.agent, extend_s=params.extend_s), params.agent)

    def end_wrap_up(self, params: AgentParams) -> AgentView:
        return self._carry_out(EndWrapUp(agent_id=params.agent), params.agent)

    def figures(self, params: AgentParams) -> FiguresView:
        agent = self._state.agent(params.agent)
        return self._figures.of(agent.agent_id, self._clock.now())

    def reasons(self, _: object) -> ReasonsView:
        """For a desktop's menus; agents may give any text when ``agents`` is empty."""
        config = self._state.config
        return {
            "agents": [
                {"code": reason.code, "title": reason.title or reason.code, "rest": reason.rest}
                for reason in config.not_ready_reasons
            ],
            "supervisors": list(config.supervisor_reasons),
        }

    def _carry_out(self, command: Command, agent_id: str) -> AgentView:
        self._submit(command)
        return agent_view(self._state, self._state.agent(agent_id), self._clock.now())
