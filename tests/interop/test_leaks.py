"""What the operating system and the transaction layer keep after many calls: nothing."""

from threading import Event
from time import monotonic

from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, Times

CALLS = 30
FORGOTTEN_S = 64 * Times().t1_ms / 1000 + 10
"""The longest a transaction may stay (RFC 3261 §17), and room for a slow machine."""


def test_many_callers_leave_no_transaction_socket_or_thread(centre: CallCentre) -> None:
    centre.run("caller_sends_wrong_cseq", HOTLINE)
    centre.wait_until_nothing_is_left()
    files, threads = centre.switch.open_files, centre.switch.threads
    centre.run("caller_sends_wrong_cseq", HOTLINE, calls=CALLS)
    ended = 0
    while ended <= CALLS:
        ended += centre.events.wait_for_next("the end of every call").topic == "call.ended"
    centre.wait_until_nothing_is_left()
    deadline = monotonic() + FORGOTTEN_S
    while (left := centre.events.counts("open_transactions", "open_dialogs")) and monotonic() < deadline:
        Event().wait(0.1)  # timers of another process: nothing here can move its clock
    assert left == {}
    assert centre.switch.open_files <= files
    assert centre.switch.threads <= threads
