"""What the ACD reports of queues and agents that come and go with the configuration.

queue    queue.added … queue.changed … queue.retired … queue.removed
agent    agent.added … agent.changed … agent.retired … agent.removed
"""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class QueueAdded(Event):
    """The configuration has a queue more, or again."""

    topic: ClassVar[str] = "queue.added"
    queue: str


@plain_data
class QueueChanged(Event):
    """A queue has other rules, which hold for those who wait too."""

    topic: ClassVar[str] = "queue.changed"
    queue: str
    keys: tuple[str, ...]
    """Of the queue's section, those with other values."""


@plain_data
class QueueRetired(Event):
    """The configuration has the queue no more: nobody comes to it, who waits there is served."""

    topic: ClassVar[str] = "queue.retired"
    queue: str
    waiting: int
    """Who waits there still."""


@plain_data
class QueueRemoved(Event):
    """The last caller of a retired queue is gone, and so is the queue."""

    topic: ClassVar[str] = "queue.removed"
    queue: str


@plain_data
class AgentAdded(Event):
    """The configuration has an agent more, or again."""

    topic: ClassVar[str] = "agent.added"
    agent: str
    queues: tuple[str, ...]


@plain_data
class AgentRetired(Event):
    """The configuration has the agent no more: the shift ends as soon as nothing is in hand."""

    topic: ClassVar[str] = "agent.retired"
    agent: str
    by: str = ""
    """Who changed the configuration; empty when nobody in particular did."""


@plain_data
class AgentRemoved(Event):
    """A retired agent is signed out, and gone."""

    topic: ClassVar[str] = "agent.removed"
    agent: str
