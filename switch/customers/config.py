"""Section ``[[number_lists]]`` of the configuration."""

import re
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from runtime.models import KeyMistake, Section
from runtime.target import TARGET_PATTERN
from switch.causes import Cause

NAME_PATTERN = r"^[^\s,:/]{1,60}$"
"""Names of lists and tags; lists of them are written with commas."""


CAUSES = {cause.value: cause for cause in Cause}


class ListKind(StrEnum):
    """What it means to be on a list."""

    VIP = "vip"
    SENSITIVE = "sensitive"
    WHITE = "white"
    BLACK = "black"
    PLAIN = "plain"


class NumberListConfig(Section):
    """Section ``[[number_lists]]``: a list of customers' numbers, and what it means to be on it."""

    name: str = Field(pattern=NAME_PATTERN, description="Short name, without spaces, commas, colons and /.")
    title: str = Field(default="", description="Name for people; empty: the short name.")
    kind: ListKind = Field(
        default=ListKind.PLAIN,
        description="What being on it means. Of black its callers are rejected, or sent to target, unless "
        "they are on a white list too; vip, sensitive and plain are told to queues and flows.",
    )
    priority: int = Field(
        default=0,
        ge=-254,
        le=254,
        description="Added to its callers' priority; of several lists the sum.",
    )
    tags: list[str] = Field(default_factory=list, description="Tags that its callers have.")
    cause: Literal[
        "CALL_REJECTED", "USER_BUSY", "NO_ANSWER", "UNALLOCATED_NUMBER", "NORMAL_TEMPORARY_FAILURE"
    ] = Field(
        default="CALL_REJECTED", description="Of a black list: why its callers are told they are rejected."
    )
    target: str | None = Field(
        default=None,
        pattern=TARGET_PATTERN,
        description="Of a black list: where its callers go in place of being rejected, such as flow:blocked.",
    )

    @property
    def told(self) -> Cause:
        """The cause by its name."""
        return CAUSES[self.cause]

    @field_validator("tags")
    @classmethod
    def _are_tags(cls, tags: list[str]) -> list[str]:
        if not all(re.fullmatch(NAME_PATTERN, tag) for tag in tags):
            raise ValueError("tags without spaces, commas and colons")
        return tags

    @model_validator(mode="after")
    def _only_black_lists_reject(self) -> Self:
        if self.kind is not ListKind.BLACK and self.target is not None:
            raise KeyMistake("target", "nothing here, unless kind is black")
        return self
