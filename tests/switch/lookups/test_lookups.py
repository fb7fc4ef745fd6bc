"""Who is asked when: places, waiting, time limits, retries and the circuit breaker, on a manual clock."""

import pytest

from runtime.errors import UsageError
from switch.causes import Cause
from switch.events import CallEnded
from switch.lookups.answers import Answered, AttemptEnded, Failed, Reason
from switch.lookups.commands import ForgetLookup, Method
from switch.lookups.events import CircuitClosed, CircuitOpened, LookupCompleted
from tests.helpers.lookup_rig import LookupRig

WELL = Answered(200, {"amount": "86.50"})
GONE = Failed(Reason.REFUSED)
SICK = Failed("status_503")


def test_a_lookup_is_sent_and_its_answer_told_once() -> None:
    rig = LookupRig()
    rig.ask("a")
    rig.clock.move_to(0.25)
    rig.end(WELL, "a")
    rig.end(WELL, "a")
    assert rig.replies == {"a": {"amount": "86.50"}}
    (over,) = rig.told(LookupCompleted)
    assert (over.outcome, over.attempts, over.duration_ms, over.call_id) == ("answered", 1, 250, "call-1")
    assert rig.lookups.open_lookups == 0
    assert rig.lookups.next_deadline() is None


def test_an_unknown_service_is_told_at_once() -> None:
    rig = LookupRig()
    rig.ask("a", service="weather")
    assert rig.replies == {"a": "unknown_service"}


def test_its_time_limit_ends_it_whatever_happens() -> None:
    rig = LookupRig(timeout_s=3)
    rig.ask("a")
    rig.wait_until(2.9)
    assert rig.replies == {}
    rig.wait_until(3.0)
    assert rig.replies == {"a": "timed_out"}
    assert rig.dropped == ["a"]
    rig.end(WELL, "a")
    assert rig.replies == {"a": "timed_out"}


def test_a_flow_may_wait_for_less_than_the_service_allows_but_not_for_more() -> None:
    rig = LookupRig(timeout_s=3)
    rig.ask("short", timeout_s=1.0)
    rig.ask("long", timeout_s=99.0)
    rig.wait_until(1.0)
    assert rig.replies == {"short": "timed_out"}
    rig.wait_until(3.0)
    assert rig.replies == {"short": "timed_out", "long": "timed_out"}


def test_what_cannot_be_reached_is_tried_again_after_longer_and_longer_pauses() -> None:
    rig = LookupRig(retries=3, retry_pause_s=0.1)
    rig.ask("a")
    sent_at = [rig.clock.now()]
    for outcome in (GONE, SICK, Failed(Reason.UNREACHABLE)):
        rig.end(outcome, "a")
        assert rig.alarm.deadline is not None
        rig.wait_until(rig.alarm.deadline)
        sent_at.append(round(rig.clock.now(), 3))
    assert sent_at == [0.0, 0.1, 0.3, 0.7]
    rig.end(WELL, "a")
    assert rig.replies == {"a": {"amount": "86.50"}}
    assert rig.told(LookupCompleted)[0].attempts == 4


def test_what_is_reported_of_an_earlier_try_is_not_taken_for_the_present_one() -> None:
    rig = LookupRig(retries=1)
    stale = AttemptEnded("a", 1, WELL)
    rig.ask("a")
    rig.end(GONE, "a")
    rig.driver.run_step(lambda now: [stale])  # in the pause
    rig.wait_until(1.0)
    rig.driver.run_step(lambda now: [stale])  # while the second try is out
    assert rig.replies == {}
    rig.end(Failed("status_404"), "a")
    assert rig.replies == {"a": "status_404"}


def test_the_last_failure_is_the_reason_when_all_tries_are_used_up() -> None:
    rig = LookupRig(retries=1)
    rig.ask("a")
    rig.end(GONE, "a")
    rig.wait_until(1.0)
    rig.end(SICK, "a")
    assert rig.replies == {"a": "status_503"}


@pytest.mark.parametrize("method", [Method.POST, Method.PATCH])
def test_what_may_do_something_twice_is_not_repeated(method: Method) -> None:
    rig = LookupRig(retries=3)
    rig.ask("a", method=method)
    rig.end(GONE, "a")
    assert (rig.replies, len(rig.sent)) == ({"a": "refused"}, 1)


@pytest.mark.parametrize("reason", ["status_404", "status_500", "too_large", "not_json", "bad_request"])
def test_what_another_try_would_not_mend_is_not_repeated(reason: str) -> None:
    rig = LookupRig(retries=3)
    rig.ask("a")
    rig.end(Failed(reason), "a")
    assert (rig.replies, len(rig.sent)) == ({"a": reason}, 1)


def test_a_retry_that_would_begin_too_late_is_not_waited_for() -> None:
    rig = LookupRig(timeout_s=1, connect_timeout_s=1, retries=3, retry_pause_s=1)
    rig.ask("a")
    rig.end(GONE, "a")
    assert rig.replies == {"a": "refused"}


def test_no_more_are_sent_than_have_a_place_and_the_first_in_line_is_next() -> None:
    rig = LookupRig(under_way=2, waiting=2)
    rig.ask("a", "b", "c", "d", "e")
    assert rig.asked == ["a", "b"]
    assert rig.replies == {"e": "overloaded"}
    rig.end(WELL, "b")
    rig.end(Failed("status_404"), "a")
    assert rig.asked == ["a", "b", "c", "d"]


def test_a_pause_keeps_its_place() -> None:
    rig = LookupRig(under_way=1, retries=1, retry_pause_s=0.1)
    rig.ask("a", "b")
    rig.end(GONE, "a")
    assert rig.asked == ["a"]
    rig.wait_until(0.1)
    rig.end(WELL, "a")
    assert rig.asked == ["a", "a", "b"]


def test_who_waits_too_long_for_a_place_hears_that_there_was_none() -> None:
    rig = LookupRig(under_way=1, timeout_s=3)
    rig.ask("a", timeout_s=2.5)
    rig.ask("b")
    rig.wait_until(2.5)
    assert rig.asked == ["a", "b"], "a's place is b's"
    rig.ask("c", timeout_s=0.2)
    rig.wait_until(2.7)
    assert rig.replies == {"a": "timed_out", "c": "overloaded"}
    assert rig.dropped == ["a"]


def test_a_caller_who_hangs_up_takes_all_lookups_along() -> None:
    rig = LookupRig(under_way=1)
    rig.ask("sent", "waiting", call_id="call-1")
    rig.ask("other", call_id="call-2")
    rig.driver.submit(
        CallEnded(call_id="call-1", contact_id="contact-1", cause=Cause.NORMAL_CLEARING, by_caller=True)
    )
    assert (rig.asked, rig.dropped, rig.replies) == (["sent", "other"], ["sent"], {})
    assert [event.outcome for event in rig.told(LookupCompleted)] == ["forgotten", "forgotten"]
    assert rig.lookups.open_lookups == 1


def test_one_that_is_forgotten_gives_its_place_to_the_next() -> None:
    rig = LookupRig(under_way=1)
    rig.ask("a", "b", "c")
    rig.driver.submit(ForgetLookup(request_id="b"))
    rig.driver.submit(ForgetLookup(request_id="a"))
    rig.driver.submit(ForgetLookup(request_id="a"))
    assert (rig.asked, rig.dropped) == (["a", "c"], ["a"])


def test_one_that_is_forgotten_in_its_pause_is_not_sent_again() -> None:
    rig = LookupRig(retries=1)
    rig.ask("a")
    rig.end(GONE, "a")
    rig.driver.submit(ForgetLookup(request_id="a"))
    rig.wait_until(10)
    assert (rig.asked, rig.dropped, rig.replies) == (["a"], [], {})


def test_an_open_circuit_answers_at_once_until_one_lookup_has_tried() -> None:
    rig = LookupRig(failures_in_row=3, open_s=10, retries=0)
    rig.ask("a", "b", "c")
    rig.end(Failed("status_500"), "a", "b", "c")
    assert rig.told(CircuitOpened) == [CircuitOpened(service="billing", reason="status_500", open_s=10)]
    rig.ask("d")
    assert rig.replies["d"] == "circuit_open"
    rig.wait_until(10)
    rig.ask("probe", "e")
    assert (rig.asked[-1], rig.replies["e"]) == ("probe", "circuit_open")
    rig.clock.move_to(10.5)
    rig.end(WELL, "probe")
    assert rig.told(CircuitClosed) == [CircuitClosed(service="billing", open_s=10.5)]
    rig.ask("f")
    assert rig.asked[-1] == "f"


def test_who_waits_when_the_circuit_opens_is_not_sent() -> None:
    rig = LookupRig(under_way=1, failures_in_row=1, retries=0)
    rig.ask("a", "b", "c")
    rig.end(GONE, "a")
    assert rig.replies == {"a": "refused", "b": "circuit_open", "c": "circuit_open"}
    assert rig.lookups.service("billing").under_way == 0


def test_no_retry_is_made_against_an_open_circuit() -> None:
    rig = LookupRig(failures_in_row=2, retries=5, retry_pause_s=1)
    rig.ask("a", "b")
    rig.end(GONE, "a")
    rig.end(GONE, "b")
    assert rig.replies == {"b": "refused"}
    rig.wait_until(1)
    assert rig.replies == {"a": "circuit_open", "b": "refused"}


def test_a_probe_whose_caller_hangs_up_lets_the_next_lookup_try() -> None:
    rig = LookupRig(failures_in_row=1, retries=0, open_s=1)
    rig.ask("a")
    rig.end(GONE, "a")
    rig.wait_until(1)
    rig.ask("probe")
    rig.driver.submit(ForgetLookup(request_id="probe"))
    rig.ask("next")
    rig.end(WELL, "next")
    assert rig.replies["next"] == {"amount": "86.50"}


def test_silence_speaks_against_a_service_and_a_no_does_not() -> None:
    silent = LookupRig(failures_in_row=2, timeout_s=1, connect_timeout_s=1)
    silent.ask("a", "b")
    silent.wait_until(1)
    assert [event.reason for event in silent.told(CircuitOpened)] == ["timed_out"]
    saying_no = LookupRig(failures_in_row=2)
    saying_no.ask("a", "b", "c")
    saying_no.end(Failed("status_404"), "a", "b", "c")
    assert saying_no.told(CircuitOpened) == []


def test_one_id_cannot_be_asked_under_twice_at_a_time() -> None:
    rig = LookupRig()
    rig.ask("a")
    with pytest.raises(UsageError, match="lookup a is under way already"):
        rig.ask("a")


def test_percentiles_are_of_lookups_whose_service_was_asked() -> None:
    rig = LookupRig(under_way=1, waiting=0)
    service = rig.lookups.service("billing")
    assert service.percentile_ms(50) is None
    for number in range(100):
        rig.ask(f"a{number}", "refused")
        del rig.replies["refused"]
        rig.clock.move_to(rig.clock.now() + (number + 1) / 1000)
        rig.end(WELL, f"a{number}")
    assert (service.percentile_ms(50), service.percentile_ms(95)) == (50, 95)
    assert service.outcomes == {"answered": 100, "overloaded": 100}


def test_what_is_told_of_a_lookup_holds_nothing_of_what_was_asked_or_answered() -> None:
    rig = LookupRig()
    rig.ask("a", path="/bills/王芳", query=(("id", "0450012345"),), headers=(("X", "hdr"),), body="body")
    rig.end(WELL, "a")
    for secret in ("王芳", "0450012345", "hdr", "body", "86.50"):
        assert secret not in repr(rig.events)
