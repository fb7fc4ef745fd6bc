"""The guard's verbs on the control socket."""

from collections.abc import Callable

from pydantic import Field

from runtime.clock import Clock
from runtime.models import Answer, NoParams, Params
from runtime.vocabulary import Command
from switch.application import Verb
from switch.roles import OPERATORS
from switch.sip.guard.banning import Banning
from switch.sip.guard.bans import Ban
from switch.sip.guard.commands import BanSource, LiftBan


class BanParams(Params):
    """Whom to ban, and for how long."""

    source: str = Field(description="an IP address; of IPv6 its network of 64 bits is banned")
    reason: str = Field(default="by hand", min_length=1, max_length=100, description="why")
    duration_s: float | None = Field(
        default=None, gt=0, le=1e9, description="a number of seconds, or null: until it is lifted"
    )


class SourceParams(Params):
    """Names one source that is banned."""

    source: str = Field(description="the source, as ban.list names it")


class BanView(Answer):
    """A source that is not heard."""

    source: str
    """An IPv4 address or an IPv6 network of 64 bits."""
    reason: str
    since_s: float
    left_s: float | None
    """Null for a ban without end."""
    times: int
    """Bans of the source."""
    dropped: int
    """Messages that were not heard."""


class BanVerbs:
    """``ban.list``, ``ban.add``, ``ban.lift``."""

    def __init__(self, bans: Banning, clock: Clock, submit: Callable[[Command], None]) -> None:
        self._bans = bans
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "ban.list",
                NoParams,
                self._list,
                "The sources that are not heard, the newest ban first.",
                who=OPERATORS,
                reads=True,
            ),
            Verb("ban.add", BanParams, self._add, "Hear nothing from a source any more.", who=OPERATORS),
            Verb("ban.lift", SourceParams, self._lift, "Hear a source again.", who=OPERATORS),
        )

    def _list(self, params: NoParams) -> list[BanView]:
        now = self._clock.now()
        return [_view(ban, now) for ban in self._bans.all()]

    def _add(self, params: BanParams) -> BanView:
        source, reason, duration_s = params.source, params.reason, params.duration_s
        self._submit(BanSource(source=source, reason=reason, duration_s=duration_s))
        return _view(self._bans.find(source), self._clock.now())

    def _lift(self, params: SourceParams) -> BanView:
        view = _view(self._bans.find(params.source), self._clock.now())
        self._submit(LiftBan(source=params.source))
        return view


def _view(ban: Ban, now: float) -> BanView:
    return {
        "source": ban.source,
        "reason": ban.reason,
        "since_s": round(now - ban.began_at, 3),
        "left_s": None if ban.ends_at is None else round(max(0.0, ban.ends_at - now), 3),
        "times": ban.times,
        "dropped": ban.dropped,
    }
