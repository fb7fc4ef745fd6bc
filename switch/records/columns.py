"""Column types and the table collection that all record tables share."""

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


record_tables = MetaData()
"""The tables of the exchange's own records."""
