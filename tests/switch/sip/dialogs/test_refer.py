from typing import Any

import pytest

from runtime.errors import UsageError
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, AnswerTransfer, HangUpLeg, ReportTransfer
from switch.sip.events import LegArrived, LegTransferRequested
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.message import Message, Request, Response
from tests.helpers.sip_messages import SDP, make_request, make_response
from tests.helpers.sip_rig import SipRig, methods, statuses


class Talk(SipRig):
    """A confirmed call; its caller transfers it."""

    def __init__(self) -> None:
        super().__init__()
        self.called = self.call("call@phone")
        self.cseq = 1

    def call(self, sip_call_id: str) -> str:
        """A call that is answered; returns its To with our tag."""
        self.receive(
            make_request("INVITE", body=SDP, sip_call_id=sip_call_id, branch=f"z9hG4bK{sip_call_id}")
        )
        number = len(self.reported(LegArrived))
        ok = self.one_response(self.order(AnswerLeg(leg_id=f"leg-{number}", sdp=SDP)))
        called = ok.headers.get("to") or ""
        self.receive(
            make_request("ACK", called=called, sip_call_id=sip_call_id, branch=f"z9hG4bKack{sip_call_id}")
        )
        return called

    def refer(self, target: str | list[str] = "<sip:2001@switch>", **headers: Any) -> list[Message]:
        """The caller's REFER; returns what is sent because of it."""
        self.cseq += 1
        return self.receive(
            make_request(
                "REFER",
                called=self.called,
                branch=f"z9hG4bKrefer{self.cseq}",
                cseq=self.cseq,
                refer_to=target,
                **headers,
            )
        )

    def transfer(self, **headers: Any) -> str:
        """A REFER that is not refused at once; returns the transfer's id."""
        assert self.refer(**headers) == []
        transfer_id = self.reported(LegTransferRequested)[-1].transfer_id
        assert isinstance(transfer_id, str)
        return transfer_id

    def subscribe(self, event: str = "refer", **headers: Any) -> list[Message]:
        """A SUBSCRIBE of the phone to its transfer; returns what is sent because of it."""
        self.cseq += 1
        branch = f"z9hG4bKsubscribe{self.cseq}"
        return self.receive(
            make_request(
                "SUBSCRIBE", called=self.called, branch=branch, cseq=self.cseq, event=event, **headers
            )
        )

    def answer(self, transfer_id: str, status: int = 202) -> list[Message]:
        return self.order(AnswerTransfer(leg_id="leg-1", transfer_id=transfer_id, status=status))

    def report(self, transfer_id: str, status: int) -> list[Message]:
        return self.order(ReportTransfer(leg_id="leg-1", transfer_id=transfer_id, status=status))

    def take(self, notify: Message, status: int = 200) -> list[Message]:
        """The phone's answer to a NOTIFY; returns what is sent because of it."""
        assert isinstance(notify, Request)
        return self.receive(make_response(notify, status))


def news(message: Message) -> tuple[str, str]:
    """The status line a NOTIFY tells, and the first word of its subscription's state."""
    assert isinstance(message, Request)
    assert message.method == "NOTIFY"
    assert message.headers.get("content-type") == "message/sipfrag;version=2.0"
    return message.body.decode().strip(), (message.headers.get("subscription-state") or "").split("=")[0]


def test_a_transfer_is_reported_with_its_target_and_who_asks() -> None:
    rig = Talk()
    rig.transfer(target='"张伟" <sip:%32001@switch;user=phone>', referred_by="<sip:1001@phone>;cid=1")
    assert rig.reported(LegTransferRequested) == [
        LegTransferRequested(
            leg_id="leg-1",
            transfer_id="transfer-2",
            target_number="2001",
            target_uri="sip:2001@switch;user=phone",
            replaces_leg_id=None,
            referred_by="sip:1001@phone",
        )
    ]


def test_the_phone_hears_how_its_transfer_goes() -> None:
    rig = Talk()
    transfer = rig.transfer()
    accepted, trying = rig.answer(transfer)
    assert statuses([accepted]) == [202]
    assert news(trying) == ("SIP/2.0 100 Trying", "active;expires")
    assert trying.headers.get("event") == "refer"
    assert rig.take(trying) == []
    (ringing,) = rig.report(transfer, 180)
    assert news(ringing) == ("SIP/2.0 180 Ringing", "active;expires")
    assert rig.take(ringing) == []
    (answered,) = rig.report(transfer, 200)
    assert news(answered) == ("SIP/2.0 200 OK", "terminated;reason")
    assert rig.take(answered) == []
    assert rig.report(transfer, 200) == []


def test_news_that_come_fast_are_told_one_after_the_other_and_the_last_is_not_lost() -> None:
    rig = Talk()
    transfer = rig.transfer()
    _, trying = rig.answer(transfer)
    assert rig.report(transfer, 180) == rig.report(transfer, 183) == rig.report(transfer, 486) == []
    (busy,) = rig.take(trying)
    assert news(busy) == ("SIP/2.0 486 Busy Here", "terminated;reason")
    assert rig.take(busy) == []


def test_the_last_word_of_a_transfer_does_not_come_behind_the_bye() -> None:
    rig = Talk()
    transfer = rig.transfer()
    _, trying = rig.answer(transfer)
    assert rig.report(transfer, 200) == []
    done, bye = rig.order(HangUpLeg(leg_id="leg-1", cause=Cause.NORMAL_CLEARING))
    assert news(done) == ("SIP/2.0 200 OK", "terminated;reason")
    assert isinstance(bye, Request)
    assert bye.method == "BYE"
    assert rig.take(trying) == rig.take(done) == []


def test_a_phone_may_ask_anew_how_its_transfer_goes() -> None:
    rig = Talk()
    transfer = rig.transfer()
    rig.take(rig.answer(transfer)[1])
    rig.take(rig.report(transfer, 180)[0])
    accepted, ringing = rig.subscribe(expires="20")
    assert statuses([accepted]) == [200]
    assert accepted.headers.get("expires") == "20"
    assert accepted.headers.get("contact") == ringing.headers.get("contact")
    assert news(ringing) == ("SIP/2.0 180 Ringing", "active;expires")
    assert (ringing.headers.get("subscription-state") or "").endswith("=20")
    assert rig.take(ringing) == []
    (over,) = rig.pass_time(20)
    assert news(over) == ("SIP/2.0 180 Ringing", "terminated;reason")


def test_who_asks_while_news_are_on_their_way_hears_again_after_them() -> None:
    rig = Talk()
    _, trying = rig.answer(rig.transfer())
    assert statuses(rig.subscribe()) == [200]
    (again,) = rig.take(trying)
    assert news(again) == ("SIP/2.0 100 Trying", "active;expires")
    assert rig.take(again) == []


def test_a_phone_may_want_to_hear_no_more_of_its_transfer() -> None:
    rig = Talk()
    transfer = rig.transfer()
    rig.take(rig.answer(transfer)[1])
    accepted, last = rig.subscribe(expires="0")
    assert statuses([accepted]) == [200]
    assert news(last) == ("SIP/2.0 100 Trying", "terminated;reason")
    assert rig.take(last) == rig.report(transfer, 200) == []
    assert statuses(rig.subscribe()) == [481]


def test_in_a_call_only_its_transfer_can_be_subscribed_to() -> None:
    rig = Talk()
    assert statuses(rig.subscribe()) == [481]
    rig.transfer()
    assert statuses(rig.subscribe()) == [481], "it is not decided yet"
    (refused,) = rig.subscribe("dialog")
    assert (statuses([refused]), refused.headers.get("allow-events")) == ([489], "refer")


def test_a_transfer_can_be_refused_and_asked_for_again() -> None:
    rig = Talk()
    assert statuses(rig.answer(rig.transfer(), 404)) == [404]
    second = rig.transfer()
    _, trying = rig.answer(second)
    assert trying.headers.get("event") == "refer;id=3"  # RFC 3515 §2.4.6: not the first of its dialog


def test_only_one_transfer_is_under_way_in_a_call() -> None:
    rig = Talk()
    transfer = rig.transfer()
    assert statuses(rig.refer()) == [491]
    rig.answer(transfer)
    assert statuses(rig.refer()) == [491]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ([], 400),
        (["<sip:1@s>", "<sip:2@s>"], 400),
        ("<sip:1@s>, <sip:2@s>", 400),
        ("<oops", 400),
        ("<http://example.com>", 416),
        ("<sip:1@s?Replaces=nonsense>", 400),
        ("<sip:1@s;method=BYE>", 403),
    ],
)
def test_a_refer_that_names_no_call_is_refused(target: str | list[str], status: int) -> None:
    rig = Talk()
    assert statuses(rig.refer(target)) == [status]
    assert rig.reported(LegTransferRequested) == []


def test_a_phone_that_wants_no_news_gets_none() -> None:
    rig = Talk()
    transfer = rig.transfer(refer_sub="false", require="norefersub")
    (accepted,) = rig.answer(transfer)
    assert (statuses([accepted]), accepted.headers.get("refer-sub")) == ([202], "false")
    assert rig.report(transfer, 200) == []


def attended(rig: Talk, second: str) -> str:
    """Refer-To that names the second call from the view of its target."""
    ours = parse_name_addr(second).tag
    return f"<sip:2001@switch?Replaces=second%40phone%3Bto-tag%3D{ours}%3Bfrom-tag%3Dcaller&X=1>"


def test_an_attended_transfer_names_the_leg_whose_far_end_is_meant() -> None:
    rig = Talk()
    target = attended(rig, rig.call("second@phone"))
    rig.transfer(target=target)
    (asked,) = rig.reported(LegTransferRequested)
    assert (asked.leg_id, asked.replaces_leg_id, asked.target_uri) == ("leg-1", "leg-2", "sip:2001@switch")


def test_an_attended_transfer_to_a_call_that_is_over_fails_at_once() -> None:
    rig = Talk()
    target = attended(rig, rig.call("second@phone"))
    rig.order(HangUpLeg(leg_id="leg-2", cause=Cause.NORMAL_CLEARING))
    accepted, trying = rig.refer(target)
    assert statuses([accepted]) == [202]
    (failed,) = rig.take(trying)
    assert news(failed) == ("SIP/2.0 481 Call/Transaction Does Not Exist", "terminated;reason")
    assert rig.reported(LegTransferRequested) == []


def test_a_transfer_outside_a_call_is_forbidden() -> None:
    assert statuses(SipRig().receive(make_request("REFER", refer_to="<sip:1@s>"))) == [403]


def test_a_call_that_only_rings_cannot_be_transferred() -> None:
    rig = SipRig()
    rig.receive(make_request("INVITE", body=SDP))
    (refused,) = rig.order(HangUpLeg(leg_id="leg-1", cause=Cause.USER_BUSY))
    called = refused.headers.get("to") or ""
    assert statuses(rig.receive(make_request("REFER", called=called, refer_to="<sip:1@s>", cseq=2))) == [481]


def test_a_phone_that_does_not_know_its_transfer_any_more_is_left_alone() -> None:
    rig = Talk()
    transfer = rig.transfer()
    _, trying = rig.answer(transfer)
    assert rig.take(trying, 481) == []
    assert rig.report(transfer, 200) == []
    assert rig.transfer() != transfer


def test_a_phone_that_hangs_up_still_hears_the_end_of_its_transfer() -> None:
    rig = Talk()
    transfer = rig.transfer()
    _, trying = rig.answer(transfer)
    rig.take(trying)
    bye = make_request("BYE", called=rig.called, branch="z9hG4bKbye", cseq=9)
    assert statuses(rig.receive(bye)) == [200]
    (answered,) = rig.report(transfer, 200)
    assert news(answered)[0] == "SIP/2.0 200 OK"
    rig.take(answered, 481)
    assert rig.report(transfer, 200) == []


def test_a_transfer_nobody_decides_is_declined() -> None:
    rig = Talk()
    transfer = rig.transfer()
    assert statuses(rig.pass_time(10)) == [603]
    assert rig.answer(transfer) == []


def test_a_transfer_that_never_ends_is_given_up() -> None:
    rig = Talk()
    transfer = rig.transfer()
    _, trying = rig.answer(transfer)
    rig.take(trying)
    (last,) = rig.pass_time(180)
    assert last.headers.get("subscription-state") == "terminated;reason=timeout"
    rig.take(last)
    assert rig.report(transfer, 200) == []


def test_a_phone_that_never_answers_is_not_told_more() -> None:
    rig = Talk()
    transfer = rig.transfer()
    rig.answer(transfer)
    rig.report(transfer, 200)
    rig.pass_time(40)
    assert rig.report(transfer, 200) == []
    rig.receive(make_request("BYE", called=rig.called, branch="z9hG4bKbye", cseq=9))
    rig.pass_time(40)
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize("status", [0, 99, 700])
def test_a_status_that_is_none_is_refused(status: int) -> None:
    rig = Talk()
    transfer = rig.transfer()
    with pytest.raises(UsageError, match="expected 202"):
        rig.answer(transfer, status)
    with pytest.raises(UsageError, match="expected 100"):
        rig.report(transfer, status)


def test_reporting_accepts_what_was_not_accepted_yet() -> None:
    rig = Talk()
    sent = rig.report(rig.transfer(), 200)
    assert (statuses(sent), methods(sent)) == ([202], ["NOTIFY"])
    assert isinstance(sent[0], Response)
