"""The ``[records]`` section of the configuration."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from runtime.models import Section

_FLUSHES_FOLLOWED = 5
"""What so many flushes bring is taken together: a transaction of the database costs as much as ten rows."""


class RecordsConfig(Section):
    """Section ``[records]``: where events and call records are kept, and how hard the switch tries."""

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
        description="How long events are collected before they are written together, in milliseconds.",
    )
    fsync: bool = Field(
        default=True,
        description="Whether each write is forced to the disk, so that a power cut loses nothing older.",
    )
    segment_max_mb: int = Field(
        default=64,
        ge=1,
        le=4096,
        description="Longest journal file before the next begins, in megabytes; a new day begins one too.",
    )
    buffer_entries: int = Field(
        default=50_000,
        ge=100,
        le=10_000_000,
        description="Events kept while the disk is slow or full; those beyond are lost, counted, reported.",
    )
    batch_entries: int = Field(
        default=5000, ge=1, le=100_000, description="Journal entries read into the database at a time."
    )
    retry_max_s: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        description="Longest pause between attempts at a broken disk or database, in seconds.",
    )
    close_timeout_s: float = Field(
        default=10.0,
        gt=0,
        le=600,
        description="How long stopping may wait for the disk, and again for the database, in seconds.",
    )

    @field_validator("database")
    @classmethod
    def _usable_url(cls, url: str) -> str:
        backend, database = _parts(url)
        if backend not in ("sqlite", "postgresql", "mysql", "mariadb"):
            raise ValueError("a URL of sqlite, postgresql, mysql or mariadb")
        if database in ("", ":memory:"):
            raise ValueError("a URL that names the database, such as sqlite:///run/ringmain.db")
        return url

    @property
    def follow_pause_s(self) -> float:
        """How long those who follow the journal let it go on before they read again."""
        return self.flush_interval_ms / 1000 * _FLUSHES_FOLLOWED

    def in_folder(self, folder: Path) -> Self:
        """The same with relative paths, that of an SQLite file among them, taken from ``folder``."""
        database = self.database
        backend, path = _parts(database)
        if backend == "sqlite":
            database = database.removesuffix(path) + str(folder / path)
        return self.model_copy(update={"journal": folder / self.journal, "database": database})


def _parts(url: str) -> tuple[str, str]:
    """Backend and database name of a URL. SQLAlchemy parses it whole, but takes long to load."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError("a database URL such as sqlite:///run/ringmain.db") from None
    return parts.scheme.partition("+")[0], parts.path.removeprefix("/")
