"""What flow documents are made of: the base of every part, and the kinds of values in it.

A value that names something outside the node is a class of its own (``PromptName``, ``NodeName``, …): whoever
needs all that a document refers to, to check it, to draw it or to rename it, asks ``references``.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from ivr.expressions import Expression, ExpressionFault, is_name
from ivr.texts import Text
from runtime.problems import KeyPath

LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
DIGIT_PATTERN = r"^[0-9A-D*#]$"
KEYS_PATTERN = r"^[0-9A-D*#]{1,64}$"
FLOW_NAME_PATTERN = r"^[\w-]{1,64}$"
LONGEST_PROMPT_NAME = 128
LONGEST_TARGET = 255
HOOK_NAME_PATTERN = r"^[\w.-]{1,64}$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"
NUMBER_PATTERN = r"^[0-9*#+]{1,32}$"


class Reference(str):
    """A value that names something outside the node."""

    __slots__ = ()


class NodeName(Reference):
    """A node of the same flow, which follows."""

    __slots__ = ()


class PromptName(Reference):
    """A prompt of the library."""

    __slots__ = ()


class QueueTargetName(Reference):
    """A queue, or several, with what a target says of the wait: ``billing?priority=20``."""

    __slots__ = ()


class ListName(Reference):
    """A number list."""

    __slots__ = ()


class CalendarName(Reference):
    """A calendar."""

    __slots__ = ()


class BoxName(Reference):
    """A message box."""

    __slots__ = ()


class FlowName(Reference):
    """Another flow."""

    __slots__ = ()


class LookupName(Reference):
    """A service of the section ``[[lookups]]``."""

    __slots__ = ()


class Part(BaseModel):
    """A mapping in a document. An unknown key is a mistake, not an extra."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
    )


def _expression(value: Any) -> Any:
    return value if isinstance(value, Expression) else _read(Expression, value)


def _text(value: Any) -> Any:
    return value if isinstance(value, Text) else _read(Text, value)


def _read(kind: type[Expression] | type[Text], value: Any) -> Any:
    if isinstance(value, bool):
        value = "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise PydanticCustomError("string_type", "a text")
    try:
        return kind(str(value))
    except ExpressionFault as fault:
        raise PydanticCustomError("expression", "{expected}", {"expected": str(fault)}) from fault


def _variable(name: str) -> str:
    if not is_name(name):
        expected = "a name of letters of any script, digits and _, not first a digit"
        raise PydanticCustomError("variable", "{expected}", {"expected": expected})
    return name


def _written(value: Expression | Text) -> str:
    return value.text


def _prompt(value: Any) -> Any:
    """A name with values in it is a text; one without is known to the library."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_PROMPT_NAME:
        raise PydanticCustomError("prompt", "the name of a prompt, such as zh/greeting")
    return _text(value) if "{" in value or "}" in value else PromptName(value)


def _queue(value: Any) -> Any:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TARGET:
        raise PydanticCustomError("queue", "the name of a queue")
    return _text(value) if "{" in value or "}" in value else QueueTargetName(value)


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("one_line", "a text on one line, without control characters")
    return text


Language = Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
"""A language tag such as ``zh``, ``en`` or ``zh-Hant`` (RFC 5646)."""
Digit = Annotated[
    str,
    Field(pattern=DIGIT_PATTERN),
    WithJsonSchema({"type": ["string", "integer"], "pattern": DIGIT_PATTERN, "minimum": 0, "maximum": 9}),
]
"""One key of a telephone (RFC 4733 §3.2)."""
Name = Annotated[str, Field(min_length=1, max_length=64)]
"""What people call something, in any script."""
Variable = Annotated[Name, AfterValidator(_variable)]
"""A name that expressions can use."""
NodeRef = Annotated[Name, AfterValidator(NodeName)]
QueueRef = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(QueueTargetName)]
ListRef = Annotated[Name, AfterValidator(ListName)]
CalendarRef = Annotated[Name, AfterValidator(CalendarName)]
BoxRef = Annotated[Name, AfterValidator(BoxName)]
FlowRef = Annotated[str, Field(pattern=FLOW_NAME_PATTERN), AfterValidator(FlowName)]
LookupRef = Annotated[Name, AfterValidator(LookupName)]
ExpressionField = Annotated[
    Expression,
    PlainValidator(_expression),
    PlainSerializer(_written, return_type=str),
    WithJsonSchema(
        {"type": ["string", "number", "boolean"], "maxLength": 1000, "description": "an expression"}
    ),
]
"""``余额 > 0``"""
TextField = Annotated[
    Text,
    PlainValidator(_text),
    PlainSerializer(_written, return_type=str),
    WithJsonSchema({"type": "string", "maxLength": 2000, "description": "a text; {…} holds an expression"}),
]
"""``您的余额是{余额}元``"""
PromptField = Annotated[
    PromptName | Text,
    PlainValidator(_prompt),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 128, "description": "a prompt's name"}),
]
"""``zh/greeting``, or ``{language}/greeting``"""
QueueField = Annotated[
    QueueTargetName | Text,
    PlainValidator(_queue),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {"type": "string", "minLength": 1, "maxLength": 255, "description": "a queue, or several"}
    ),
]
"""``billing?priority=20``, or with values: ``billing?priority={级别}``"""
Voice = Annotated[str, Field(max_length=64), AfterValidator(_one_line)]
"""As a speech engine calls it; empty for its own choice."""
Values = Annotated[dict[Variable, ExpressionField], Field(max_length=64)]
"""Variables, and the expressions they get their values from."""
Seconds = Annotated[float, Field(gt=0, le=3600)]


def found_in(value: Any, *kinds: type) -> list[tuple[KeyPath, Any]]:
    """Every value of these kinds inside a part, with the keys that lead there."""
    found: list[tuple[KeyPath, Any]] = []
    _find(value, (), kinds, found)
    return found


def references(part: Part) -> list[tuple[KeyPath, Reference]]:
    """All that a part names outside itself."""
    return found_in(part, Reference)


def expressions(part: Part) -> Iterator[tuple[KeyPath, Expression]]:
    """All expressions of a part, those in texts too."""
    for path, found in found_in(part, Expression, Text):
        for expression in found.expressions if isinstance(found, Text) else (found,):
            yield path, expression


class Renaming:
    """How the names in a document read elsewhere. What is not told stays as it is."""

    def prompt(self, name: str) -> str:
        return name

    def queues(self, name: str) -> str:
        return name

    def other(self, name: str) -> str:
        """A list, calendar, box, flow or lookup."""
        return name

    def of(self, reference: Reference) -> Reference:
        """The reference as it reads elsewhere."""
        match reference:
            case NodeName():
                return reference
            case PromptName():
                return PromptName(self.prompt(reference))
            case QueueTargetName():
                return QueueTargetName(self.queues(reference))
        return type(reference)(self.other(reference))


def renamed(value: Any, renaming: Renaming) -> Any:
    """A copy of a part whose references read as ``renaming`` says."""
    match value:
        case Reference():
            return renaming.of(value)
        case BaseModel():
            update = {key: renamed(inner, renaming) for key, inner in value}
            return value.model_copy(update=update)
        case tuple():
            return tuple(renamed(inner, renaming) for inner in value)
        case dict():
            return {key: renamed(inner, renaming) for key, inner in value.items()}
    return value


def _find(value: Any, path: KeyPath, kinds: tuple[type, ...], found: list[tuple[KeyPath, Any]]) -> None:
    """Half the time of loading flows is spent here."""
    if isinstance(value, kinds):
        found.append((path, value))
    elif isinstance(value, str):
        return
    elif isinstance(value, BaseModel):
        for key, inner in vars(value).items():
            if inner is not None:
                _find(inner, (*path, key), kinds, found)
    elif isinstance(value, tuple):
        for place, inner in enumerate(value):
            _find(inner, (*path, place), kinds, found)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _find(inner, (*path, key), kinds, found)
