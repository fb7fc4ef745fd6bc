"""What we offer inside a dialog: our re-INVITE or UPDATE and its answer (RFC 3261 §14.1, RFC 3311 §5.1)."""

from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.capabilities import ALLOW, SDP_TYPE, SUPPORTED, names_token
from switch.sip.commands import ReofferLeg
from switch.sip.dialogs.dialog import Dialog
from switch.sip.errors import SipSyntaxError
from switch.sip.events import LegReofferAnswered, LegReofferRefused
from switch.sip.legs.arriving_legs import ArrivingLegs
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import ArrivingLeg, DialledLeg, LegState, LegTimer, OurReoffer, SipLeg, dialog_of
from switch.sip.messages.bodies import session_text
from switch.sip.messages.message import Request, Response
from switch.sip.transactions.client_transaction import RequestUnanswered, ResponseReceived, State

_MOST_TRIES = 8
"""Offers that cross again and again, or a peer that is always busy: then it is refused."""
_LONGEST_RETRY_S = 10
_UNKNOWN_METHOD = (405, 501)
_DIALOG_IS_OVER = (408, 481)
"""Answers after which there is no dialog any more (RFC 3261 §12.2.1.2)."""


class OurReoffers:
    """Asks peers to change the session, or only to keep it up.

    ``patience_s`` is how long a peer may ponder before it is asked to stop, and once more to do so.
    """

    def __init__(self, signalling: LegSignalling, arriving: ArrivingLegs, *, patience_s: float) -> None:
        self._arriving = arriving
        self._signalling = signalling
        self._patience_s = patience_s

    def ask(self, command: ReofferLeg, now: float) -> list[Output]:
        """Offer the peer another session."""
        leg = self._signalling.legs.find(command.leg_id)
        if leg is None:
            return []
        ours = leg.our_reoffer
        if leg.waiting_offer is not None or (ours is not None and not ours.is_refresh):
            raise UsageError(f"{leg.leg_id} has been offered something else, which has no answer yet")
        if leg.reoffer is not None or not _can_be_changed(leg):
            return [LegReofferRefused(leg_id=leg.leg_id, status=491)]
        leg.waiting_offer = command.sdp
        return self.go_on(leg, now)

    def go_on(self, leg: SipLeg, now: float) -> list[Output]:
        """Send the offer that waits, if nothing is in its way any more."""
        dialog = dialog_of(leg)
        sdp = leg.waiting_offer
        if sdp is None or dialog is None or _is_busy(leg) or leg.state is LegState.ENDED:
            return []
        leg.waiting_offer = None
        return self._send(OurReoffer(leg, dialog, sdp, is_refresh=False), now)

    def refresh(self, leg: SipLeg, now: float) -> list[Output]:
        """Keep the session from expiring, by UPDATE where the peer serves it (RFC 4028 §7.4)."""
        dialog = dialog_of(leg)
        keeper = self._signalling.keeper
        if (
            dialog is None
            or leg.our_reoffer is not None
            or leg.reoffer is not None
            or leg.unacked is not None
        ):
            keeper.put_off(leg, now)
            return []
        keeper.await_refresh(leg)
        sdp = None if leg.peer_updates else leg.our_sdp
        return self._send(OurReoffer(leg, dialog, sdp, is_refresh=True), now)

    def give_way(self, leg: SipLeg) -> list[Output]:
        """An offer of the peer's comes while ours waits: whoever wanted ours must think again."""
        ours = leg.our_reoffer
        waited = leg.waiting_offer is not None
        leg.waiting_offer = None
        if ours is not None and ours.transaction is None:
            self._finish(ours)
            waited = waited or not ours.is_refresh
        return [LegReofferRefused(leg_id=leg.leg_id, status=491)] if waited else []

    def wake(self, leg: SipLeg, now: float) -> list[Output]:
        """The leg's timer rang: try again, or lose patience."""
        ours = leg.our_reoffer
        if ours is None:
            return []
        if ours.transaction is not None:
            return self._lose_patience(ours, now)
        if leg.state is LegState.ENDED:
            leg.our_reoffer = None
            return []
        return self._send(ours, now)

    def response(self, ours: OurReoffer, report: ResponseReceived, now: float) -> list[Output]:
        """An answer of the peer's."""
        response = report.response
        if response.status < 200:
            return []
        if response.status < 300:
            return self._accepted(ours, report, now)
        if ours.transaction is not report.transaction:
            return []
        proven = self._signalling.prove(report, ours.dialog, now)
        if proven is not None:
            ours.transaction, message = proven
            return [message]
        ours.transaction = None
        return self._refused(ours, response, now)

    def unanswered(self, ours: OurReoffer, report: RequestUnanswered, now: float) -> list[Output]:
        """No answer: the peer has gone, unless it was only not to be reached just now."""
        ours.transaction = None
        if ours.leg.state is LegState.ENDED:
            return self._finish(ours)
        return self._give_up(ours, report.status, now)

    def _send(self, ours: OurReoffer, now: float) -> list[Output]:
        leg, signalling = ours.leg, self._signalling
        by_invite = ours.sdp is not None and leg.state is LegState.CONFIRMED
        request = ours.dialog.request("INVITE" if by_invite else "UPDATE")
        self._fill(request, ours)
        ours.tries += 1
        leg.our_reoffer = ours
        ours.transaction, message = signalling.layer.send(request, ours.dialog.hop, ours, now)
        self._set_timer(leg, now + 2 * self._patience_s)
        return [message]

    def _fill(self, request: Request, ours: OurReoffer) -> None:
        signalling, headers = self._signalling, request.headers
        lines = {
            "contact": ours.dialog.contact or signalling.identity.contact(ours.dialog.hop),
            "allow": ALLOW,
            "supported": SUPPORTED,
            "user-agent": signalling.identity.name,
            **signalling.keeper.lines(ours.leg),
        }
        if ours.sdp is not None:
            lines["content-type"] = SDP_TYPE
            request.body = ours.sdp.encode("utf-8")
        for name, values in lines.items():
            headers.set_all(name, values)

    def _accepted(self, ours: OurReoffer, report: ResponseReceived, now: float) -> list[Output]:
        """A 2xx; that of an INVITE is ACKed, whatever became of the leg meanwhile."""
        leg, headers = ours.leg, report.response.headers
        _move_target(ours.dialog, report)
        outputs: list[Output] = []
        invite = report.transaction
        if invite.method == "INVITE":
            ack = ours.dialog.ack(invite.request)
            outputs.append(self._signalling.layer.acknowledge(invite.number, ack, ours.dialog.hop, None))
        if ours.transaction is not report.transaction:
            return outputs
        self._finish(ours)
        if leg.state is LegState.ENDED:
            return outputs
        self._signalling.keeper.settle(leg, headers, now)
        return outputs + self._told(ours, session_text(report.response)) + self.go_on(leg, now)

    def _told(self, ours: OurReoffer, answer: str | None) -> list[Output]:
        """What the owner of the leg hears of a 2xx."""
        leg = ours.leg
        if ours.sdp is None:
            return []
        if answer is None:  # against RFC 3264 §5; nothing is agreed
            return [] if ours.is_refresh else [LegReofferRefused(leg_id=leg.leg_id, status=488)]
        leg.our_sdp = ours.sdp
        return [LegReofferAnswered(leg_id=leg.leg_id, sdp=answer)]

    def _refused(self, ours: OurReoffer, response: Response, now: float) -> list[Output]:
        if ours.leg.state is LegState.ENDED:
            return self._finish(ours)
        pause_s = self._pause_before_next(ours, response)
        if pause_s is None:
            return self._give_up(ours, response.status, now)
        if pause_s == 0:
            return self._send(ours, now)
        self._set_timer(ours.leg, now + pause_s)
        return []

    def _pause_before_next(self, ours: OurReoffer, response: Response) -> float | None:
        """How long to wait before another try; None when there shall be none."""
        leg, status, headers = ours.leg, response.status, response.headers
        if ours.tries == _MOST_TRIES:
            return None
        if status == 491:
            return self._glare_pause_s(leg)
        if status == 500 and "retry-after" in headers:
            return _retry_after_s(headers.get("retry-after") or "")
        if status == 422 and self._signalling.keeper.raise_interval(leg, headers):
            return 0
        if status in _UNKNOWN_METHOD and ours.is_refresh and ours.sdp is None and leg.our_sdp is not None:
            leg.peer_updates = False
            ours.sdp = leg.our_sdp
            return 0
        return None

    def _glare_pause_s(self, leg: SipLeg) -> float:
        """Units of 10 ms: 2.1 to 4 s for who made the Call-ID, 0 to 2 s for the other (RFC 3261 §14.1)."""
        chance = int(self._signalling.ids.token()[:8], 16)
        hundredths = 210 + chance % 191 if isinstance(leg, DialledLeg) else 1 + chance % 200
        return hundredths / 100

    def _give_up(self, ours: OurReoffer, status: int, now: float) -> list[Output]:
        """The session stays as it was, unless the answer says that there is none (RFC 3261 §12.2.1.2)."""
        leg = ours.leg
        self._finish(ours)
        if status in _DIALOG_IS_OVER:
            cause = Cause.RECOVERY_ON_TIMER_EXPIRE if status == 408 else Cause.DESTINATION_OUT_OF_ORDER
            if isinstance(leg, ArrivingLeg) and not leg.invite.is_answered:
                return self._arriving.hung_up_early(leg, cause, now)
            outputs = self._signalling.legs.end(leg, cause, status=status, by_peer=status == 481)
            return outputs + self._signalling.say_bye(leg, ours.dialog, cause, now)
        refused: list[Output] = []
        if not ours.is_refresh:
            refused = [LegReofferRefused(leg_id=leg.leg_id, status=status)]
        return refused + self.go_on(leg, now)

    def _lose_patience(self, ours: OurReoffer, now: float) -> list[Output]:
        """A provisional answer came and no other: CANCEL, and in the end forget it (RFC 3261 §9.1)."""
        transaction, layer = ours.transaction, self._signalling.layer
        if transaction is None:
            return []
        self._set_timer(ours.leg, now + self._patience_s)
        if transaction.method == "INVITE" and transaction.state is State.PROCEEDING and not ours.is_cancelled:
            ours.is_cancelled = True
            return [layer.send_cancel(transaction, {}, now)]
        layer.give_up(transaction)
        return self.unanswered(ours, RequestUnanswered(transaction, 408), now)

    def _finish(self, ours: OurReoffer) -> list[Output]:
        ours.transaction = None
        ours.leg.our_reoffer = None
        self._signalling.legs.timers.cancel((ours.leg, LegTimer.REOFFER))
        return []

    def _set_timer(self, leg: SipLeg, at: float) -> None:
        self._signalling.legs.timers.set((leg, LegTimer.REOFFER), at)


def _is_busy(leg: SipLeg) -> bool:
    """Whether something about the session is still open, on either side (RFC 3261 §14.1)."""
    return leg.unacked is not None or leg.our_reoffer is not None or leg.reoffer is not None


def _can_be_changed(leg: SipLeg) -> bool:
    """Whether a session is agreed on: before the answer only by a reliable 18x (RFC 3311 §5.1)."""
    if leg.state in (LegState.ANSWERED, LegState.CONFIRMED):
        return True
    if not isinstance(leg, ArrivingLeg) or leg.early_sdp is None or leg.provisional is None:
        return False
    return not leg.provisional.is_unacked and names_token(leg.invite.request.headers, "allow", "UPDATE")


def _move_target(dialog: Dialog, report: ResponseReceived) -> None:
    """A 2xx may name a new target; one that cannot be read leaves the old."""
    try:
        dialog.refresh_target(report.response.headers.get_all("contact"), report.hop)
    except SipSyntaxError:
        return


def _retry_after_s(text: str) -> float | None:
    """Seconds, when they are few (RFC 3261 §14.2); None when they are not."""
    digits = text.partition(";")[0].partition("(")[0].strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 2):
        return None
    return max(1.0, float(digits)) if int(digits) <= _LONGEST_RETRY_S else None
