"""What an arriving leg hears before its answer: 100, and 180 and 183, if need be reliably (RFC 3262 §3)."""

from runtime.vocabulary import Output
from switch.sip.capabilities import SDP_TYPE, names_token
from switch.sip.commands import SendMessage
from switch.sip.counters import Counters
from switch.sip.headers.rack import RELIABLE, Rack
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import ArrivingLeg, LegTimer, Provisional
from switch.sip.messages.header_values import CSeq, parse_cseq
from switch.sip.transactions.timers import Timers

_TRYING_AFTER_S = 0.15
"""An INVITE may wait 200 ms for its first answer (RFC 3261 §17.2.1), and a busy switch may be a little late.
Mostly 180 or 200 comes sooner; a 100 before it would say nothing."""
_REMIND_AFTER_S = 60.0
"""So that no proxy on the way gives the INVITE up (RFC 3261 §13.3.1.1)."""
_REMIND_RELIABLY_AFTER_S = 150.0
"""The same where none can be lost (RFC 3262 §3)."""


class Ringing:
    """Sends provisional answers, repeats them, and matches their acknowledgements.

    With ``eager`` they are sent reliably to whoever supports it, else only to whoever requires it.
    """

    def __init__(self, signalling: LegSignalling, timers: Timers, counters: Counters, *, eager: bool) -> None:
        self._signalling = signalling
        self._timers = signalling.legs.timers
        self._t1_s = timers.t1_s
        self._lifetime_s = timers.lifetime_s
        self._counters = counters
        self._eager = eager

    def await_first(self, leg: ArrivingLeg, now: float) -> None:
        """Say 100 unless something else is said soon."""
        self._set_timer(leg, now + _TRYING_AFTER_S)

    def ring(self, leg: ArrivingLeg, sdp: str | None, now: float) -> list[Output]:
        """180, or 183 with the early answer; nothing when it would say nothing new.

        An offer (``leg.offers_late``) can only go reliably, and stays away from any other 18x.
        """
        reliable = self._is_reliable(leg)
        if leg.offers_late and not reliable:
            sdp = None
        if leg.provisional is not None and (sdp is None or leg.provisional.had_sdp):
            return []
        status = 183 if sdp is not None and not leg.offers_late else 180
        return self._send(leg, status, sdp, now, reliable=reliable)

    def is_awaited(self, leg: ArrivingLeg, *, with_sdp: bool = False) -> bool:
        """Whether a PRACK is still to come: until then nothing reliable may follow (RFC 3262 §3)."""
        newest = leg.provisional
        return newest is not None and newest.is_unacked and (newest.has_sdp or not with_sdp)

    def acknowledge(self, leg: ArrivingLeg, rack: Rack, now: float) -> bool:
        """A PRACK came; False when it is for nothing that waits for one."""
        newest = leg.provisional
        if newest is None or not newest.is_unacked or rack != Rack(newest.rseq, _cseq_of(leg)):
            return False
        newest.is_unacked = False
        if not leg.invite.is_answered:
            self._remind_later(leg, now)
        return True

    def is_forlorn(self, leg: ArrivingLeg, now: float) -> bool:
        """Whether the PRACK is overdue by 64*T1: the INVITE must be refused (RFC 3262 §3)."""
        newest = leg.provisional
        return newest is not None and newest.is_unacked and now >= newest.gives_up_at

    def repeat(self, leg: ArrivingLeg, now: float) -> list[Output]:
        """The leg's timer rang: say 100 where nothing was said, else the newest again, because it may be lost
        or to keep proxies patient."""
        newest = leg.provisional
        if newest is None:
            return self._signalling.answer(leg.invite, 100, now)
        if newest.is_unacked:
            self._counters.retransmissions_sent += 1
            newest.pause_s *= 2
            self._set_timer(leg, min(now + newest.pause_s, newest.gives_up_at))
            return [newest.message]
        if newest.rseq:
            return self._send(leg, newest.status, None, now, reliable=True)
        self._remind_later(leg, now)
        return [newest.message]

    def stop(self, leg: ArrivingLeg) -> None:
        """A final answer follows: nothing is repeated any more; a late PRACK is still known."""
        self._timers.cancel((leg, LegTimer.RINGING))

    def _is_reliable(self, leg: ArrivingLeg) -> bool:
        headers = leg.invite.request.headers
        if "require" in headers and names_token(headers, "require", RELIABLE):
            return True
        return self._eager and names_token(headers, "supported", RELIABLE)

    def _send(
        self, leg: ArrivingLeg, status: int, sdp: str | None, now: float, *, reliable: bool
    ) -> list[Output]:
        previous = leg.provisional
        rseq = self._next_rseq(previous) if reliable else 0
        message = self._say(leg, status, sdp, rseq, now)
        if message is None:
            return []
        leg.provisional = Provisional(
            message=message,
            status=status,
            rseq=rseq,
            is_unacked=reliable,
            has_sdp=sdp is not None,
            had_sdp=sdp is not None or (previous is not None and previous.had_sdp),
            pause_s=self._t1_s,
            gives_up_at=now + self._lifetime_s,
        )
        if reliable:
            leg.early_sdp = sdp or leg.early_sdp
            self._set_timer(leg, now + self._t1_s)
        else:
            self._set_timer(leg, now + _REMIND_AFTER_S)
        return [message]

    def _say(
        self, leg: ArrivingLeg, status: int, sdp: str | None, rseq: int, now: float
    ) -> SendMessage | None:
        extra = self._signalling.dialog_lines(leg.invite, leg.dialog)
        if rseq:
            extra |= {"require": RELIABLE, "rseq": str(rseq)}
        if sdp is not None:
            extra["content-type"] = SDP_TYPE
        body = b"" if sdp is None else sdp.encode("utf-8")
        return self._signalling.layer.respond(
            leg.invite, status, now, tag=leg.dialog.local_tag, extra=extra, body=body
        )

    def _next_rseq(self, previous: Provisional | None) -> int:
        """One more than the last; the first is any number below 2**31 (RFC 3262 §3)."""
        if previous is not None and previous.rseq:
            return previous.rseq + 1
        return 1 + int(self._signalling.ids.token()[:7], 16)

    def _remind_later(self, leg: ArrivingLeg, now: float) -> None:
        newest = leg.provisional
        reliable = newest is not None and newest.rseq
        self._set_timer(leg, now + (_REMIND_RELIABLY_AFTER_S if reliable else _REMIND_AFTER_S))

    def _set_timer(self, leg: ArrivingLeg, at: float) -> None:
        self._timers.set((leg, LegTimer.RINGING), at)


def _cseq_of(leg: ArrivingLeg) -> CSeq:
    return parse_cseq(leg.invite.request.headers.get("cseq") or "")
