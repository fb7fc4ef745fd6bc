"""What is published of one flow: its versions, and which of them callers go through. Pure."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ivr.editions import FOLDER
from runtime.errors import PeerError, UsageError

MOST_VERSIONS = 100_000


class BadIndex(PeerError):
    """A file that tells what is published cannot be used."""


@dataclass(frozen=True, slots=True)
class Version:
    """One published version."""

    number: int
    at: float
    """When, in seconds since the Unix epoch."""
    by: str
    note: str
    digest: str
    """SHA-256 of the document, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Index:
    """All versions of a flow, the oldest first."""

    versions: tuple[Version, ...] = ()
    current: int = FOLDER
    """The version that runs; FOLDER: the document in the folder does."""
    canary: int | None = None
    share: float = 0.0

    def with_version(self, version: Version, share: float) -> "Index":
        """Published: for all callers, or for a share of them; then the one that runs goes on for the others.

        Raises UsageError when another version is tried, when the one that runs says the same, and for a share
        of the callers when no version runs that could go on.
        """
        versions = (*self.versions, version)
        if self.canary is not None:
            raise UsageError(
                f"version {self.canary} is tried on {self.share:.0%} of the callers; end that first"
            )
        if version.digest in {v.digest for v in self.versions if v.number == self.current}:
            raise UsageError(f"version {self.current} runs already and says the same")
        if share < 1 and self.current == FOLDER:
            raise UsageError("nothing published runs yet for the other callers; publish for all first")
        if share >= 1:
            return Index(versions, version.number)
        return replace(self, versions=versions, canary=version.number, share=share)

    def with_share(self, share: float) -> "Index":
        """The canary for another share of the callers, or for all. Raises UsageError when there is none."""
        if self.canary is None:
            raise UsageError("no version is tried on a share of the callers now; publish one with a share")
        if share >= 1:
            return Index(self.versions, self.canary)
        return replace(self, share=share)

    def rolled_back(self, to: int | None) -> "Index":
        """To another version, FOLDER for the document in the folder; None: without the canary if there is
        one, else to the version before the current one. Raises UsageError when there is no such version.
        """
        if to is None:
            if self.canary is not None:
                return replace(self, canary=None, share=0.0)
            to = max((v.number for v in self.versions if v.number < self.current), default=FOLDER)
        elif to != FOLDER and to not in {version.number for version in self.versions}:
            raise UsageError(f"there is no version {to}; there are 1 to {len(self.versions)}")
        return Index(self.versions, to)

    @property
    def next_number(self) -> int:
        return len(self.versions) + 1

    def in_force(self) -> tuple[int, ...]:
        """The versions whose documents are needed."""
        return tuple(number for number in (self.current, self.canary) if number)


class _VersionModel(BaseModel):
    model_config = ConfigDict(extra="ignore")

    number: int = Field(ge=1, le=MOST_VERSIONS)
    at: float
    by: str
    note: str
    digest: str


class _IndexModel(BaseModel):
    model_config = ConfigDict(extra="ignore")

    versions: list[_VersionModel]
    current: int
    canary: int | None
    share: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _numbers(self) -> "_IndexModel":
        numbers = [version.number for version in self.versions]
        if numbers != [*range(1, len(numbers) + 1)] or not {self.current, self.canary} <= {
            FOLDER,
            None,
            *numbers,
        }:
            raise ValueError("its versions do not fit together")
        return self


def index_to_data(index: Index) -> dict[str, Any]:
    """As JSON has it."""
    return {
        "versions": [asdict(version) for version in index.versions],
        "current": index.current,
        "canary": index.canary,
        "share": index.share,
    }


def index_from_data(data: Any) -> Index:
    """Raises BadIndex for what is none."""
    try:
        read = _IndexModel.model_validate(data)
    except ValidationError as fault:
        raise BadIndex(f"a list of published versions; {fault.errors()[0]['msg']}") from fault
    versions = tuple(Version(v.number, v.at, v.by, v.note, v.digest) for v in read.versions)
    return Index(versions, read.current, read.canary, read.share)
