"""Legs a peer opens by INVITE: ringing, answering, refusing, and its CANCEL (RFC 3261 §13.3, §9.2)."""

from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.bodies import session_text
from switch.sip.capabilities import ALLOW
from switch.sip.commands import AnswerLeg, HangUpLeg, RingLeg
from switch.sip.dialog import accept_dialog
from switch.sip.diversion import read_diversions
from switch.sip.events import LegArrived
from switch.sip.header_values import parse_name_addr
from switch.sip.identity_headers import read_asserted, wants_privacy
from switch.sip.leg_signalling import LegSignalling, record_route
from switch.sip.legs import ArrivingLeg, LegState, SipLeg
from switch.sip.reason_header import read_reason, write_reason
from switch.sip.refusal import Refusal
from switch.sip.replaces import find_replaced
from switch.sip.request_checks import check_invite
from switch.sip.server_transaction import ServerTransaction
from switch.sip.text import printable
from switch.sip.uri import parse_uri

_WAITING = (LegState.INVITED, LegState.RINGING)


class ArrivingLegs:
    """The user agent's part as a server of INVITEs that open a dialog."""

    def __init__(self, signalling: LegSignalling) -> None:
        self._signalling = signalling

    def invite(self, transaction: ServerTransaction, now: float) -> list[Output]:
        """An INVITE outside any dialog. Raises SipSyntaxError when it cannot be read."""
        signalling = self._signalling
        if signalling.layer.is_merged(transaction):
            return signalling.answer(transaction, 482, now)
        refusal = check_invite(transaction.request)
        if refusal is not None:
            return signalling.refuse(transaction, refusal, now)
        replaced = find_replaced(transaction.request, signalling.legs)
        if isinstance(replaced, Refusal):
            return signalling.refuse(transaction, replaced, now)
        arrived = self._open(transaction, replaced)
        return [*signalling.answer(transaction, 100, now), arrived]

    def ring(self, command: RingLeg, now: float) -> list[Output]:
        """180 Ringing, once."""
        leg = self._find(command.leg_id)
        if leg is None or leg.state is LegState.RINGING:
            return []
        _demand(leg, LegState.INVITED, what="ring")
        leg.state = LegState.RINGING
        extra = {
            "contact": self._signalling.identity.contact(leg.invite.hop),
            "allow": ALLOW,
            **record_route(leg.invite),
            **leg.dialog.session_lines(),
        }
        return self._signalling.answer(leg.invite, 180, now, tag=leg.dialog.local_tag, extra=extra)

    def answer(self, command: AnswerLeg, now: float) -> list[Output]:
        """200 OK."""
        leg = self._find(command.leg_id)
        if leg is None:
            return []
        _demand(leg, *_WAITING, what="answer")
        leg.state = LegState.ANSWERED
        return self._signalling.accept(leg, leg.invite, leg.dialog, command.sdp, now)

    def hang_up(self, leg: ArrivingLeg, command: HangUpLeg, now: float) -> list[Output]:
        """Refuse, or say BYE: at once when the ACK has come, else as soon as it comes (RFC 3261 §15)."""
        signalling = self._signalling
        cause = command.cause
        if leg.state in _WAITING:
            return self._refuse(leg, cause, command.retry_after_s, now)
        outputs = signalling.legs.end(leg, cause, status=None, by_peer=False)
        if leg.unacked is None:
            outputs += signalling.say_bye(leg, leg.dialog, cause, now)
        return outputs

    def cancel(self, cancel: ServerTransaction, now: float) -> list[Output]:
        """Its target gets 487, unless it was answered already: then the CANCEL comes too late (§9.2)."""
        signalling = self._signalling
        invite = signalling.layer.cancelled_invite(cancel)
        if invite is None:
            return signalling.answer(cancel, 481, now)
        leg = invite.owner
        tag = leg.dialog.local_tag if isinstance(leg, ArrivingLeg) else None
        outputs = signalling.answer(cancel, 200, now, tag=tag)
        if invite.is_answered or not isinstance(leg, SipLeg):
            return outputs
        if leg.reoffer is invite:
            return outputs + signalling.drop_reoffer(leg, now)
        return outputs + self._withdrawn(leg, _cancel_cause(cancel), now)

    def hung_up_early(self, leg: ArrivingLeg, cause: Cause, now: float) -> list[Output]:
        """BYE before our answer: the INVITE gets its 487 (RFC 3261 §15.1.2); nothing when it was answered."""
        return self._withdrawn(leg, cause, now) if leg.state in _WAITING else []

    def _open(self, transaction: ServerTransaction, replaced: SipLeg | None) -> LegArrived:
        request, source = transaction.request, transaction.source
        signalling = self._signalling
        caller = parse_name_addr(request.headers.get("from") or "")
        called = parse_uri(request.uri)
        dialog = accept_dialog(request, signalling.ids.token(), source)
        dialog.session = signalling.sessions.arrive(request.headers)
        asserted = read_asserted(request.headers)
        leg = ArrivingLeg(signalling.ids.new("leg"), invite=transaction, dialog=dialog)
        transaction.owner = leg
        signalling.legs.add(leg)
        signalling.legs.open_dialog(leg, dialog)
        return LegArrived(
            leg_id=leg.leg_id,
            sip_call_id=printable(dialog.sip_call_id),
            caller_number=printable(caller.uri.user),
            caller_name=printable(caller.display_name),
            called_number=printable(called.user),
            peer=str(source),
            sdp=session_text(request),
            asserted_number=asserted.number,
            asserted_name=asserted.name,
            privacy=wants_privacy(request.headers),
            diversions=tuple(str(diversion) for diversion in read_diversions(request.headers)),
            session_id=dialog.session.session.calling,
            replaces_leg_id=replaced.leg_id if replaced is not None else None,
            station=transaction.station,
        )

    def _refuse(self, leg: ArrivingLeg, cause: Cause, retry_after_s: int | None, now: float) -> list[Output]:
        extra = {"reason": [write_reason(cause)]}
        if cause.status == 503 and retry_after_s is not None:
            extra["retry-after"] = [str(retry_after_s)]
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
        extra: dict[str, list[str]],
        *,
        by_peer: bool,
        now: float,
    ) -> list[Output]:
        signalling = self._signalling
        signalling.legs.close_dialog(leg.dialog)
        told = {**extra, **leg.dialog.session_lines()}
        outputs = signalling.answer(leg.invite, status, now, tag=leg.dialog.local_tag, extra=told)
        return outputs + signalling.legs.end(leg, cause, status=status, by_peer=by_peer)

    def _find(self, leg_id: str) -> ArrivingLeg | None:
        leg = self._signalling.legs.find(leg_id)
        if leg is None or isinstance(leg, ArrivingLeg):
            return leg
        raise UsageError(f"{leg_id} was dialled by us; only an arriving leg can be rung or answered")


def _demand(leg: ArrivingLeg, *states: LegState, what: str) -> None:
    if leg.state not in states:
        raise UsageError(f"cannot {what} {leg.leg_id}, which is {leg.state}; expected {' or '.join(states)}")


def _cancel_cause(cancel: ServerTransaction) -> Cause:
    """Q.850 has one number for every normal end; of a CANCEL it means that the caller gave up."""
    cause = read_reason(cancel.request.headers)
    return Cause.ORIGINATOR_CANCEL if cause in (None, Cause.NORMAL_CLEARING) else cause
