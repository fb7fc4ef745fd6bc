"""The tables of flows: ``flow_runs``, one row for each call's run, and ``survey_answers``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

from ivr.editions import FOLDER
from ivr.run import PATH_LIMIT
from switch.records.columns import RESTART, Stamp, stamp
from switch.records.projection import JournalEntry

STEP = " > "
"""Between the nodes of a path."""

FLOW_RUNS = Table(
    "flow_runs",
    MetaData(),
    Column(
        "run_id",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="journal sequence of the run's flow.entered",
    ),
    Column("call_id", String(64), nullable=False, index=True, comment="the call it began in"),
    Column("flow", String(64), nullable=False, comment="the flow's name"),
    Column("version", Integer, nullable=False, comment="the published version; 0: the folder's document"),
    Column("entered_at", Stamp, nullable=False, comment="when the call came to the flow"),
    Column("left_at", Stamp, nullable=False, comment="when it left, or the next start after a restart"),
    Column("path", Text, nullable=False, comment="the nodes in order, joined by >"),
    Column("keys", String(PATH_LIMIT), nullable=False, comment="the menu keys pressed"),
    Column("left_node", String(64), nullable=False, comment="the node it left from"),
    Column("reason", String(32), nullable=False, comment="the reason in flow.left, or restart"),
    Column("queue", String(64), nullable=False, comment="where it went; empty when to no queue"),
    Column("language", String(32), nullable=False, comment="the language the caller was served in last"),
    comment="One row for each call's run through a flow, once it has left.",
)


SURVEY_ANSWERS = Table(
    "survey_answers",
    MetaData(),
    Column(
        "answer_id",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="journal sequence of flow.survey_answered",
    ),
    Column("call_id", String(64), nullable=False, index=True, comment="the call"),
    Column("contact_id", String(64), nullable=False, index=True, comment="the customer's visit"),
    Column("answered_at", Stamp, nullable=False, index=True, comment="when the key was pressed"),
    Column("flow", String(64), nullable=False, comment="the flow's name"),
    Column("node", String(64), nullable=False, comment="the survey node"),
    Column("question", String(64), nullable=False, comment="the question by its name in the flow"),
    Column("answer", String(1), nullable=False, comment="the key"),
    Column("caller_number", String(255), nullable=False, comment="the caller's number"),
    Column("language", String(32), nullable=False, comment="the language the caller was served in"),
    comment="One row for each question of a survey that a caller answered.",
)


@dataclass(slots=True)
class _OpenRun:
    """What is known of a run before it is left."""

    run_id: int
    call_id: str
    flow: str
    version: int
    entered_at: datetime
    path: list[str] = field(default_factory=list)
    keys: str = ""

    def enter(self, node: str) -> None:
        if len(self.path) < PATH_LIMIT:
            self.path.append(node)

    def press(self, digit: str) -> None:
        self.keys = (self.keys + digit)[:PATH_LIMIT]


class FlowRuns:
    """Folds the events ``flow.*`` into rows of FLOW_RUNS."""

    table = FLOW_RUNS
    topics = frozenset(
        {
            "flow.entered",
            "flow.node_entered",
            "flow.digit_accepted",
            "flow.digit_refused",
            "flow.left",
            "call.due_back",
            "switch.started",
        }
    )

    def __init__(self) -> None:
        self._open: dict[str, list[_OpenRun]] = {}
        """By call, oldest first; behind a run that has lent its call the one the call is in meanwhile."""

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        match entry.topic:
            case "flow.entered":
                self._begin(entry)
            case "flow.node_entered" | "flow.digit_accepted" | "flow.digit_refused":
                self._continue(entry)
            case "flow.left":
                return self._end(entry)
            case "call.due_back":
                self._move(entry)
            case "switch.started":
                return self._close_all(stamp(entry.time))
        return []

    def oldest_open(self) -> int | None:
        oldest = next(iter(self._open.values()), None)
        return oldest[0].run_id if oldest else None

    def _begin(self, entry: JournalEntry) -> None:
        call_id = entry.fields["call_id"]
        run = _OpenRun(
            entry.sequence,
            call_id,
            entry.fields["flow"],
            entry.fields.get("version", FOLDER),
            stamp(entry.time),
        )
        self._open.setdefault(call_id, []).append(run)

    def _continue(self, entry: JournalEntry) -> None:
        runs = self._open.get(entry.fields["call_id"])
        if not runs:
            return
        run = runs[-1]
        if entry.topic == "flow.node_entered":
            run.enter(entry.fields["node"])
        else:
            run.press(entry.fields["digit"])

    def _move(self, entry: JournalEntry) -> None:
        """Runs that have lent their call, whose caller goes on in another one, are left in that."""
        if waiting := self._open.pop(entry.fields["from_call_id"], []):
            call_id = entry.fields["call_id"]
            moved = {**self._open, call_id: [*waiting, *self._open.get(call_id, ())]}
            self._open = dict(sorted(moved.items(), key=lambda item: item[1][0].run_id))

    def _end(self, entry: JournalEntry) -> list[Mapping[str, Any]]:
        """Of the run the call was in last: those that have lent it are left after it."""
        call_id = entry.fields["call_id"]
        runs = self._open.get(call_id)
        if not runs:
            return []
        run = runs.pop()
        if not runs:
            del self._open[call_id]
        return [_row(run, stamp(entry.time), entry.fields)]

    def _close_all(self, at: datetime) -> list[Mapping[str, Any]]:
        rows = [_row(run, at, _cut_off(run)) for runs in self._open.values() for run in runs]
        self._open.clear()
        return rows


def _cut_off(run: _OpenRun) -> Mapping[str, Any]:
    """What ``flow.left`` would have told, as far as it is known."""
    node = run.path[-1] if run.path else ""
    return {"node": node, "reason": RESTART, "queue": "", "language": "", "path": run.path, "keys": run.keys}


def _row(run: _OpenRun, left_at: datetime, left: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "run_id": run.run_id,
        "call_id": run.call_id,
        "flow": run.flow,
        "version": run.version,
        "entered_at": run.entered_at,
        "left_at": left_at,
        "path": STEP.join(left["path"]),
        "keys": left["keys"],
        "left_node": left["node"],
        "reason": left["reason"],
        "queue": left["queue"],
        "language": left["language"],
    }


class SurveyAnswers:
    """Folds ``flow.survey_answered`` into rows of SURVEY_ANSWERS."""

    table = SURVEY_ANSWERS
    topics = frozenset({"flow.survey_answered"})

    def apply(self, entry: JournalEntry) -> Iterable[Mapping[str, Any]]:
        told = entry.fields
        names = ("call_id", "contact_id", "flow", "node", "question", "answer", "caller_number", "language")
        return [
            {
                "answer_id": entry.sequence,
                "answered_at": stamp(entry.time),
                **{name: told[name] for name in names},
            }
        ]

    def oldest_open(self) -> int | None:
        return None
