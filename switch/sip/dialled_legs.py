"""Legs we open by INVITE to a registered station: forks, ACKs, CANCEL (RFC 3261 §13.2, §9.1)."""

from dataclasses import dataclass
from typing import Protocol

from runtime.deadlines import Deadlines
from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.causes import Cause, cause_of_status
from switch.sip.bodies import session_text
from switch.sip.capabilities import ALLOW, SDP_TYPE
from switch.sip.client_transaction import ClientTransaction, ResponseReceived
from switch.sip.commands import DialStation, SendMessage
from switch.sip.dialog import Dialog, join_dialog
from switch.sip.events import LegAnswered, LegEnded, LegRinging
from switch.sip.header_values import NameAddr, parse_name_addr
from switch.sip.hop import Hop
from switch.sip.identity import MAX_FORWARDS
from switch.sip.leg_signalling import LegSignalling
from switch.sip.legs import DialledLeg, Fork, LegState
from switch.sip.message import Headers, Request, Response
from switch.sip.reason_header import read_reason, write_reason
from switch.sip.transaction import RequestUnanswered
from switch.sip.transaction_tables import State
from switch.sip.uri import SipUri


@dataclass(frozen=True, slots=True)
class ContactAddress:
    """Where a station can be reached."""

    uri: str
    hop: Hop


class Directory(Protocol):
    """Where stations are."""

    def newest(self, station: str) -> ContactAddress | None:
        """The contact address registered or refreshed last; None when the station has none."""


class DialledLegs:
    """The user agent's part as a client of INVITEs.

    ``limit_s`` ends a leg that nobody answers; ``patience_s`` is how long a cancelled INVITE may take to
    come to its end.
    """

    def __init__(
        self, signalling: LegSignalling, directory: Directory, *, limit_s: float, patience_s: float
    ) -> None:
        self._signalling = signalling
        self._directory = directory
        self._limit_s = limit_s
        self._patience_s = patience_s
        self._deadlines: Deadlines[DialledLeg] = Deadlines()

    def dial(self, command: DialStation, now: float) -> list[Output]:
        """INVITE the station."""
        signalling = self._signalling
        if signalling.legs.find(command.leg_id) is not None:
            raise UsageError(f"{command.leg_id} is in use; a dialled leg needs an id of its own")
        address = self._directory.newest(command.station)
        if address is None:
            cause = Cause.USER_NOT_REGISTERED
            return [LegEnded(leg_id=command.leg_id, cause=cause, sip_status=None, by_peer=False)]
        leg = DialledLeg(command.leg_id, local_tag=signalling.ids.token())
        leg.session = signalling.sessions.dial(command.session_id)
        invite = self._make_invite(command, address, leg.local_tag)
        invite.headers.set("session-id", str(leg.session.value))
        leg.invite, message = signalling.layer.send(invite, address.hop, leg, now)
        signalling.legs.add(leg)
        self._deadlines.set(leg, now + self._limit_s)
        return [message]

    def response(self, leg: DialledLeg, report: ResponseReceived, now: float) -> list[Output]:
        """An answer to our INVITE. Raises SipSyntaxError when it cannot be read."""
        status = report.response.status
        if status < 200:
            return self._provisional(leg, report, now)
        if status < 300:
            return self._success(leg, report, now)
        cause = read_reason(report.response.headers) or cause_of_status(status)
        self._wind_up(leg)
        return self._signalling.legs.end(leg, cause, status=status, by_peer=True)

    def unanswered(self, leg: DialledLeg, report: RequestUnanswered, now: float) -> list[Output]:
        """The station cannot be reached."""
        self._wind_up(leg)
        cause = Cause.NO_USER_RESPONSE if report.status == 408 else Cause.DESTINATION_OUT_OF_ORDER
        return self._signalling.legs.end(leg, cause, status=report.status, by_peer=False)

    def hang_up(self, leg: DialledLeg, cause: Cause, now: float) -> list[Output]:
        """BYE, or CANCEL: at once when something was answered, else with the first answer (§9.1)."""
        outputs = self._signalling.legs.end(leg, cause, status=None, by_peer=False)
        if leg.dialog is not None:
            return outputs + self._signalling.say_bye(leg, leg.dialog, cause, now)
        if _invite_of(leg).state not in (State.CALLING, State.PROCEEDING):
            self._wind_up(leg)  # its answer came, but could not be read
        return outputs + self._cancel(leg, now)

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> list[Output]:
        """Give up a leg that nobody answers, or a cancelled INVITE that never comes to an end."""
        leg = self._deadlines.first_due(now)
        if leg is None:
            return []
        if leg.state is not LegState.ENDED:
            return self.hang_up(leg, Cause.NO_ANSWER, now)
        self._signalling.layer.abandon(_invite_of(leg))
        self._wind_up(leg)
        return []

    def _provisional(self, leg: DialledLeg, report: ResponseReceived, now: float) -> list[Output]:
        response = report.response
        if leg.state is LegState.ENDED:
            return self._cancel(leg, now)
        if response.status == 100:
            return []
        tag = parse_name_addr(response.headers.get("to") or "").tag
        if tag is not None and tag not in leg.forks:
            dialog = self._join(leg, response, report.hop)
            leg.forks[tag] = Fork(dialog, session_text(response))
            self._signalling.legs.open_dialog(leg, dialog)
        if leg.state is not LegState.INVITED:
            return []
        leg.state = LegState.RINGING
        return [LegRinging(leg_id=leg.leg_id, status=response.status)]

    def _success(self, leg: DialledLeg, report: ResponseReceived, now: float) -> list[Output]:
        tag = parse_name_addr(report.response.headers.get("to") or "").tag or ""
        known = leg.forks.get(tag)
        if known is not None and known.ack is not None:
            return [known.ack]
        fork, ack = self._confirm(leg, tag, known, report)
        if leg.state is not LegState.ENDED and leg.dialog is None:
            return [ack, *self._win(leg, fork, now)]
        self._wind_up(leg)
        cause = Cause.LOSE_RACE if leg.dialog is not None else leg.cause
        return [ack, *self._signalling.say_bye(leg, fork.dialog, cause, now)]

    def _confirm(
        self, leg: DialledLeg, tag: str, known: Fork | None, report: ResponseReceived
    ) -> tuple[Fork, SendMessage]:
        """The 2xx makes the dialog, whatever an early one said (RFC 3261 §13.2.2.4), and is ACKed."""
        dialog = self._join(leg, report.response, report.hop)
        sdp = session_text(report.response)
        if known is not None:
            dialog.remote_cseq = known.dialog.remote_cseq
            sdp = sdp or known.sdp
        ack = self._signalling.layer.send_ack(dialog.ack(dialog.local_cseq), dialog.hop)
        fork = leg.forks[tag] = Fork(dialog, sdp, ack)
        return fork, ack

    def _join(self, leg: DialledLeg, response: Response, hop: Hop) -> Dialog:
        dialog = join_dialog(_invite_of(leg).request, response, leg.local_tag, hop)
        dialog.session = leg.session
        if leg.session is not None:
            leg.session.learn(response.headers)
        return dialog

    def _win(self, leg: DialledLeg, fork: Fork, now: float) -> list[Output]:
        """The first phone that answers gets the leg; the early dialogs of others are over."""
        legs = self._signalling.legs
        self._wind_up(leg)
        leg.dialog = fork.dialog
        if fork.sdp is None:
            cause = Cause.INCOMPATIBLE_DESTINATION
            outputs = legs.end(leg, cause, status=200, by_peer=False)
            return outputs + self._signalling.say_bye(leg, fork.dialog, cause, now)
        leg.state = LegState.CONFIRMED
        legs.open_dialog(leg, fork.dialog)
        return [LegAnswered(leg_id=leg.leg_id, sdp=fork.sdp)]

    def _cancel(self, leg: DialledLeg, now: float) -> list[Output]:
        invite = _invite_of(leg)
        if leg.is_cancelled or invite.state is not State.PROCEEDING:
            return []
        leg.is_cancelled = True
        self._deadlines.set(leg, now + self._patience_s)
        return [self._signalling.layer.send_cancel(invite, {"reason": [write_reason(leg.cause)]}, now)]

    def _wind_up(self, leg: DialledLeg) -> None:
        """No more waiting; no more early dialogs."""
        self._deadlines.cancel(leg)
        for fork in leg.forks.values():
            if fork.ack is None:
                self._signalling.legs.close_dialog(fork.dialog)

    def _make_invite(self, command: DialStation, address: ContactAddress, tag: str) -> Request:
        signalling = self._signalling
        host = signalling.identity.host(address.hop)
        caller = NameAddr(command.caller_name, SipUri("sip", command.caller_number, host)).with_tag(tag)
        headers = Headers(
            {
                "max-forwards": MAX_FORWARDS,
                "from": [str(caller)],
                "to": [f"<sip:{command.station}@{host}>"],
                "call-id": [f"{signalling.ids.token()}@{host}"],
                "cseq": ["1 INVITE"],
                "contact": signalling.identity.contact(address.hop),
                "allow": ALLOW,
                "user-agent": signalling.identity.name,
                "content-type": SDP_TYPE,
            }
        )
        return Request("INVITE", address.uri, headers, command.sdp.encode("utf-8"))


def _invite_of(leg: DialledLeg) -> ClientTransaction:
    assert leg.invite is not None, f"{leg.leg_id} was never dialled"
    return leg.invite
