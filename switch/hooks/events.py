"""What is told of hooks and of text messages."""

from typing import Any, ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class HookAsked(Event):
    """A flow asks an application. Only for clients that name this topic, or `hook.*`; in no journal, so its
    sequence is 0. The answer is given by the verb `hook.answer`.
    """

    topic: ClassVar[str] = "hook.asked"
    hook_id: str
    """To be given with the answer."""
    call_id: str
    hook: str
    """What is to be done, by the name in the flow."""
    data: Any
    """What the flow gives along."""
    answer_within_s: float
    """How long the flow waits for the answer; 0: it does not."""


@plain_data
class HookCompleted(Event):
    """A hook is over: answered, or not."""

    topic: ClassVar[str] = "hook.completed"
    hook_id: str
    """As in HookAsked."""
    request_id: str
    call_id: str
    hook: str
    """What was to be done, by the name in the flow."""
    outcome: str
    """``answered``, ``told`` (nobody waits), ``forgotten``, ``nobody``, ``timed_out``, ``too_large`` or
    ``overloaded``.
    """
    duration_ms: int
    """From the question to the answer, or to the end of waiting."""


@plain_data
class TextMessageRequested(Event):
    """A flow wants a text message sent. An application does so, and nobody waits for it."""

    topic: ClassVar[str] = "text_message.requested"
    text_message_id: str
    """Of this request; no other has it."""
    call_id: str
    to: str
    """The number, as the flow has it."""
    text: str
    """As it is to be sent; empty when a template is named."""
    template: str
    """Of the application's; empty when the text is given."""
    values: tuple[tuple[str, str], ...]
    """Names and texts for the template's places."""
