"""The verbs by which a client follows events: subscribing, coming back, taking a picture to begin with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from runtime.models import Answer, Params
from switch.application import Verb
from switch.control.feed import MAX_PATTERNS, TOPIC_PATTERN
from switch.control.following import Feed, Follower
from switch.control.messages import ErrorCode
from switch.control.topics import closest_pattern, covers_any
from switch.control.verbs import VerbError
from switch.roles import EVERYBODY


def _that_some_event_has(pattern: str) -> str:
    """Refuses what one would wait for without end."""
    if not covers_any(pattern):
        meant = closest_pattern(pattern)
        hint = f"did you mean {meant}?" if meant else "docs/events.md names all there are"
        raise ValueError(f"is no event's topic ({hint})")
    return pattern


_Pattern = Annotated[str, Field(pattern=TOPIC_PATTERN)]
_KnownPattern = Annotated[_Pattern, AfterValidator(_that_some_event_has)]
_TOPICS = Field(
    min_length=1, max_length=MAX_PATTERNS, description="`*`, or `call.*`, or a whole topic; several at once."
)
_COALESCE = Field(
    default=False, description="of events that tell a state, only the latest of each when this client is slow"
)


class SubscribeParams(Params):
    """Names events by their topics, and from where on."""

    topics: list[_KnownPattern] = _TOPICS
    after: int | None = Field(
        default=None, ge=0, description="sequence of the last event this client has; those since come first"
    )
    run: str | None = Field(
        default=None, max_length=64, description="the run of the switch that `after` is of; needed with it"
    )
    coalesce: bool = _COALESCE

    @model_validator(mode="after")
    def _whole(self) -> "SubscribeParams":
        if (self.after is None) != (self.run is None):
            raise ValueError("after and run belong together: event.subscribe answered both")
        return self


class UnsubscribeParams(Params):
    """Names events by their topics, also by such as there are none of."""

    topics: list[_Pattern] = _TOPICS


class SnapshotParams(Params):
    """What to follow from the picture on."""

    topics: list[_KnownPattern] = Field(
        default=[],
        max_length=MAX_PATTERNS,
        description="events to be told from the picture on, as event.subscribe",
    )
    coalesce: bool = _COALESCE


class TopicsView(Answer):
    """What a client is subscribed to."""

    topics: list[str]


class FollowingView(TopicsView):
    """And where it stands."""

    run: str
    """Changes when the switch starts anew."""
    sequence: int
    """Of the last event that has happened."""


class SnapshotView(FollowingView):
    """How everything stood when the event ``sequence`` was the last."""

    parts: dict[str, Any]
    """By name, what the verb of a part answers: ``agents`` (agent.list), ``calls`` (call.list) …"""
    left_out: list[str]
    """Parts that are not for this client."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a picture: what a verb answers."""

    verb: str
    of: str = ""
    """Ask once for each object of this other part, by its name."""
    parameter: str = ""
    """Which takes the name."""


class EventVerbs:
    """Of one client."""

    def __init__(
        self,
        feed: Feed,
        follower: Follower,
        changed: Callable[[], None],
        call: Callable[[str, list[Any]], object],
        picture: Mapping[str, Part],
    ) -> None:
        """``changed``: the follower wants more or less; ``call`` carries out this client's verbs."""
        self._feed = feed
        self._follower = follower
        self._changed = changed
        self._call = call
        self._picture = picture

    def verbs(self) -> tuple[Verb, ...]:
        """Those of the socket."""
        return (
            Verb(
                "event.snapshot",
                SnapshotParams,
                self._take_snapshot,
                "How everything stands, and the events from there on.",
                who=EVERYBODY,
                reads=True,
            ),
            Verb(
                "event.subscribe",
                SubscribeParams,
                self._subscribe,
                "Send this client the events of these topics, from now on or from where it was.",
                who=EVERYBODY,
                reads=True,
            ),
            Verb(
                "event.unsubscribe",
                UnsubscribeParams,
                self._unsubscribe,
                "Send this client the events of these topics no longer.",
                who=EVERYBODY,
                reads=True,
            ),
        )

    def _subscribe(self, wanted: SubscribeParams) -> FollowingView:
        self._feed.begin()
        if wanted.after is None or wanted.run is None:
            self._follower.follow(wanted.topics, coalesce=wanted.coalesce)
        else:
            self._follower.resume(wanted.topics, wanted.after, wanted.run, coalesce=wanted.coalesce)
        self._changed()
        return self._stand()

    def _unsubscribe(self, unwanted: UnsubscribeParams) -> TopicsView:
        self._follower.forget(unwanted.topics)
        self._changed()
        return {"topics": self._follower.patterns}

    def _take_snapshot(self, wanted: SnapshotParams) -> SnapshotView:
        """All in one turn of the loop, so that nothing happens between the parts, or before the events."""
        self._feed.begin()
        self._follower.follow(wanted.topics, coalesce=wanted.coalesce)
        self._changed()
        parts: dict[str, Any] = {}
        left_out: list[str] = []
        for name, part in self._picture.items():
            try:
                parts[name] = self._answer(part, parts)
            except VerbError as refusal:
                if refusal.failure.code not in (ErrorCode.NOT_ALLOWED, ErrorCode.UNKNOWN_VERB):
                    raise
                left_out.append(name)
        return {**self._stand(), "parts": parts, "left_out": left_out}

    def _answer(self, part: Part, parts: Mapping[str, Any]) -> object:
        if not part.of:
            return self._call(part.verb, [])
        names = [each["name"] for each in parts.get(part.of, ())]
        return {name: self._call(part.verb, [{part.parameter: name}]) for name in names}

    def _stand(self) -> FollowingView:
        return {
            "topics": self._follower.patterns,
            "run": self._feed.run,
            "sequence": self._feed.newest(),
        }
