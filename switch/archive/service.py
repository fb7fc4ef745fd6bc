"""The archive as the switch has it: its parts, what they offer, and the order in which they begin and end."""

from collections.abc import Callable, Iterable, Iterator

from aiohttp import web

from media.config import RecordingsConfig
from media.recordings.homecoming import Folders
from media.recordings.removal import Remover
from media.recordings.tiers import Access, prepare
from runtime.clock import Clock
from runtime.driver import Driver
from switch.application import Gauge, Verb
from switch.archive.archive import Archive
from switch.archive.catalogue.projections import RecordingParties, Recordings
from switch.archive.catalogue.service import Catalogue
from switch.archive.in_hand import InHand
from switch.archive.keeping import Keeping
from switch.archive.listening.finding import Row
from switch.archive.listening.service import Listening
from switch.archive.moving.service import Moving
from switch.archive.nightly import Nightly
from switch.archive.readings import (
    archive_gauges,
    archive_totals,
    keeping_totals,
    moving_gauges,
    moving_totals,
)
from switch.archive.retention.deletion import Deleter
from switch.archive.retention.nightly import NightlyDeletion
from switch.config import HttpConfig
from switch.metrics import Total
from switch.records.config import RecordsConfig
from switch.records.events import Report
from switch.records.journal import Journal
from switch.records.projection import Projection
from switch.records.recording_changes import RecordingChanges


class ArchiveService:
    """Manifests, catalogue, conversion, encryption, listening, retention and the nightly check."""

    def __init__(
        self,
        recordings: RecordingsConfig,
        access: Access,
        records: RecordsConfig,
        http: HttpConfig,
        journal: Journal,
        driver: Driver,
        clock: Clock,
        report: Report,
        *,
        link_key: bytes,
        knows_earlier_runs: Callable[[], bool],
    ) -> None:
        """``report`` takes events from other threads; ``link_key`` signs links; ``knows_earlier_runs``:
        whether the database has all that the runs before wrote.
        """
        self._driver = driver
        prepare(access)
        in_hand = InHand()
        deleter = Deleter(Remover(recordings.folder, recordings.spool, access), in_hand)
        self._archive = Archive(
            Folders(recordings.folder, recordings.spool, access.disks),
            records,
            journal,
            report,
        )
        self._nightly = Nightly(
            recordings,
            records,
            report,
            access=access,
            wall=clock.wall,
            oldest_under_way=self._archive.oldest_under_way,
        )
        self._keeping = Keeping(recordings, access.disks, records, journal, in_hand, report)
        self._moving = Moving(
            recordings,
            access,
            records,
            in_hand,
            report,
            wall=clock.wall,
            oldest_under_way=self._archive.oldest_under_way,
        )
        self._listening = Listening(link_key, http, records, clock, driver.submit, access)
        self._catalogue = Catalogue(
            records,
            self._listening.finder,
            deleter,
            self._keeping.request,
            self._moving.request,
            driver.submit,
            knows_earlier_runs,
        )
        self._deletion = NightlyDeletion(
            recordings,
            records,
            self._catalogue.recent,
            deleter,
            report,
            wall=clock.wall,
            knows_earlier_runs=knows_earlier_runs,
        )

    def look_up(self, recording_id: str) -> Row:
        """As ``RecordingFinder.look_up``."""
        return self._listening.finder.look_up(recording_id)

    def projections(self) -> Iterator[Projection]:
        recordings = Recordings()
        yield recordings
        yield RecordingParties(recordings)
        yield RecordingChanges()

    def verbs(self) -> tuple[Verb, ...]:
        return (*self._listening.verbs(), *self._catalogue.verbs())

    def pages(self) -> Iterable[web.RouteDef]:
        return self._listening.pages()

    def gauges(self) -> list[Gauge]:
        return [*archive_gauges(self._archive), *moving_gauges(self._moving)]

    def totals(self) -> list[Total]:
        return [*archive_totals(self._archive), *keeping_totals(self._keeping), *moving_totals(self._moving)]

    def observe(self) -> None:
        """Let the parts see what they want to see of what happens."""
        for part in (self._listening.finder, self._catalogue.recent, self._moving):
            self._driver.observe(part.observe, part.wants)

    def start(self) -> None:
        self._archive.start()
        self._nightly.start()
        self._deletion.start()
        self._keeping.start()
        self._moving.start()

    def stop_working(self) -> None:
        """No new work of the night any more."""
        self._nightly.close()
        self._deletion.close()

    def stop_serving(self) -> None:
        """Nobody asks any more."""
        self._listening.close()
        self._catalogue.close()

    def close(self) -> None:
        """Bring everything up to date with the closed journal and the database."""
        self._moving.close()
        self._keeping.close()
        self._archive.close()
