"""The entries of the run before come back as soon as the database can give them."""

from collections.abc import Iterator
from queue import SimpleQueue

from switch.customers.loader import EntryLoader, Kept
from switch.customers.number_list import Entry, NumberList
from switch.records.errors import NoRecords

PATIENCE_S = 45.0


def test_it_tries_until_the_database_is_there_and_has_all() -> None:
    asked: list[str] = []
    delivered: SimpleQueue[dict[str, NumberList]] = SimpleQueue()

    def is_complete() -> bool:
        asked.append("complete?")
        return len(asked) > 2

    def read() -> Iterator[Kept]:
        asked.append("read")
        if asked.count("read") == 1:
            raise NoRecords("the database is down")
        yield "vip", Entry("1")
        yield "tag:a", Entry("1")
        yield "vip", Entry("2")

    loader = EntryLoader(is_complete, read, delivered.put, is_down=lambda: False)
    loader.start()
    lists = delivered.get(timeout=PATIENCE_S)
    loader.wait(PATIENCE_S)
    assert {name: len(numbers) for name, numbers in lists.items()} == {"vip": 2, "tag:a": 1}
    assert asked == ["complete?"] * 3 + ["read", "complete?", "read"]
    assert delivered.empty()


def test_it_gives_up_when_it_is_closed() -> None:
    loader = EntryLoader(lambda: False, list, lambda lists: None, is_down=lambda: False)
    loader.start()
    loader.close()
    loader._thread.join(PATIENCE_S)
    assert not loader._thread.is_alive()


def test_nobody_waits_for_a_database_that_is_down_and_yet_it_is_read_when_it_is_back() -> None:
    down = [True]
    delivered: SimpleQueue[dict[str, NumberList]] = SimpleQueue()
    loader = EntryLoader(lambda: not down[0], list, delivered.put, is_down=lambda: down[0])
    loader.start()
    loader.wait(1e6)  # would last for ever, were it not down
    assert delivered.empty()
    down[0] = False
    assert delivered.get(timeout=PATIENCE_S) == {}
