"""What is kept of everything that happens: journal, database, archive."""

import secrets
from collections.abc import Iterable, Iterator

from cli.configuration.sections import Configuration
from cli.house.applications import Applications
from cli.house.earlier_runs import EarlierRuns
from cli.house.ground import Ground
from media.recordings.disks import Disks
from runtime.vocabulary import Event
from switch.access.records import Operations
from switch.archive.listening.links import read_key
from switch.archive.service import ArchiveService
from switch.customers.customer_lists import CustomerLists
from switch.records.call_records import CallRecords
from switch.records.database import Database
from switch.records.journal import Journal
from switch.records.number_entries import NumberEntries
from switch.records.projection import Projection
from switch.sdp.secrets import may_tell_keys, without_keys


class Memory:
    """Opened before the first call, closed after the last."""

    def __init__(
        self,
        configuration: Configuration,
        applications: Applications,
        lists: CustomerLists,
        disks: Disks,
        ground: Ground,
        more: Iterable[Projection],
    ) -> None:
        """``more`` projections than those of calls, recordings and applications."""
        self._more = tuple(more)
        self._applications = applications
        self._ground = ground
        self.journal = Journal(configuration.records, ground.report)
        self.archive = self._build_archive(configuration, disks)
        projections = self._projections()
        self._database = Database(configuration.records, projections, self.journal, ground.report)
        self.earlier_runs = EarlierRuns(
            configuration.records, self._database, self._knows_earlier_runs, lists, applications, ground
        )

    def _build_archive(self, configuration: Configuration, disks: Disks) -> ArchiveService:
        link_key = configuration.recordings.link_key
        return ArchiveService(
            configuration.recordings,
            configuration.access.model_copy(update={"disks": disks}),
            configuration.records,
            configuration.http,
            self.journal,
            self._ground.driver,
            self._ground.clock,
            self._ground.report,
            link_key=secrets.token_bytes(32) if link_key is None else read_key(link_key),
            knows_earlier_runs=self._knows_earlier_runs,
        )

    def _projections(self) -> Iterator[Projection]:
        yield CallRecords()
        yield NumberEntries()
        yield Operations()
        yield from self.archive.projections()
        yield from self._more
        for application in self._applications:
            yield from application.projections

    def observe(self) -> None:
        """Be the first to see events: others tell them with the numbers they have in the journal."""
        driver = self._ground.driver
        driver.observe(self.journal.observe, lambda kind: not may_tell_keys(kind))
        driver.observe(self._keep_without_keys, may_tell_keys)

    def open(self) -> None:
        """Raises UsageError when a folder cannot be had."""
        self._database.start()
        self.archive.start()

    def close(self) -> None:
        """Bring journal, database and archive up to date."""
        self.journal.close()
        self._database.close()
        self.archive.close()

    def _keep_without_keys(self, event: Event, wall: float) -> None:
        self.journal.observe(without_keys(event), wall)

    def _knows_earlier_runs(self) -> bool:
        return self._database.caught_up_to >= self.journal.first_sequence - 1
