"""One INVITE of a dialled leg on its way: the phones that answer it, its CANCEL, its second try.

RFC 3261 §13.2, §9.1, §22.2. What an answer means for the leg is decided in ``dialled_legs``.
"""

from typing import NamedTuple

from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.authentication.client_authentication import ClientAuthentication, ClientAuthentications
from switch.sip.authentication.retries import cseq_number, renew
from switch.sip.capabilities import names_token
from switch.sip.commands import SendMessage
from switch.sip.dialogs.dialog import Dialog, join_dialog
from switch.sip.errors import SipSyntaxError
from switch.sip.headers.rack import RELIABLE
from switch.sip.headers.reason_header import write_reason
from switch.sip.headers.session_id import Session, SessionSide, read_session_id
from switch.sip.legs.branches import Branch
from switch.sip.legs.invites import make_invite
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import AnsweredInvite, Attempt, DialledLeg, Fork, Place
from switch.sip.legs.prack_client import Prack, make_prack
from switch.sip.messages.bodies import session_text
from switch.sip.messages.header_values import parse_token_list, split_values
from switch.sip.messages.message import Request, Response
from switch.sip.transactions.client_transaction import (
    ClientTransaction,
    FurtherAnswer,
    ResponseReceived,
    State,
)

_MOST_FORKS = 16
"""Phones that can answer one INVITE; what further ones say is not heard."""
_OPTION_HEADERS = ("require", "proxy-require", "supported")
_SESSION_TIMER_HEADERS = ("session-expires", "min-se")


class _OurSide(NamedTuple):
    """What all dialogs of one INVITE of ours have of us."""

    local_tag: str
    authentication: ClientAuthentication | None
    session: SessionSide | None


_Side = Attempt | _OurSide
_Answer = ResponseReceived | FurtherAnswer


class Attempts:
    """Speaks for the branches of dialled legs."""

    def __init__(self, signalling: LegSignalling, authentications: ClientAuthentications) -> None:
        self._signalling = signalling
        self._authentications = authentications

    def start(self, leg: DialledLeg, branch: Branch, now: float) -> tuple[Attempt, SendMessage]:
        """INVITE the branch."""
        signalling = self._signalling
        attempt = Attempt(leg, branch, signalling.ids.token())
        if leg.session is not None:
            attempt.session = SessionSide(leg.session, calls=True)
        invite = make_invite(signalling, branch, leg.order, attempt.local_tag, attempt.session)
        if branch.credentials is not None:
            attempt.authentication = self._authentications.of(branch.credentials, branch.hop)
            attempt.authentication.put_on(invite)
        attempt.invite, message = signalling.layer.send(invite, branch.hop, attempt, now)
        return attempt, message

    def hear(
        self, attempt: Attempt, report: ResponseReceived, now: float
    ) -> tuple[Fork | None, list[Output]]:
        """A provisional answer: the phone that sent it, and its PRACK.

        None when no phone can be told from it, or when it is a repetition. Raises SipSyntaxError.
        """
        response = report.response
        fork = self._early_fork(attempt, report)
        if fork is None:
            return None, []
        headers = response.headers
        if "require" not in headers or not names_token(headers, "require", RELIABLE):
            if not fork.has_answer:
                fork.sdp = session_text(response) or fork.sdp
            return fork, []
        prack = make_prack(fork, report.transaction.request, response)
        if prack is None:
            return None, []
        sdp = session_text(response)
        if sdp is not None and not fork.has_answer:
            fork.sdp, fork.has_answer = sdp, True
        dialog = fork.dialog
        return fork, [self._signalling.layer.send(prack, dialog.hop, Prack(dialog), now)[1]]

    def confirm(self, attempt: Attempt, report: ResponseReceived) -> tuple[Fork | None, SendMessage | None]:
        """A 2xx makes the dialog, whatever an early one said (RFC 3261 §13.2.2.4), and is ACKed.

        None for one phone too many, whose 2xx is not even ACKed. Raises SipSyntaxError.
        """
        transaction, response, _ = report
        tag = response.headers.tag("to") or ""
        known = attempt.forks.get(tag)
        if known is None and _is_full(attempt):
            return None, None
        invite = transaction.request
        fork = _answered_fork(attempt, known, invite, report)
        ack = fork.dialog.ack(invite)
        attempt.forks.pop(tag, None)
        answered = AnsweredInvite(
            attempt.leg.leg_id, attempt.given_up, attempt.authentication, attempt.forks or None
        )
        message = self._signalling.layer.acknowledge(transaction.number, ack, fork.dialog.hop, answered)
        transaction.owner = None  # it hears no more, and nothing is left for the garbage collector
        return fork, message

    def confirm_further(self, answered: AnsweredInvite, report: FurtherAnswer) -> tuple[Dialog, SendMessage]:
        """The same for one more phone. Raises SipSyntaxError."""
        number, _, invite, response, _ = report
        tag = response.headers.tag("to") or ""
        known = (answered.forks or {}).get(tag)
        dialog = _answered_fork(_side_in(invite, answered), known, invite, report).dialog
        return dialog, self._signalling.layer.acknowledge(number, dialog.ack(invite), dialog.hop, answered)

    def ask_again(self, attempt: Attempt, report: ResponseReceived, now: float) -> SendMessage | None:
        """Send the INVITE once more when the refusal tells how; None when it does not."""
        refused = report.transaction
        request = refused.request
        if not refused.may_be_tried_again or not self._mend(attempt, request, report.response):
            return None
        again = renew(request, cseq_number(request) + 1)
        if attempt.authentication is not None:
            attempt.authentication.put_on(again)
        self.close(attempt)
        attempt.forks.clear()
        layer, hop = self._signalling.layer, attempt.branch.hop
        attempt.invite, message = layer.send_again(refused, again, hop, now)
        return message

    def cancel(self, attempt: Attempt, now: float) -> list[Output]:
        """CANCEL, once, and only when something was answered (RFC 3261 §9.1)."""
        invite = invite_of(attempt)
        if attempt.is_cancelled or invite.state is not State.PROCEEDING:
            return []
        attempt.is_cancelled = True
        cause = attempt.given_up or Cause.NORMAL_CLEARING
        return [self._signalling.layer.send_cancel(invite, {"reason": write_reason(cause)}, now)]

    def close(self, attempt: Attempt) -> None:
        """Its early dialogs are over."""
        for fork in attempt.forks.values():
            self._signalling.legs.close_dialog(fork.dialog)

    def abandon(self, attempt: Attempt) -> None:
        """A cancelled INVITE never came to its end: wait no longer (RFC 3261 §9.1)."""
        self._signalling.layer.give_up(invite_of(attempt))
        self.close(attempt)

    def _early_fork(self, attempt: Attempt, report: ResponseReceived) -> Fork | None:
        tag = report.response.headers.tag("to")
        if tag is None:
            return None
        fork = attempt.forks.get(tag)
        if fork is None and not _is_full(attempt):
            dialog = _join(attempt, report.transaction.request, report)
            fork = attempt.forks[tag] = Fork(dialog, _place(report))
            self._signalling.legs.open_dialog(attempt.leg, dialog)
        return fork

    def _mend(self, attempt: Attempt, request: Request, response: Response) -> bool:
        """Change what was refused; False when nothing can be changed."""
        if response.status in (401, 407):
            return attempt.authentication is not None and attempt.authentication.take(request, response)
        if response.status == 420:
            return _leave_out(request, response)
        return response.status == 422 and self._raise_interval(attempt, request, response)

    def _raise_interval(self, attempt: Attempt, request: Request, response: Response) -> bool:
        """Ask for a session that lasts longer without a refresh (RFC 4028 §7.4)."""
        ask = (attempt.ask or self._signalling.keeper.policy.ask).after_refusal(response.headers)
        if ask is None:
            return False
        attempt.ask = ask
        for name, values in ask.headers().items():
            request.headers.set_all(name, values)
        return True


def invite_of(attempt: Attempt) -> ClientTransaction:
    """The present INVITE."""
    assert attempt.invite is not None, f"a branch of {attempt.leg.leg_id} was never sent"
    return attempt.invite


def _is_full(attempt: Attempt) -> bool:
    return len(attempt.forks) >= _MOST_FORKS


def _side_in(invite: Request, answered: AnsweredInvite) -> _OurSide:
    """Our side of an INVITE that was answered before, by as much as was kept of it."""
    headers = invite.headers
    told = read_session_id(headers)
    session = told and SessionSide(Session(told.local, told.remote or told.local), True, told.remote is None)
    return _OurSide(headers.tag("from") or "", answered.authentication, session)


def _answered_fork(side: _Side, known: Fork | None, invite: Request, report: _Answer) -> Fork:
    """The phone whose 2xx this is. Raises SipSyntaxError."""
    place = _place(report)
    if known is None:
        fork = Fork(_join(side, invite, report), place)
    else:
        fork, early = known, known.dialog
        if place == known.place:  # as it nearly always is
            early.allow_events = report.response.headers.get_all("allow-events") or early.allow_events
            if "session-id" in report.response.headers:
                _learn_session(side, report)
        else:
            fork.dialog = _join(side, invite, report)
            fork.dialog.remote_cseq, fork.dialog.local_cseq = early.remote_cseq, early.local_cseq
    if not fork.has_answer:
        fork.sdp = session_text(report.response) or fork.sdp
    return fork


def _join(side: _Side, invite: Request, report: _Answer) -> Dialog:
    """The dialog with a phone that answers. Raises SipSyntaxError."""
    dialog = join_dialog(invite, report.response, side.local_tag, report.hop)
    dialog.authentication = side.authentication
    dialog.session = side.session
    if "session-id" in report.response.headers:
        _learn_session(side, report)
    return dialog


def _place(report: _Answer) -> Place:
    """All of an answer that ``join_dialog`` makes a dialog of."""
    return report.hop, report.response.headers.pick(("to", "contact", "record-route"))


def _learn_session(side: _Side, report: _Answer) -> None:
    if side.session is not None:
        side.session.learn(report.response.headers)


def _leave_out(request: Request, response: Response) -> bool:
    """Take the extensions the peer does not know out of the INVITE (RFC 3261 §8.1.3.5); False when it
    names none of ours."""
    try:
        refused = {tag.lower() for tag in parse_token_list(response.headers.get_all("unsupported"))}
    except SipSyntaxError:
        return False
    found = False
    for name in _OPTION_HEADERS:
        tags = split_values(request.headers.get_all(name))
        kept = [tag for tag in tags if tag.lower() not in refused]
        if len(kept) < len(tags):
            found = True
            request.headers.set_all(name, [", ".join(kept)] if kept else [])
    if "timer" in refused:
        for name in _SESSION_TIMER_HEADERS:
            request.headers.set_all(name, [])
    return found
