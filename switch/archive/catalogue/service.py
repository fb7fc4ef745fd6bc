"""The catalogue put together: what the switch registers with its socket and its driver."""

from collections.abc import Callable

from runtime.vocabulary import Event
from switch.application import Verb
from switch.archive.catalogue.recent import RecentChanges
from switch.archive.catalogue.verbs import RecordingVerbs
from switch.archive.listening.finding import RecordingFinder
from switch.archive.retention.deletion import Deleter
from switch.records.config import RecordsConfig
from switch.records.queries import RecordReader, Row


class Catalogue:
    """``finder`` knows the recordings that run; ``submit`` is told what people note."""

    def __init__(
        self,
        records: RecordsConfig,
        finder: RecordingFinder,
        deleter: Deleter,
        convert: Callable[[str, str], None],
        move: Callable[[Row, str], None],
        submit: Callable[[Event], None],
        knows_earlier_runs: Callable[[], bool],
    ) -> None:
        self.recent = RecentChanges()
        """Observes the driver's events."""
        self._verbs = RecordingVerbs(
            RecordReader(records), finder, self.recent, deleter, convert, move, submit, knows_earlier_runs
        )

    def verbs(self) -> tuple[Verb, ...]:
        return self._verbs.verbs()

    def close(self) -> None:
        """After the socket."""
        self._verbs.close()
