"""What the core of texts is told, and what it wants done."""

from acd.messages.events import Importance
from runtime.vocabulary import Command, plain_data


@plain_data
class SendMessage(Command):
    """A text for agents."""

    message_id: str
    agents: tuple[str, ...]
    by: str
    text: str
    importance: Importance


@plain_data
class ConfirmMessage(Command):
    """The agent's desktop shows a text."""

    message_id: str
    agent: str


@plain_data
class RestoreMessage(Command):
    """A text of the run before that its agent has not got."""

    message_id: str
    agent: str
    by: str
    text: str
    importance: Importance
    waited_s: float


@plain_data
class TextStation(Command):
    """Send a text to the phones of a station; PhoneTexted is to tell how it went, by the ``text_id``."""

    text_id: str
    station: str
    text: str
    by: str
