"""What is told of texts between agents.

agent.message_kept … agent.message … agent.message_reached (for desktop and phone) or agent.message_missed
"""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data


class Importance(StrEnum):
    """How much a text matters."""

    NORMAL = "normal"
    HIGH = "high"
    """Desktops show it until it is confirmed."""


class Channel(StrEnum):
    """Where a text is seen."""

    DESKTOP = "desktop"
    PHONE = "phone"


class Missed(StrEnum):
    """Why a text was not seen."""

    UNCONFIRMED = "unconfirmed"
    """Neither desktop nor phone has confirmed it in time. Either may still do so."""
    EXPIRED = "expired"
    """The agent has not signed in for too long."""
    DISPLACED = "displaced"
    """Too many came after it before the agent signed in."""


@plain_data
class AgentMessage(Event):
    """A text for an agent who is signed in. The desktop confirms it by ``agent.confirm_message``."""

    topic: ClassVar[str] = "agent.message"
    agent: str
    message_id: str
    by: str
    """Who sent it."""
    text: str
    """What it says."""
    importance: Importance
    """``normal`` or ``high``."""
    station: str
    """Where the agent sits, whose phones get it too, if so configured."""
    waited_ms: int
    """How long it was kept for the agent; 0 for one who was signed in."""


@plain_data
class AgentMessageKept(Event):
    """A text for an agent who is not signed in; agent.message follows at the next sign-in."""

    topic: ClassVar[str] = "agent.message_kept"
    agent: str
    message_id: str
    by: str
    """Who sent it."""
    text: str
    """What it says."""
    importance: Importance
    """``normal`` or ``high``."""
    waited_ms: int
    """How long it was kept before a restart; 0 for a new one."""


@plain_data
class AgentMessageReached(Event):
    """A text was seen."""

    topic: ClassVar[str] = "agent.message_reached"
    agent: str
    message_id: str
    channel: Channel
    """Where: ``desktop`` (the desktop confirmed it) or ``phone`` (the station's phone took it)."""


@plain_data
class AgentMessageMissed(Event):
    """A text was not seen."""

    topic: ClassVar[str] = "agent.message_missed"
    agent: str
    message_id: str
    reason: Missed
    """``unconfirmed``, ``expired`` or ``displaced``."""
