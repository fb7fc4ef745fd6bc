"""Listening put together: what the switch registers with its HTTP port, its socket and its driver."""

from collections.abc import Callable, Iterable

from aiohttp import web

from media.recordings.tiers import Access
from runtime.clock import Clock
from runtime.vocabulary import Event
from switch.application import Verb
from switch.archive.listening.finding import RecordingFinder
from switch.archive.listening.links import LinkSigner
from switch.archive.listening.pictures import Pictures
from switch.archive.listening.site import RecordingSite
from switch.archive.listening.verbs import LinkVerbs
from switch.config import HttpConfig
from switch.records.config import RecordsConfig
from switch.records.queries import RecordReader


class Listening:
    """Links are signed with ``key``; ``submit`` is told who got one and who listened."""

    def __init__(
        self,
        key: bytes,
        http: HttpConfig,
        records: RecordsConfig,
        clock: Clock,
        submit: Callable[[Event], None],
        access: Access,
    ) -> None:
        signer = LinkSigner(key)
        self._verbs = LinkVerbs(signer, http, clock, submit)
        self.finder = RecordingFinder(RecordReader(records))
        """Observes the driver's events."""
        pictures = Pictures(records.journal, access)
        self._site = RecordingSite(signer, self.finder, pictures, clock, submit, access)

    def pages(self) -> Iterable[web.RouteDef]:
        return self._site.routes()

    def verbs(self) -> tuple[Verb, ...]:
        return self._verbs.verbs()

    def close(self) -> None:
        """After the HTTP port."""
        self._site.close()
