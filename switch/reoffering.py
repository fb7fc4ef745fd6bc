"""Media that changes while a leg is up: offers that come again, and answers that come with ACK or PRACK."""

from collections.abc import Callable

from runtime.errors import PeerError
from runtime.vocabulary import Output
from switch import negotiation
from switch.call import Calls, Leg
from switch.causes import Cause
from switch.holding import Holding
from switch.sip.commands import AnswerReoffer
from switch.sip.events import LegConfirmed, LegReofferAnswered, LegReoffered, LegRingingConfirmed


class Reoffering:
    """The part of the exchange that agrees on media anew. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls, holding: Holding, lose: Callable[[Leg, Cause], list[Output]]) -> None:
        """``lose`` ends a leg with which nothing can be agreed."""
        self._calls = calls
        self._holding = holding
        self._lose = lose

    def reoffered(self, event: LegReoffered) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        if leg is None:
            return []
        if event.sdp is None:
            return [AnswerReoffer(leg_id=leg.leg_id, sdp=negotiation.offer(leg))]
        held_before = leg.holding
        try:
            sdp = negotiation.answer_again(leg, event.sdp)
        except PeerError:
            return [AnswerReoffer(leg_id=leg.leg_id, sdp=None)]
        answer = AnswerReoffer(leg_id=leg.leg_id, sdp=sdp)
        return [negotiation.configuration(leg), answer, *self._holding.changed(leg, held_before=held_before)]

    def confirmed(self, event: LegConfirmed) -> list[Output]:
        """The ACK of our 200 OK; it carries the peer's answer when the 200 carried our offer."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None or leg.peer_sdp is not None:
            return []
        return self._take_answer(leg, event.sdp or "")

    def ringing_confirmed(self, event: LegRingingConfirmed) -> list[Output]:
        """The PRACK of our 18x; it carries the peer's answer when that carried our offer."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None or leg.peer_sdp is not None or event.sdp is None:
            return []
        return self._take_answer(leg, event.sdp)

    def reoffer_answered(self, event: LegReofferAnswered) -> list[Output]:
        leg = self._calls.legs.get(event.leg_id)
        return self._take_answer(leg, event.sdp) if leg else []

    def _take_answer(self, leg: Leg, sdp: str) -> list[Output]:
        held_before = leg.holding
        try:
            negotiation.take_answer(leg, sdp)
        except PeerError:
            return self._lose(leg, Cause.INCOMPATIBLE_DESTINATION)
        return [negotiation.configuration(leg), *self._holding.changed(leg, held_before=held_before)]
