"""Keeps account of what a centre reports: nothing may be lost, and nothing told twice."""

from collections.abc import Iterable

from acd.events import CallCompleted, CallerJoined, CallerLeft, LeaveReason, OfferEnded, OfferMade
from runtime.vocabulary import Output


class Ledger:
    """Fails as soon as an event does not fit to those before it."""

    def __init__(self) -> None:
        self.waiting: set[str] = set()
        self.talking: dict[str, str] = {}
        """Call → agent."""
        self.offers: dict[str, OfferMade] = {}
        self.left: dict[LeaveReason, int] = dict.fromkeys(LeaveReason, 0)

    def note(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            match output:
                case CallerJoined():
                    assert output.call_id not in self.waiting | self.talking.keys()
                    self.waiting.add(output.call_id)
                case OfferMade():
                    self._offer_made(output)
                case OfferEnded():
                    made = self.offers.pop(output.offer_id)
                    assert (made.call_id, made.agent) == (output.call_id, output.agent)
                case CallerLeft():
                    self._caller_left(output)
                case CallCompleted():
                    assert self.talking.pop(output.call_id) == output.agent

    def _offer_made(self, made: OfferMade) -> None:
        assert made.call_id in self.waiting
        running = self.offers.values()
        assert made.call_id not in [offer.call_id for offer in running], "two offers for one caller"
        assert made.agent not in [offer.agent for offer in running], "two offers to one agent"
        assert made.agent not in self.talking.values(), "an offer to an agent who talks"
        self.offers[made.offer_id] = made

    def _caller_left(self, left: CallerLeft) -> None:
        self.left[left.reason] += 1
        if left.reason is not LeaveReason.FULL:
            self.waiting.remove(left.call_id)
        if left.reason is LeaveReason.CONNECTED:
            assert left.agent is not None
            self.talking[left.call_id] = left.agent
        else:
            assert left.agent is None
