"""Screen-pops (弹屏): what an agent's desktop is told of a call, when it is offered and when they talk.

Calls from queues are told when the offer is made, before the phone is rung. All others, which the ACD has
nothing to do with, are told when the phone of an agent's station rings.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from acd.events import OfferMade
from acd.popup_events import AgentPopUp, PopUpPhase
from acd.queue import Queue
from acd.repeats import Repeat, RepeatCallers
from acd.state import AcdState
from runtime.contact_data import Data
from runtime.vocabulary import Output

BUSINESS_TYPE = "business_type"
"""The call data by which flows and programs tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoppedCall:
    """What the switch knows of a call, beside the ACD."""

    contact_id: str
    caller_number: str
    caller_name: str
    area: str
    called_number: str
    access_code: str
    language: str
    business_type: str
    """The access code's."""
    flow: str = ""
    flow_path: tuple[str, ...] = ()
    flow_keys: str = ""
    lists: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    recording_id: str | None = None
    data: Data = field(default_factory=dict)


class Rung(NamedTuple):
    """A phone that rings for a call."""

    call_id: str
    offer_id: str
    station: str


class PoppedCalls(Protocol):
    """Where calls are known."""

    def call(self, call_id: str, came_as: str) -> PoppedCall | None:
        """None when it is over. ``came_as``: the call whose way through flows counts."""

    def rung(self, leg_id: str) -> Rung | None:
        """None for a leg that is no station's, or not there any more."""

    def talking(self, call_id: str) -> Rung | None:
        """The phone that talks with the customer; None when none does."""


class NoCalls:
    """Where none are known."""

    def call(self, call_id: str, came_as: str) -> PoppedCall | None:
        return None

    def rung(self, leg_id: str) -> Rung | None:
        return None

    def talking(self, call_id: str) -> Rung | None:
        return None


@dataclass(frozen=True, slots=True)
class _Offer:
    """What is not known any more when they talk, or not to the switch."""

    agent: str
    came_as: str
    queue: str = ""
    joined_at: float | None = None
    callback: bool = False
    language: str = ""
    tags: tuple[str, ...] = ()


class PopUps:
    """Shown to the desktop of whoever sits where a phone rings. ``now``: monotonic seconds."""

    def __init__(self, state: AcdState, repeats: RepeatCallers, calls: PoppedCalls) -> None:
        self._state = state
        self._repeats = repeats
        self._calls = calls
        self._told: dict[str, dict[str, _Offer]] = {}
        """By call and offer."""
        self.calls: Container[str] = self._told
        """Those that desktops were told of."""

    @property
    def open_calls(self) -> int:
        return len(self._told)

    def offer_made(self, event: OfferMade, now: float) -> Sequence[Output]:
        """A queue offers a call. Items have ``item.offered``; who is still called back is told later."""
        offer, entry = self._state.offers.get(event.offer_id), self._state.entry_of(event.call_id)
        if offer is None or offer.reserved or entry is None or entry.is_item:
            return ()
        return self._show(Rung(event.call_id, event.offer_id, event.station), PopUpPhase.OFFERED, now)

    def phone_rang(self, leg_id: str, now: float) -> Sequence[Output]:
        """It may be an agent's, and for a call that no queue has offered."""
        rung = self._calls.rung(leg_id) if self._state.seats else None
        if rung is None or rung.offer_id in self._told.get(rung.call_id, {}):
            return ()
        return self._show(rung, PopUpPhase.OFFERED, now)

    def joined(self, leg_id: str, now: float) -> Sequence[Output]:
        """A phone that was rung as a further party talks with the others."""
        rung = self._calls.rung(leg_id)
        return () if rung is None else self._show(rung, PopUpPhase.ANSWERED, now)

    def talks(self, call_id: str, now: float) -> Sequence[Output]:
        """They talk, or somebody else does by a transfer, or the same agent to another."""
        rung = self._calls.talking(call_id) if self._state.seats or self._told else None
        return () if rung is None else self._show(rung, PopUpPhase.ANSWERED, now)

    def offer_over(self, call_id: str, offer_id: str) -> Sequence[Output]:
        """The phone is out of the call."""
        if told := self._told.get(call_id):
            told.pop(offer_id, None)
            if not told:
                del self._told[call_id]
        return ()

    def call_over(self, call_id: str) -> Sequence[Output]:
        """And all its phones."""
        self._told.pop(call_id, None)
        return ()

    def _show(self, rung: Rung, phase: PopUpPhase, now: float) -> Sequence[Output]:
        offer = self._told.get(rung.call_id, {}).get(rung.offer_id) or self._offer_of(rung)
        popup = self._popup(rung, offer, phase, now) if offer is not None else None
        if offer is None or popup is None:
            return ()
        self._told.setdefault(rung.call_id, {})[rung.offer_id] = offer
        return (popup,)

    def _offer_of(self, rung: Rung) -> _Offer | None:
        """None when nobody is signed in at the phone."""
        offer = self._state.offers.get(rung.offer_id)
        entry = self._state.entry_of(rung.call_id) if offer is not None else None
        if offer is None or entry is None:
            agent = self._state.seats.get(rung.station)
            return None if agent is None else _Offer(agent, rung.call_id)
        return _Offer(
            agent=offer.agent_id,
            came_as=entry.entry_id,
            queue=offer.queue_name,
            joined_at=entry.joined_at,
            callback=entry.callback is not None,
            language=entry.language,
            tags=entry.tags,
        )

    def _popup(self, rung: Rung, offer: _Offer, phase: PopUpPhase, now: float) -> AgentPopUp | None:
        call = self._calls.call(rung.call_id, offer.came_as)
        if call is None:
            return None
        queue = self._state.queues.get(offer.queue)
        repeat, last_agent, last_talk_at = self._again(call.caller_number, queue)
        return AgentPopUp(
            agent=offer.agent,
            station=rung.station,
            phase=phase,
            call_id=rung.call_id,
            contact_id=call.contact_id,
            offer_id=rung.offer_id,
            queue=offer.queue,
            waited_ms=0 if offer.joined_at is None else round((now - offer.joined_at) * 1000),
            callback=offer.callback,
            caller_number=call.caller_number,
            caller_name=call.caller_name,
            area=call.area,
            called_number=call.called_number,
            access_code=call.access_code,
            language=offer.language or call.language,
            business_type=_business_type(call, queue),
            flow=call.flow,
            flow_path=call.flow_path,
            flow_keys=call.flow_keys,
            lists=call.lists,
            tags=offer.tags or call.tags,
            repeats=repeat.conversations,
            last_agent=last_agent,
            last_talk_at=last_talk_at,
            recording_id=call.recording_id,
            data=call.data,
        )

    def _again(self, number: str, queue: Queue | None) -> tuple[Repeat, str, float | None]:
        """How often the caller talked with agents of late, with whom last, and when."""
        if queue is None or not number:
            return Repeat(), "", None
        latest = self._repeats.latest(number, queue.config)
        repeat = self._repeats.of(number, queue.config)
        return (repeat, "", None) if latest is None else (repeat, latest.agent_id, latest.ended_at)


def _business_type(call: PoppedCall, queue: Queue | None) -> str:
    noted = call.data.get(BUSINESS_TYPE)
    of_queue = queue.config.business_type if queue is not None else ""
    return str(noted or of_queue or call.business_type)
