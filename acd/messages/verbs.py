"""The verbs of texts between agents."""

from typing import Annotated

from pydantic import Field

from acd.agent import Agent
from acd.messages.commands import ConfirmMessage, SendMessage
from acd.messages.events import Importance
from acd.messages.messages import Message, Messages
from acd.state import AcdState
from acd.verbs import AgentParams, Submit
from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, Params
from runtime.tenancy import id_kind, tenant_of
from switch.application import Verb
from switch.roles import DESK, DESK_AND_BUSINESS

LONGEST_TEXT = 1000
"""In characters: in UTF-8 at most what a SIP MESSAGE may carry."""
_Name = Annotated[str, Field(min_length=1, max_length=100)]


class SentView(Answer):
    """Whom a text goes to."""

    message_id: str
    told: list[str]
    """Those who are signed in."""
    with_phone: list[str]
    """Those of them whose station's phone is registered."""
    kept: list[str]
    """Those who get it when they sign in."""


class MessageView(Answer):
    """A text of an agent."""

    message_id: str
    by: str
    text: str
    importance: str
    """``normal`` or ``high``."""
    sent_s: float
    """How long ago it was sent."""
    told: bool
    """False while it is kept for the next sign-in."""
    reached: list[str]
    """Where it was seen: ``desktop``, ``phone``."""


class ConfirmedView(Answer):
    """A text that was confirmed."""

    message_id: str
    agent: str


class SendMessageParams(Params):
    """A text, and for whom it is: all who are named in any of these ways, each once."""

    agents: list[_Name] = Field(default_factory=list, max_length=1000, description="agents by number")
    queues: list[_Name] = Field(
        default_factory=list, max_length=100, description="queues, whose agents get it"
    )
    tags: list[_Name] = Field(
        default_factory=list, max_length=32, description="groups: agents who have one of these tags"
    )
    everybody: bool = Field(default=False, description="whether all agents get it")
    tenant: str | None = Field(
        default=None,
        max_length=64,
        description="whose agents are meant by tags and everybody; empty: the house's",
    )
    text: str = Field(min_length=1, max_length=LONGEST_TEXT, description="the text, in any language")
    by: str = Field(min_length=1, max_length=100, description="who sends it, as agents are told")
    importance: Importance = Field(
        default=Importance.NORMAL, description="normal; or high: desktops show it until it is confirmed"
    )


class MessageParams(AgentParams):
    """Names an agent and a text the agent has got."""

    message_id: str = Field(min_length=1, max_length=64, description="the text, as agent.message told it")


class MessageVerbs:
    """What changes something goes through the driver."""

    def __init__(self, messages: Messages, state: AcdState, ids: Ids, clock: Clock, submit: Submit) -> None:
        self._messages = messages
        self._state = state
        self._ids = ids
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "agent.send_message",
                SendMessageParams,
                self.send,
                "Send agents a text (信使): now, or when they sign in.",
                who=DESK_AND_BUSINESS,
            ),
            Verb(
                "agent.messages",
                AgentParams,
                self.list_messages,
                "The latest texts of an agent.",
                who=DESK,
                reads=True,
            ),
            Verb(
                "agent.confirm_message",
                MessageParams,
                self.confirm,
                "Tell that the agent's desktop shows a text.",
                who=DESK,
            ),
        )

    def send(self, params: SendMessageParams) -> SentView:
        """Where it went; agent.message_reached and agent.message_missed tell what became of it."""
        agents = self._meant(params)
        if not agents:
            raise UsageError("nobody is meant; name agents, queues or tags that there are, or everybody")
        message_id = self._ids.new(id_kind("message", tenant_of(next(iter(agents)))))
        self._submit(
            SendMessage(
                message_id=message_id,
                agents=tuple(agents),
                by=params.by,
                text=params.text,
                importance=params.importance,
            )
        )
        told = [name for name, agent in agents.items() if agent.station is not None]
        phones = [name for name in told if self._state.can_ring(agents[name].station)]
        kept = [name for name in agents if name not in set(told)]
        return {"message_id": message_id, "told": told, "with_phone": phones, "kept": kept}

    def list_messages(self, params: AgentParams) -> list[MessageView]:
        """The oldest first."""
        agent, now = self._state.agent(params.agent), self._clock.now()
        return [_view(message, now) for message in self._messages.of(agent.agent_id)]

    def confirm(self, params: MessageParams) -> ConfirmedView:
        agent = self._state.agent(params.agent)
        self._submit(ConfirmMessage(message_id=params.message_id, agent=agent.agent_id))
        return {"message_id": params.message_id, "agent": agent.agent_id}

    def _meant(self, params: SendMessageParams) -> dict[str, Agent]:
        """Raises UsageError for an agent or a queue that there is not."""
        state, tags = self._state, set(params.tags)
        meant = {name: state.agent(name) for name in params.agents}
        for queue in params.queues:
            meant |= state.queue(queue).members
        for name, agent in state.agents.items():
            belongs = tenant_of(name) == (params.tenant or "")
            if belongs and (params.everybody or not tags.isdisjoint(agent.tags)):
                meant[name] = agent
        return meant


def _view(message: Message, now: float) -> MessageView:
    return {
        "message_id": message.message_id,
        "by": message.by,
        "text": message.text,
        "importance": message.importance.value,
        "sent_s": round(now - message.sent_at, 3),
        "told": message.told,
        "reached": sorted(channel.value for channel in message.reached),
    }
