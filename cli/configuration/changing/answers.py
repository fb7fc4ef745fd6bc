"""What the verbs of the configuration answer."""

from typing import Any

from runtime.models import Answer


class ChangeView(Answer):
    """Something of the configuration that is other than before."""

    section: str
    kind: str
    name: str
    keys: list[str]


class ChangedConfiguration(Answer):
    """What has changed, or would."""

    checked_only: bool
    version: int | None
    """The new version's number."""
    changes: list[ChangeView]
    """The first of them."""
    restart_needed: list[str]
    """Sections and keys that hold from the next start on."""


class ReloadedConfiguration(ChangedConfiguration):
    """The same, counted."""

    counts: dict[str, int]
    """Of all changes, by section and kind."""
    cautions: list[str]
    """What is no mistake, and yet seldom what was meant, with file and line; of very many the first."""


class ObjectView(Answer):
    """An object of the configuration, such as a queue; what is secret is hidden."""

    section: str
    name: str
    keys: dict[str, Any]


class VersionView(Answer):
    """A version of the configuration."""

    version: int
    at: float
    """Seconds since the Unix epoch."""
    origin: str
    by: str
    why: str


class DifferenceView(Answer):
    """An object that is other in one version than in another."""

    tenant: str
    section: str
    name: str
    kind: str
    keys: dict[str, tuple[Any, Any]]
    """Before and after; null where there was or is none."""
