"""Reading call records and recordings, for people and programs. Opens the database read-only."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Select, Table, create_engine, make_url, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from switch.customers.number_list import Entry
from switch.records.call_records import call_records
from switch.records.config import RecordsConfig
from switch.records.errors import NoRecords, RecordNotFound
from switch.records.number_entries import number_entries
from switch.records.recording_changes import Change, recording_changes, with_changes
from switch.records.recording_search import RecordingSearch, query_of, unmoved
from switch.records.recordings import recording_parties, recordings

Row = dict[str, Any]

_MOST_MATCHES_TOLD = 5
_IDS_AT_A_TIME = 500
_ENTRIES_AT_A_TIME = 10_000


class RecordReader:
    """Looks into the database that ``config`` names, while the switch runs and when it does not.

    Every method raises NoRecords when there is nothing to look into.
    """

    def __init__(self, config: RecordsConfig) -> None:
        self._url = make_url(config.database)

    def calls(self, limit: int = 50) -> list[Row]:
        """The latest call records, newest first."""
        newest_first = select(call_records).order_by(
            call_records.c.start_stamp.desc(), *call_records.primary_key
        )
        return self._select(newest_first.limit(limit))

    def recordings(self, search: RecordingSearch) -> list[Row]:
        """A page of the recordings that fit, newest first, as they are after all changes."""
        return self._select_recordings(query_of(search))

    def recordings_between(self, began: datetime, ended: datetime) -> list[Row]:
        """All recordings that began from one moment on and before another, in that order."""
        column = recordings.c.started_at
        return self._select_recordings(
            select(recordings).where(column >= began, column < ended).order_by(column)
        )

    def unmoved(self, began: datetime, until: datetime, after: Row | None, limit: int) -> list[Row]:
        """Completed recordings that began in a time and were neither moved nor deleted, the oldest first.

        ``after``: the last of the page before.
        """
        return self._select(unmoved(began, until, after, limit))

    def recordings_named(self, recording_ids: Sequence[str]) -> list[Row]:
        """Those of these recordings that are known, in no order."""
        found: list[Row] = []
        for start in range(0, len(recording_ids), _IDS_AT_A_TIME):
            some = recording_ids[start : start + _IDS_AT_A_TIME]
            found += self._select_recordings(select(recordings).where(recordings.c.recording_id.in_(some)))
        return found

    def recorded_calls_between(self, began: datetime, until: datetime) -> list[Row]:
        """All calls that came in from one moment on and before another and were to be recorded, in order.

        A day may have many: only what a recording is held against.
        """
        table = call_records.c
        needed = (table.call_id, table.recording_id, table.recording_path, table.start_stamp, table.end_stamp)
        came_in = (table.start_stamp >= began, table.start_stamp < until)
        wanted = select(*needed).where(*came_in, table.recording_id.is_not(None))
        return self._select(wanted.order_by(table.start_stamp))

    def call(self, call_id: str) -> Row:
        """The call whose id is, or alone begins with, ``call_id``. Raises RecordNotFound."""
        return self._find(call_records, call_id)

    def recording(self, recording_id: str) -> Row:
        """The recording whose id is, or alone begins with, ``recording_id``. Raises RecordNotFound.

        As it is after all changes.
        """
        found = self._find(recordings, recording_id)
        with _reading(self._url) as connection:
            return _changed(connection, [found])[0]

    def parties(self, recording_id: str) -> list[Row]:
        """Whom the customer of a recording talked to, in order."""
        table = recording_parties
        of_recording = select(table).where(table.c.recording_id == recording_id)
        return self._select(of_recording.order_by(table.c.position))

    def changes(self, recording_id: str) -> list[Row]:
        """What was done with a recording after it began, in order."""
        table = recording_changes
        of_recording = select(table).where(table.c.recording_id == recording_id)
        return self._select(of_recording.order_by(table.c.change))

    def number_entries(self, name: str | None = None) -> Iterator[tuple[str, Entry]]:
        """The entries of one number list, or of all with its name, the latest change last."""
        table = number_entries
        columns = (table.c.list, table.c.number, table.c.remark, table.c.valid_from, table.c.valid_until)
        wanted = (
            select(*columns).where(table.c.removed.is_(False)).order_by(table.c.changed_at, table.c.number)
        )
        if name is not None:
            wanted = wanted.where(table.c.list == name)
        with _reading(self._url) as connection:
            streaming = connection.execution_options(yield_per=_ENTRIES_AT_A_TIME)
            for list_name, number, remark, begins, ends in streaming.execute(wanted):
                yield list_name, Entry(number, remark, _wall(begins), _wall(ends))

    def rows(self, wanted: Select[Any]) -> list[Row]:
        """What an application wants to know of its own tables."""
        return self._select(wanted)

    def _select(self, wanted: Select[Any]) -> list[Row]:
        with _reading(self._url) as connection:
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def _select_recordings(self, wanted: Select[Any]) -> list[Row]:
        with _reading(self._url) as connection:
            return _changed(connection, [dict(row) for row in connection.execute(wanted).mappings()])

    def _find(self, table: Table, prefix: str) -> Row:
        (key,) = table.primary_key
        matching = select(table).where(key.startswith(prefix, autoescape=True)).order_by(key)
        with _reading(self._url) as connection:
            found = connection.execute(matching.limit(_MOST_MATCHES_TOLD)).mappings().all()
        if not found:
            raise RecordNotFound(f"no {key.name.removesuffix('_id')} begins with {prefix!r}")
        if len(found) == 1 or found[0][key.name] == prefix:  # a whole id sorts before those it begins
            return dict(found[0])
        ids = ", ".join(row[key.name] for row in found)
        raise RecordNotFound(f"several begin with {prefix!r}; write more of the one you mean: {ids}")


def _changed(connection: Connection, found: Sequence[Row]) -> list[Row]:
    """Recordings as they are after all changes."""
    changes: defaultdict[str, list[Change]] = defaultdict(list)
    table = recording_changes
    ids = [row["recording_id"] for row in found]
    for start in range(0, len(ids), _IDS_AT_A_TIME):
        some = table.c.recording_id.in_(ids[start : start + _IDS_AT_A_TIME])
        wanted = (
            select(table.c.recording_id, table.c.kind, table.c.value).where(some).order_by(table.c.change)
        )
        for recording_id, kind, value in connection.execute(wanted):
            changes[recording_id].append(Change(kind, value))
    return [with_changes(row, changes[row["recording_id"]]) for row in found]


def _wall(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


@contextmanager
def _reading(url: URL) -> Iterator[Connection]:
    engine = create_engine(_read_only(url))
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise NoRecords(
            f"no records can be read from {url.render_as_string()} ({reason}); "
            "`ringmain serve` makes the database"
        ) from error
    finally:
        engine.dispose()


def _read_only(url: URL) -> URL:
    if url.get_backend_name() != "sqlite":
        return url  # this module only selects
    return url.set(database=f"file:{quote(url.database or '')}", query={"mode": "ro", "uri": "true"})
