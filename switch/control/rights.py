"""What one client of the control socket may do, and what is kept of what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from runtime.models import Params
from switch.application import Verb
from switch.control.caller import Caller, local
from switch.control.messages import Failure
from switch.control.wires import Told
from switch.records.projection import AnyEntry


class Scope(Protocol):
    """A part of its call centre that a client sees and steers."""

    def complete(self, verb: Verb, given: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters as they came, with what goes without saying filled in."""

    def narrow(self, verb: Verb, params: Params) -> Params:
        """Parameters that reach nothing outside. Raises NotAllowed."""

    def told(self, verb: Verb, answer: Any) -> Any:
        """An answer without what is outside."""

    def said(self, text: str) -> str:
        """What a verb says of parameters that were narrowed, in the client's words."""

    def may_hear(self, topic: str) -> bool:
        """Whether any event of a topic may be the client's to hear."""

    def hears(self, entry: AnyEntry) -> bool:
        """Whether an event is the client's to hear."""


Note = Callable[[Caller, Verb, Mapping[str, Any], Failure | None], None]
"""Takes who had a verb carried out, with which parameters, and why it was not if it was not."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Of one client."""

    caller: Caller
    scope: Scope | None = None
    """None: all of its call centre."""
    note: Note | None = None
    """Told of every verb that changes something."""

    def complete(self, verb: Verb, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Parameters as they came, with who the client is where the verb wants to know and nobody said."""
        name, known = self.caller.name, verb.params.model_fields
        if name and "by" in known and not given.get("by"):
            given = {**given, "by": name}
        if name and "who" in known:
            given = {**given, "who": _with_name(name, given.get("who"))}
        return given if self.scope is None else self.scope.complete(verb, given)

    def narrow(self, verb: Verb, params: Params) -> Params:
        return params if self.scope is None else self.scope.narrow(verb, params)

    def told(self, verb: Verb, answer: Any) -> Any:
        return answer if self.scope is None else self.scope.told(verb, answer)

    def said(self, text: str) -> str:
        return text if self.scope is None else self.scope.said(text)

    def may_hear(self, topic: str) -> bool:
        return self.scope is None or self.scope.may_hear(topic)

    def hears(self, told: Told) -> bool:
        return self.scope is None or self.scope.hears(told.entry)


def _with_name(name: str, who: object) -> object:
    """For whom something is, and who says so: nobody speaks for others without their own name."""
    if who in (None, "", name):
        return name
    return f"{name}: {who}" if isinstance(who, str) else who


LOCAL = Rights(local())
"""Whoever may write to the house's Unix socket."""
