"""Entries of number lists come back from the database as they were changed last."""

from pathlib import Path

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import registry

from switch.customers.events import NumbersAdded, NumbersRemoved
from switch.customers.number_list import Entry
from switch.records.errors import NoRecords
from switch.records.inserting import _statement
from switch.records.number_entries import NumberEntries, number_entries
from switch.records.queries import RecordReader
from tests.switch.records.test_database import Run, config

NUMBER = "13900139000"


def added(name: str, *entries: Entry) -> NumbersAdded:
    return NumbersAdded(list=name, entries=tuple((e[0], e[1], e[2], e[3]) for e in entries), by="李娜")


def read(folder: Path, name: str | None = None) -> list[tuple[str, Entry]]:
    return list(RecordReader(config(folder)).number_entries(name))


def test_each_entry_is_there_as_it_was_changed_last(tmp_path: Path) -> None:
    run = Run(config(tmp_path), [NumberEntries()])
    run.tell(
        (1, added("vip", Entry(NUMBER, "甲"), Entry("1370*", "乙"), Entry("13600136000"))),
        (2, added("vip", Entry(NUMBER, "王芳", 1_790_000_000.5, 1_800_000_000.0))),
        (3, NumbersRemoved(list="vip", numbers=("1370*",), by="")),
        (4, added("tag:欠费", Entry(NUMBER))),
    )
    run.end()
    assert read(tmp_path) == [
        ("vip", Entry("13600136000")),
        ("vip", Entry(NUMBER, "王芳", 1_790_000_000.5, 1_800_000_000.0)),
        ("tag:欠费", Entry(NUMBER)),
    ]
    assert read(tmp_path, "tag:欠费") == [("tag:欠费", Entry(NUMBER))]


def test_a_number_that_was_taken_off_may_come_back(tmp_path: Path) -> None:
    for lap in range(2):
        run = Run(config(tmp_path), [NumberEntries()])
        run.tell(
            (lap, added("vip", Entry(NUMBER))), (lap, NumbersRemoved(list="vip", numbers=(NUMBER,), by=""))
        )
        run.end()
        assert read(tmp_path) == []
    run = Run(config(tmp_path), [NumberEntries()])
    run.tell((3, added("vip", Entry(NUMBER, "again"))))
    run.end()
    assert read(tmp_path) == [("vip", Entry(NUMBER, "again"))]


def test_a_database_that_was_gone_has_them_again_from_the_journal(tmp_path: Path) -> None:
    run = Run(config(tmp_path), [NumberEntries()])
    run.tell((1, added("vip", Entry(NUMBER))))
    run.end()
    (tmp_path / "data" / "ringmain.db").unlink()
    with pytest.raises(NoRecords):
        read(tmp_path)
    Run(config(tmp_path), [NumberEntries()]).end()
    assert read(tmp_path) == [("vip", Entry(NUMBER))]


@pytest.mark.parametrize(
    ("dialect", "words"),
    [
        ("sqlite", "ON CONFLICT (list, number) DO UPDATE SET remark = excluded.remark"),
        ("postgresql", "ON CONFLICT (list, number) DO UPDATE SET remark = excluded.remark"),
        ("mysql", "ON DUPLICATE KEY UPDATE remark = VALUES(remark)"),
    ],
)
def test_every_database_is_told_to_change_the_row(dialect: str, words: str) -> None:
    spoken: Dialect = registry.load(dialect)()
    assert words in str(_statement(number_entries, spoken).compile(dialect=spoken))
