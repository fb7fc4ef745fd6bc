"""What a node plays: prompts, spoken values and texts made to speech, one after the other."""

from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

from ivr.parts import (
    CURRENCY_PATTERN,
    ExpressionField,
    Language,
    Part,
    PromptField,
    PromptName,
    TextField,
    Voice,
)
from ivr.texts import Text
from media.spoken.values import Kind

SPOKEN_KINDS = tuple(kind.value for kind in Kind)
_CHOICES = ("prompt", "say", *SPOKEN_KINDS)


class Piece(Part):
    """One thing in a list of prompts: exactly one of prompt, say and a kind of spoken value."""

    prompt: PromptField | None = None
    """Its name in the prompt library; ``{language}`` and other values may be part of it."""
    say: TextField | None = None
    """A text that is made to speech."""
    digits: ExpressionField | None = None
    """Spoken one by one."""
    number: ExpressionField | None = None
    money: ExpressionField | None = None
    date: ExpressionField | None = None
    day: ExpressionField | None = None
    """A date without its year."""
    time: ExpressionField | None = None
    duration: ExpressionField | None = None
    """Whole seconds."""
    telephone: ExpressionField | None = None
    currency: Annotated[str, Field(pattern=CURRENCY_PATTERN)] | None = None
    """Of a sum of money, such as CNY or USD."""
    language: Language | None = None
    """In which a value or a text is spoken; without it in the caller's."""
    voice: Voice = ""
    """Of a text, as the speech engine calls it."""

    @model_validator(mode="before")
    @classmethod
    def _bare_name(cls, value: Any) -> Any:
        """A text alone is a prompt's name."""
        return {"prompt": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_of_them(self) -> "Piece":
        given = [key for key in _CHOICES if getattr(self, key) is not None]
        if len(given) != 1:
            expected = "exactly one of " + ", ".join(_CHOICES)
            raise PydanticCustomError("piece", "{expected}", {"expected": expected})
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A text alone will do."""
        name = {"type": "string", "minLength": 1, "maxLength": 128, "description": "the name of a prompt"}
        return {"anyOf": [name, handler.resolve_ref_schema(handler(core_schema))]}

    @property
    def kind(self) -> Kind | None:
        """As what its value is spoken; None for a prompt or a text."""
        return next((kind for kind in Kind if getattr(self, kind.value) is not None), None)

    @property
    def fixed_prompts(self) -> tuple[str, ...]:
        """The prompt by its name, if that is always the same."""
        return (self.prompt,) if isinstance(self.prompt, PromptName) else ()

    @property
    def prompt_text(self) -> Text | None:
        """The prompt's name, if it holds values."""
        return self.prompt if isinstance(self.prompt, Text) else None


PromptList = Annotated[tuple[Piece, ...], Field(min_length=1, max_length=32)]
OptionalPromptList = Annotated[tuple[Piece, ...], Field(max_length=32)]
