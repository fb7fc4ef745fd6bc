"""A conversation knows the messages of all legs of its call."""

from switch.sip.messages.writer import write_message
from switch.sip.trace.conversation import Conversation
from tests.helpers.sip_messages import make_request

A, B, NIL = "a" * 32, "b" * 32, "0" * 32


def invite(sip_call_id: str, session_id: str = "") -> bytes:
    request = make_request("INVITE", sip_call_id=sip_call_id)
    if session_id:
        request.headers.set("session-id", session_id)
    return write_message(request)


def test_it_has_its_own_call_id_and_no_other() -> None:
    conversation = Conversation("one@phone")
    assert conversation.has(invite("one@phone"))
    assert not conversation.has(invite("two@phone"))
    assert not conversation.has(b"junk")


def test_a_second_leg_is_known_by_the_session_id_it_shares() -> None:
    conversation = Conversation("one@phone")
    assert conversation.has(invite("one@phone", f"{A};remote={NIL}"))
    assert conversation.has(invite("two@switch", f"{A};remote={NIL}"))
    assert conversation.has(invite("two@switch", f"{B};remote={A}"))
    assert conversation.has(invite("three@switch", f"{B};remote={NIL}"))
    assert not conversation.has(invite("four@switch", f"{'c' * 32};remote={NIL}"))


def test_the_nil_session_id_joins_nothing() -> None:
    conversation = Conversation("one@phone")
    assert conversation.has(invite("one@phone", f"{NIL};remote={NIL}"))
    assert not conversation.has(invite("two@phone", f"{NIL};remote={NIL}"))
