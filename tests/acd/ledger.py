"""Keeps account of what a centre reports: nothing may be lost, and nothing told twice."""

from collections.abc import Iterable

from acd.callback_events import (
    CallbackDialled,
    CallbackEnded,
    CallbackRequested,
    CallbackRestored,
    CallbackReturned,
)
from acd.events import (
    CallCompleted,
    CallerJoined,
    CallerLeft,
    LeaveReason,
    OfferEnded,
    OfferMade,
    OfferResult,
)
from acd.media import EXCLUSIVE
from runtime.vocabulary import Output


class Ledger:
    """Fails as soon as an event does not fit to those before it."""

    def __init__(self) -> None:
        self.waiting: set[tuple[str, str]] = set()
        """Call and queue."""
        self.talking: dict[str, str] = {}
        """Call or item → agent."""
        self.on_the_phone: dict[str, str] = {}
        """The calls among them, by voice or video."""
        self.offers: dict[str, OfferMade] = {}
        self.callbacks: set[str] = set()
        self.left: dict[LeaveReason, int] = dict.fromkeys(LeaveReason, 0)

    def note(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            match output:
                case CallerJoined():
                    assert (output.call_id, output.queue) not in self.waiting
                    assert output.call_id not in self.talking
                    self.waiting.add((output.call_id, output.queue))
                case OfferMade():
                    self._offer_made(output)
                case OfferEnded():
                    self._offer_ended(output)
                case CallbackDialled() | CallbackReturned():
                    self._go_on_as(output.former_call_id, output.call_id)
                case CallbackRequested() | CallbackRestored() | CallbackEnded():
                    self._note_callback(output)
                case CallerLeft():
                    self._caller_left(output)
                case CallCompleted():
                    assert self.talking.pop(output.call_id) == output.agent
                    self.on_the_phone.pop(output.call_id, None)

    def _note_callback(self, told: CallbackRequested | CallbackRestored | CallbackEnded) -> None:
        is_begun = told.callback_id in self.callbacks
        if not is_begun and isinstance(told, CallbackEnded) and told.reason is LeaveReason.ELSEWHERE:
            return  # one of the run before, whose customer is served by now
        assert is_begun is isinstance(told, CallbackEnded)
        self.callbacks ^= {told.callback_id}

    def _go_on_as(self, former: str, call_id: str) -> None:
        """A callback has another call from now on; nobody is rung for it."""
        assert former not in self.talking
        assert former not in [offer.call_id for offer in self.offers.values()]
        self.waiting = {(call_id if call == former else call, queue) for call, queue in self.waiting}

    def _offer_made(self, made: OfferMade) -> None:
        assert (made.call_id, made.queue) in self.waiting
        if made.medium in EXCLUSIVE:
            running = [offer.agent for offer in self.offers.values() if offer.medium in EXCLUSIVE]
            assert made.agent not in running, "two offers to one agent"
            assert made.agent not in self.on_the_phone.values(), "an offer to an agent who talks"
        self.offers[made.offer_id] = made

    def _offer_ended(self, ended: OfferEnded) -> None:
        made = self.offers.pop(ended.offer_id)
        assert (made.call_id, made.agent) == (ended.call_id, ended.agent)
        if ended.result is OfferResult.ACCEPTED:
            rung = [offer for offer in self.offers.values() if offer.call_id == ended.call_id]
            assert rung == [], "an agent is rung for a caller who talks"

    def _caller_left(self, left: CallerLeft) -> None:
        self.left[left.reason] += 1
        if left.position:
            self.waiting.remove((left.call_id, left.queue))
        if left.reason is LeaveReason.CONNECTED:
            assert left.agent is not None
            assert left.call_id not in self.talking, "served twice"
            self.talking[left.call_id] = left.agent
            if left.medium in EXCLUSIVE:
                self.on_the_phone[left.call_id] = left.agent
        else:
            assert left.agent is None
