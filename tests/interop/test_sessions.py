"""Callers who change, hold, watch over and collide about the session of their call."""

import pytest

from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, RINGING


@pytest.mark.parametrize("name", ["caller_requires_100rel", "caller_answers_in_prack"])
def test_ringing_may_be_reliable(centre: CallCentre, name: str) -> None:
    centre.run(name, RINGING)
    centre.events.wait_for("leg.ringing_confirmed")
    centre.events.wait_for("call.ended", cause="ORIGINATOR_CANCEL", by_caller=True)


@pytest.mark.parametrize(
    "name",
    [
        "caller_holds",
        "caller_offers_late",
        "caller_changes_session",
        "caller_updates",
        "caller_cancels_too_late",
        "caller_sends_parts",
        "caller_wants_session_timer",
        "caller_collides",
        "caller_offers_across",
        "caller_refreshes_its_session",
    ],
)
def test_a_call_survives_what_callers_do_to_its_session(centre: CallCentre, name: str) -> None:
    centre.run(name, HOTLINE)
    centre.events.wait_for("call.ended", cause="NORMAL_CLEARING", by_caller=True)


def test_a_caller_who_does_not_refresh_is_hung_up_on(centre: CallCentre) -> None:
    centre.run("caller_lets_session_expire", HOTLINE)
    centre.events.wait_for("call.ended", cause="RECOVERY_ON_TIMER_EXPIRE", by_caller=False)


def test_what_nobody_knows_cannot_be_required(centre: CallCentre) -> None:
    centre.run("caller_requires_the_unknown", HOTLINE)
