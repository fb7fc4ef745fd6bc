import pytest

from switch.causes import Cause
from switch.sip.authentication.client_authentication import Account
from switch.sip.commands import HangUpLeg
from switch.sip.events import LegAnswered, LegRinging
from switch.sip.messages.message import Message, Request
from tests.helpers.sip_branches import Phone, branch, dial
from tests.helpers.sip_messages import SDP, make_response
from tests.helpers.sip_rig import LIFETIME_S, SipRig, methods

OTHER_SDP = SDP.replace("4000", "4002")


def dialled(rig: SipRig) -> Phone:
    return dial(rig, branch("phone"))["phone"]


def rings_reliably(
    phone: Phone, rseq: int | str, *, status: int = 183, body: str = "", **more: str
) -> list[Message]:
    return phone.answers(status, body=body, require="100rel", rseq=str(rseq), **more)


def test_our_invite_says_that_we_acknowledge_provisional_answers_unless_told_not_to() -> None:
    rig = SipRig()
    phones = dial(rig, branch("one", 7001), branch("two", 7002, reliable_provisionals=False))
    assert phones["one"].invite.headers.get_all("supported") == ["100rel, replaces, timer"]
    assert phones["two"].invite.headers.get_all("supported") == ["replaces, timer"]


def test_a_reliable_ringing_is_acknowledged_in_its_early_dialog() -> None:
    rig = SipRig()
    phone = dialled(rig)
    prack = rig.one_request(rings_reliably(phone, 776656, status=180, tag="desk"))
    assert (prack.method, prack.headers.get("rack")) == ("PRACK", "776656 1 INVITE")
    assert prack.headers.get("cseq") == "2 PRACK"
    assert (prack.headers.get("to") or "").endswith(";tag=desk")
    assert prack.uri == "sip:phone@127.0.0.1:7000"
    assert phone.confirms(prack) == []
    assert [event.status for event in rig.reported(LegRinging)] == [180]


def test_plain_ringing_is_not_acknowledged() -> None:
    rig = SipRig()
    assert dialled(rig).answers(180) == []


def test_a_repetition_is_not_acknowledged_again_and_counts_for_nothing() -> None:
    rig = SipRig()
    phone = dialled(rig)
    rings_reliably(phone, 1, status=180)
    assert rings_reliably(phone, 1, body=SDP) == []
    assert [event.sdp for event in rig.reported(LegRinging)] == [None]


def test_answers_out_of_order_wait_for_their_turn() -> None:
    rig = SipRig()
    phone = dialled(rig)
    rings_reliably(phone, 1, status=180)
    assert rings_reliably(phone, 3, body=SDP) == []
    assert rig.one_request(rings_reliably(phone, 2)).headers.get("rack") == "2 1 INVITE"
    assert rig.one_request(rings_reliably(phone, 3, body=SDP)).headers.get("rack") == "3 1 INVITE"
    assert [event.sdp for event in rig.reported(LegRinging)] == [None, SDP]


def test_each_phone_counts_for_itself() -> None:
    rig = SipRig()
    phone = dialled(rig)
    for tag, rseq in (("one", 5), ("two", 900), ("one", 6), ("two", 901)):
        assert methods(rings_reliably(phone, rseq, tag=tag)) == ["PRACK"]


def test_the_ack_has_the_number_of_the_invite_and_the_bye_goes_on_from_the_pracks() -> None:
    rig = SipRig()
    phone = dialled(rig)
    rings_reliably(phone, 1)
    rings_reliably(phone, 2)
    ack = rig.one_request(phone.answers(200))
    assert ack.headers.get("cseq") == "1 ACK"
    bye = rig.one_request(rig.order(HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING)))
    assert bye.headers.get("cseq") == "4 BYE"


def test_a_reliable_answer_to_our_offer_is_the_answer_whatever_comes_later() -> None:
    rig = SipRig()
    phone = dialled(rig)
    rings_reliably(phone, 1, body=SDP)
    phone.answers(200, body=OTHER_SDP)
    assert [event.sdp for event in rig.reported(LegAnswered)] == [SDP]


def test_an_answer_without_a_description_takes_the_reliable_one() -> None:
    rig = SipRig()
    phone = dialled(rig)
    rings_reliably(phone, 1, body=SDP)
    phone.answers(200, body="")
    assert [event.sdp for event in rig.reported(LegAnswered)] == [SDP]


def test_an_unreliable_description_gives_way_to_that_of_the_answer() -> None:
    rig = SipRig()
    phone = dialled(rig)
    phone.answers(183, body=SDP)
    phone.answers(200, body=OTHER_SDP)
    assert [event.sdp for event in rig.reported(LegAnswered)] == [OTHER_SDP]


@pytest.mark.parametrize("rseq", ["", "0", "-1", "x", "4294967296", "99999999999", "1 2", "²"])
def test_a_reliable_ringing_with_a_malformed_number_is_refused_as_a_whole(rseq: str) -> None:
    rig = SipRig()
    phone = dialled(rig)
    assert rings_reliably(phone, rseq) == []
    assert rig.stack.counters.rejected == 1
    assert rig.reported(LegRinging) == []


def test_a_prack_is_repeated_until_it_is_answered() -> None:
    rig = SipRig()
    phone = dialled(rig)
    prack = rig.one_request(rings_reliably(phone, 1))
    assert methods(rig.pass_time(1.6)) == ["PRACK", "PRACK"]
    phone.confirms(prack)
    assert rig.pass_time(10) == []


@pytest.mark.parametrize("status", [481, 500])
def test_a_prack_that_is_refused_ends_nothing(status: int) -> None:
    rig = SipRig()
    phone = dialled(rig)
    prack = rig.one_request(rings_reliably(phone, 1))
    assert rig.receive(make_response(prack, status), phone.hop) == []
    assert methods(phone.answers(200)) == ["ACK"]


def test_a_challenged_prack_is_sent_again_with_its_proof() -> None:
    rig = SipRig()
    phone = dial(rig, branch("phone", credentials=Account("ringmain", "secret")))["phone"]
    prack = rig.one_request(rings_reliably(phone, 7))
    challenge = make_response(prack, 401, www_authenticate='Digest realm="r", nonce="n", qop="auth"')
    again = rig.one_request(rig.receive(challenge, phone.hop))
    assert isinstance(again, Request)
    assert again.headers.get("rack") == "7 1 INVITE"
    assert again.headers.get("cseq") == "3 PRACK"
    assert "authorization" in again.headers


def test_a_phone_that_vanishes_after_its_reliable_ringing_leaves_nothing() -> None:
    rig = SipRig(dial_limit_s=60)
    rings_reliably(dialled(rig), 1)
    rig.pass_time(60 + 2 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)
