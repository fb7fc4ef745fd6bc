"""Recordings by what is known of them, as a query for the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from runtime.tenancy import HOUSE, id_kind
from switch.records.recording_changes import recording_changes
from switch.records.recordings import recording_parties, recordings

HIGHEST_RATING = 5
DELETED = "deleted"

_SAME = ("call_id", "contact_id", "caller", "called", "queue", "trunk")
_OF_PARTY = ("agent", "station")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSearch:
    """All that is given must fit; nothing given: all recordings. Newest first, a page at a time."""

    caller: str | None = None
    called: str | None = None
    agent: str | None = None
    """Who talked to the customer at any time of it; so ``station``."""
    station: str | None = None
    queue: str | None = None
    trunk: str | None = None
    tenant: str | None = None
    """Whose it is; empty: the house's."""
    contact_id: str | None = None
    call_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """It began before."""
    tag: str | None = None
    rating_min: int | None = None
    longer_than_s: float | None = None
    shorter_than_s: float | None = None
    state: str | None = None
    """``completed``, ``failed``, or ``deleted``, whatever it was before."""
    deleted: bool | None = None
    held: bool | None = None
    limit: int = 50
    after: str | None = None
    """The last recording of the page before."""


def query_of(search: RecordingSearch) -> Select[Any]:
    """The rows of a page."""
    began, recording_id = recordings.c.started_at, recordings.c.recording_id
    wanted = select(recordings).where(*_conditions(search))
    if search.after is not None:
        last = select(began).where(recording_id == search.after).scalar_subquery()
        wanted = wanted.where(or_(began < last, and_(began == last, recording_id > search.after)))
    return wanted.order_by(began.desc(), recording_id).limit(search.limit)


def unmoved(began: datetime, until: datetime, after: Mapping[str, Any] | None, limit: int) -> Select[Any]:
    """Completed recordings that were neither moved nor deleted, the oldest first, a page at a time."""
    table, changes = recordings.c, recording_changes.c
    gone = select(recording_changes).where(
        changes.recording_id == table.recording_id, changes.kind.in_(("moved", DELETED))
    )
    wanted = select(recordings).where(
        table.started_at >= began, table.started_at < until, table.state == "completed", ~gone.exists()
    )
    if after is not None:
        last = after["started_at"]
        following = and_(table.started_at == last, table.recording_id > after["recording_id"])
        wanted = wanted.where(or_(table.started_at > last, following))
    return wanted.order_by(table.started_at, table.recording_id).limit(limit)


def _conditions(search: RecordingSearch) -> Iterator[ColumnElement[bool]]:
    for name in _SAME:
        if (value := getattr(search, name)) is not None:
            yield recordings.c[name] == value
    if search.tenant:
        yield recordings.c.recording_id.startswith(f"{id_kind('recording', search.tenant)}-", autoescape=True)
    elif search.tenant == HOUSE:
        yield ~recordings.c.recording_id.like("recording-%-%")
    if search.since is not None:
        yield recordings.c.started_at >= search.since
    if search.until is not None:
        yield recordings.c.started_at < search.until
    if search.longer_than_s is not None:
        yield recordings.c.duration_ms > search.longer_than_s * 1000
    if search.shorter_than_s is not None:
        yield recordings.c.duration_ms < search.shorter_than_s * 1000
    yield from _of_state(search)
    yield from _of_people(search)


def _of_state(search: RecordingSearch) -> Iterator[ColumnElement[bool]]:
    deleted = search.deleted
    if search.state is not None:
        deleted = search.state == DELETED
        if not deleted:
            yield recordings.c.state == search.state
    if deleted is not None:
        gone = select(recording_changes.c.recording_id).where(recording_changes.c.kind == DELETED)
        is_gone = recordings.c.recording_id.in_(gone)
        yield is_gone if deleted else ~is_gone


def _of_people(search: RecordingSearch) -> Iterator[ColumnElement[bool]]:
    """Who was heard, and what was noted."""
    recording_id = recordings.c.recording_id
    party = [
        recording_parties.c[name] == value
        for name in _OF_PARTY
        if (value := getattr(search, name)) is not None
    ]
    if party:
        yield recording_id.in_(select(recording_parties.c.recording_id).where(*party))
    if search.tag is not None:
        yield recording_id.in_(_standing("tagged", "untagged", [search.tag], same_value=True))
    if search.rating_min is not None:
        enough = [str(rating) for rating in range(search.rating_min, HIGHEST_RATING + 1)]
        yield recording_id.in_(_standing("rated", "rated", enough))
    if search.held is not None:
        held = recording_id.in_(_standing("held", "released"))
        yield held if search.held else ~held


def _standing(
    kind: str, undone_by: str, values: list[str] | None = None, *, same_value: bool = False
) -> Select[Any]:
    """Ids of the recordings with a change that no later one has undone."""
    done, undone = recording_changes.alias(), recording_changes.alias()
    later = (
        undone.c.recording_id == done.c.recording_id,
        undone.c.kind == undone_by,
        undone.c.change > done.c.change,
        *((undone.c.value == done.c.value,) if same_value else ()),
    )
    wanted = select(done.c.recording_id).where(done.c.kind == kind, ~select(undone).where(*later).exists())
    return wanted if values is None else wanted.where(done.c.value.in_(values))
