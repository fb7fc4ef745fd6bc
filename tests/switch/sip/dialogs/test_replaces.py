import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.causes import Cause
from switch.sip.commands import AnswerLeg, DialStation, HangUpLeg, RingLeg
from switch.sip.dialogs.replaces import Replaces, parse_replaces
from switch.sip.errors import SipSyntaxError
from switch.sip.events import LegArrived
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.message import Message, Request
from tests.helpers.sip_messages import SDP, make_request, make_response
from tests.helpers.sip_rig import STATION, SipRig, statuses

words = st.text(alphabet="abcXYZ019-.!%*_+`'~@", min_size=1, max_size=20)
tags = st.text(alphabet="abcXYZ019-.!*_", min_size=1, max_size=20)


@given(st.builds(Replaces, words, tags, tags, st.booleans()))
def test_what_is_written_is_read_back(value: Replaces) -> None:
    assert parse_replaces(str(value)) == value


@pytest.mark.parametrize(
    "text", ["", ";to-tag=1;from-tag=2", "x;to-tag=1", "x;from-tag=1", "x;to-tag=1;to-tag=2;from-tag=3"]
)
def test_a_value_that_names_no_dialog_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_replaces(text)


class Switch(SipRig):
    """A switch with one call that may be taken over."""

    def arrive(self) -> Message:
        """A caller's leg, answered; returns our 200."""
        self.receive(make_request("INVITE", body=SDP))
        (ok,) = self.order(AnswerLeg(leg_id="leg-1", sdp=SDP))
        return ok

    def dial(self) -> Request:
        """A station's leg that rings."""
        self.register()
        command = DialStation(leg_id="dialled", station=STATION, caller_number="1", caller_name="", sdp=SDP)
        invite = self.one_request(self.order(command))
        self.receive(make_response(invite, 180))
        return invite

    def take_over(self, value: str | list[str], cseq: int = 1) -> tuple[list[int], str | None]:
        """An INVITE with Replaces: the answers, and the leg it is said to replace."""
        before = len(self.reported(LegArrived))
        sent = self.hear_out(
            make_request(
                "INVITE",
                body=SDP,
                sip_call_id=f"new{cseq}@phone",
                branch=f"z9hG4bKnew{cseq}",
                replaces=value,
            )
        )
        arrived = self.reported(LegArrived)[before:]
        return statuses(sent), arrived[0].replaces_leg_id if arrived else None


def tags_of(message: Message) -> tuple[str, str]:
    """From tag and To tag."""
    pair = tuple(parse_name_addr(message.headers.get(name) or "").tag or "" for name in ("from", "to"))
    return pair[0], pair[1]


def test_the_named_leg_is_reported_whichever_end_told_the_tags() -> None:
    rig = Switch()
    theirs, ours = tags_of(rig.arrive())
    assert rig.take_over(f"call@phone;to-tag={ours};from-tag={theirs}", 1) == ([100], "leg-1")
    assert rig.take_over(f"call@phone;from-tag={ours};to-tag={theirs}", 2) == ([100], "leg-1")


def test_a_dialog_nobody_has_is_not_found() -> None:
    rig = Switch()
    theirs, ours = tags_of(rig.arrive())
    assert rig.take_over(f"other@phone;to-tag={ours};from-tag={theirs}") == ([481], None)
    assert rig.take_over("call@phone;to-tag=x;from-tag=y", 2) == ([481], None)


def test_an_answered_call_is_busy_for_who_wants_it_only_while_it_rings() -> None:
    rig = Switch()
    theirs, ours = tags_of(rig.arrive())
    assert rig.take_over(f"call@phone;to-tag={ours};from-tag={theirs};early-only") == ([486], None)


def test_a_call_we_let_ring_can_be_picked_up() -> None:
    rig = Switch()
    invite = rig.dial()
    ours, _ = tags_of(invite)
    value = f"{invite.headers.get('call-id')};to-tag={ours};from-tag=callee;early-only"
    assert rig.take_over(value) == ([100], "dialled")


def test_a_call_that_rings_here_cannot_be_replaced_by_its_caller() -> None:
    rig = Switch()
    rig.receive(make_request("INVITE", body=SDP))
    (ringing,) = rig.order(RingLeg(leg_id="leg-1"))
    theirs, ours = tags_of(ringing)
    assert rig.take_over(f"call@phone;to-tag={ours};from-tag={theirs}") == ([481], None)


def test_a_call_that_is_being_wound_up_is_declined() -> None:
    rig = Switch()
    ok = rig.arrive()
    theirs, ours = tags_of(ok)
    rig.order(HangUpLeg(leg_id="leg-1", cause=Cause.NORMAL_CLEARING))
    rig.receive(make_request("ACK", called=ok.headers.get("to") or "", branch="z9hG4bKack"))
    assert rig.take_over(f"call@phone;to-tag={ours};from-tag={theirs}") == ([603], None)


def test_two_replaces_are_one_too_many() -> None:
    rig = Switch()
    theirs, ours = tags_of(rig.arrive())
    value = f"call@phone;to-tag={ours};from-tag={theirs}"
    assert rig.take_over([value, value]) == ([400], None)
    assert rig.take_over("nonsense", 2) == ([400], None)
