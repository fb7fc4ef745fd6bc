"""Whatever a caller, our exchange and the clock do about a session, its leg ends once and leaves nothing."""

from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from runtime.errors import UsageError
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, AnswerReoffer, HangUpLeg, ReofferLeg, RingLeg
from switch.sip.events import LegEnded
from switch.sip.messages.message import Message, Request, Response
from tests.helpers.sip_messages import SDP, make_request, make_response
from tests.helpers.sip_rig import LIFETIME_S, SipRig
from tests.helpers.sip_talk import LEG, OURS, UPDATES

BODIES = st.sampled_from(["", SDP])
SESSIONS = st.sampled_from([None, "90;refresher=uas", "90;refresher=uac", "5"])


class AnyOffers(RuleBasedStateMachine):
    """One arriving leg. The caller says what it likes in its dialog, and answers ours as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = SipRig(reliable_provisionals="if_supported")
        self.called = "<sip:95598@switch>"
        self.rseq = "1"
        self.cseq = 1
        self.ours: list[Request] = []
        """Requests of ours that have no final answer yet."""
        self.is_answered = False

    @initialize(body=BODIES, wants=st.sampled_from(["require", "supported"]), updates=st.booleans())
    def caller_invites(self, body: str, wants: str, updates: bool) -> None:
        headers = {wants: "100rel, timer", "session-expires": "90;refresher=uas"}
        if updates:
            headers["allow"] = UPDATES
        self._tell("INVITE", cseq=1, body=body, headers=headers)

    @precondition(lambda self: self._has_dialog())
    @rule(method=st.sampled_from(["INVITE", "UPDATE", "OPTIONS"]), body=BODIES, session=SESSIONS)
    def caller_asks(self, method: str, body: str, session: str | None) -> None:
        self.cseq += 1
        headers = {"supported": "timer", "session-expires": session} if session else {}
        self._tell(method, cseq=self.cseq, body=body, headers=headers)

    @precondition(lambda self: self._has_dialog())
    @rule(body=BODIES, is_right=st.booleans())
    def caller_acknowledges_ringing(self, body: str, is_right: bool) -> None:
        self.cseq += 1
        rack = f"{self.rseq} 1 INVITE" if is_right else "7 7 INVITE"
        self._tell("PRACK", cseq=self.cseq, body=body, headers={"rack": rack})

    @rule(body=BODIES, first=st.booleans())
    def caller_acknowledges_an_answer(self, body: str, first: bool) -> None:
        self._tell("ACK", cseq=1 if first else self.cseq, body=body, headers={}, suffix="ack")

    @precondition(lambda self: self._has_dialog())
    @rule(method=st.sampled_from(["CANCEL", "BYE"]))
    def caller_gives_up(self, method: str) -> None:
        if method == "BYE":
            self.cseq += 1
        self._tell(method, cseq=1 if method == "CANCEL" else self.cseq, body="", headers={})

    @precondition(lambda self: self.ours)
    @rule(status=st.sampled_from([100, 200, 200, 422, 488, 491, 405, 481, 408, 500]), body=BODIES)
    def caller_answers(self, status: int, body: str) -> None:
        request = self.ours[-1]
        if status >= 200:
            self.ours.pop()
        more = {"retry_after": "1", "min_se": "200", "session_expires": "90;refresher=uac"}
        self._hear(self.rig.receive(make_response(request, status, body=body, **more)))

    @precondition(lambda self: self._is_up() and not self.is_answered)
    @rule(sdp=st.sampled_from([None, OURS]))
    def exchange_rings(self, sdp: str | None) -> None:
        self._hear(self.rig.order(RingLeg(leg_id=LEG, sdp=sdp)))

    @precondition(lambda self: self._is_up() and not self.is_answered)
    @rule()
    def exchange_answers(self) -> None:
        self.is_answered = True
        self._hear(self.rig.order(AnswerLeg(leg_id=LEG, sdp=OURS)))

    @rule(sdp=st.sampled_from([None, OURS]))
    def exchange_answers_an_offer(self, sdp: str | None) -> None:
        self._hear(self.rig.order(AnswerReoffer(leg_id=LEG, sdp=sdp)))

    @rule()
    def exchange_offers(self) -> None:
        with suppress(UsageError):  # an earlier offer has no outcome yet
            self._hear(self.rig.order(ReofferLeg(leg_id=LEG, sdp=OURS)))

    @rule(seconds=st.sampled_from([0.1, 1.0, 5.0, 33.0, 50.0]))
    def time_passes(self, seconds: float) -> None:
        self._hear(self.rig.pass_time(seconds))

    @invariant()
    def the_leg_ends_once(self) -> None:
        assert len(self.rig.reported(LegEnded)) == 1 - self.rig.stack.open_legs

    def teardown(self) -> None:
        self.rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING))
        self.rig.pass_time(6 * LIFETIME_S)
        assert self.rig.leftovers() == (0, 0, 0)
        assert self.rig.stack.next_deadline() is None

    def _is_up(self) -> bool:
        return self.rig.stack.open_legs == 1

    def _has_dialog(self) -> bool:
        return ";tag=" in self.called

    def _tell(self, method: str, *, cseq: int, body: str, headers: dict[str, str], suffix: str = "") -> None:
        branch = f"z9hG4bK{cseq}{suffix}"
        request = make_request(method, branch=branch, cseq=cseq, called=self.called, body=body)
        for name, value in headers.items():
            request.headers.set(name, value)
        self._hear(self.rig.receive(request))

    def _hear(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, Response):
                if ";tag=" not in self.called:
                    self.called = message.headers.get("to") or ""
                self.rseq = message.headers.get("rseq") or self.rseq
            elif message.method != "ACK":
                self.ours.append(message)


AnyOffers.TestCase.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
test_whatever_is_offered_the_leg_ends_once_and_nothing_is_left = AnyOffers.TestCase
