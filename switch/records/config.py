"""The ``[records]`` section of the configuration."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import make_url
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
            parsed = make_url(url)
        except ArgumentError:
            raise ValueError("expected a database URL such as sqlite:///run/ringmain.db") from None
        if parsed.get_backend_name() not in ("sqlite", "postgresql", "mysql", "mariadb"):
            raise ValueError("expected a URL of sqlite, postgresql, mysql or mariadb")
        if parsed.database in (None, "", ":memory:"):
            raise ValueError("expected a URL that names the database, such as sqlite:///run/ringmain.db")
        return url

    def in_folder(self, folder: Path) -> Self:
        """The same with relative paths, that of an SQLite file among them, taken from ``folder``."""
        url = make_url(self.database)
        if url.get_backend_name() == "sqlite" and url.database is not None:
            url = url.set(database=str(folder / url.database))
        database = url.render_as_string(hide_password=False)
        return self.model_copy(update={"journal": folder / self.journal, "database": database})
