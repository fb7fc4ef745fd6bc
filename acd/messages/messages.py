"""Texts between agents (信使): who gets one now, who later, and whether it was seen.

sent ──► told to desktop and phone ──► reached, by either or both; or missed
  └────► kept until the agent signs in; or missed, when that takes too long
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from acd.agent_events import AgentSignedIn
from acd.messages.commands import ConfirmMessage, RestoreMessage, SendMessage, TextStation
from acd.messages.config import MessagesConfig
from acd.messages.events import (
    AgentMessage,
    AgentMessageKept,
    AgentMessageMissed,
    AgentMessageReached,
    Channel,
    Importance,
    Missed,
)
from runtime.deadlines import Deadlines
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Output


class MessageKey(NamedTuple):
    """One text for one agent."""

    agent: str
    message_id: str


@dataclass(slots=True)
class Message:
    """A text for one agent, and how far it has come."""

    message_id: str
    by: str
    text: str
    importance: Importance
    sent_at: float
    """Monotonic seconds; of one from the run before it lies before the start."""
    told: bool = False
    reached: set[Channel] = field(default_factory=set)


class Messages:
    """A core beside the ACD's. Of each agent the latest texts are known, seen or not."""

    def __init__(
        self, station_of: Callable[[str], str | None], ids: Ids, config: MessagesConfig | None = None
    ) -> None:
        """``station_of`` tells where an agent is signed in."""
        self._station_of = station_of
        self._ids = ids
        self._config = config or MessagesConfig()
        self._of_agents: dict[str, dict[str, Message]] = {}
        self._texts: dict[str, MessageKey] = {}
        """What phones are asked to show, by the text's id."""
        self._due: Deadlines[MessageKey] = Deadlines()

    def configure(self, config: MessagesConfig) -> None:
        """Other rules, for texts that come from now on."""
        self._config = config

    def of(self, agent: str) -> Collection[Message]:
        """The latest texts of an agent, the oldest first."""
        return self._of_agents.get(agent, {}).values()

    def send(self, command: SendMessage, now: float) -> Sequence[Output]:
        outputs: list[Output] = []
        for agent in command.agents:
            message = Message(command.message_id, command.by, command.text, command.importance, now)
            outputs += self._take(agent, message, now)
        return outputs

    def restore(self, command: RestoreMessage, now: float) -> Sequence[Output]:
        """One that is known already is left alone."""
        if command.message_id in self._of_agents.get(command.agent, {}):
            return ()
        sent_at = now - command.waited_s
        message = Message(command.message_id, command.by, command.text, command.importance, sent_at)
        return list(self._take(command.agent, message, now))

    def confirm(self, command: ConfirmMessage, now: float) -> Sequence[Output]:
        """Raises UsageError for a text that the agent has not got."""
        message = self._of_agents.get(command.agent, {}).get(command.message_id)
        if message is None or not message.told:
            raise UsageError(
                f"agent {command.agent} has got no message {command.message_id}; agent.messages lists them"
            )
        return self._reach(MessageKey(command.agent, command.message_id), Channel.DESKTOP)

    def phone_answered(self, text_id: str, *, taken: bool) -> Sequence[Output]:
        """The phones of a station took a text, or none of them did. Other texts are ignored."""
        key = self._texts.pop(text_id, None)
        return self._reach(key, Channel.PHONE) if key is not None and taken else ()

    def signed_in(self, event: AgentSignedIn, now: float) -> Sequence[Output]:
        """What was kept for the agent comes now, in the order it was sent."""
        outputs: list[Output] = []
        for message in list(self.of(event.agent)):
            if not message.told:
                outputs += self._tell(event.agent, event.station, message, now)
        return outputs

    def next_deadline(self) -> float | None:
        return self._due.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        """The time of one text is up."""
        key = self._due.first_due(now)
        message = self._find(key) if key is not None else None
        if key is None or message is None:
            return ()
        if message.told:
            return (_missed(key, Missed.UNCONFIRMED),)
        del self._of_agents[key.agent][key.message_id]
        return (_missed(key, Missed.EXPIRED),)

    def _find(self, key: MessageKey) -> Message | None:
        return self._of_agents.get(key.agent, {}).get(key.message_id)

    def _take(self, agent: str, message: Message, now: float) -> Iterator[Output]:
        known = self._of_agents.setdefault(agent, {})
        known[message.message_id] = message
        yield from self._make_room(agent, known)
        station = self._station_of(agent)
        if station is None:
            yield from self._keep(agent, message, now)
        else:
            yield from self._tell(agent, station, message, now)

    def _make_room(self, agent: str, known: dict[str, Message]) -> Iterator[Output]:
        while len(known) > self._config.kept_most:
            oldest = known.pop(next(iter(known)))
            key = MessageKey(agent, oldest.message_id)
            self._due.cancel(key)
            if not oldest.told:
                yield _missed(key, Missed.DISPLACED)

    def _keep(self, agent: str, message: Message, now: float) -> Iterator[Output]:
        until = max(now, message.sent_at + self._config.kept_for_s)
        self._due.set(MessageKey(agent, message.message_id), until)
        yield AgentMessageKept(
            agent=agent,
            message_id=message.message_id,
            by=message.by,
            text=message.text,
            importance=message.importance,
            waited_ms=round((now - message.sent_at) * 1000),
        )

    def _tell(self, agent: str, station: str, message: Message, now: float) -> Iterator[Output]:
        key = MessageKey(agent, message.message_id)
        message.told = True
        self._due.set(key, now + self._config.confirm_within_s)
        yield AgentMessage(
            agent=agent,
            message_id=message.message_id,
            by=message.by,
            text=message.text,
            importance=message.importance,
            station=station,
            waited_ms=round((now - message.sent_at) * 1000),
        )
        if self._config.to_phones:
            text_id = self._ids.new(id_kind("text", tenant_of(station)))
            self._texts[text_id] = key
            yield TextStation(text_id=text_id, station=station, text=message.text, by=message.by)

    def _reach(self, key: MessageKey, channel: Channel) -> Sequence[Output]:
        message = self._find(key)
        if message is None or channel in message.reached:
            return ()
        message.reached.add(channel)
        self._due.cancel(key)
        return (AgentMessageReached(agent=key.agent, message_id=key.message_id, channel=channel),)


def _missed(key: MessageKey, reason: Missed) -> AgentMessageMissed:
    return AgentMessageMissed(agent=key.agent, message_id=key.message_id, reason=reason)
