"""REGISTER, SUBSCRIBE, MESSAGE and REFER on a network that loses, doubles and delays: each has its end."""

from random import Random

import pytest

from runtime.vocabulary import Command, Event
from switch.causes import Cause
from switch.sip.authentication.client_authentication import Account
from switch.sip.commands import (
    AnswerLeg,
    AnswerTransfer,
    DialLeg,
    HangUpLeg,
    ReportTransfer,
    SendRequest,
    SetMailbox,
)
from switch.sip.events import LegAnswered, LegArrived, LegEnded, LegTransferRequested, RequestAnswered
from switch.sip.legs.branches import Branch
from switch.sip.messages.message import Response
from switch.sip.messages.parser import parse_message
from tests.helpers.sip_link import Node, SipLink
from tests.helpers.sip_messages import SDP, as_bytes, make_request
from tests.helpers.sip_rig import LIFETIME_S

SWITCH_PORT, PHONE_PORT = 5060, 6000
STATION = "1001"
REQUESTS = 12


def bad_link(seed: int) -> SipLink:
    return SipLink(seed=seed, loss=0.25, doubling=0.25, jitter_s=0.6)


def request(switch: Node, number: int, method: str, **fields: object) -> SendRequest:
    """A request of the phone, with the station's password."""
    wanted: dict[str, object] = {
        "request_id": f"{method}-{number}",
        "method": method,
        "uri": f"sip:{STATION}@127.0.0.1",
        "hop": switch.hop,
        "caller": f"<sip:{STATION}@127.0.0.1>",
        "called": f"<sip:{STATION}@127.0.0.1>",
        "contact": "phone",
        "credentials": Account(STATION, STATION[::-1]),
    }
    return SendRequest(**{**wanted, **fields})  # type: ignore[arg-type]


def check_over(*nodes: Node) -> None:
    for node in nodes:
        stack = node.stack
        assert (stack.open_legs, stack.open_dialogs, stack.open_transactions) == (0, 0, 0)
        assert stack.subscriptions == 0
        assert stack.next_deadline() is None


@pytest.mark.parametrize("seed", range(12))
def test_registrations_are_answered_once_each_and_run_out(seed: int) -> None:
    link = bad_link(seed)
    switch, phone = link.add(SWITCH_PORT, stations=(STATION,)), link.add(PHONE_PORT)
    pace = Random(seed)
    for number in range(REQUESTS):
        expires = pace.choice(["60", "300", "0"])
        link.command(phone, request(switch, number, "REGISTER", headers=(("expires", expires),)))
        link.run(pace.choice([0.1, 2.0, 20.0]))
    link.run(LIFETIME_S * 3)
    answers = phone.of(RequestAnswered)
    assert sorted(answer.request_id for answer in answers) == sorted(f"REGISTER-{n}" for n in range(REQUESTS))
    assert {answer.status for answer in answers} <= {200, 408}
    assert any(answer.status == 200 for answer in answers)
    link.run(400)
    assert switch.stack.registrations(link.now) == []
    check_over(switch, phone)


@pytest.mark.parametrize("seed", range(12))
def test_subscriptions_and_texts_come_to_an_end_whatever_is_lost(seed: int) -> None:
    """The phone serves no NOTIFY: a subscription lives until its first one is refused or given up."""
    link = bad_link(seed)
    switch, phone = link.add(SWITCH_PORT, stations=(STATION,)), link.add(PHONE_PORT)
    pace = Random(seed)
    link.command(phone, request(switch, 0, "REGISTER", headers=(("expires", "300"),)))
    link.run(10)
    for number in range(REQUESTS):
        watched = (("event", pace.choice(["dialog", "message-summary"])), ("expires", "120"))
        link.command(phone, request(switch, number, "SUBSCRIBE", headers=watched))
        link.command(phone, request(switch, number, "MESSAGE", content_type="text/plain", body="好".encode()))
        link.command(switch, SetMailbox(station=STATION, new=number, old=0))
        link.run(pace.choice([0.1, 2.0, 20.0]))
    link.run(400 + LIFETIME_S)
    asked = [answer.request_id for answer in phone.of(RequestAnswered)]
    assert len(asked) == len(set(asked)) == 2 * REQUESTS + 1
    check_over(switch, phone)


class Transfers:
    """A call of the switch to a phone, whose far end asks again and again that it be transferred."""

    def __init__(self, seed: int) -> None:
        self.link = bad_link(seed)
        self.random = Random(seed)
        self.switch, self.phone = self.link.add(SWITCH_PORT), self.link.add(PHONE_PORT)
        self.switch.reaction, self.phone.reaction = self._decide, self._answer
        uri = f"sip:bob@127.0.0.1:{PHONE_PORT}"
        branch = Branch(uri=uri, hop=self.phone.hop, caller="<sip:a@a>", called="<sip:b@b>")
        self.link.command(self.switch, DialLeg(leg_id="leg", branches=(branch,), sdp=SDP))

    def refer(self, number: int) -> None:
        """REFER in the dialog, each copy at its own time or never."""
        ok = self._accepted()
        data = as_bytes(
            make_request(
                "REFER",
                uri=f"sip:127.0.0.1:{SWITCH_PORT}",
                branch=f"z9hG4bKrefer{number}",
                cseq=number + 1,
                caller=ok.headers.get("to") or "",
                called=ok.headers.get("from") or "",
                sip_call_id=ok.headers.get("call-id") or "",
                hop=self.phone.hop,
                refer_to="<sip:2001@127.0.0.1>",
            )
        )
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            self.link.inject(self.phone.hop, self.switch, data)
            self.link.run(self.random.choice([0.0, 0.5, 4.0]))

    def _accepted(self) -> Response:
        messages = [parse_message(data) for data in self.link.messages_to(self.switch.hop)]
        return next(one for one in messages if isinstance(one, Response) and one.status == 200)

    def _answer(self, event: Event) -> list[Command]:
        return [AnswerLeg(leg_id=event.leg_id, sdp=SDP)] if isinstance(event, LegArrived) else []

    @staticmethod
    def _verdict(event: LegTransferRequested, status: int) -> Command:
        return AnswerTransfer(leg_id=event.leg_id, transfer_id=event.transfer_id, status=status)

    @staticmethod
    def _news(event: LegTransferRequested, status: int) -> Command:
        return ReportTransfer(leg_id=event.leg_id, transfer_id=event.transfer_id, status=status)

    def _decide(self, event: Event) -> list[Command]:
        if not isinstance(event, LegTransferRequested):
            return []
        accepted, refused = (self._verdict(event, status) for status in (202, 603))
        rings, answers, is_busy = (self._news(event, status) for status in (180, 200, 486))
        outcomes: list[list[Command]] = [
            [refused],
            [accepted, rings],
            [accepted, rings, answers],
            [rings, answers],
            [is_busy],
            [],
        ]
        return self.random.choice(outcomes)


@pytest.mark.parametrize("seed", range(12))
def test_transfers_end_with_their_leg_however_they_were_decided(seed: int) -> None:
    talk = Transfers(seed)
    talk.link.run(20)
    assert talk.switch.of(LegAnswered)
    for number in range(8):
        talk.refer(number)
        talk.link.run(talk.random.choice([0.1, 3.0, 40.0]))
    talk.link.command(talk.switch, HangUpLeg(leg_id="leg", cause=Cause.NORMAL_CLEARING))
    talk.link.run(6 * LIFETIME_S)
    for leg_id in [event.leg_id for event in talk.phone.of(LegArrived)]:
        talk.link.command(talk.phone, HangUpLeg(leg_id=leg_id, cause=Cause.NORMAL_CLEARING))
    talk.link.run(6 * LIFETIME_S)
    requested = [event.transfer_id for event in talk.switch.of(LegTransferRequested)]
    assert 0 < len(requested) == len(set(requested)) <= 8, "a repeated REFER is one transfer"
    assert len(talk.switch.of(LegEnded)) == 1
    check_over(talk.switch, talk.phone)
