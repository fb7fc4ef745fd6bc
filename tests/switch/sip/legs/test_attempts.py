import pytest

from switch.causes import Cause
from switch.sip.authentication.client_authentication import Account
from switch.sip.authentication.digest import Algorithm, Credentials, ha1
from switch.sip.commands import HangUpLeg
from switch.sip.events import BranchFailed, BranchTried, LegAnswered, LegEnded
from switch.sip.messages.message import Message, Request
from tests.helpers.sip_branches import Phone, branch, dial
from tests.helpers.sip_rig import LIFETIME_S, SipRig, methods

ACCOUNT = Account("ringmain", "secret")
ASKED = 'Digest realm="carrier", nonce="n1", algorithm=MD5, qop="auth"'
ASKED_AGAIN = ASKED.replace("n1", "n2")


def carrier(rig: SipRig) -> Phone:
    return dial(rig, branch("carrier", credentials=ACCOUNT))["carrier"]


def only(messages: list[Message], method: str) -> Request:
    (found,) = (m for m in messages if isinstance(m, Request) and m.method == method)
    return found


def proof(request: Request, header: str = "authorization") -> Credentials:
    return Credentials.parse(request.headers.get(header) or "")


def proves(request: Request, header: str = "authorization") -> bool:
    return proof(request, header).proves(ha1(Algorithm.MD5, "ringmain", "carrier", "secret"), request.method)


def number(request: Request) -> str | None:
    return request.headers.get("cseq")


def nothing_is_left(rig: SipRig) -> bool:
    rig.pass_time(2 * LIFETIME_S)
    return rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize(
    ("status", "asks", "answers"),
    [(401, "www_authenticate", "authorization"), (407, "proxy_authenticate", "proxy-authorization")],
)
def test_a_challenge_is_acked_and_answered_in_the_same_call_with_the_next_number(
    status: int, asks: str, answers: str
) -> None:
    rig = SipRig()
    phone = carrier(rig)
    ack, again = phone.answers(status, tag="proxy", **{asks: ASKED})
    assert isinstance(again, Request)
    assert methods([ack, again]) == ["ACK", "INVITE"]
    for name in ("call-id", "from", "to", "contact"):
        assert again.headers.get_all(name) == phone.invite.headers.get_all(name)
    assert again.headers.get("via") != phone.invite.headers.get("via")
    assert (number(ack) if isinstance(ack, Request) else "", number(again)) == ("1 ACK", "2 INVITE")
    assert proves(again, answers)
    assert [event.branch for event in rig.reported(BranchTried)] == ["carrier"]


def test_an_answer_after_a_challenge_is_acked_with_its_number_and_its_proof() -> None:
    rig = SipRig()
    phone = carrier(rig)
    phone.invite = only(phone.answers(401, www_authenticate=ASKED), "INVITE")
    ack = only(phone.answers(200), "ACK")
    assert number(ack) == "2 ACK"
    assert ack.headers.get("authorization") == phone.invite.headers.get("authorization")
    assert len(rig.reported(LegAnswered)) == 1


def test_a_wrong_password_ends_the_branch_with_the_status() -> None:
    rig = SipRig()
    phone = carrier(rig)
    phone.invite = only(phone.answers(401, www_authenticate=ASKED), "INVITE")
    assert methods(phone.answers(401, www_authenticate=ASKED_AGAIN)) == ["ACK"]
    assert [event.status for event in rig.reported(BranchFailed)] == [401]
    assert [event.sip_status for event in rig.reported(LegEnded)] == [401]
    assert nothing_is_left(rig)


def test_without_a_password_a_challenge_is_a_failure() -> None:
    rig = SipRig()
    phone = dial(rig, branch("phone"))["phone"]
    assert methods(phone.answers(407, proxy_authenticate=ASKED)) == ["ACK"]
    assert [event.sip_status for event in rig.reported(LegEnded)] == [407]


def test_a_cancelled_branch_answers_no_challenge() -> None:
    rig = SipRig()
    phone = carrier(rig)
    rig.order(HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING))
    assert methods(phone.answers(401, www_authenticate=ASKED)) == ["ACK"]
    assert nothing_is_left(rig)


def test_the_next_call_by_the_same_way_brings_its_proof_at_once() -> None:
    rig = SipRig()
    phone = carrier(rig)
    phone.invite = only(phone.answers(401, www_authenticate=ASKED), "INVITE")
    phone.answers(486)
    invite = carrier(rig).invite
    assert proves(invite)
    assert (number(invite), proof(invite).nc) == ("1 INVITE", "00000002")


def test_ringing_before_a_challenge_leaves_no_dialog_behind() -> None:
    rig = SipRig()
    phone = carrier(rig)
    phone.answers(180, tag="early")
    assert rig.stack.open_dialogs == 1
    phone.answers(401, tag="early", www_authenticate=ASKED)
    assert rig.stack.open_dialogs == 0


def test_the_bye_of_a_call_that_was_challenged_brings_its_proof() -> None:
    rig = SipRig()
    phone = carrier(rig)
    phone.invite = only(phone.answers(401, www_authenticate=ASKED), "INVITE")
    phone.answers(200)
    bye = only(rig.order(HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING)), "BYE")
    assert proves(bye)
    assert (number(bye), proof(bye).nc) == ("3 BYE", "00000002")


def test_a_challenged_bye_is_sent_again_and_its_dialog_is_known_until_then() -> None:
    rig = SipRig()
    phone = carrier(rig)
    phone.answers(200)
    bye = only(rig.order(HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING)), "BYE")
    phone.invite = bye
    again = only(phone.answers(407, proxy_authenticate=ASKED), "BYE")
    assert proves(again, "proxy-authorization")
    assert (number(bye), number(again)) == ("2 BYE", "3 BYE")
    assert again.headers.get("reason") == bye.headers.get("reason")
    assert rig.stack.open_dialogs == 1
    phone.confirms(again)
    assert rig.stack.open_dialogs == 0


def test_a_bye_whose_password_is_wrong_ends_the_dialog() -> None:
    rig = SipRig()
    phone = carrier(rig)
    phone.answers(200)
    phone.invite = only(rig.order(HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING)), "BYE")
    phone.invite = only(phone.answers(401, www_authenticate=ASKED), "BYE")
    assert phone.answers(401, www_authenticate=ASKED_AGAIN) == []
    assert nothing_is_left(rig)


def test_an_extension_that_is_refused_is_left_out_at_a_second_try() -> None:
    rig = SipRig()
    phone = dial(rig, branch("phone", headers=(("require", "precondition, x-ours"),)))["phone"]
    assert phone.invite.headers.get_all("supported") == ["100rel, replaces, timer"]
    phone.invite = only(phone.answers(420, unsupported="Precondition, 100rel"), "INVITE")
    assert phone.invite.headers.get_all("require") == ["x-ours"]
    assert phone.invite.headers.get_all("supported") == ["replaces, timer"]
    assert number(phone.invite) == "2 INVITE"
    phone.answers(200)
    assert len(rig.reported(LegAnswered)) == 1


@pytest.mark.parametrize("unsupported", ["gruu", "", "@@@"])
def test_a_refusal_of_an_extension_that_is_not_ours_fails_the_branch(unsupported: str) -> None:
    rig = SipRig()
    assert methods(dial(rig, branch("phone"))["phone"].answers(420, unsupported=unsupported)) == ["ACK"]
    assert [event.sip_status for event in rig.reported(LegEnded)] == [420]
    assert nothing_is_left(rig)


def test_a_session_that_is_too_short_for_the_peer_is_asked_for_again() -> None:
    rig = SipRig()
    phone = dial(rig, branch("phone"))["phone"]
    assert phone.invite.headers.get("session-expires") == "1800"
    phone.invite = only(phone.answers(422, min_se="3600"), "INVITE")
    headers = phone.invite.headers
    assert (headers.get("session-expires"), headers.get("min-se")) == ("3600", "3600")
    assert number(phone.invite) == "2 INVITE"
    assert methods(phone.answers(422, min_se="3600")) == ["ACK"]
    assert [event.sip_status for event in rig.reported(LegEnded)] == [422]
    assert nothing_is_left(rig)


def test_a_proxy_and_a_server_that_ask_in_turn_for_ever_are_given_up() -> None:
    rig = SipRig()
    phone = carrier(rig)
    rounds = 0
    while not rig.reported(LegEnded):
        header = "www_authenticate" if rounds % 2 else "proxy_authenticate"
        asked = f'Digest realm="{rounds % 2}", nonce="{rounds}", qop="auth"'
        sent = phone.answers(401 if rounds % 2 else 407, **{header: asked})
        rounds += 1
        if len(sent) > 1:
            phone.invite = only(sent, "INVITE")
    assert rounds == 8
    assert nothing_is_left(rig)


def test_a_refused_session_timer_is_not_asked_for_again() -> None:
    rig = SipRig()
    phone = dial(rig, branch("phone"))["phone"]
    assert "session-expires" in phone.invite.headers
    again = only(phone.answers(420, unsupported="timer"), "INVITE")
    assert again.headers.get_all("supported") == ["100rel, replaces"]
    assert not {"session-expires", "min-se"} & {name for name, _ in again.headers.items()}
