"""The ``[records]`` section of the configuration."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError


class RecordsConfig(BaseModel):
    """Where events and call records are kept, and how hard the switch tries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    journal: Path = Field(
        default=Path("run/journal"), description="Folder of the journal: every event, one JSON line each."
    )
    database: str = Field(
        default="sqlite:///run/ringmain.db",
        description="SQLAlchemy URL of the database of call records: sqlite, postgresql, mysql or mariadb.",
    )
    flush_interval_ms: int = Field(
        default=100,
        ge=1,
        le=10_000,
        description="How long events are collected before they are written together.",
    )
    fsync: bool = Field(
        default=True, description="Force each write to the disk, so that a power cut loses nothing older."
    )
    segment_max_mb: int = Field(
        default=64,
        ge=1,
        le=4096,
        description="A journal file is followed by the next at this size, or daily.",
    )
    queue_entries: int = Field(
        default=50_000,
        ge=100,
        le=10_000_000,
        description="Events kept while the disk is slow or full; those beyond are lost, counted, reported.",
    )
    batch_entries: int = Field(
        default=1000, ge=1, le=100_000, description="Journal entries read into the database at a time."
    )
    retry_max_s: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        description="Longest pause between attempts at a broken disk or database.",
    )
    close_timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=600,
        description="How long stopping may wait for the disk, and again for the database.",
    )

    @field_validator("database")
    @classmethod
    def _usable_url(cls, url: str) -> str:
        try:
            backend = make_url(url).get_backend_name()
        except ArgumentError:
            raise ValueError("expected a database URL such as sqlite:///run/ringmain.db") from None
        if backend not in ("sqlite", "postgresql", "mysql", "mariadb"):
            raise ValueError("expected a URL of sqlite, postgresql, mysql or mariadb")
        return url

    def in_folder(self, folder: Path) -> Self:
        """The same with relative paths, that of an SQLite file among them, taken from ``folder``."""
        url = make_url(self.database)
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            url = url.set(database=str(folder / url.database))
        changes = {"journal": folder / self.journal, "database": plain_url(url)}
        return self.model_copy(update=changes)


def plain_url(url: URL) -> str:
    """The URL as text, password included."""
    return url.render_as_string(hide_password=False)
