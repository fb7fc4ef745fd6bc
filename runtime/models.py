"""The models of the edges, where alone pydantic stands: sections, parameters and answers."""

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict


class Section(BaseModel):
    """One section of the configuration. An unknown key is a mistake, not an extra."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class KeyMistake(ValueError):
    """Raised by a section's check that looks at several keys: which of them to mend, and how."""

    def __init__(self, key: str, expected: str) -> None:
        """``expected``: what would have been right, in plain English."""
        super().__init__(expected)
        self.key = key


class Params(BaseModel):
    """The parameters of one verb."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoParams(Params):
    """For verbs that take nothing."""


class TenantParams(Params):
    """For verbs that list what there is."""

    tenant: str | None = Field(
        default=None, max_length=64, description="only what this tenant has; empty: the house; absent: all"
    )

    def means(self, owner: str) -> bool:
        """Whether the objects of this tenant, or of the house, are asked for."""
        return self.tenant in (None, owner)


@with_config(ConfigDict(use_attribute_docstrings=True))
class Answer(TypedDict):
    """What a verb answers, key by key: plain data, nothing is checked when it is made.

    The text below a key is told by ``ringmain schema`` and the typed clients.
    """
