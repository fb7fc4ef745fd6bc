"""What is known of the runs before: read on threads once the database has it, taken in on the loop."""

import asyncio
from collections.abc import Callable, Iterable

from cli.house.catching_up import catch_up
from cli.house.ground import Ground
from runtime.driver import Outputs
from switch.application import Application
from switch.customers.customer_lists import CustomerLists
from switch.customers.events import ListsLoaded
from switch.customers.loader import EntryLoader
from switch.customers.number_list import NumberList
from switch.records.config import RecordsConfig
from switch.records.database import Database
from switch.records.queries import RecordReader

LISTS_PATIENCE_S = 10.0
"""So long the first calls wait for the number lists, in case the database is slow."""


class EarlierRuns:
    """Number lists, which the first calls wait for, and whatever else applications want to know."""

    def __init__(
        self,
        records: RecordsConfig,
        database: Database,
        knows_all: Callable[[], bool],
        lists: CustomerLists,
        applications: Iterable[Application],
        ground: Ground,
    ) -> None:
        """``knows_all``: whether the database has all that the runs before wrote into the journal."""
        self._records = records
        self._knows_all = knows_all
        self._lists = lists
        self._readers = [reader for app in applications for reader in app.catch_up]
        self._ground = ground
        self._began_at = ground.clock.now()
        self._loader = EntryLoader(
            knows_all,
            RecordReader(records).number_entries,
            self._take_lists,
            is_down=lambda: database.failing,
        )

    async def open(self) -> None:
        """Returns when the lists are known, or have taken too long."""
        self._loader.start()
        catching_up = catch_up(self._readers, RecordReader(self._records), self._knows_all)
        self._catching_up = self._ground.loop.create_task(catching_up)
        await asyncio.to_thread(self._loader.wait, LISTS_PATIENCE_S)

    def close(self) -> None:
        self._loader.close()
        self._catching_up.cancel()

    def _take_lists(self, lists: dict[str, NumberList]) -> None:
        """On the loader's thread."""

        def restore(now: float) -> Outputs:
            self._lists.restore(lists)
            entries = sum(map(len, lists.values()))
            return [ListsLoaded(entries=entries, duration_ms=round((now - self._began_at) * 1000))]

        self._ground.loop.call_soon_threadsafe(self._ground.driver.run_step, restore)
