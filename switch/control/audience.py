"""All clients of one socket, and the one turn of the loop in which they are told what happened."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from switch.control.following import Feed, Follower
from switch.records.projection import AnyEntry


class Member(Protocol):
    """A client among others."""

    @property
    def follower(self) -> Follower:
        """What it wants, and up to where it has been told."""

    def flush(self) -> None:
        """Write what it has not been told, as far as it reads."""


M = TypeVar("M", bound=Member)


class Audience(Generic[M]):
    """Who is connected. ``changed`` is called when ``hears`` may answer otherwise than before."""

    def __init__(
        self,
        feed: Feed,
        call_soon: Callable[[Callable[[], None]], object],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.feed = feed
        self._call_soon = call_soon
        self._changed = changed
        self._members: dict[M, None] = {}
        self._heard: dict[str, bool] = {}
        self._telling = False

    def __len__(self) -> int:
        return len(self._members)

    def members(self) -> list[M]:
        """All that joined and have not left."""
        return list(self._members)

    def join(self, member: M) -> None:
        """Let a client in."""
        self._members[member] = None

    def leave(self, member: M) -> None:
        """Forget a client; no harm if it is gone."""
        self._members.pop(member, None)
        self.look_again()

    def look_again(self) -> None:
        """Some client wants more or less than before."""
        self._heard.clear()
        self._changed()

    def hears(self, topic: str) -> bool:
        """Whether any client wants the events of a topic."""
        heard = self._heard.get(topic)
        if heard is None:
            heard = self._heard[topic] = any(member.follower.wants(topic) for member in self._members)
        return heard

    def tell(self, entry: AnyEntry, *, journaled: bool = True) -> None:
        """Keep an event; who wants it gets it before the loop's next turn, with all others of this one.

        Here, in the midst of what happens to a call, it is noted and no more.
        """
        self.feed.put(entry, journaled=journaled)
        if not self._telling and (self.hears(entry.topic) or self.feed.is_untidy):
            self._telling = True
            self._call_soon(self._flush)

    def _flush(self) -> None:
        self._telling = False
        self.feed.ring.settle()
        for member in self.members():
            member.flush()
