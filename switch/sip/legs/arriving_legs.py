"""Legs a peer opens by INVITE: ringing, answering, refusing, and its CANCEL (RFC 3261 §13.3, §9.2)."""

from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, HangUpLeg, RingLeg
from switch.sip.dialogs.dialog import Dialog, accept_dialog, called_party
from switch.sip.dialogs.replaces import find_replaced
from switch.sip.events import LegArrived, LegReoffered, LegRingingConfirmed
from switch.sip.headers.diversion import read_diversions
from switch.sip.headers.identity_headers import NOBODY, read_asserted, wants_privacy
from switch.sip.headers.rack import read_rack
from switch.sip.headers.reason_header import read_reason, write_reason
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import WAITING, ArrivingLeg, LegState, LegTimer, SipLeg
from switch.sip.legs.ringing import Ringing
from switch.sip.messages.bodies import check_body, session_text
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.message import Fields
from switch.sip.messages.text import all_printable
from switch.sip.refusal import Refusal
from switch.sip.request_checks import check_invite
from switch.sip.transactions.server_transaction import ServerTransaction

_MOST_DIGITS = 10
_ABOUT_CALLER = (
    "p-asserted-identity",
    "remote-party-id",
    "p-preferred-identity",
    "privacy",
    "diversion",
    "history-info",
)
"""What networks tell of a caller; phones tell none of it."""


class ArrivingLegs:
    """The user agent's part as a server of INVITEs that open a dialog."""

    def __init__(self, signalling: LegSignalling, ringing: Ringing) -> None:
        self._signalling = signalling
        self._ringing = ringing

    def invite(self, transaction: ServerTransaction, now: float) -> list[Output]:
        """An INVITE outside any dialog. Raises SipSyntaxError when it cannot be read."""
        signalling = self._signalling
        if signalling.layer.is_looped(transaction):
            return signalling.answer(transaction, 482, now)
        refusal = check_invite(transaction.request) or signalling.keeper.policy.check(
            transaction.request.headers
        )
        if refusal is not None:
            return signalling.refuse(transaction, refusal, now)
        replaced = None
        if "replaces" in transaction.request.headers:
            replaced = find_replaced(transaction.request, signalling.legs)
        if isinstance(replaced, Refusal):
            return signalling.refuse(transaction, replaced, now)
        return [self._open(transaction, replaced, now)]

    def ring(self, command: RingLeg, now: float) -> list[Output]:
        """180 or 183; it waits for the PRACK of an earlier one."""
        leg = self._find(command.leg_id)
        if leg is None or leg.next_answer is not None:
            return []
        if leg.state not in WAITING:
            raise _too_late(leg, "ring")
        leg.state = LegState.RINGING
        if self._ringing.is_awaited(leg):
            leg.next_ring = command
            return []
        return self._ringing.ring(leg, command.sdp, now)

    def answer(self, command: AnswerLeg, now: float) -> list[Output]:
        """200 OK; it waits for the PRACK of an SDP that went before it (RFC 3262 §3)."""
        leg = self._find(command.leg_id)
        if leg is None:
            return []
        if leg.state not in WAITING:
            raise _too_late(leg, "answer")
        if leg.next_answer is not None:
            raise UsageError(f"{leg.leg_id} was answered before; that waits for the peer's PRACK")
        leg.next_answer = command.sdp
        return self.go_on(leg, now)

    def prack(self, transaction: ServerTransaction, leg: SipLeg, dialog: Dialog, now: float) -> list[Output]:
        """The peer acknowledges an 18x, and may answer or make an offer (RFC 3262 §5).

        Raises SipSyntaxError when it cannot be read.
        """
        signalling = self._signalling
        request = transaction.request
        rack = read_rack(request.headers)
        refusal = check_body(request)
        if not isinstance(leg, ArrivingLeg) or not self._ringing.acknowledge(leg, rack, now):
            return signalling.answer(transaction, 481, now)
        if refusal is not None:
            return signalling.refuse(transaction, refusal, now) + self.go_on(leg, now)
        if leg.state is LegState.ENDED:
            return signalling.answer(transaction, 200, now)
        return self._take_prack(transaction, leg, now)

    def go_on(self, leg: ArrivingLeg, now: float) -> list[Output]:
        """Do what had to wait for a PRACK or its answer, as far as nothing more is waited for."""
        if leg.state not in WAITING or leg.reoffer is not None:
            return []
        if leg.next_answer is not None:
            return self._accept(leg, leg.next_answer, now)
        if leg.next_ring is None or self._ringing.is_awaited(leg):
            return []
        command, leg.next_ring = leg.next_ring, None
        return self._ringing.ring(leg, command.sdp, now)

    def wake(self, leg: ArrivingLeg, now: float) -> list[Output]:
        """Say that it is tried, or once more that it rings; give up a peer that never acknowledges it."""
        if self._ringing.is_forlorn(leg, now):
            return self._refuse(leg, HangUpLeg(leg_id=leg.leg_id, cause=Cause.RECOVERY_ON_TIMER_EXPIRE), now)
        return self._ringing.repeat(leg, now)

    def expire(self, leg: SipLeg, now: float) -> list[Output]:
        """The INVITE no longer holds: that counts as its CANCEL (RFC 3261 §13.3.1)."""
        return self._withdrawn(leg, Cause.ORIGINATOR_CANCEL, now)

    def hang_up(self, leg: ArrivingLeg, command: HangUpLeg, now: float) -> list[Output]:
        """Refuse, or say BYE: at once when the ACK has come, else as soon as it comes (RFC 3261 §15)."""
        signalling = self._signalling
        cause = command.cause
        if leg.state in WAITING:
            return self._refuse(leg, command, now)
        outputs = signalling.legs.end(leg, cause, status=None, by_peer=False)
        return outputs + signalling.say_bye(leg, leg.dialog, cause, now)

    def cancel(self, cancel: ServerTransaction, now: float) -> list[Output]:
        """Its target gets 487, unless it was answered already: then the CANCEL comes too late (§9.2)."""
        signalling = self._signalling
        invite = signalling.layer.cancelled_invite(cancel)
        if invite is None:
            return signalling.answer(cancel, 481, now)
        transaction, tag = invite
        leg = None if transaction is None else transaction.owner
        if isinstance(leg, ArrivingLeg):
            tag = leg.dialog.local_tag
        outputs = signalling.answer(cancel, 200, now, tag=tag)
        if not isinstance(leg, SipLeg):
            return outputs
        if leg.reoffer is transaction:
            return outputs + signalling.drop_reoffer(leg, now)
        return outputs + self._withdrawn(leg, _cancel_cause(cancel), now)

    def hung_up_early(self, leg: ArrivingLeg, cause: Cause, now: float) -> list[Output]:
        """BYE before our answer: the INVITE gets its 487 (RFC 3261 §15.1.2); nothing when it was answered."""
        return self._withdrawn(leg, cause, now) if leg.state in WAITING else []

    def _open(self, transaction: ServerTransaction, replaced: SipLeg | None, now: float) -> LegArrived:
        request, source = transaction.request, transaction.source
        signalling = self._signalling
        caller = parse_name_addr(request.headers.get("from") or "")
        called = called_party(request)
        dialog = accept_dialog(request, signalling.ids.token(), source)
        dialog.session = signalling.sessions.arrive(request.headers)
        dialog.contact = signalling.identity.contact_for(request, transaction.hop)
        told = request.headers.pick(_ABOUT_CALLER)
        asserted = read_asserted(request.headers) if told else NOBODY
        session = session_text(request)
        leg = ArrivingLeg(
            signalling.ids.new("leg"), invite=transaction, dialog=dialog, offers_late=session is None
        )
        sip_call_id, caller_number, caller_name, called_number = all_printable(
            dialog.sip_call_id, caller.uri.user, caller.display_name, called.user
        )
        arrived = LegArrived(
            leg_id=leg.leg_id,
            sip_call_id=sip_call_id,
            caller_number=caller_number,
            caller_name=caller_name,
            called_number=called_number,
            peer=str(source),
            sdp=session,
            asserted_number=asserted.number,
            asserted_name=asserted.name,
            privacy=bool(told) and wants_privacy(request.headers),
            diversions=tuple(map(str, read_diversions(request.headers))) if told else (),
            session_id=dialog.session.session.calling,
            replaces_leg_id=replaced.leg_id if replaced is not None else None,
            station=transaction.station,
        )
        transaction.owner = leg
        transaction.session = dialog.session
        signalling.legs.add(leg)
        signalling.legs.open_dialog(leg, dialog)
        self._ringing.await_first(leg, now)
        if "expires" in request.headers:
            self._expire_later(leg, now)
        return arrived

    def _accept(self, leg: ArrivingLeg, sdp: str, now: float) -> list[Output]:
        if self._ringing.is_awaited(leg, with_sdp=True):
            return []
        leg.state = LegState.ANSWERED
        leg.next_answer = None
        self._ringing.stop(leg)
        if "expires" in leg.invite.request.headers:
            self._signalling.legs.timers.cancel((leg, LegTimer.EXPIRY))
        leg.our_sdp = sdp
        said = sdp if leg.early_sdp is None else None
        is_offer = leg.offers_late and said is not None
        return self._signalling.accept(leg, leg.invite, leg.dialog, said, now, is_offer=is_offer)

    def _expire_later(self, leg: ArrivingLeg, now: float) -> None:
        """Nonsense counts as nothing said."""
        seconds = (leg.invite.request.headers.get("expires") or "").strip()
        if seconds.isascii() and seconds.isdecimal() and len(seconds) <= _MOST_DIGITS:
            self._signalling.legs.timers.set((leg, LegTimer.EXPIRY), now + int(seconds))

    def _take_prack(self, transaction: ServerTransaction, leg: ArrivingLeg, now: float) -> list[Output]:
        """200 OK; but an offer in a PRACK has its answer there, which the owner of the leg gives."""
        session = session_text(transaction.request)
        awaited = leg.offers_late and leg.early_sdp is not None and not leg.early_answered
        if session is None or awaited:
            leg.early_answered = leg.early_answered or awaited
            answered = self._signalling.answer(transaction, 200, now)
            confirmed = LegRingingConfirmed(leg_id=leg.leg_id, sdp=session)
            return [*answered, confirmed, *self.go_on(leg, now)]
        if leg.early_sdp is None or leg.reoffer is not None:  # the INVITE's own offer has no answer yet
            return self._signalling.answer(transaction, 488, now) + self.go_on(leg, now)
        leg.reoffer = transaction
        transaction.owner = leg
        return [LegReoffered(leg_id=leg.leg_id, sdp=session)]

    def _refuse(self, leg: ArrivingLeg, command: HangUpLeg, now: float) -> list[Output]:
        cause = command.cause
        extra: Fields = {"reason": write_reason(cause)}
        if command.redirect_to:  # RFC 3261 §21.3.3
            extra["contact"] = f"<{command.redirect_to}>"
            return self._finish(leg, cause, 302, extra, by_peer=False, now=now)
        if cause.status == 503 and command.retry_after_s is not None:
            extra["retry-after"] = str(command.retry_after_s)
        if cause.status == 488:
            extra["warning"] = self._signalling.identity.warning(leg.invite.hop)
        return self._finish(leg, cause, cause.status, extra, by_peer=False, now=now)

    def _withdrawn(self, leg: SipLeg, cause: Cause, now: float) -> list[Output]:
        if not isinstance(leg, ArrivingLeg):
            return []
        return self._finish(leg, cause, 487, {}, by_peer=True, now=now)

    def _finish(
        self,
        leg: ArrivingLeg,
        cause: Cause,
        status: int,
        extra: Fields,
        *,
        by_peer: bool,
        now: float,
    ) -> list[Output]:
        signalling = self._signalling
        signalling.legs.close_dialog(leg.dialog)
        outputs = signalling.drop_reoffer(leg, now)
        outputs += signalling.answer(leg.invite, status, now, tag=leg.dialog.local_tag, extra=extra)
        return outputs + signalling.legs.end(leg, cause, status=status, by_peer=by_peer)

    def _find(self, leg_id: str) -> ArrivingLeg | None:
        leg = self._signalling.legs.find(leg_id)
        if leg is None or isinstance(leg, ArrivingLeg):
            return leg
        raise UsageError(f"{leg_id} was dialled by us; only an arriving leg can be rung or answered")


def _too_late(leg: ArrivingLeg, what: str) -> UsageError:
    return UsageError(f"cannot {what} {leg.leg_id}, which is {leg.state}; expected {' or '.join(WAITING)}")


def _cancel_cause(cancel: ServerTransaction) -> Cause:
    """Q.850 has one number for every normal end; of a CANCEL it means that the caller gave up."""
    cause = read_reason(cancel.request.headers)
    return Cause.ORIGINATOR_CANCEL if cause in (None, Cause.NORMAL_CLEARING) else cause
