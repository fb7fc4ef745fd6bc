"""Nodes that ask somebody outside and go on with the answer: ``lookup`` and ``hook``."""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ivr.commands import AskApplication, LookUp
from ivr.expressions import Value
from ivr.faults import FlowFault
from ivr.nodes.node import Node
from ivr.parts import HOOK_NAME_PATTERN, LookupRef, NodeRef, TextField, Values
from ivr.prompt_list import OptionalPromptList
from ivr.reaction import Reaction, Request
from ivr.visit import Visit
from runtime.problems import KeyPath

GRACE_S = 2.0
"""An answer may be told so much later than its limit."""


class _Asking(Node):
    """While the answer is awaited, keys are kept for the node that follows."""

    LOCAL_NAMES: ClassVar[Mapping[str, tuple[str, ...]]] = {"set": ("answer",)}

    set: Values = Field(default_factory=dict)
    """Variables, by expressions that can name the ``answer``: ``answer.data.amount``."""
    default: Values = Field(default_factory=dict)
    """Variables when there is no answer; the flow goes on then as if there were."""
    prompts: OptionalPromptList = ()
    """Played while the answer is awaited; cut off when it is there."""
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 5.0
    """How long to wait for the answer."""
    next: NodeRef
    otherwise: NodeRef | None = None
    """Where to go without an answer; without it and ``default`` that is an error."""

    def assigned(self) -> Iterable[tuple[KeyPath, str]]:
        return [((key, name), name) for key in ("set", "default") for name in getattr(self, key)]

    def take_answer(self, visit: Visit, answer: Value) -> Reaction:
        visit.knowing(answer=answer).set(self.set)
        return Reaction(go=self.next)

    def go_without(self, visit: Visit, reason: str) -> Reaction:
        visit.run.fault = reason
        visit.set(self.default)
        if self.otherwise is not None:
            return Reaction(go=self.otherwise)
        if self.default:
            return Reaction(go=self.next)
        raise FlowFault(reason)


class Lookup(_Asking):
    """Ask a service by HTTP."""

    type: Literal["lookup"]
    service: LookupRef
    """One of the section ``[[lookups]]``."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: TextField | None = None
    """What follows the service's address."""
    query: Values = Field(default_factory=dict)
    body: Values = Field(default_factory=dict)
    """Sent as JSON."""

    def enter(self, visit: Visit) -> Reaction:
        request_id = visit.new_request()
        command = LookUp(
            call_id=visit.run.call_id,
            request_id=request_id,
            service=visit.own_name(self.service),
            method=self.method,
            path="" if self.path is None else visit.path(self.path),
            query=visit.values(self.query),
            body=visit.values(self.body),
            timeout_s=self.timeout_s,
        )
        return Reaction(play=self.prompts, ask=Request(command, request_id, self.timeout_s + GRACE_S))


class Hook(_Asking):
    """Tell an application on the control socket, and wait for what it answers if need be.

    While a flow waits, the application may do with the call what it likes: the caller is in its hands.
    """

    type: Literal["hook"]
    hook: Annotated[str, Field(pattern=HOOK_NAME_PATTERN)]
    """What the application knows it by."""
    data: Values = Field(default_factory=dict)
    wait: bool = True
    """Whether an answer is awaited."""

    def enter(self, visit: Visit) -> Reaction:
        request_id = visit.new_request()
        command = AskApplication(
            call_id=visit.run.call_id,
            request_id=request_id,
            hook=self.hook,
            data=visit.values(self.data),
            timeout_s=self.timeout_s if self.wait else 0.0,
        )
        if not self.wait:
            visit.run.stay.request_id = ""
            return Reaction((command,), go=self.next)
        return Reaction(play=self.prompts, ask=Request(command, request_id, self.timeout_s + GRACE_S))
