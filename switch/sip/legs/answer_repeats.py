"""Repeating our 200 OK until the ACK comes (RFC 3261 §13.3.1.4): the transaction layer does not do it."""

from typing import NamedTuple

from runtime.deadlines import Deadlines
from switch.sip.commands import SendMessage
from switch.sip.counters import Counters
from switch.sip.legs.legs import SipLeg, UnackedAnswer
from switch.sip.transactions.timers import Timers


class AckMissing(NamedTuple):
    """64*T1 went by without the ACK; the leg must be given up."""

    leg: SipLeg


class AnswerRepeats:
    """The answers that wait for their ACK, one at most for each leg."""

    def __init__(self, timers: Timers, counters: Counters) -> None:
        self._t1_s = timers.t1_s
        self._t2_s = timers.t2_s
        self._lifetime_s = timers.lifetime_s
        self._counters = counters
        self._deadlines: Deadlines[UnackedAnswer] = Deadlines()

    def start(self, leg: SipLeg, cseq: int, message: SendMessage, now: float, *, is_offer: bool) -> None:
        """The answer was sent for the first time."""
        answer = UnackedAnswer(leg, cseq, message, is_offer, self._t1_s, now + self._lifetime_s)
        leg.unacked = answer
        self._deadlines.set(answer, now + self._t1_s)

    def stop(self, leg: SipLeg) -> None:
        """The ACK came, or the dialog is over; no harm when nothing is repeated."""
        if leg.unacked is not None:
            self._deadlines.cancel(leg.unacked)
            leg.unacked = None

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> SendMessage | AckMissing | None:
        """Repeat the answer that is due first, or give it up when it is too old; None when none is due."""
        answer = self._deadlines.first_due(now)
        if answer is None:
            return None
        if now >= answer.gives_up_at:
            answer.leg.unacked = None
            return AckMissing(answer.leg)
        self._counters.retransmissions_sent += 1
        answer.pause_s = min(2 * answer.pause_s, self._t2_s)
        self._deadlines.set(answer, min(now + answer.pause_s, answer.gives_up_at))
        return answer.message
