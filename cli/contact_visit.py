"""A contact: a customer's whole visit, put together from all tables of the records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, and_, func, not_, or_, select

from acd.callback_records import Callbacks
from acd.item_records import Items
from acd.records import QueueEntries
from cli.brief import short_id
from cli.output import cell, duration
from ivr.records import FLOW_RUNS, SURVEY_ANSWERS
from switch.records.call_records import call_records
from switch.records.errors import RecordNotFound
from switch.records.queries import RecordReader
from switch.records.recordings import recording_parties, recordings

Row = dict[str, Any]

_MOST_MATCHES_TOLD = 5
OF_CONTACT: Mapping[str, Table] = {
    "calls": call_records,
    "queue_entries": QueueEntries.table,
    "callbacks": Callbacks.table,
    "items": Items.table,
    "recordings": recordings,
    "survey_answers": SURVEY_ANSWERS,
}
"""What names its contact itself."""
_OF_CALL: Mapping[str, Table] = {"flow_runs": FLOW_RUNS}
_OF_RECORDING: Mapping[str, Table] = {"recording_parties": recording_parties}
_INTERNAL = frozenset({"kept"})
"""Columns that are of no use to people."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened in a visit."""

    at: datetime
    what: str
    who: str
    how: str
    duration_ms: int | None
    id: str


def visit(reader: RecordReader, contact: str) -> dict[str, list[Row]]:
    """All rows of a contact, by table. Raises RecordNotFound, NoRecords.

    ``contact``: its id, or the beginning that no other has.
    """
    contact_id = _whole_id(reader, contact)
    found = {
        name: reader.rows(select(table).where(table.c.contact_id == contact_id))
        for name, table in OF_CONTACT.items()
    }
    calls = [row["call_id"] for row in found["calls"]]
    own = [row["recording_id"] for row in found["recordings"]]
    found |= {n: reader.rows(select(t).where(t.c.call_id.in_(calls))) for n, t in _OF_CALL.items()}
    found |= {n: reader.rows(select(t).where(t.c.recording_id.in_(own))) for n, t in _OF_RECORDING.items()}
    return {name: [_without_internal(row) for row in rows] for name, rows in found.items()}


def contacts(reader: RecordReader, number: str | None, limit: int) -> list[Row]:
    """The latest visits, newest first; of one customer when ``number`` says so."""
    table = call_records
    wanted: Select[Any] = select(
        table.c.contact_id,
        func.min(table.c.start_stamp).label("began"),
        func.max(table.c.end_stamp).label("ended"),
        func.min(table.c.access_code).label("access_code"),
        func.count().label("calls"),
        func.sum(table.c.talk_ms).label("talk_ms"),
    ).where(table.c.contact_id.is_not(None), not_(_LISTENING))
    if number is not None:
        wanted = wanted.where(table.c.src == number)
    began = func.min(table.c.start_stamp)
    found = reader.rows(wanted.group_by(table.c.contact_id).order_by(began.desc()).limit(limit))
    customers = _customers(reader, [row["contact_id"] for row in found])
    return [row | {"number": customers[row["contact_id"]]} for row in found]


_LISTENING = and_(
    call_records.c.direction == "outbound",
    call_records.c.bridge_stamp.is_(None),
    or_(
        call_records.c.whom == "station:" + call_records.c.src,
        call_records.c.whom.like("station:%/" + call_records.c.src),
    ),
)
"""Calls to phones of the house that talked to nobody, as those of supervisors who listen: no customer's."""


def _customers(reader: RecordReader, ids: list[str]) -> dict[str, str]:
    """Whose each visit is: who called first. Later calls may be those of an agent who consults."""
    table = call_records
    calls = select(table.c.contact_id, table.c.src).where(table.c.contact_id.in_(ids))
    rows = reader.rows(calls.order_by(table.c.start_stamp.desc()))
    return {row["contact_id"]: row["src"] for row in rows}


def steps(found: Mapping[str, list[Row]]) -> list[Step]:
    """A visit in the order of time."""
    told = [tell(row) for name, tell in _TOLD.items() for row in found[name]]
    return sorted(told, key=lambda step: step.at)


def _whole_id(reader: RecordReader, prefix: str) -> str:
    ids: set[str] = set()
    for table in OF_CONTACT.values():
        column = table.c.contact_id
        begins = or_(column == prefix, column.startswith(prefix, autoescape=True))
        ids |= {
            row["contact_id"]
            for row in reader.rows(select(column).where(begins).distinct().limit(_MOST_MATCHES_TOLD))
        }
    if not ids:
        raise RecordNotFound(f"no contact begins with {prefix!r}")
    if prefix in ids or len(ids) == 1:
        return prefix if prefix in ids else ids.pop()
    some = ", ".join(sorted(ids)[:_MOST_MATCHES_TOLD])
    raise RecordNotFound(f"several begin with {prefix!r}; write more of the one you mean: {some}")


def _without_internal(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in _INTERNAL}


def _call(row: Row) -> Step:
    arrow = f"{row['clid']} → {row['dst']}" if row["direction"] == "inbound" else f"we → {row['whom']}"
    how = f"{row['disposition']}, {row['hangup_cause']} by {row['hung_up_by']}"
    return Step(row["start_stamp"], "call", arrow, how, row["duration"] * 1000, row["call_id"])


def _flow(row: Row) -> Step:
    spent_ms = round((row["left_at"] - row["entered_at"]).total_seconds() * 1000)
    keys = f", keys {row['keys']}" if row["keys"] else ""
    who = f"{row['flow']}: {row['path']}"
    return Step(row["entered_at"], "flow", who, f"{row['reason']}{keys}", spent_ms, row["call_id"])


def _queue(row: Row) -> Step:
    agent = f" → agent {row['agent']} at {row['station']}" if row["agent"] else ""
    talk = f", talked {duration(row['talk_ms'] / 1000)}" if row["talk_ms"] else ""
    what = "queue" if row["medium"] == "voice" else f"queue ({row['medium']})"
    return Step(
        row["joined_at"], what, row["queue"] + agent, row["outcome"] + talk, row["wait_ms"], row["call_id"]
    )


def _callback(row: Row) -> Step:
    how = f"{cell(row['outcome'])}, {row['attempts']} attempts"
    return Step(
        row["asked_at"],
        "callback",
        f"{row['queue']}, asked by {row['asked_by']}",
        how,
        None,
        row["callback_id"],
    )


def _item(row: Row) -> Step:
    ended, began = row["ended_at"], row["came_at"]
    spent_ms = round((ended - began).total_seconds() * 1000) if ended else None
    return Step(began, row["medium"], row["customer"], cell(row["outcome"] or "open"), spent_ms, row["item"])


def _recording(row: Row) -> Step:
    who = f"agent {row['agent']}" if row["agent"] else cell(row["station"])
    how = row["reason"] or row["state"]
    return Step(row["started_at"], "recording", who, how, row["duration_ms"], row["recording_id"])


def _answer(row: Row) -> Step:
    who = f"{row['flow']}: {row['question']}"
    return Step(row["answered_at"], "rating", who, row["answer"], None, row["call_id"])


_TOLD: Mapping[str, Callable[[Row], Step]] = {
    "calls": _call,
    "flow_runs": _flow,
    "queue_entries": _queue,
    "callbacks": _callback,
    "items": _item,
    "recordings": _recording,
    "survey_answers": _answer,
}


def line(step: Step) -> tuple[object, ...]:
    """A step as a table shows it."""
    lasted = None if step.duration_ms is None else step.duration_ms / 1000
    moment = step.at.astimezone().strftime("%m-%d %H:%M:%S")
    return moment, step.what, step.who, step.how, duration(lasted), short_id(step.id)
