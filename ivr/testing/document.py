"""The document of tests beside a flow: dialogues, each a list of steps. ``docs/flows.md`` explains them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ivr.events import FlowEnd
from ivr.parts import FLOW_NAME_PATTERN, KEYS_PATTERN, Language, Name, Part, Variable

MOST_DIALOGUES = 500
MOST_STEPS = 200

RECOGNISER = "recognise"
"""Stands for who understands callers among those who are asked."""

_A_MONDAY = datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001  # local time, as flows see it
_WORDS = ("hear_out", "hang_up")

Texts = dict[Name, str]


def _listed(value: Any) -> Any:
    """A name alone is a list of one."""
    return (value,) if isinstance(value, str) else value


class QueueNow(Part):
    """What a caller may expect of one queue."""

    wait_s: Annotated[float, Field(ge=0)] | None = None
    """None when too little is known."""
    waiting: Annotated[int, Field(ge=0)] = 0
    repeats: Annotated[int, Field(ge=0)] = 0
    open: bool = True


class Call(Part):
    """Who calls, and how things stand then."""

    caller_number: str = "13800138000"
    caller_name: str = ""
    access_code: str = ""
    area: str = ""
    lists: tuple[Name, ...] = ()
    tags: tuple[Name, ...] = ()
    data: Texts = Field(default_factory=dict)
    """What is noted of the contact already."""
    language: Language | None = None
    """In which the caller was served last."""
    waits: str = ""
    """The target of the queue in which the caller waits meanwhile."""
    at: datetime = _A_MONDAY
    """Local time."""
    open: tuple[Name, ...] = ()
    """Calendars that are open; all others are closed."""
    holidays: Texts = Field(default_factory=dict)
    """Calendars in which today is not as every week, and what it is in them."""
    queues: dict[Name, QueueNow] = Field(default_factory=dict)
    speech: bool = True
    """Whether texts can be made to speech."""


class Asked(Part):
    """A request that is under way: of a service, of an application, or of whoever understands the caller."""

    lookup: Name | None = None
    hook: Name | None = None
    recognise: bool = False

    @property
    def whom(self) -> str:
        return self.lookup or self.hook or RECOGNISER

    @model_validator(mode="after")
    def _one_of_them(self) -> "Asked":
        if [self.lookup is not None, self.hook is not None, self.recognise].count(True) != 1:
            raise PydanticCustomError("asked", "one of lookup, hook and recognise")
        return self


class Answer(Asked):
    """What comes of it."""

    model_config = ConfigDict(populate_by_name=True)

    document: Any = Field(default=None, alias="json")


class Failing(Asked):
    """Why nothing comes of it."""

    reason: str = "timed_out"
    """Of a caller who is not understood: no_input, no_match or too_early."""


class Speech(Part):
    """What the caller says, as a speech server understands it."""

    text: str
    meaning: str | None = None
    """By the grammar; None when that says nothing."""
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class RequestExpected(Part):
    """A request that the flow makes. Of names and values only those that are given are compared."""

    name: Name
    path: str | None = None
    query: Texts = Field(default_factory=dict)
    body: Texts = Field(default_factory=dict)
    data: Texts = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class TextExpected(Part):
    """A text message."""

    to: str | None = None
    text: str | None = None
    """A part of it."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class EventExpected(Part):
    """An event of the flow."""

    topic: str
    fields: Texts = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"topic": value} if isinstance(value, str) else value


class Expect(Part):
    """What must have come of the step before, all of it."""

    prompt: tuple[str, ...] = ()
    """Prompts that were played, in this order."""
    say: str | None = None
    """A part of what was said by text-to-speech."""
    node: Name | None = None
    """Where the caller is."""
    target: str | None = None
    """To whom the call was given."""
    end: FlowEnd | None = None
    """How the flow was left."""
    cause: str | None = None
    """With which the call was ended."""
    tag: tuple[Name, ...] = ()
    """Tags the caller has."""
    language: Language | None = None
    fault: str | None = None
    """A part of what went wrong last."""
    variable: dict[Variable, str] = Field(default_factory=dict)
    data: Texts = Field(default_factory=dict)
    lookup: RequestExpected | None = None
    hook: RequestExpected | None = None
    text_message: TextExpected | None = None
    event: EventExpected | None = None

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return value | {key: _listed(value[key]) for key in ("prompt", "tag") if key in value}
        return value

    @model_validator(mode="after")
    def _something(self) -> "Expect":
        if not self.model_fields_set:
            raise PydanticCustomError("expect", "something that is expected, such as prompt: zh/greeting")
        return self


class Step(Part):
    """One thing that happens, what is expected then, or both."""

    call: Call | None = None
    """Only as the first."""
    says: Speech | None = None
    press: Annotated[str, Field(pattern=KEYS_PATTERN)] | None = None
    wait: Annotated[float, Field(ge=0, le=86_400)] | None = None
    """Seconds; what plays meanwhile is heard to its end, which takes no time."""
    hear_out: bool = False
    """All that plays until the flow waits for something else."""
    answer: Answer | None = None
    fails: Failing | None = None
    comes_back: str | None = None
    """From whom the call was lent to, and how it went: talked, USER_BUSY, NO_ANSWER or nothing."""
    hang_up: bool = False
    expect: Expect | None = None

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return {value: "true"} if value in _WORDS else value

    @model_validator(mode="after")
    def _one_thing(self) -> "Step":
        given = self.model_fields_set - {"expect"}
        if len(given) > 1 or not self.model_fields_set:
            raise PydanticCustomError("step", "{expected}", {"expected": f"one of {', '.join(_ACTIONS)}"})
        return self


_ACTIONS = [name for name in Step.model_fields if name != "expect"]

Steps = Annotated[tuple[Step, ...], Field(min_length=1, max_length=MOST_STEPS)]


class Dialogues(Part):
    """A whole document."""

    flow: Annotated[str, Field(pattern=FLOW_NAME_PATTERN)]
    """The flow the callers come to."""
    call: Call = Call()
    """What holds for all callers, where their dialogue does not say otherwise."""
    dialogues: Annotated[dict[Name, Steps], Field(min_length=1, max_length=MOST_DIALOGUES)]

    def caller(self, name: str) -> Call:
        """Who calls in a dialogue."""
        own = self.dialogues[name][0].call
        if own is None:
            return self.call
        return self.call.model_copy(update={key: getattr(own, key) for key in own.model_fields_set})
