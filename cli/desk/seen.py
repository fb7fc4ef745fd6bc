"""What a desk knows of its agent: the agent's part of the picture, the call in hand, texts, figures. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cli.top.view import Picture

Fields = Mapping[str, Any]
_POPUPS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """How everything stands for one agent."""

    agent_id: str
    agent: Fields | None = None
    """As ``agent.list`` tells it; None for one who is not there, or not to be seen."""
    looked: bool = False
    """Whether the switch has told anything yet."""
    taken_at: float = 0.0
    """Of what is told as lasting; monotonic, in seconds."""
    calls: Sequence[Fields] = ()
    """The agent's own, the one in hand first."""
    call: Fields | None = None
    """The one in hand with its legs, as ``call.show`` tells it."""
    queues: Sequence[Fields] = ()
    """Those the agent serves."""
    figures: Fields = field(default_factory=dict)
    messages: Sequence[Fields] = ()
    """The latest, as ``agent.messages`` tells them."""
    reasons: Sequence[Fields] = ()
    """For not ready; none: any text."""
    popups: dict[str, Fields] = field(default_factory=dict)
    """What was popped up, by call; the latest only."""

    @property
    def state(self) -> str:
        return "LOGGED_OUT" if self.agent is None else str(self.agent["state"])

    @property
    def station(self) -> str:
        """Where the agent sits; empty when signed out."""
        return "" if self.agent is None else self.agent["station"] or ""

    @property
    def popup(self) -> Fields:
        """What was popped up of the call in hand; nothing for a call that nothing was popped up of."""
        return {} if self.call is None else self.popups.get(self.call["call_id"], {})

    @property
    def own_leg(self) -> Fields | None:
        """The agent's leg of the call in hand."""
        legs = () if self.call is None else self.call["legs"]
        return next((leg for leg in legs if leg["station"] == self.station), None)

    @property
    def holds(self) -> bool:
        """Whether the agent holds the other end by verb."""
        return self.own_leg is not None and self.own_leg["holds"] in ("order", "both")

    @property
    def unseen(self) -> Sequence[str]:
        """Texts that no desktop has confirmed, the oldest first."""
        told = (each for each in self.messages if each["told"] and "desktop" not in each["reached"])
        oldest_first = sorted(told, key=lambda each: -each["sent_s"])
        return [str(each["message_id"]) for each in oldest_first]

    def with_picture(self, picture: Picture) -> "Seen":
        """The same with the agent's own of everything that is up."""
        agent = picture.thing("agents", self.agent_id)
        served = frozenset(() if agent is None else agent["queues"])
        queues = [each for each in picture.things.get("queues", ()) if each["name"] in served]
        now = replace(self, agent=agent, looked=True, taken_at=picture.taken_at, queues=queues)
        own = [each for each in picture.things.get("calls", ()) if now._has(each)]
        own.sort(key=lambda each: each["call_id"] != (agent or {}).get("call_id"))
        return replace(now, calls=own)

    def with_popup(self, fields: Fields) -> "Seen":
        """The same with what is popped up of a call; of another agent's nothing is taken."""
        if fields["agent"] != self.agent_id:
            return self
        others = {key: each for key, each in self.popups.items() if key != fields["call_id"]}
        latest = dict([*others.items(), (fields["call_id"], fields)][-_POPUPS_KEPT:])
        return replace(self, popups=latest)

    def _has(self, call: Fields) -> bool:
        """Whether the agent is in a call, or rings for it."""
        if self.agent is None or not self.station:
            return False
        if self.state == "OFFERED" and call["call_id"] == next(reversed(self.popups), None):
            return True
        mine = (self.station, f"station:{self.station}")
        return call["call_id"] == self.agent["call_id"] or call["station"] in mine or call["whom"] in mine
