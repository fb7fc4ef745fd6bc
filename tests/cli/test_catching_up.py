"""What is taken in of the runs before: a fault in one thing costs no other, and calls go on meanwhile."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from structlog.testing import capture_logs

from cli.house.catching_up import catch_up
from switch.application import CatchUp
from switch.records.config import RecordsConfig
from switch.records.errors import NoRecords
from switch.records.queries import RecordReader

READER = RecordReader(RecordsConfig(journal=Path("journal"), database="sqlite:///nowhere.sqlite"))


def taken_in(*readers: CatchUp) -> None:
    asyncio.run(catch_up(readers, READER, lambda: True, pause_s=0))


def saying(heard: list[str], *words: str) -> CatchUp:
    return lambda records: [lambda word=word: heard.append(word) for word in words]  # type: ignore[misc]


def failing(records: RecordReader) -> Iterable[Callable[[], None]]:
    raise KeyError("turn")


def test_a_reader_that_fails_is_logged_and_the_next_one_is_read() -> None:
    heard: list[str] = []
    with capture_logs() as logs:
        taken_in(failing, saying(heard, "callbacks"))
    assert heard == ["callbacks"]
    assert [entry["log_level"] for entry in logs] == ["error"]


def test_a_piece_that_cannot_be_taken_in_is_logged_and_the_next_one_is() -> None:
    heard: list[str] = []

    def broken() -> None:
        raise KeyError("places")

    with capture_logs() as logs:
        taken_in(lambda records: [broken, lambda: heard.append("second")])
    assert heard == ["second"]
    assert [entry["log_level"] for entry in logs] == ["error"]


def test_what_the_database_does_not_have_yet_is_read_again() -> None:
    heard: list[str] = []
    answers = iter([True, True])

    def late(records: RecordReader) -> Iterable[Callable[[], None]]:
        if next(answers, False):
            raise NoRecords("the database is down")
        return [lambda: heard.append("read")]

    taken_in(late)
    assert heard == ["read"]


def test_calls_go_on_between_two_pieces() -> None:
    heard: list[str] = []

    async def beside() -> None:
        catching_up = asyncio.create_task(catch_up([saying(heard, *"abc")], READER, lambda: True))
        while not catching_up.done():
            await asyncio.sleep(0)
            if heard and heard[-1] != "call":
                heard.append("call")

    asyncio.run(beside())
    assert heard == ["a", "call", "b", "call", "c", "call"]
