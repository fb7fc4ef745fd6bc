"""Nodes that keep something of the caller: ``set``, ``data``, ``tag``, ``record``, ``text_message``."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field

from ivr.commands import ChangeRecording, NoteData, RecordingChange, RequestText, TagCaller
from ivr.faults import FlowFault
from ivr.nodes.node import Node
from ivr.parts import Name, NodeRef, TextField, Values
from ivr.reaction import Reaction
from ivr.visit import Visit
from runtime.contact_data import changed, problem_of
from runtime.problems import KeyPath

Tags = Annotated[tuple[Name, ...], Field(max_length=16)]


class Set(Node):
    """Give variables their values, then go on."""

    type: Literal["set"]
    values: Annotated[Values, Field(min_length=1)]
    """Variables and the expressions they get their values from, one after the other."""
    next: NodeRef

    def assigned(self) -> Iterable[tuple[KeyPath, str]]:
        return ((("values", name), name) for name in self.values)

    def enter(self, visit: Visit) -> Reaction:
        visit.set(self.values)
        return Reaction(go=self.next)


class Data(Node):
    """Note something of the contact, which travels with it: agents, other flows and programs find it."""

    type: Literal["data"]
    keep: Values = Field(default_factory=dict)
    """Names and the expressions of their values; one of ``none`` takes the name back."""
    remove: Annotated[tuple[Name, ...], Field(max_length=64)] = ()
    """Names that shall have no value any more."""
    next: NodeRef

    def enter(self, visit: Visit) -> Reaction:
        run, wanted = visit.run, visit.values(self.keep)
        removed = (*self.remove, *(name for name, value in wanted.items() if value is None))
        data: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
        after = changed(run.data, data, removed)
        if problem := problem_of(after):
            raise FlowFault(problem)
        run.data = after
        return Reaction((NoteData(call_id=run.call_id, data=data, remove=removed),), go=self.next)


class Tag(Node):
    """Put tags on the caller or take them off, for this visit: branches and queues go by them."""

    type: Literal["tag"]
    add: Tags = ()
    remove: Tags = ()
    next: NodeRef

    def enter(self, visit: Visit) -> Reaction:
        run = visit.run
        left = (tag for tag in run.tags if tag not in self.remove)
        run.tags = tuple(dict.fromkeys((*left, *self.add)))
        return Reaction((TagCaller(call_id=run.call_id, tags=run.tags),), go=self.next)


class Record(Node):
    """Begin, pause, resume or end the recording of the call, then go on."""

    type: Literal["record"]
    action: RecordingChange
    next: NodeRef

    def enter(self, visit: Visit) -> Reaction:
        change = ChangeRecording(call_id=visit.run.call_id, change=self.action)
        return Reaction((change,), go=self.next)


class TextMessage(Node):
    """Have a text message sent, by whoever listens to ``text_message.requested``, then go on."""

    type: Literal["text_message"]
    to: TextField
    """The number it goes to: ``{caller_number}``."""
    text: TextField
    next: NodeRef

    def enter(self, visit: Visit) -> Reaction:
        request = RequestText(call_id=visit.run.call_id, to=visit.text(self.to), text=visit.text(self.text))
        return Reaction((request,), go=self.next)
