"""A caller who hangs up at any step leaves nothing behind (the ``centre`` fixture looks after each test)."""

from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, QUEUE_ONLY, RINGING


def ended(centre: CallCentre, **how: object) -> None:
    centre.events.wait_for("call.ended", **how)


def test_before_the_answer(centre: CallCentre) -> None:
    """INVITE and CANCEL reach the switch together."""
    centre.switch.pause()
    try:
        caller = centre.conduct("caller_cancels", HOTLINE)
        caller.wait_for("cancelled")
    finally:
        centre.switch.go_on()
    with caller:
        caller.finish().check()
    centre.events.wait_for("call.refused", cause="ORIGINATOR_CANCEL")


def test_while_it_rings(centre: CallCentre) -> None:
    centre.run("caller_gives_up_ringing", RINGING)
    ended(centre, cause="ORIGINATOR_CANCEL", by_caller=True)


def test_in_the_prompt(centre: CallCentre) -> None:
    with centre.caller(HOTLINE) as caller:
        caller.wait_answered()
        caller.talker.wait_to_hear(0.3)
        caller.hang_up()
    ended(centre, cause="NORMAL_CLEARING", by_caller=True)
    assert not [entry for entry in centre.events.seen if entry.topic == "queue.caller_joined"]


def test_in_the_queue(centre: CallCentre) -> None:
    with centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        centre.events.wait_for("queue.caller_joined", position=1)
        caller.talker.wait_to_hear(0.3)
        caller.hang_up()
    ended(centre, by_caller=True)
    centre.events.wait_for("queue.caller_left", reason="abandoned")


def test_while_an_agent_is_rung(centre: CallCentre) -> None:
    station = centre.seat("2001")
    with centre.ring_in_vain(station) as phone, centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        phone.wait_for("ringing")
        assert centre.agent_state("2001") == "OFFERED"
        caller.hang_up()
        phone.finish().check()
    ended(centre, by_caller=True)
    centre.events.wait_for("queue.offer_ended", result="cancelled")
    assert centre.agent_state("2001") == "AVAILABLE"


def test_while_talking(centre: CallCentre) -> None:
    station = centre.seat("2001")
    with centre.phone(station) as agent, centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        centre.events.wait_for("call.connected", station="2001")
        agent.talker.wait_to_hear(0.5)
        assert centre.agent_state("2001") == "ON_CALL"
        caller.hang_up()
        agent.wait_hung_up_on()
    ended(centre, cause="NORMAL_CLEARING", by_caller=True)
    centre.events.wait_for("agent.wrap_up_ended", agent="2001")
    assert centre.agent_state("2001") == "AVAILABLE"


def test_the_agent_first(centre: CallCentre) -> None:
    station = centre.seat("2001")
    with centre.phone(station) as agent, centre.caller(QUEUE_ONLY) as caller:
        caller.wait_answered()
        agent.wait_ringing()
        agent.answer()
        caller.talker.wait_to_hear(0.5)
        agent.hang_up()
        caller.wait_hung_up_on()
    ended(centre, by_caller=False)
    centre.events.wait_for("agent.wrap_up_ended", agent="2001")


def test_without_a_word_after_the_answer(centre: CallCentre) -> None:
    """No ACK, no BYE: the switch gives up after 64 T1 (RFC 3261 §13.3.1.4)."""
    centre.run("caller_never_acknowledges", HOTLINE)
    ended(centre, by_caller=False)
