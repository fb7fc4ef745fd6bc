"""Legs we open by INVITE: which branches are tried, which one wins, what ends the leg (RFC 3261 §16.6 f.)."""

from dataclasses import replace

from runtime.deadlines import Deadlines
from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.sip.authentication.client_authentication import ClientAuthentications
from switch.sip.commands import DialLeg, DialStation
from switch.sip.errors import SipSyntaxError
from switch.sip.events import BranchFailed, BranchTried, LegAnswered, LegEnded, LegRedirected, LegRinging
from switch.sip.legs.attempts import Attempts, invite_of
from switch.sip.legs.branches import Branch, Forking, HoldBack
from switch.sip.legs.failures import Failure, better, ends_all, is_broken, read_failure, unanswered
from switch.sip.legs.invites import check_fields, station_rounds
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.legs.legs import WAITING, AnsweredInvite, Attempt, DialledLeg, Fork, LegState, SipLeg
from switch.sip.legs.redirection import follow, read_targets
from switch.sip.messages.text import printable
from switch.sip.registration.directory import Directory
from switch.sip.transactions.client_transaction import (
    FurtherAnswer,
    RequestUnanswered,
    ResponseReceived,
    State,
)


class DialledLegs:
    """The user agent's part as a client of INVITEs.

    ``hold_back`` is asked before a branch with a name is tried. ``limit_s`` ends a leg that nobody answers;
    ``silence_s`` is how long a branch may be silent before the next is tried; ``patience_s`` is how long a
    cancelled INVITE may take to come to its end.
    """

    def __init__(
        self,
        signalling: LegSignalling,
        directory: Directory,
        authentications: ClientAuthentications,
        hold_back: HoldBack,
        *,
        limit_s: float,
        silence_s: float,
        patience_s: float,
    ) -> None:
        self._signalling = signalling
        self._directory = directory
        self._attempts = Attempts(signalling, authentications)
        self._hold_back = hold_back
        self._limit_s = limit_s
        self._silence_s = silence_s
        self._patience_s = patience_s
        self._deadlines: Deadlines[DialledLeg | Attempt] = Deadlines()

    # -- what is ordered -----------------------------------------------------------------------------

    def dial_station(self, command: DialStation, now: float) -> list[Output]:
        """INVITE the station wherever it is registered."""
        contacts = self._directory.contacts(command.station)
        if not contacts:
            self._demand_new(command.leg_id)
            cause = Cause.USER_NOT_REGISTERED
            return [LegEnded(leg_id=command.leg_id, cause=cause, sip_status=None, by_peer=False)]
        rounds = station_rounds(command, contacts, self._signalling.identity)
        order = DialLeg(
            leg_id=command.leg_id,
            branches=(),
            sdp=command.sdp,
            headers=command.headers,
            session_id=command.session_id,
            dial_limit_s=command.limit_s,
        )
        leg = DialledLeg(command.leg_id, order=order, rounds=rounds, station=command.station)
        return self._open(leg, now)

    def dial(self, command: DialLeg, now: float) -> list[Output]:
        """INVITE the branches."""
        branches = command.branches
        if not branches:
            raise UsageError(f"{command.leg_id} is dialled without a branch; expected at least one")
        for branch in branches:
            check_fields(branch.headers)
        rounds = [branches]
        if command.forking is Forking.SERIAL:
            rounds = [(branch,) for branch in branches]
        leg = DialledLeg(command.leg_id, order=command, rounds=rounds)
        return self._open(leg, now)

    def hang_up(self, leg: DialledLeg, cause: Cause, now: float) -> list[Output]:
        """BYE, or CANCEL of whatever is still tried."""
        outputs = self._signalling.legs.end(leg, cause, status=None, by_peer=False)
        if leg.dialog is not None:
            return outputs + self._signalling.say_bye(leg, leg.dialog, cause, now)
        return outputs + self._signalling.drop_reoffer(leg, now) + self._stop(leg, cause, now)

    # -- what happens --------------------------------------------------------------------------------

    def response(self, attempt: Attempt, report: ResponseReceived, now: float) -> list[Output]:
        """An answer to our INVITE. Raises SipSyntaxError when it cannot be read."""
        status = report.response.status
        if status < 200:
            return self._provisional(attempt, report, now)
        if status < 300:
            return self._success(attempt, report, now)
        return self._refusal(attempt, report, now)

    def further_answer(self, report: FurtherAnswer, now: float) -> list[Output]:
        """One more phone has answered a branch, which another has won: its call ends at once (RFC 3261
        §13.2.2.4). Raises SipSyntaxError when its answer cannot be read."""
        lost: AnsweredInvite = report.owner
        dialog, ack = self._attempts.confirm_further(lost, report)
        cause = lost.given_up or Cause.LOSE_RACE
        over = SipLeg(lost.leg_id, LegState.ENDED)
        return [ack, *self._signalling.say_bye(over, dialog, cause, now)]

    def unanswered(self, attempt: Attempt, report: RequestUnanswered, now: float) -> list[Output]:
        """No final answer will come."""
        report.transaction.owner = None
        if attempt.given_up is not None:
            self._close(attempt)
            return []
        return self._failed(attempt, unanswered(report.status), now)

    def next_deadline(self) -> float | None:
        return self._deadlines.next()

    def wake(self, *, now: float) -> list[Output]:
        """Give up a leg that nobody answers, a branch that is silent, or a CANCEL that does not work."""
        due = self._deadlines.first_due(now)
        if due is None:
            return []
        if isinstance(due, DialledLeg):
            return self.hang_up(due, Cause.NO_ANSWER, now)
        if due.given_up is None:
            silent = unanswered(408)
            return self._give_up(due, silent.cause, now) + self._failed(due, silent, now)
        self._attempts.abandon(due)
        return []

    # -- branches ------------------------------------------------------------------------------------

    def _open(self, leg: DialledLeg, now: float) -> list[Output]:
        self._demand_new(leg.leg_id)
        if leg.order.headers:
            check_fields(leg.order.headers)
        leg.session = self._signalling.sessions.dial(leg.order.session_id)
        limit_s = leg.order.dial_limit_s
        self._signalling.legs.add(leg)
        self._deadlines.set(leg, now + (self._limit_s if limit_s is None else limit_s))
        return self._next_round(leg, now)

    def _demand_new(self, leg_id: str) -> None:
        if self._signalling.legs.find(leg_id) is not None:
            raise UsageError(f"{leg_id} is in use; a dialled leg needs an id of its own")

    def _next_round(self, leg: DialledLeg, now: float) -> list[Output]:
        """Try the next branches that are not held back; when all of them are, the leg is over."""
        outputs: list[Output] = []
        is_tried = False
        while leg.rounds and not is_tried:
            for branch in leg.rounds.pop(0):
                held_back = self._hold_back(leg.leg_id, branch.name, now) if branch.name else None
                is_tried = is_tried or held_back is None
                outputs += self._try(leg, branch, now) if held_back is None else held_back
        if is_tried or leg.attempts:
            return outputs
        return outputs + self._end(leg, leg.failure or unanswered(503))

    def _try(self, leg: DialledLeg, branch: Branch, now: float) -> list[Output]:
        attempt, invite = self._attempts.start(leg, branch, now)
        leg.attempts.append(attempt)
        silence_s = self._silence_of(leg, branch)
        if silence_s is not None:
            self._wait(attempt, now + silence_s)
        if not branch.name:
            return [invite]
        return [BranchTried(leg_id=leg.leg_id, branch=branch.name), invite]

    def _silence_of(self, leg: DialledLeg, branch: Branch) -> float | None:
        if branch.attempt_timeout_s is not None:
            return branch.attempt_timeout_s
        if leg.order.attempt_timeout_s is not None:
            return leg.order.attempt_timeout_s
        return self._silence_s if leg.rounds or branch.other_flows else None

    def _give_up(self, attempt: Attempt, cause: Cause, now: float) -> list[Output]:
        """Its outcome matters no more: CANCEL now, or with its first answer (RFC 3261 §9.1)."""
        attempt.given_up = cause
        self._wait_no_more(attempt)
        if invite_of(attempt).state not in (State.CALLING, State.PROCEEDING):
            self._close(attempt)  # its answer came, but could not be read
        return self._cancel(attempt, now)

    def _cancel(self, attempt: Attempt, now: float) -> list[Output]:
        cancel = self._attempts.cancel(attempt, now)
        if cancel:
            self._wait(attempt, now + self._patience_s)
        return cancel

    def _stop(self, leg: DialledLeg, cause: Cause, now: float) -> list[Output]:
        """No more waiting for anybody."""
        self._deadlines.cancel(leg)
        attempts, leg.attempts, leg.heard = leg.attempts, [], None
        if not attempts:
            return []
        return [output for attempt in attempts for output in self._give_up(attempt, cause, now)]

    def _close(self, attempt: Attempt) -> None:
        if attempt.is_timed:
            self._wait_no_more(attempt)
        if attempt.forks:
            self._attempts.close(attempt)

    def _wait(self, attempt: Attempt, until: float) -> None:
        """Give it up then."""
        attempt.is_timed = True
        self._deadlines.set(attempt, until)

    def _wait_no_more(self, attempt: Attempt) -> None:
        attempt.is_timed = False
        self._deadlines.cancel(attempt)

    # -- answers -------------------------------------------------------------------------------------

    def _provisional(self, attempt: Attempt, report: ResponseReceived, now: float) -> list[Output]:
        if attempt.given_up is not None:
            return self._cancel(attempt, now)
        if attempt.is_timed:
            self._wait_no_more(attempt)
        status = report.response.status
        if status == 100:
            return []
        fork, outputs = self._attempts.hear(attempt, report, now)
        return outputs + self._ringing(attempt, fork, status)

    def _ringing(self, attempt: Attempt, fork: Fork | None, status: int) -> list[Output]:
        leg = attempt.leg
        sdp = fork.sdp if fork is not None and leg.heard is None else None
        if sdp is not None:
            leg.heard = attempt
        elif leg.state is not LegState.INVITED:
            return []
        leg.state = LegState.RINGING
        return [LegRinging(leg_id=leg.leg_id, status=status, sdp=sdp)]

    def _success(self, attempt: Attempt, report: ResponseReceived, now: float) -> list[Output]:
        try:
            fork, ack = self._attempts.confirm(attempt, report)
        except SipSyntaxError:
            if attempt in attempt.leg.attempts:  # counts as silence, which is over now
                self._wait(attempt, now)
            raise
        if fork is None or ack is None:
            return []
        self._close(attempt)
        leg = attempt.leg
        if attempt.given_up is None:
            self._signalling.keeper.settle(leg, report.response.headers, now)
            return [ack, *self._win(attempt, fork, now)]
        return [ack, *self._signalling.say_bye(leg, fork.dialog, attempt.given_up, now)]

    def _win(self, attempt: Attempt, fork: Fork, now: float) -> list[Output]:
        """The first phone that answers gets the leg; what the others do is over."""
        leg, legs = attempt.leg, self._signalling.legs
        leg.attempts.remove(attempt)
        leg.dialog, leg.heard = fork.dialog, None
        leg.our_sdp = leg.our_sdp or attempt.branch.sdp or leg.order.sdp
        stopped: list[Output] = []
        if leg.attempts:
            stopped = [told for loser in leg.attempts for told in _told(loser, 487)]
            stopped += self._stop(leg, Cause.LOSE_RACE, now)
        self._deadlines.cancel(leg)
        sdp = fork.offered or fork.sdp
        if sdp is None:
            cause = Cause.INCOMPATIBLE_DESTINATION
            outputs = legs.end(leg, cause, status=200, by_peer=False)
            return outputs + stopped + self._signalling.say_bye(leg, fork.dialog, cause, now)
        leg.state = LegState.CONFIRMED
        legs.open_dialog(leg, fork.dialog)
        answered = LegAnswered(
            leg_id=leg.leg_id,
            sdp=sdp,
            branch=attempt.branch.name,
            sip_call_id=fork.dialog.sip_call_id,
        )
        return [answered, *stopped]

    def _refusal(self, attempt: Attempt, report: ResponseReceived, now: float) -> list[Output]:
        again = None if attempt.given_up else self._attempts.ask_again(attempt, report, now)
        if again is not None:
            return [again]
        report.transaction.owner = None  # it hears no more, as after a success
        if attempt.given_up is not None:
            self._close(attempt)
            return []
        failure = read_failure(report.response)
        if failure.status >= 400:
            return self._failed(attempt, failure, now)
        return self._redirected(attempt, report, failure, now)

    def _redirected(
        self, attempt: Attempt, report: ResponseReceived, failure: Failure, now: float
    ) -> list[Output]:
        """The party is elsewhere: go there next as long as the branch allows it (RFC 3261 §8.1.3.4)."""
        leg, branch = attempt.leg, attempt.branch
        targets = read_targets(report.response)
        shown = tuple(printable(str(target.uri)) for target in targets)
        told = LegRedirected(leg_id=leg.leg_id, branch=branch.name, targets=shown)
        rounds = follow(leg, branch, targets) if leg.redirects < branch.redirects else []
        if not rounds:
            return [told, *self._failed(attempt, failure, now)]
        leg.redirects += 1
        leg.rounds[:0] = rounds
        return [told, *self._let_go(attempt, failure), *self._next_round(leg, now), *_still_heard(leg)]

    def _failed(self, attempt: Attempt, failure: Failure, now: float) -> list[Output]:
        """A branch is out: others may still ring, or be next, or the leg ends (RFC 3261 §16.7)."""
        leg = attempt.leg
        leg.failure = better(leg.failure, failure)
        outputs = self._let_go(attempt, failure)
        if attempt.branch.other_flows and is_broken(failure):
            following, *others = attempt.branch.other_flows
            tried = self._try(leg, replace(following, other_flows=tuple(others)), now)
            return [*outputs, *tried, *_still_heard(leg)]
        if ends_all(leg.order, attempt.branch, failure.status):
            return outputs + self._end(leg, failure) + self._stop(leg, failure.cause, now)
        if leg.attempts:
            return outputs + _still_heard(leg)
        if leg.rounds:
            return outputs + self._next_round(leg, now)
        return outputs + self._end(leg, leg.failure or failure)

    def _let_go(self, attempt: Attempt, failure: Failure) -> list[Output]:
        leg = attempt.leg
        self._close(attempt)
        leg.attempts.remove(attempt)
        if leg.heard is attempt:
            leg.heard, leg.state = None, LegState.INVITED
        return _told(attempt, failure.status, failure.retry_after_s)

    def _end(self, leg: DialledLeg, failure: Failure) -> list[Output]:
        self._deadlines.cancel(leg)
        legs = self._signalling.legs
        return legs.end(leg, failure.cause, status=failure.status, by_peer=failure.by_peer)


def _still_heard(leg: DialledLeg) -> list[Output]:
    """Of the phones that ring on, the first that plays something is heard when the one that was has gone."""
    if leg.heard is not None or leg.state not in WAITING:
        return []
    for attempt in leg.attempts:
        for fork in attempt.forks.values():
            if fork.sdp is not None:
                leg.heard, leg.state = attempt, LegState.RINGING
                return [LegRinging(leg_id=leg.leg_id, status=183, sdp=fork.sdp)]
    return []


def _told(attempt: Attempt, status: int, retry_after_s: int | None = None) -> list[Output]:
    """Only branches with a name are told about."""
    name = attempt.branch.name
    if not name:
        return []
    leg_id = attempt.leg.leg_id
    return [BranchFailed(leg_id=leg_id, branch=name, status=status, retry_after_s=retry_after_s)]
