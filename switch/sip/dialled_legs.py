"""Legs we open by INVITE to a registered station: forks, ACKs, CANCEL (RFC 3261 §13.2, §9.1)."""

from dataclasses import dataclass
from typing import Protocol

from runtime.deadlines import Deadlines
from runtime.errors import UsageError
from switch.causes import Cause, cause_of_status
from switch.sip.client_transaction import ClientTransaction
from switch.sip.commands import DialStation
from switch.sip.dialog import join_dialog
from switch.sip.events import LegAnswered, LegEnded, LegRinging
from switch.sip.facts import RequestUnanswered, ResponseReceived
from switch.sip.header_values import NameAddr, parse_name_addr
from switch.sip.hop import Hop
from switch.sip.identity import ALLOW, MAX_FORWARDS, SDP_TYPE
from switch.sip.leg_desk import LegDesk, Outputs
from switch.sip.legs import DialledLeg, Fork, LegState
from switch.sip.message import Headers, Request
from switch.sip.reason_header import read_reason, write_reason
from switch.sip.text import body_text
from switch.sip.transaction_tables import State
from switch.sip.uri import SipUri


@dataclass(frozen=True, slots=True)
class Target:
    """Where a station can be reached."""

    uri: str
    hop: Hop


class Directory(Protocol):
    """Where stations are."""

    def newest(self, station: str) -> Target | None:
        """The contact registered or refreshed last, or None."""


class DialledLegs:
    """The user agent's part as a client of INVITEs.

    ``limit_s`` ends a leg that nobody answers; ``patience_s`` is how long a cancelled INVITE may take to
    come to its end.
    """

    def __init__(self, desk: LegDesk, directory: Directory, *, limit_s: float, patience_s: float) -> None:
        self._desk = desk
        self._directory = directory
        self._limit_s = limit_s
        self._patience_s = patience_s
        self._deadlines: Deadlines[DialledLeg] = Deadlines()

    def dial(self, command: DialStation, now: float) -> Outputs:
        """INVITE the station."""
        desk = self._desk
        if desk.legs.find(command.leg_id) is not None:
            raise UsageError(f"{command.leg_id} is in use; a dialled leg needs an id of its own")
        target = self._directory.newest(command.station)
        if target is None:
            cause = Cause.USER_NOT_REGISTERED
            return [LegEnded(leg_id=command.leg_id, cause=cause, sip_status=None, by_peer=False)]
        leg = DialledLeg(command.leg_id, local_tag=desk.ids.token())
        invite = self._make_invite(command, target, leg.local_tag)
        leg.invite, outputs = desk.layer.send(invite, target.hop, leg, now)
        desk.legs.add(leg)
        self._deadlines.set(leg, now + self._limit_s)
        return outputs

    def response(self, leg: DialledLeg, fact: ResponseReceived, now: float) -> Outputs:
        """An answer to our INVITE. Raises SipSyntaxError when it cannot be read."""
        status = fact.response.status
        if status < 200:
            return self._provisional(leg, fact, now)
        if status < 300:
            return self._success(leg, fact, now)
        cause = read_reason(fact.response.headers) or cause_of_status(status)
        self._wind_up(leg)
        return list(self._desk.legs.end(leg, cause, status=status, by_peer=True))

    def unanswered(self, leg: DialledLeg, fact: RequestUnanswered) -> Outputs:
        """The station cannot be reached."""
        self._wind_up(leg)
        cause = Cause.NO_USER_RESPONSE if fact.status == 408 else Cause.DESTINATION_OUT_OF_ORDER
        return list(self._desk.legs.end(leg, cause, status=fact.status, by_peer=False))

    def hang_up(self, leg: DialledLeg, cause: Cause, now: float) -> Outputs:
        """BYE, or CANCEL: at once when something was answered, else with the first answer (§9.1)."""
        outputs: Outputs = list(self._desk.legs.end(leg, cause, status=None, by_peer=False))
        if leg.dialog is not None:
            return outputs + self._desk.say_bye(leg, leg.dialog, cause, now)
        if _invite_of(leg).state not in (State.CALLING, State.PROCEEDING):
            self._wind_up(leg)  # its answer came, but could not be read
        return outputs + self._cancel(leg, now)

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> Outputs:
        """Give up legs that nobody answers, and cancelled INVITEs that never come to an end."""
        outputs: Outputs = []
        for leg in self._deadlines.due(now):
            if leg.state is not LegState.ENDED:
                outputs += self.hang_up(leg, Cause.NO_ANSWER, now)
            else:
                self._desk.layer.abandon(_invite_of(leg))
                self._wind_up(leg)
        return outputs

    def _provisional(self, leg: DialledLeg, fact: ResponseReceived, now: float) -> Outputs:
        response = fact.response
        if leg.state is LegState.ENDED:
            return self._cancel(leg, now)
        if response.status == 100:
            return []
        sdp = body_text(response.body)
        tag = parse_name_addr(response.headers.get("to") or "").tag
        if tag is not None and tag not in leg.forks:
            dialog = join_dialog(_invite_of(leg).request, response, leg.local_tag, fact.hop)
            leg.forks[tag] = Fork(dialog, sdp)
            self._desk.legs.open_dialog(leg, dialog)
        if leg.state is not LegState.INVITED:
            return []
        leg.state = LegState.RINGING
        return [LegRinging(leg_id=leg.leg_id, status=response.status, sdp=sdp)]

    def _success(self, leg: DialledLeg, fact: ResponseReceived, now: float) -> Outputs:
        tag = parse_name_addr(fact.response.headers.get("to") or "").tag or ""
        known = leg.forks.get(tag)
        if known is not None and known.ack is not None:
            return [known.ack]
        fork = self._confirm(leg, tag, known, fact)
        if leg.state is not LegState.ENDED and leg.dialog is None:
            return [fork.ack, *self._win(leg, fork, now)]
        self._wind_up(leg)
        cause = Cause.LOSE_RACE if leg.dialog is not None else leg.cause
        return [fork.ack, *self._desk.say_bye(leg, fork.dialog, cause, now)]

    def _confirm(self, leg: DialledLeg, tag: str, known: Fork | None, fact: ResponseReceived) -> Fork:
        """The 2xx makes the dialog, whatever an early one said (RFC 3261 §13.2.2.4), and is ACKed."""
        invite = _invite_of(leg).request
        dialog = join_dialog(invite, fact.response, leg.local_tag, fact.hop)
        sdp = body_text(fact.response.body)
        if known is not None:
            dialog.remote_cseq = known.dialog.remote_cseq
            sdp = sdp or known.sdp
        ack = self._desk.layer.send_ack(dialog.ack(dialog.local_cseq), dialog.hop)
        fork = leg.forks[tag] = Fork(dialog, sdp, ack)
        return fork

    def _win(self, leg: DialledLeg, fork: Fork, now: float) -> Outputs:
        """The first phone that answers gets the leg; the early dialogs of others are over."""
        legs = self._desk.legs
        self._wind_up(leg)
        leg.dialog = fork.dialog
        if fork.sdp is None:
            cause = Cause.INCOMPATIBLE_DESTINATION
            outputs: Outputs = list(legs.end(leg, cause, status=200, by_peer=False))
            return outputs + self._desk.say_bye(leg, fork.dialog, cause, now)
        leg.state = LegState.CONFIRMED
        legs.open_dialog(leg, fork.dialog)
        return [LegAnswered(leg_id=leg.leg_id, sdp=fork.sdp)]

    def _cancel(self, leg: DialledLeg, now: float) -> Outputs:
        invite = _invite_of(leg)
        if leg.is_cancelled or invite.state is not State.PROCEEDING:
            return []
        leg.is_cancelled = True
        self._deadlines.set(leg, now + self._patience_s)
        return list(self._desk.layer.send_cancel(invite, {"reason": [write_reason(leg.cause)]}, now))

    def _wind_up(self, leg: DialledLeg) -> None:
        """No more waiting; no more early dialogs."""
        self._deadlines.cancel(leg)
        for fork in leg.forks.values():
            if fork.ack is None:
                self._desk.legs.close_dialog(fork.dialog)

    def _make_invite(self, command: DialStation, target: Target, tag: str) -> Request:
        desk = self._desk
        host = desk.identity.host
        caller = NameAddr(command.caller_name, SipUri("sip", command.caller_number, host)).with_tag(tag)
        headers = Headers(
            {
                "max-forwards": MAX_FORWARDS,
                "from": [str(caller)],
                "to": [f"<sip:{command.station}@{host}>"],
                "call-id": [f"{desk.ids.token()}@{host}"],
                "cseq": ["1 INVITE"],
                "contact": desk.identity.contact,
                "allow": ALLOW,
                "user-agent": desk.identity.name,
                "content-type": SDP_TYPE,
            }
        )
        return Request("INVITE", target.uri, headers, command.sdp.encode("utf-8"))


def _invite_of(leg: DialledLeg) -> ClientTransaction:
    assert leg.invite is not None, f"{leg.leg_id} was never dialled"
    return leg.invite
