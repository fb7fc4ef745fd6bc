"""Rows of flow_runs from journal entries."""

from typing import Any

from ivr.records import FlowRuns
from switch.records.columns import stamp
from switch.records.projection import JournalEntry


class Journal:
    """Numbers and times entries as they come: one a second, from sequence 10 on."""

    def __init__(self) -> None:
        self.projection = FlowRuns()
        self.rows: list[Any] = []
        self._sequence = 10

    def add(self, topic: str, **fields: Any) -> None:
        entry = JournalEntry(self._sequence, 1000.0 + self._sequence, topic, fields)
        self._sequence += 1
        self.rows += self.projection.apply(entry)


def enter(journal: Journal, call_id: str) -> None:
    journal.add("flow.entered", call_id=call_id, flow="hotline")
    journal.add("flow.node_entered", call_id=call_id, flow="hotline", node="问候")
    journal.add("flow.digit_refused", call_id=call_id, flow="hotline", node="问候", digit="7", tries_left=2)


def leave(journal: Journal, call_id: str) -> None:
    journal.add(
        "flow.left",
        call_id=call_id,
        flow="hotline",
        node="service",
        reason="queued",
        queue="service",
        language="zh",
        path=["问候", "service"],
        keys="71",
    )


def test_a_run_becomes_a_row_when_it_is_left() -> None:
    journal = Journal()
    enter(journal, "call-1")
    assert journal.rows == []
    leave(journal, "call-1")
    assert journal.rows == [
        {
            "run_id": 10,
            "call_id": "call-1",
            "flow": "hotline",
            "version": 0,
            "entered_at": stamp(1010.0),
            "left_at": stamp(1013.0),
            "path": "问候 > service",
            "keys": "71",
            "left_node": "service",
            "reason": "queued",
            "queue": "service",
            "language": "zh",
        }
    ]
    assert set(journal.rows[0]) == set(FlowRuns.table.columns.keys())


def test_the_oldest_open_run_holds_the_journal() -> None:
    journal = Journal()
    assert journal.projection.oldest_open() is None
    enter(journal, "call-1")
    enter(journal, "call-2")
    assert journal.projection.oldest_open() == 10
    leave(journal, "call-1")
    assert journal.projection.oldest_open() == 13
    leave(journal, "call-2")
    assert journal.projection.oldest_open() is None


def test_one_call_may_run_through_several_flows() -> None:
    journal = Journal()
    for _ in range(2):
        enter(journal, "call-1")
        leave(journal, "call-1")
    assert [row["run_id"] for row in journal.rows] == [10, 14]


def test_a_restart_closes_what_was_open_with_what_is_known() -> None:
    journal = Journal()
    enter(journal, "call-1")
    journal.add("switch.started", version="1")
    (row,) = journal.rows
    assert (row["reason"], row["path"], row["keys"], row["left_node"]) == ("restart", "问候", "7", "问候")
    assert row["left_at"] == stamp(1013.0)
    assert journal.projection.oldest_open() is None


def test_the_end_of_a_run_written_before_makes_no_second_row() -> None:
    journal = Journal()
    leave(journal, "call-1")
    journal.add("flow.node_entered", call_id="call-1", flow="hotline", node="x")
    assert journal.rows == []


def test_a_run_that_has_lent_its_call_gets_its_row_after_the_one_in_between() -> None:
    journal = Journal()
    enter(journal, "call-1")
    enter(journal, "call-1")
    assert journal.projection.oldest_open() == 10
    leave(journal, "call-1")
    leave(journal, "call-1")
    assert [row["run_id"] for row in journal.rows] == [13, 10]
    assert journal.projection.oldest_open() is None


def test_a_run_whose_caller_goes_on_in_another_call_is_left_there() -> None:
    journal = Journal()
    enter(journal, "call-1")
    enter(journal, "call-3")
    enter(journal, "call-2")
    journal.add("call.due_back", call_id="call-2", from_call_id="call-1", target="flow:hotline?return")
    assert journal.projection.oldest_open() == 10
    leave(journal, "call-2")
    leave(journal, "call-2")
    assert [(row["run_id"], row["call_id"]) for row in journal.rows] == [(16, "call-2"), (10, "call-1")]
    assert journal.projection.oldest_open() == 13
