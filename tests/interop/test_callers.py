"""Callers who do something else than call the hotline."""

from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE


def test_options_are_told(centre: CallCentre) -> None:
    centre.run("caller_asks_options")


def test_a_number_nobody_owns_is_not_found(centre: CallCentre) -> None:
    centre.run("caller_dials_unknown_number", "10000")
    centre.events.wait_for("call.refused", called_number="10000", cause="UNALLOCATED_NUMBER")


def test_a_request_out_of_order_is_refused_and_the_call_goes_on(centre: CallCentre) -> None:
    centre.run("caller_sends_wrong_cseq", HOTLINE)
    centre.events.wait_for("call.ended", cause="NORMAL_CLEARING", by_caller=True)
