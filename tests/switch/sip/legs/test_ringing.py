from typing import Any

import pytest

from runtime.errors import UsageError
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, AnswerReoffer, HangUpLeg, RingLeg
from switch.sip.events import LegConfirmed, LegEnded, LegReoffered, LegRingingConfirmed
from switch.sip.messages.message import Request, Response
from tests.helpers.sip_messages import SDP, make_request
from tests.helpers.sip_rig import LIFETIME_S, SipRig, statuses
from tests.helpers.sip_talk import LEG, OURS, Caller

RING = RingLeg(leg_id=LEG)
EARLY = RingLeg(leg_id=LEG, sdp=OURS)
ANSWER = AnswerLeg(leg_id=LEG, sdp=OURS)
EAGER = {"reliable_provisionals": "if_supported"}


class Wary(Caller):
    """A caller who demands reliable provisional answers."""

    def __init__(self, *, body: str = SDP) -> None:
        super().__init__(body=body, require="100rel")

    def ring(self, command: RingLeg = RING) -> Response:
        return self.one_response(self.hear(self.order(command)))

    def prack(self, ringing: Response, *, cseq: int = 2, body: str = "", **headers: Any) -> Request:
        rack = f"{ringing.headers.get('rseq')} 1 INVITE"
        return self.ask("PRACK", cseq=cseq, body=body, **{"rack": rack, **headers})


def rseq_of(response: Response) -> int:
    return int(response.headers.get("rseq") or "0")


def test_who_requires_it_rings_reliably() -> None:
    ringing = Wary().ring()
    assert (ringing.status, ringing.headers.get("require")) == (180, "100rel")
    assert 1 <= rseq_of(ringing) < 2**31


@pytest.mark.parametrize(
    ("settings", "headers", "reliable"),
    [
        ({}, {}, False),
        ({}, {"supported": "100rel"}, False),
        (EAGER, {}, False),
        (EAGER, {"supported": "timer, 100rel"}, True),
        (EAGER, {"require": "100rel"}, True),
    ],
)
def test_who_only_supports_it_rings_reliably_where_the_configuration_wants_it(
    settings: dict[str, Any], headers: dict[str, Any], reliable: bool
) -> None:
    rig = Caller(settings=settings, **headers)
    ringing = rig.one_response(rig.order(RING))
    assert ("rseq" in ringing.headers, "require" in ringing.headers) == (reliable, reliable)


def test_a_reliable_18x_is_repeated_until_its_prack_comes() -> None:
    rig = Wary()
    ringing = rig.ring()
    assert [rseq_of(again) for again in rig.pass_time(3.6) if isinstance(again, Response)] == [
        rseq_of(ringing)
    ] * 3
    assert statuses(rig.receive(rig.prack(ringing))) == [200]
    assert rig.reported(LegRingingConfirmed) == [LegRingingConfirmed(leg_id=LEG, sdp=None)]
    assert rig.pass_time(LIFETIME_S) == []


def test_who_never_acknowledges_it_is_refused_after_64_t1() -> None:
    rig = Wary()
    rig.ring()
    sent = rig.pass_time(LIFETIME_S)
    assert set(statuses(sent)) == {180, 504}
    cause = Cause.RECOVERY_ON_TIMER_EXPIRE
    assert rig.events[-1] == LegEnded(leg_id=LEG, cause=cause, sip_status=504, by_peer=False)
    rig.pass_time(2 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize("rack", ["1 1 INVITE", "{rseq} 2 INVITE", "{rseq} 1 UPDATE"])
def test_a_prack_for_something_else_gets_481(rack: str) -> None:
    rig = Wary()
    ringing = rig.ring()
    stray = rig.prack(ringing, rack=rack.format(rseq=rseq_of(ringing)))
    assert statuses(rig.receive(stray)) == [481]
    assert statuses(rig.pass_time(0.6)) == [180], "it is still repeated"


def test_a_second_prack_gets_481() -> None:
    rig = Wary()
    ringing = rig.ring()
    assert statuses(rig.receive(rig.prack(ringing))) == [200]
    assert statuses(rig.receive(rig.prack(ringing))) == [200], "the same one, repeated"
    assert statuses(rig.receive(rig.prack(ringing, cseq=3))) == [481]


@pytest.mark.parametrize("rack", ["", "nonsense", "1 INVITE", "99999999999 1 INVITE"])
def test_a_prack_without_a_proper_number_is_malformed(rack: str) -> None:
    rig = Wary()
    assert statuses(rig.receive(rig.prack(rig.ring(), rack=rack))) == [400]


def test_a_prack_after_an_unreliable_18x_gets_481() -> None:
    rig = Caller()
    rig.hear(rig.order(RING))
    assert statuses(rig.receive(rig.ask("PRACK", rack="0 1 INVITE"))) == [481]


def test_early_media_is_183_with_our_answer() -> None:
    rig = Caller()
    progress = rig.one_response(rig.order(EARLY))
    assert (progress.status, progress.body) == (183, OURS.encode())
    ok = rig.one_response(rig.order(ANSWER))
    assert ok.body == OURS.encode(), "the 183 may be lost"


def test_ringing_and_early_media_are_each_said_once() -> None:
    rig = Caller()
    assert statuses(rig.order(RING)) == [180]
    assert rig.order(RING) == []
    assert statuses(rig.order(EARLY)) == [183]
    assert rig.order(EARLY) == rig.order(RING) == []


def test_a_second_reliable_18x_waits_for_the_prack_of_the_first() -> None:
    rig = Wary()
    first = rig.ring()
    assert rig.order(EARLY) == []
    answered, second = rig.receive(rig.prack(first))
    assert isinstance(answered, Response)
    assert isinstance(second, Response)
    assert (answered.status, second.status, rseq_of(second)) == (200, 183, rseq_of(first) + 1)


def test_an_answer_waits_for_the_prack_of_an_early_one_and_then_carries_none() -> None:
    rig = Wary()
    progress = rig.ring(EARLY)
    assert rig.order(ANSWER) == []
    pracked, ok = rig.receive(rig.prack(progress))
    assert (statuses([pracked, ok]), ok.body) == ([200, 200], b"")
    rig.receive(rig.ask("ACK", cseq=1))
    assert rig.events[-1] == LegConfirmed(leg_id=LEG)


def test_an_answer_need_not_wait_for_the_prack_of_a_bare_180() -> None:
    rig = Wary()
    ringing = rig.ring()
    ok = rig.one_response(rig.order(ANSWER))
    assert ok.body == OURS.encode()
    assert statuses(rig.receive(rig.prack(ringing))) == [200], "a late PRACK is known"
    rig.receive(rig.ask("ACK", cseq=1))
    assert rig.pass_time(LIFETIME_S) == []


def test_a_leg_whose_answer_waits_cannot_be_answered_again_but_hung_up() -> None:
    rig = Wary()
    rig.ring(EARLY)
    rig.order(ANSWER)
    with pytest.raises(UsageError, match="answered before"):
        rig.order(ANSWER)
    assert statuses(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.USER_BUSY))) == [486]
    rig.pass_time(2 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_a_cancel_ends_a_leg_whose_answer_waits() -> None:
    rig = Wary()
    rig.ring(EARLY)
    rig.order(ANSWER)
    cancel = make_request("CANCEL")
    assert statuses(rig.receive(cancel)) == [200, 487]
    assert len(rig.reported(LegEnded)) == 1


def test_our_offer_goes_reliably_and_the_prack_brings_the_answer() -> None:
    rig = Wary(body="")
    ringing = rig.ring(EARLY)
    assert (ringing.status, ringing.body) == (180, OURS.encode())
    rig.receive(rig.prack(ringing, body=SDP))
    assert rig.events[-1] == LegRingingConfirmed(leg_id=LEG, sdp=SDP)
    assert rig.one_response(rig.order(ANSWER)).body == b""


def test_our_offer_stays_away_from_an_unreliable_180() -> None:
    rig = Caller(body="")
    ringing = rig.one_response(rig.order(EARLY))
    assert (ringing.status, ringing.body) == (180, b"")
    assert rig.one_response(rig.order(ANSWER)).body == OURS.encode()


def test_an_offer_in_the_prack_is_answered_there_before_the_leg_is() -> None:
    rig = Wary()
    progress = rig.ring(EARLY)
    rig.order(ANSWER)
    assert rig.receive(rig.prack(progress, body=SDP)) == []
    assert rig.events[-1] == LegReoffered(leg_id=LEG, sdp=SDP)
    pracked, ok = rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS))
    assert [(statuses([m]), m.body) for m in (pracked, ok)] == [([200], OURS.encode()), ([200], b"")]
    assert "contact" not in pracked.headers


def test_an_offer_in_the_prack_of_a_bare_180_comes_too_early() -> None:
    rig = Wary()
    assert statuses(rig.receive(rig.prack(rig.ring(), body=SDP))) == [488]
    assert rig.reported(LegReoffered) == []


def test_a_body_we_cannot_read_is_refused_but_the_18x_is_acknowledged() -> None:
    rig = Wary()
    strange = rig.prack(rig.ring(), body="x", content_type="text/plain")
    assert statuses(rig.receive(strange)) == [415]
    assert rig.pass_time(LIFETIME_S) == []


def test_ringing_is_said_again_each_minute_until_the_answer() -> None:
    rig = Caller()
    rig.order(RING)
    assert statuses(rig.pass_time(181)) == [180] * 3
    rig.hear(rig.order(ANSWER))
    rig.receive(rig.ask("ACK", cseq=1))
    assert rig.pass_time(61) == []


def test_reliable_ringing_is_said_again_with_the_next_number() -> None:
    rig = Wary()
    first = rig.ring(EARLY)
    rig.receive(rig.prack(first))
    (again,) = rig.pass_time(150)
    assert isinstance(again, Response)
    assert (again.status, again.body, rseq_of(again)) == (183, b"", rseq_of(first) + 1)
    assert statuses(rig.receive(rig.prack(again, cseq=3))) == [200]


def test_nothing_is_left_of_a_reliably_rung_call() -> None:
    rig = Wary()
    rig.receive(rig.prack(rig.ring()))
    rig.hear(rig.order(ANSWER))
    rig.receive(rig.ask("ACK", cseq=1))
    rig.receive(rig.ask("BYE", cseq=3))
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)
    assert SipRig.one_response(rig.receive(rig.ask("PRACK", cseq=4, rack="1 1 INVITE"))).status == 481
