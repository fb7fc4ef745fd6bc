"""The rows of operations: who had the switch do what, found by time, by who it was and by verb."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from switch.access.events import VerbCarriedOut
from switch.access.records import Operations, OperationSearch, found_by
from switch.records.columns import stamp
from switch.records.config import RecordsConfig
from switch.records.queries import RecordReader
from switch.records.store import RecordStore
from tests.switch.records.stories import START, fold, journal_of

HANG_UP = VerbCarriedOut(
    verb="call.hang_up",
    tenant="",
    name="班长台",
    role="supervisor",
    source="192.0.2.7",
    params='{"call_id": "call-1"}',
    outcome="done",
    message="",
)
STORY = [
    (0.0, HANG_UP),
    (10.0, replace(HANG_UP, verb="call.hold", name="1001", role="agent")),
    (20.0, replace(HANG_UP, verb="call.hold", tenant="acme", outcome="refused", message="no such call")),
    (30.0, replace(HANG_UP, verb="callback.list_", name="")),
]


def test_each_operation_is_a_row_with_who_did_it() -> None:
    (row,) = fold(Operations(), journal_of(STORY[:1], 17))
    assert row == {
        "operation": 17,
        "done_at": stamp(START),
        "verb": "call.hang_up",
        "tenant": "",
        "done_by": "班长台",
        "role": "supervisor",
        "source": "192.0.2.7",
        "params": '{"call_id": "call-1"}',
        "outcome": "done",
        "message": "",
    }


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> RecordReader:
    config = RecordsConfig().in_folder(tmp_path_factory.mktemp("records"))
    store = RecordStore(config.database, [Operations.table])
    store.open()
    assert store.write({Operations.table: [*fold(Operations(), journal_of(STORY))]}, 5) == []
    store.close()
    return RecordReader(config)


@pytest.mark.parametrize(
    ("search", "operations"),
    [
        (OperationSearch(), [4, 3, 2, 1]),
        (OperationSearch(limit=2), [4, 3]),
        (OperationSearch(since=stamp(START + 20)), [4, 3]),
        (OperationSearch(by="1001"), [2]),
        (OperationSearch(by=""), [4]),
        (OperationSearch(verb="call.hold"), [3, 2]),
        (OperationSearch(verb="call.*"), [3, 2, 1]),
        (OperationSearch(tenant="acme"), [3]),
        (OperationSearch(tenant="", verb="call.*"), [2, 1]),
        (OperationSearch(refused=True), [3]),
    ],
)
def test_operations_are_found_by_all_that_is_asked(
    reader: RecordReader, search: OperationSearch, operations: Sequence[int]
) -> None:
    assert [row["operation"] for row in reader.rows(found_by(search))] == operations
