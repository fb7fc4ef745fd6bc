from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.events import KeySource
from media.masking import MASKED, TakeMaskedDigit
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, HangUpLeg, HideLegKeys
from switch.sip.dialogs.info_digits import KeyPress, read_plain, read_relay
from switch.sip.errors import SipSyntaxError
from switch.sip.events import LegDigitReceived
from switch.sip.messages.message import Message
from tests.helpers.sip_messages import SDP, make_request
from tests.helpers.sip_rig import SipRig, statuses

RELAY, PLAIN = "application/dtmf-relay", "application/dtmf"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Signal=5\r\nDuration=160\r\n", KeyPress("5", 160)),
        ("signal = #\nduration = 90", KeyPress("#", 90)),
        ("Duration=100\r\nSignal=*", KeyPress("*", 100)),
        ("Signal=d\r\n", KeyPress("D", 250)),
        ("Signal=11\r\nDuration=oops", KeyPress("#", 250)),
        ("Signal=1\r\nDuration=99999999", KeyPress("1", 60_000)),
        ("Signal=16\r\nDuration=100", KeyPress("", 100)),
    ],
)
def test_a_key_is_read_as_phones_write_it(text: str, expected: KeyPress) -> None:
    assert read_relay(text) == expected


@pytest.mark.parametrize("text", ["", "Signal=", "Signal=E", "Duration=5", "Signal=55"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        read_relay(text)


@given(st.text())
def test_any_text_is_a_key_or_refused(text: str) -> None:
    for read in (read_relay, read_plain):
        with suppress(SipSyntaxError):
            assert read(text).digit in "0123456789*#ABCD"


class Talk(SipRig):
    """A confirmed call whose caller sends INFO."""

    def __init__(self) -> None:
        super().__init__()
        self.receive(make_request("INVITE", body=SDP))
        ok = self.one_response(self.order(AnswerLeg(leg_id="leg-1", sdp=SDP)))
        self.called = ok.headers.get("to") or ""
        self.receive(make_request("ACK", called=self.called, branch="z9hG4bKack"))
        self.cseq = 1

    def inform(self, body: str, content_type: str, **headers: Any) -> Message:
        """The answer to an INFO."""
        self.cseq += 1
        request = make_request(
            "INFO",
            called=self.called,
            branch=f"z9hG4bKinfo{self.cseq}",
            cseq=self.cseq,
            body=body,
            content_type=content_type,
            **headers,
        )
        (answer,) = self.receive(request)
        return answer


def test_keys_told_by_info_are_reported() -> None:
    rig = Talk()
    assert statuses([rig.inform("Signal=5\r\nDuration=160", f"{RELAY}; charset=utf-8")]) == [200]
    assert statuses([rig.inform("*", PLAIN.upper())]) == [200]
    assert rig.reported(LegDigitReceived) == [
        LegDigitReceived(leg_id="leg-1", digit="5", duration_ms=160),
        LegDigitReceived(leg_id="leg-1", digit="*", duration_ms=250),
    ]


def test_keys_of_a_masked_leg_are_given_to_their_collector_and_told_to_nobody() -> None:
    rig = Talk()
    rig.order(HideLegKeys(leg_id="leg-1", hidden=True))
    assert statuses([rig.inform("Signal=5\r\nDuration=160", RELAY)]) == [200]
    key = TakeMaskedDigit(leg_id="leg-1", digit="5", duration_ms=160, source=KeySource.INFO)
    assert rig.reported(TakeMaskedDigit) == [key]
    assert rig.reported(LegDigitReceived) == [LegDigitReceived(leg_id="leg-1", digit=MASKED, duration_ms=160)]
    assert "5" not in repr(key).replace("160", "")
    rig.order(HideLegKeys(leg_id="leg-1", hidden=False))
    rig.inform("6", PLAIN)
    assert rig.reported(LegDigitReceived)[-1].digit == "6"


def test_what_cannot_be_read_is_not_quoted() -> None:
    with pytest.raises(SipSyntaxError) as complaint:
        read_relay("Signal=4111111111111111")
    assert "4111" not in str(complaint.value)


def test_a_hook_flash_and_an_empty_info_are_taken_and_mean_nothing() -> None:
    rig = Talk()
    assert statuses([rig.inform("!", "application/hook-flash"), rig.inform("", "")]) == [200, 200]
    assert rig.reported(LegDigitReceived) == []


def test_other_bodies_and_packages_are_refused_with_what_would_do() -> None:
    rig = Talk()
    answer = rig.inform("<xml/>", "application/media_control+xml")
    assert (statuses([answer]), answer.headers.get("accept")) == (
        [415],
        "application/dtmf-relay, application/dtmf, application/hook-flash",
    )
    answer = rig.inform("x", "text/plain", info_package="foo")
    assert (statuses([answer]), answer.headers.get("recv-info")) == ([469], "")
    assert statuses([rig.inform("Signal=x", RELAY)]) == [400]
    assert rig.reported(LegDigitReceived) == []


def test_keys_faster_than_a_finger_are_dropped_but_answered() -> None:
    rig = Talk()
    assert {statuses([rig.inform("1", PLAIN)])[0] for _ in range(500)} == {200}
    at_once = len(rig.reported(LegDigitReceived))
    assert 20 < at_once < 100
    rig.pass_time(10)
    rig.inform("2", PLAIN)
    assert len(rig.reported(LegDigitReceived)) == at_once + 1


def test_an_info_outside_a_call_or_after_its_end_finds_nothing() -> None:
    rig = Talk()
    assert statuses(rig.receive(make_request("INFO", body="1", content_type=PLAIN))) == [481]
    rig.order(HangUpLeg(leg_id="leg-1", cause=Cause.NORMAL_CLEARING))
    rig.inform("1", PLAIN)
    assert rig.reported(LegDigitReceived) == []
