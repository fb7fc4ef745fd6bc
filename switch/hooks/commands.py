"""What hooks can be told. In no journal: they hold personal data."""

from typing import Any

from runtime.vocabulary import Command, plain_data
from switch.hooks.events import HookAsked


@plain_data
class AskApplication(Command):
    """Tell whoever subscribed to ``hook.asked``, and wait for an answer.

    Answered by exactly one of HookAnswered and HookUnanswered, unless nobody waits or it is forgotten.
    """

    request_id: str
    """Of whoever asks; no other hook under way has it."""
    call_id: str
    """The hook is forgotten when this call ends."""
    hook: str
    """What the application is to do, by a name that it and the flow agree on."""
    data: Any = None
    """Plain data."""
    timeout_s: float = 5.0
    """How long to wait for the answer; 0: it is told, and nobody waits."""


@plain_data
class ForgetHook(Command):
    """Nobody wants the answer any more; no harm if it has come already."""

    request_id: str


@plain_data
class AnswerHook(Command):
    """An application's answer. Refused when nobody waits for it."""

    hook_id: str
    data: Any


@plain_data
class TellHook(Command):
    """For the control socket: tell those who subscribed, and keep it nowhere."""

    asked: HookAsked


@plain_data
class RequestTextMessage(Command):
    """Ask whoever sends text messages to send one. TextMessageRequested is all that follows."""

    call_id: str
    to: str
    """The number, as the flow has it."""
    text: str = ""
    """As it is to be sent; empty where a template is named."""
    template: str = ""
    """Of the sender's; empty where the text is given."""
    values: tuple[tuple[str, str], ...] = ()
    """For the template's places."""
