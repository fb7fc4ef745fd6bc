"""Types and ranges in plain English."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from cli.configuration.expectations import expectation, is_secret, item_type, model_type


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(BaseModel):
    size: int = 1


class Everything(BaseModel):
    number: int = Field(default=1, ge=1, le=5)
    at_least: int = Field(default=1, ge=1)
    between: float = Field(default=1, gt=0, lt=2)
    free: float = 1.5
    switch: bool = False
    text: str = ""
    filled: str = Field(default="x", min_length=1)
    short: str = Field(default="x", max_length=4)
    code: str = Field(default="abcd", min_length=4, max_length=8)
    coded: str = Field(default="a:b", pattern=r"^\w:\w$", description="two letters with a colon between")
    secret: SecretStr | None = None
    place: Path = Path("x")
    maybe: str | None = None
    either: int | str = 1
    choice: Literal["a", "b", "c"] = "a"
    colour: Colour = Colour.RED
    names: list[str] = Field(default_factory=list, min_length=1)
    colours: tuple[Colour, ...] = ()
    limits: list[Annotated[float, Field(gt=0)]] = Field(default_factory=list, min_length=1, max_length=8)
    mode: int = Field(default=0o640, ge=0o600, le=0o777, json_schema_extra={"octal": True})
    inner: Inner = Field(default_factory=Inner)
    inners: list[Inner] = Field(default_factory=list)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("number", "a whole number from 1 to 5"),
        ("at_least", "a whole number, at least 1"),
        ("between", "a number, greater than 0 and less than 2"),
        ("free", "a number"),
        ("switch", "true or false"),
        ("text", "text in quotes"),
        ("filled", "text in quotes, not empty"),
        ("short", "text in quotes, at most 4 characters"),
        ("code", "text in quotes, 4 to 8 characters"),
        ("coded", "text in quotes: two letters with a colon between"),
        ("secret", "text in quotes"),
        ("place", "a path in quotes"),
        ("maybe", "text in quotes"),
        ("either", "a whole number or text in quotes"),
        ("choice", '"a", "b" or "c"'),
        ("colour", '"red" or "blue"'),
        ("names", "a list of text in quotes with at least one entry"),
        ("colours", 'a list of "red" or "blue"'),
        ("limits", "a list of numbers, 1 to 8 entries"),
        ("mode", "a whole number from 0o600 to 0o777"),
        ("inner", "a table"),
        ("inners", "a list of tables"),
    ],
)
def test_each_kind_of_field_has_a_description(name: str, text: str) -> None:
    assert expectation(Everything.model_fields[name]) == text


@pytest.mark.parametrize(
    ("annotation", "item", "model"),
    [
        (int, None, None),
        (Inner, None, Inner),
        (Inner | None, None, Inner),
        (list[Inner], Inner, Inner),
        (Sequence[str], str, None),
        (list[Annotated[int, Field(gt=0)]], int, None),
        (tuple[Inner, ...] | None, Inner, Inner),
    ],
)
def test_lists_and_tables_are_looked_into(annotation: Any, item: Any, model: Any) -> None:
    assert item_type(annotation) is item
    assert model_type(annotation) is model


def test_only_secrets_are_secret() -> None:
    assert {name for name, info in Everything.model_fields.items() if is_secret(info)} == {"secret"}
