"""The locator: knows where names are before a call asks, and asks DNS again in time.

A DNS that is dead leaves the last known places in use. No question is asked twice at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from runtime.deadlines import Deadlines
from runtime.vocabulary import Output
from switch.sip.locating.events import NameLocated, NameLost
from switch.sip.locating.records import Answer, AskDns, DnsAnswered, Question, RecordType
from switch.sip.locating.search import Found, Place, Search, Wanted, numeric_place, search

_SHORTEST_S = 30.0
"""A name is not asked for more often, whatever its time to live."""
_LONGEST_S = 3600.0
_RETRY_S = 30.0


@dataclass(slots=True)
class _Watch:
    """One name that somebody wants to know the places of."""

    wanted: Wanted
    places: tuple[Place, ...] = ()
    lost: bool = False
    search: Search | None = None
    """The search that goes on; None between two."""
    missing: set[Question] = field(default_factory=set)
    answers: dict[Question, Answer] = field(default_factory=dict)


class Locator:
    """Keeps the places of every name it was told to watch."""

    def __init__(
        self,
        transports: Sequence[str] = ("udp", "tcp", "tls"),
        families: Sequence[RecordType] = (RecordType.A, RecordType.AAAA),
    ) -> None:
        """``transports`` and ``families`` are what this switch can send by, the preferred first."""
        self._transports = tuple(transports)
        self._families = tuple(families)
        self._watches: dict[Wanted, _Watch] = {}
        self._asked: dict[Question, list[_Watch]] = {}
        self._deadlines: Deadlines[Wanted] = Deadlines()

    def watch(self, wanted: Wanted, now: float) -> list[Output]:
        """Know its places from now on; those of an IP address are known at once."""
        if wanted in self._watches:
            return []
        place = numeric_place(wanted)
        watch = self._watches[wanted] = _Watch(wanted, (place,) if place else ())
        return [] if place else self._begin(watch, now)

    def places(self, wanted: Wanted) -> tuple[Place, ...]:
        """Where it is, as last known."""
        watch = self._watches.get(wanted)
        return watch.places if watch else ()

    def take(self, item: DnsAnswered, now: float) -> list[Output]:
        """What DNS answered; it may be what several names waited for."""
        outputs: list[Output] = []
        for watch in self._asked.pop(item.question, ()):
            watch.answers[item.question] = item.answer
            watch.missing.discard(item.question)
            if not watch.missing:
                outputs += self._go_on(watch, now)
        return outputs

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> list[Output]:
        """Ask for a name whose time has come."""
        wanted = self._deadlines.first_due(now)
        return [] if wanted is None else self._begin(self._watches[wanted], now)

    def _begin(self, watch: _Watch, now: float) -> list[Output]:
        watch.search = search(watch.wanted, self._transports, self._families)
        return self._ask(watch, next(watch.search), now)

    def _ask(self, watch: _Watch, questions: list[Question], now: float) -> list[Output]:
        watch.answers = {}
        watch.missing = set(questions)
        outputs: list[Output] = []
        for question in questions:
            waiting = self._asked.setdefault(question, [])
            waiting.append(watch)
            if len(waiting) == 1:
                outputs.append(AskDns(name=question.name, type=question.type))
        return outputs if questions else self._go_on(watch, now)

    def _go_on(self, watch: _Watch, now: float) -> list[Output]:
        assert watch.search is not None
        try:
            questions = watch.search.send(watch.answers)
        except StopIteration as end:
            return self._settle(watch, end.value, now)
        return self._ask(watch, questions, now)

    def _settle(self, watch: _Watch, found: Found, now: float) -> list[Output]:
        watch.search = None
        if not found.places:
            self._deadlines.set(watch.wanted, now + _RETRY_S)
            return self._lose(watch, found.failure)
        lasts_s = _RETRY_S if found.failure else min(max(found.ttl_s, _SHORTEST_S), _LONGEST_S)
        self._deadlines.set(watch.wanted, now + lasts_s)
        if not watch.lost and set(found.places) == set(watch.places):
            return []
        watch.places, watch.lost = found.places, False
        addresses = tuple(str(place.hop) for place in found.places)
        return [NameLocated(name=watch.wanted.host, addresses=addresses)]

    def _lose(self, watch: _Watch, reason: str) -> list[Output]:
        if watch.lost:
            return []
        watch.lost = True
        return [NameLost(name=watch.wanted.host, reason=reason, kept=len(watch.places))]
