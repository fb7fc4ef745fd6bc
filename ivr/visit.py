"""A caller at a node: what the node may read, and the words to say what it does."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from ivr.commands import PassOn
from ivr.config import FLOW_SCHEME, RETURN
from ivr.expressions import FUNCTIONS, Expression, ExpressionFault, Value, as_text, bounded
from ivr.faults import FlowFault
from ivr.parts import QueueTargetName
from ivr.prompt_list import Piece
from ivr.reaction import Reaction
from ivr.run import Run, Utterance
from ivr.texts import Text
from ivr.world import Hours, Outlook, World
from media.spoken.values import spoken
from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.tenancy import SEPARATOR, bare, qualify, tenant_of

FACTS: Mapping[str, str] = {
    "caller_number": "the caller's number",
    "caller_name": "the caller's name, as the network tells it",
    "access_code": "the number that was called",
    "area": "where the caller is, by the landing code",
    "lists": "the number lists the caller is on",
    "tags": "what is known of the caller",
    "data": "what is noted of the contact: data.order_no",
    "language": "the language the caller is served in",
    "waits": "whether the caller waits in a queue meanwhile",
    "call_id": "the call",
    "contact_id": "the customer's visit",
    "today": "the day, such as 2026-11-22",
    "time": "the time of day, such as 14:05",
    "hour": "the hour of the day, 0 to 23",
    "weekday": "the day of the week: 1 is Monday, 7 is Sunday",
    "fault": "what went wrong last; empty before anything did",
}
"""What every expression may name besides variables."""

_PLAIN = {name: function for name, (function, _, _) in FUNCTIONS.items()}


@dataclass(frozen=True, slots=True)
class Visit:
    """One caller's stay at a node, while something happens there."""

    run: Run
    world: World
    ids: Ids
    more: Mapping[str, Value] = field(default_factory=dict)
    """What else can be named here: an answer, or keys."""

    def knowing(self, **more: Value) -> "Visit":
        """The same, with something more that expressions can name."""
        return replace(self, more={**self.more, **more})

    @property
    def tenant(self) -> str:
        """Whose flow it is; empty for the house."""
        return tenant_of(self.run.frame.flow)

    def value(self, expression: Expression) -> Value:
        """Raises FlowFault when it has none now."""
        try:
            return expression.value(self, self._functions() if expression.asks else _PLAIN)
        except ExpressionFault as fault:
            raise FlowFault(str(fault)) from fault

    def values(self, wanted: Mapping[str, Expression]) -> dict[str, Value]:
        return {name: self.value(expression) for name, expression in wanted.items()}

    def text(self, text: Text) -> str:
        """The text with its values."""
        return text.filled(self.value)

    def set(self, wanted: Mapping[str, Expression]) -> None:
        """Give variables their values, one after the other."""
        for name, expression in wanted.items():
            self.run.frame.variables[name] = self.value(expression)

    def keep(self, name: str, value: Value) -> None:
        """Give a variable a value from outside. Raises FlowFault when it is too large."""
        try:
            self.run.frame.variables[name] = bounded(value)
        except ExpressionFault as fault:
            raise FlowFault(f"{name}: {fault}") from fault

    def __getitem__(self, name: str) -> Value:
        """A variable or a fact, for expressions. Raises KeyError when there is none."""
        for known in (self.more, self.run.frame.variables):
            if name in known:
                return known[name]
        return self._fact(name)

    def _fact(self, name: str) -> Value:
        run = self.run
        match name:
            case "caller_number" | "caller_name" | "access_code" | "area" | "language" | "fault":
                return str(getattr(run, name))
            case "call_id" | "contact_id":
                return str(getattr(run, name))
            case "lists":
                return [bare(name) for name in run.lists]
            case "tags":
                return list(run.tags)
            case "data":
                return dict(run.data)
            case "waits":
                return bool(run.back)
        return self._time(name)

    def _time(self, name: str) -> Value:
        wall = self.world.wall()
        match name:
            case "today":
                return wall.date().isoformat()
            case "time":
                return wall.strftime("%H:%M")
            case "hour":
                return wall.hour
            case "weekday":
                return wall.isoweekday()
        raise KeyError(name)

    def _functions(self) -> Mapping[str, Callable[..., Any]]:
        return {
            **_PLAIN,
            "is_open": lambda calendar: self._hours(calendar).is_open,
            "occasion": lambda calendar: self._hours(calendar).occasion,
            "waiting": lambda queue: self._queue(queue).waiting,
            "wait_s": lambda queue: self._queue(queue).wait_s,
            "repeats": lambda queue: self._queue(queue).repeats,
        }

    def hours(self, calendar: str) -> Hours:
        """Of a calendar by its name in the switch. Raises FlowFault when there is none."""
        found = self.world.hours(calendar)
        if found is None:
            raise FlowFault(f"there is no calendar {bare(calendar)}")
        return found

    def _hours(self, calendar: Value) -> Hours:
        return self.hours(qualify(self.tenant, str(calendar)))

    def outlook(self, queue: str) -> Outlook | None:
        """What the caller may expect of a queue; None when there is none."""
        return self.world.outlook(queue, self.run.caller_number)

    def _queue(self, name: str) -> Outlook:
        target = self.world.qualified_target(self.tenant, f"queue:{name}")
        found = self.outlook(target.removeprefix("queue:"))
        if found is None:
            raise ExpressionFault(f"there is no queue {name}")
        return found

    @property
    def place(self) -> dict[str, str]:
        """Where the caller is, as events tell it."""
        run = self.run
        return {"call_id": run.call_id, "flow": run.frame.flow, "node": run.node}

    def new_request(self) -> str:
        """The id of a request whose answer this node awaits from now on."""
        self.run.stay.request_id = self.ids.new("request")
        return self.run.stay.request_id

    def lend(self, target: str) -> Reaction:
        """Give the call to somebody who gives it back."""
        run = self.run
        pass_on = PassOn(
            call_id=run.call_id,
            target=target,
            language=run.language,
            back=f"{FLOW_SCHEME}:{run.flow}{RETURN}",
        )
        return Reaction((pass_on,), is_lent=True)

    def target(self, text: Text) -> str:
        """A target in the names of the switch. Raises FlowFault when nobody takes it."""
        written = self.text(text)
        if written.endswith(RETURN):
            raise FlowFault(f"{text.text} is no target: calls that were lent come back by themselves")
        return self._known(self.world.qualified_target(self.tenant, written), text.text)

    def queue_target(self, queue: QueueTargetName | Text, **asked: str) -> str:
        """What follows ``queue:`` in a target. Raises FlowFault when there is no such queue."""
        if isinstance(queue, Text):
            written = queue.filled(lambda expression: quote(as_text(self.value(expression))))
            target = self.world.qualified_target(self.tenant, f"queue:{written}")
        else:
            target = f"queue:{queue}"
        if asked:
            target += ("&" if "?" in target else "?") + urlencode(asked, safe=",/:")
        return self._known(target, f"queue:{queue}").removeprefix("queue:")

    def _known(self, target: str, written: str) -> str:
        """``written`` as the document has it: the values in it may be such as nobody may know."""
        if not self.world.knows_target(target):
            raise FlowFault(f"nobody takes {written}")
        return target

    def own_name(self, name: str) -> str:
        """In the names of the switch."""
        return name if SEPARATOR in name else qualify(self.tenant, name)

    def own_names(self, text: Text) -> str:
        """Names separated by commas, in the names of the switch."""
        return ",".join(qualify(self.tenant, name.strip()) for name in self.text(text).split(",") if name)

    def path(self, text: Text) -> str:
        """A text that is part of an address. Raises FlowFault for a value that would lead elsewhere."""
        return text.filled(self._step_of_path)

    def _step_of_path(self, expression: Expression) -> str:
        step = as_text(self.value(expression))
        if "/" in step or step in (".", ".."):
            raise FlowFault(f"the value of {expression.text} cannot be part of a path")
        return step

    def prompts(self, pieces: tuple[Piece, ...]) -> Iterator[str | Utterance]:
        """What a list plays: prompts by name, and the texts that have to be made to speech."""
        for piece in pieces:
            if piece.say is not None:
                language = piece.language or self.run.language
                yield Utterance(self.text(piece.say), language, piece.voice)
            else:
                yield from self._prompts(piece)

    def _prompts(self, piece: Piece) -> tuple[str, ...]:
        kind = piece.kind if piece.prompt is None else None
        if kind is None:
            text = piece.prompt_text
            return piece.fixed_prompts if text is None else (self._prompt(text),)
        expression: Expression = getattr(piece, kind.value)
        written = as_text(self.value(expression))
        language = piece.language or self.run.language
        currency = f" {piece.currency}" if piece.currency else ""
        try:
            return spoken(language, kind, written + currency)
        except UsageError as fault:
            reason = f"the value of {expression.text} cannot be spoken as {kind.value}"
            raise FlowFault(reason) from fault

    def _prompt(self, name: Text) -> str:
        return self.world.own_prompt(self.tenant, self.text(name))
