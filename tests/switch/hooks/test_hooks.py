"""What flows ask of applications is told, waited for, and answered once or not at all."""

from typing import Any

import pytest

from media._core import Ways
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.driver import Driver, Outputs
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Command
from switch.causes import Cause
from switch.events import CallEnded
from switch.hooks.answers import HookAnswered, HookUnanswered, Unanswered
from switch.hooks.commands import AnswerHook, AskApplication, ForgetHook, RequestTextMessage, TellHook
from switch.hooks.events import HookAsked, HookCompleted, TextMessageRequested
from switch.hooks.hooks import LONGEST_DATA, MOST_OPEN, Hooks

CALL = "call-5f"


class Rig:
    """Hooks on a manual clock; ``heard`` are the tenants somebody listens to."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.alarm = ManualAlarm()
        self.faults: list[Exception] = []
        self.driver = Driver(self.clock, self.alarm, self._on_fault, Ways())
        self.heard = {"", "acme"}
        self.hooks = Hooks(SeededIds(), self.heard.__contains__)
        self.told: list[HookAsked] = []
        self.replies: list[HookAnswered | HookUnanswered] = []
        self.events: list[Any] = []
        self.driver.add_core(self.hooks)
        self.driver.add_routes(self.hooks.routes())
        self.driver.add_routes({TellHook: self._tell, HookAnswered: self._reply, HookUnanswered: self._reply})
        self.driver.observe(lambda event, wall: self.events.append(event))

    def _on_fault(self, item: object, error: Exception) -> Outputs:
        self.faults.append(error)
        return ()

    def _tell(self, command: TellHook, now: float) -> Outputs:
        self.told.append(command.asked)
        return ()

    def _reply(self, reply: HookAnswered | HookUnanswered, now: float) -> Outputs:
        self.replies.append(reply)
        return ()

    def ask(self, request_id: str = "ask-1", **order: Any) -> None:
        given = {"call_id": CALL, "hook": "fault.report", "data": {"户号": "0450012345"}, **order}
        self.driver.submit(AskApplication(request_id=request_id, **given))

    def submit(self, command: Command) -> None:
        self.driver.submit(command)

    def wait_until(self, now: float) -> None:
        while self.alarm.deadline is not None and self.alarm.deadline <= now:
            self.clock.move_to(self.alarm.deadline)
            self.alarm.ring()
        self.clock.move_to(now)

    @property
    def outcomes(self) -> list[str]:
        return [event.outcome for event in self.events if isinstance(event, HookCompleted)]


def test_the_answer_goes_to_the_flow_that_asked() -> None:
    rig = Rig()
    rig.ask(timeout_s=5)
    assert rig.told == [
        HookAsked(
            hook_id="hook-1",
            call_id=CALL,
            hook="fault.report",
            data={"户号": "0450012345"},
            answer_within_s=5,
        )
    ]
    rig.clock.move_to(2.0)
    rig.submit(AnswerHook(hook_id="hook-1", data={"ticket": 7}))
    assert rig.replies == [HookAnswered(request_id="ask-1", call_id=CALL, data={"ticket": 7})]
    (completed,) = rig.events
    assert (completed.outcome, completed.duration_ms) == ("answered", 2000)
    assert rig.hooks.open_hooks == 0
    rig.wait_until(10.0)
    assert (len(rig.replies), rig.faults) == (1, [])


def test_no_answer_in_time_is_told_at_its_time() -> None:
    rig = Rig()
    rig.ask(timeout_s=5)
    rig.wait_until(4.9)
    assert rig.replies == []
    rig.wait_until(5.0)
    assert rig.replies == [HookUnanswered(request_id="ask-1", call_id=CALL, reason=Unanswered.TIMED_OUT)]
    with pytest.raises(UsageError, match="nobody waits for an answer to 'hook-1'"):
        rig.submit(AnswerHook(hook_id="hook-1", data=None))


def test_a_second_answer_is_refused() -> None:
    rig = Rig()
    rig.ask()
    rig.submit(AnswerHook(hook_id="hook-1", data=1))
    with pytest.raises(UsageError, match="nobody waits"):
        rig.submit(AnswerHook(hook_id="hook-1", data=2))
    assert len(rig.replies) == 1


def test_where_nobody_listens_the_flow_goes_on_at_once() -> None:
    rig = Rig()
    rig.heard.remove("acme")
    rig.ask(call_id="call-acme-5f")
    assert rig.told == []
    assert rig.replies == [
        HookUnanswered(request_id="ask-1", call_id="call-acme-5f", reason=Unanswered.NOBODY)
    ]


def test_an_id_says_which_tenants_caller_it_is_about() -> None:
    rig = Rig()
    rig.ask(call_id="call-acme-5f")
    assert rig.told[0].hook_id.startswith("hook-acme-")


def test_a_hook_without_waiting_is_told_and_forgotten() -> None:
    rig = Rig()
    rig.ask(timeout_s=0)
    assert [asked.answer_within_s for asked in rig.told] == [0]
    assert (rig.replies, rig.outcomes, rig.hooks.open_hooks) == ([], ["told"], 0)


@pytest.mark.parametrize("data", ["x" * (LONGEST_DATA - 1), b"octets", object()])
def test_data_beyond_the_bounds_are_told_to_nobody(data: object) -> None:
    rig = Rig()
    rig.ask(data=data)
    assert rig.told == []
    assert [reply.reason for reply in rig.replies if isinstance(reply, HookUnanswered)] == [
        Unanswered.TOO_LARGE
    ]


def test_an_answer_beyond_the_bounds_is_refused_and_another_may_come() -> None:
    rig = Rig()
    rig.ask()
    for data in ("x" * LONGEST_DATA, b"octets"):
        with pytest.raises(UsageError, match="the answer is more than 16384 bytes as JSON"):
            rig.submit(AnswerHook(hook_id="hook-1", data=data))
    rig.submit(AnswerHook(hook_id="hook-1", data="x" * (LONGEST_DATA - 2)))
    assert len(rig.replies) == 1


def test_too_many_open_hooks_leave_further_ones_unanswered() -> None:
    rig = Rig()
    for number in range(MOST_OPEN):
        rig.ask(f"ask-{number}")
    rig.ask("one-more")
    assert rig.replies == [HookUnanswered(request_id="one-more", call_id=CALL, reason=Unanswered.OVERLOADED)]


def test_who_hangs_up_waits_no_more() -> None:
    rig = Rig()
    rig.ask("ask-1")
    rig.ask("ask-2")
    rig.ask("ask-3", call_id="call-6a")
    rig.driver.submit(
        CallEnded(call_id=CALL, contact_id="contact-1", cause=Cause.NORMAL_CLEARING, by_caller=True)
    )
    assert (rig.hooks.open_hooks, rig.replies, rig.outcomes) == (1, [], ["forgotten", "forgotten"])


def test_a_hook_that_is_forgotten_cannot_be_answered_and_its_id_is_free() -> None:
    rig = Rig()
    rig.ask()
    rig.submit(ForgetHook(request_id="ask-1"))
    rig.submit(ForgetHook(request_id="ask-1"))
    with pytest.raises(UsageError, match="nobody waits"):
        rig.submit(AnswerHook(hook_id="hook-1", data=1))
    rig.ask()
    assert [asked.hook_id for asked in rig.told] == ["hook-1", "hook-2"]


def test_one_id_cannot_be_asked_under_twice_at_a_time() -> None:
    rig = Rig()
    rig.ask()
    with pytest.raises(UsageError, match="hook ask-1 waits already"):
        rig.ask()


def test_what_is_kept_of_a_hook_holds_nothing_of_its_data() -> None:
    rig = Rig()
    rig.ask()
    rig.submit(AnswerHook(hook_id="hook-1", data="王芳"))
    assert "0450012345" not in repr(rig.events)
    assert "王芳" not in repr(rig.events)


def test_a_text_message_is_asked_for_by_an_event_with_an_id_of_its_own() -> None:
    rig = Rig()
    rig.submit(
        RequestTextMessage(
            call_id="call-acme-5f", to="13800138000", template="bill", values=(("amount", "86.50"),)
        )
    )
    assert rig.events == [
        TextMessageRequested(
            text_message_id="text_message-acme-1",
            call_id="call-acme-5f",
            to="13800138000",
            text="",
            template="bill",
            values=(("amount", "86.50"),),
        )
    ]
