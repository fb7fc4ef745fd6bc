"""The two kinds of pydantic models of the house; pydantic stands at its edges only."""

from pydantic import BaseModel, ConfigDict, Field


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
