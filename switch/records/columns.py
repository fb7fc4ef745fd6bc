"""What all record tables share: their column type for moments, and their word for a restart."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData
from sqlalchemy.types import TypeDecorator


class Stamp(TypeDecorator[datetime]):
    """A moment, kept in UTC by every database. Rows hold aware datetimes; see ``stamp``."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """SQLite and MySQL forget the zone; it is UTC."""
        if isinstance(value, datetime) and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value if isinstance(value, datetime) else None


def stamp(wall: float) -> datetime:
    """The wall-clock time of a journal entry as a moment of a row."""
    return datetime.fromtimestamp(wall, UTC)


RESTART = "restart"
"""Why something ended that was still open when its process did, in whatever column tells why."""

record_tables = MetaData()
"""The tables of the exchange's own records."""
