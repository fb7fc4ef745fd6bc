"""What applications want to know of the runs before, one after the other; no fault in one harms another."""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from switch.application import CatchUp
from switch.records.errors import NoRecords
from switch.records.queries import RecordReader

PAUSE_S = 1.0
"""Between looks whether the database has the runs before."""

log = structlog.get_logger(__name__)


async def catch_up(
    readers: Iterable[CatchUp],
    records: RecordReader,
    knows_all: Callable[[], bool],
    *,
    pause_s: float = PAUSE_S,
) -> None:
    """Returns when all is taken in; a reader, or a piece, that has a fault is logged and left out."""
    for reader in readers:
        for take_in in await _read(reader, records, knows_all, pause_s):
            try:
                take_in()
            except Exception as fault:
                log.error("something of the runs before is lost", reason=repr(fault), exc_info=True)
            await asyncio.sleep(0)  # calls go on between two pieces


async def _read(
    reader: CatchUp, records: RecordReader, knows_all: Callable[[], bool], pause_s: float
) -> Iterable[Callable[[], None]]:
    """As soon as the database can be read and knows all of them."""
    while True:
        try:
            if knows_all():
                return await asyncio.to_thread(lambda: list(reader(records)))
        except NoRecords as error:
            log.debug("the runs before cannot be read yet", reason=str(error))
        except Exception as fault:
            log.error("the runs before cannot be read", reason=repr(fault), exc_info=True)
            return ()
        await asyncio.sleep(pause_s)
