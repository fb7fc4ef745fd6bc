"""What the operating system and the transaction layer keep after many calls: nothing."""

from threading import Event
from time import monotonic

from tests.helpers.call_centre import CallCentre
from tests.helpers.switch_process import HOTLINE, Times

CALLS = 30
FORGOTTEN_S = 64 * Times().t1_ms / 1000 + 10
"""The longest a transaction may stay (RFC 3261 §17), and room for a slow machine."""


def test_many_callers_leave_no_transaction_socket_or_thread(centre: CallCentre) -> None:
    call_and_be_forgotten(centre)  # what is opened once, such as the database, is open now
    files, threads = centre.switch.open_files, centre.switch.threads
    call_and_be_forgotten(centre)
    assert centre.switch.open_files <= files
    assert centre.switch.threads <= threads


def call_and_be_forgotten(centre: CallCentre) -> None:
    """Many calls, until the last transaction of theirs is over."""
    expected = ended(centre) + CALLS
    centre.run("caller_sends_wrong_cseq", HOTLINE, calls=CALLS)
    while ended(centre) < expected:
        centre.events.wait_for_next("the end of every call")
    centre.wait_until_nothing_is_left()
    deadline = monotonic() + FORGOTTEN_S
    while (left := centre.events.counts("open_transactions", "open_dialogs")) and monotonic() < deadline:
        Event().wait(0.1)  # timers of another process: nothing here can move its clock
    assert left == {}


def ended(centre: CallCentre) -> int:
    """How many calls did so far."""
    return [entry.topic for entry in centre.events.seen].count("call.ended")
