"""Programs beside a centre at work that keep a picture of it: a snapshot, and events from there on.

Each must have, whenever it has read all there is, what a new snapshot tells, although they read now and then,
are cut off and come back, and are away for longer than the ring lasts.
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import msgpack  # type: ignore[import-untyped]

from cli.house.windows import PICTURE
from switch.application import Verb
from switch.control.event_verbs import EventVerbs
from switch.control.feed import Gap
from switch.control.following import Feed, Follower
from switch.control.ring import Ring
from switch.control.stream import MSGPACK
from switch.control.verbs import VerbRegistry
from switch.records.projection import AnyEntry
from tests.sim.picture import counts_of, fold, picture_of

RUN = "run-1"
RING_EVENTS = 100
PARTS = {"calls": ["call.*", "offer.*"], "agents": ["agent.*"], "waiting": ["queue.*"]}
"""What of the picture is told by which topics."""
_READS, _IS_CUT, _LOOKS = 0.02, 0.03, 0.015
"""How often in a turn."""


class Program:
    """One, with a connection of its own, which may be cut. It follows some parts of the picture."""

    def __init__(
        self, feed: Feed, verbs: VerbRegistry, topics: Sequence[str], parts: Iterable[str], *, coalesce: bool
    ) -> None:
        self._feed = feed
        self._verbs = verbs
        self._parts = tuple(parts)
        self._wish = {"topics": list(topics), "coalesce": coalesce}
        self._place = 0
        self.cuts = self.gaps = self.looks = 0
        self.differences: list[str] = []
        self.take_snapshot()

    def take_snapshot(self) -> None:
        """Begin anew."""
        told = self._call("event.snapshot", self._wish)
        self.picture, self._place = picture_of(told["parts"]), told["sequence"]

    def come_back(self) -> None:
        """From where it was."""
        self._call("event.subscribe", {**self._wish, "after": self._place, "run": RUN})
        self.cuts += 1

    def read(self, most: int) -> None:
        """What there is, up to ``most``; where a gap is told, a new snapshot is taken."""
        for item in self._follower.take(most):
            if isinstance(item, Gap):
                self.gaps += 1
                self.take_snapshot()
                return
            _, _, (event,) = msgpack.unpackb(item.frame(MSGPACK))
            self._place = event["sequence"]
            fold(self.picture, event["topic"], event["fields"])

    def look(self) -> None:
        """Read all there is, and compare with how everything stands."""
        while self._follower.is_behind:
            self.read(100)
        mine, self.looks = self.picture, self.looks + 1
        parts = self._answer("event.snapshot", {})["parts"]
        now = picture_of(parts)
        for part in self._parts:
            self._compare(part, mine[part], now[part])
        if len(self._parts) == len(PARTS):
            told = {one["name"]: one for one in parts["queues"]}
            counts = {
                name: {"waiting": one["waiting"], "agents": one["agents"]} for name, one in told.items()
            }
            self._compare("queues", counts_of(mine), counts)

    def _compare(self, part: str, mine: dict[str, Any], now: dict[str, Any]) -> None:
        if mine != now:
            keys = [key for key in {**mine, **now} if mine.get(key) != now.get(key)]
            self.differences += [f"{part} {key}: {mine.get(key)}, not {now.get(key)}" for key in keys]

    def _call(self, verb: str, params: dict[str, Any]) -> Any:
        """Over a new connection, on which what is told from now on is read."""
        self._follower = Follower(self._feed)
        return self._answer(verb, params, self._follower)

    def _answer(self, verb: str, params: dict[str, Any], follower: Follower | None = None) -> Any:
        follower = follower or Follower(self._feed)
        own = EventVerbs(self._feed, follower, lambda: None, self._verbs.call, PICTURE).verbs()
        told = VerbRegistry(own, base=self._verbs).call(verb, [params])
        return msgpack.unpackb(MSGPACK.result(1, told))[3]


class Onlookers:
    """Of all events, of all but outdated states, and of one part each."""

    def __init__(self, verbs: Iterable[Verb], random: Random) -> None:
        self._random = random
        self._newest = 0
        ring = Ring(MSGPACK, max_events=RING_EVENTS, max_bytes=10_000_000)
        self._feed = Feed(ring, RUN, lambda: self._newest)
        registry = VerbRegistry(verbs)
        self.programs = [
            Program(self._feed, registry, ["*"], PARTS, coalesce=False),
            Program(self._feed, registry, ["*"], PARTS, coalesce=True),
            *(Program(self._feed, registry, PARTS[part], [part], coalesce=False) for part in PARTS),
        ]

    def see(self, told: Sequence[AnyEntry]) -> None:
        """What happened since."""
        for entry in told:
            self._newest = entry.sequence
            self._feed.put(entry)

    def act(self) -> None:
        """Each may read something, be cut off, or look whether its picture is right."""
        for program in self.programs:
            if self._random.random() < _READS:
                program.read(self._random.randint(1, 60))
            if self._random.random() < _IS_CUT:
                program.come_back()
            if self._random.random() < _LOOKS:
                program.look()

    def look(self) -> None:
        """All of them."""
        for program in self.programs:
            program.look()
