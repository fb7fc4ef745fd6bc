"""Alarms are raised, change their level and are cleared as their thresholds say."""

from typing import Any

import pytest
from pydantic import ValidationError

from runtime.errors import UsageError
from switch.alarms.alarms import LOOK_S
from switch.alarms.commands import AcknowledgeAlarm, SilenceAlarm
from switch.alarms.events import AlarmCleared, AlarmLevelChanged, AlarmRaised, ClearReason
from switch.alarms.telling import FIRST_PAUSE_S, MOST_ATTEMPTS
from switch.calendars.events import CalendarClosed, CalendarOpened, CalendarReason
from switch.lookups.answers import LookupAnswered, LookupFailed
from tests.switch.alarms.alarm_rig import AlarmRig, alarm, topics

BAD = ("warning", 5.0, 3.0)
WORSE = ("critical", 20.0, 10.0)


def test_it_is_raised_at_its_threshold_and_cleared_at_the_other() -> None:
    rig = AlarmRig(alarm(BAD)).start()
    assert rig.set(4) == []
    (raised,) = rig.set(5)
    assert isinstance(raised, AlarmRaised)
    assert (raised.subject, raised.severity, raised.value, raised.threshold) == (
        "service",
        "warning",
        5.0,
        5.0,
    )
    assert rig.set(4) == []
    rig.wait(60)
    (cleared,) = rig.set(3)
    assert isinstance(cleared, AlarmCleared)
    assert (cleared.alarm_id, cleared.reason, cleared.lasted_ms) == (raised.alarm_id, "recovered", 60_000)


def test_too_little_is_an_alarm_where_on_is_below_off() -> None:
    rig = AlarmRig(alarm(("warning", 2.0, 4.0), ("major", 0.0, 1.0), measure="free_agents"))
    rig.figures["billing"] = 10.0
    rig.figures["service"] = 10.0
    rig.start()
    assert topics(rig.set(3)) == []
    assert topics(rig.set(2)) == ["raised"]
    assert topics(rig.set(0)) == ["level_changed"]
    assert topics(rig.set(1)) == ["level_changed"]
    assert topics(rig.set(3)) == []
    assert topics(rig.set(4)) == ["cleared"]


def test_levels_change_up_and_down() -> None:
    rig = AlarmRig(alarm(BAD, WORSE)).start()
    (raised,) = rig.set(25)
    assert isinstance(raised, AlarmRaised)
    assert raised.severity == "critical"
    assert rig.set(11) == []
    (changed,) = rig.set(10)
    assert isinstance(changed, AlarmLevelChanged)
    assert (changed.from_severity, changed.severity) == ("critical", "warning")
    (cleared,) = rig.set(0)
    assert isinstance(cleared, AlarmCleared)
    assert cleared.worst == "critical"


def test_what_does_not_last_is_no_alarm() -> None:
    rig = AlarmRig(alarm(BAD, for_s=30)).start()
    rig.set(6)
    assert rig.wait(29.9) == []
    rig.set(4)
    rig.set(6)
    assert rig.wait(29.9) == []
    assert topics(rig.wait(0.2)) == ["raised"]


def test_what_grows_by_itself_is_raised_to_the_moment_and_without_being_looked_at_meanwhile() -> None:
    rig = AlarmRig(alarm(("warning", 60.0, 30.0), ("major", 90.0, 60.0), measure="longest_wait_s")).start()
    assert rig.set(10.0, growing=True) == []
    looks = rig.looks
    assert rig.wait(49.9) == []
    assert rig.looks == looks
    (raised,) = rig.wait(0.2)
    assert isinstance(raised, AlarmRaised)
    assert raised.value == 60.0
    assert topics(rig.wait(30)) == ["level_changed"]
    assert topics(rig.set(None)) == ["cleared"]
    assert rig.timer.deadline is None


def test_each_subject_that_a_pattern_names_has_an_alarm_of_its_own() -> None:
    rig = AlarmRig(alarm(BAD, of=["serv*", "acme*"]), names=("service", "billing", "acme/service")).start()
    assert topics(rig.set(9, "service")) == ["raised"]
    assert rig.set(9, "billing") == []
    assert rig.set(9, "acme/service") == []


def test_a_tenants_alarm_watches_what_the_tenant_has() -> None:
    rig = AlarmRig(
        alarm(BAD, name="x").model_copy(update={"name": "acme/x"}), names=("service", "acme/service")
    )
    rig.start()
    assert rig.set(9, "service") == []
    (raised,) = rig.set(9, "acme/service")
    assert isinstance(raised, AlarmRaised)
    assert raised.alarm_id.startswith("alarm-acme-")


def test_a_rate_is_of_what_happened_within_the_window() -> None:
    rig = AlarmRig(alarm(("warning", 0.8, 0.9), measure="answer_rate", window_s=600, window_min=5)).start()
    for _ in range(4):
        assert rig.leave(abandoned=True) == []
    (raised,) = rig.leave(answered=True)
    assert isinstance(raised, AlarmRaised)
    assert raised.value == 0.2
    for _ in range(30):
        rig.leave(answered=True)
    assert topics(rig.leave(answered=True)) == []
    assert topics(rig.wait(600 + 600 / 30)) == ["cleared"]
    assert rig.timer.deadline is None


def test_the_service_level_counts_who_is_answered_in_time() -> None:
    config = alarm(("warning", 0.5, 0.6), measure="service_level", window_min=2, within_s=20)
    rig = AlarmRig(config).start()
    rig.leave(19.9, answered=True)
    assert rig.leave(20.0, answered=True) == []
    rig.leave(21.0, answered=True)
    assert topics(rig.leave(1.0, abandoned=True)) == ["raised"]


def test_no_alarm_is_raised_while_its_calendar_is_closed() -> None:
    rig = AlarmRig(alarm(BAD, calendar="office")).start()
    assert topics(rig.set(9)) == ["raised"]
    rig.open_calendars.clear()
    rig.driver.submit(CalendarClosed(calendar="office", reason=CalendarReason.HOURS))
    (cleared,) = rig.take()
    assert isinstance(cleared, AlarmCleared)
    assert cleared.reason is ClearReason.CLOSED
    assert rig.set(12) == []
    rig.open_calendars.add("office")
    rig.driver.submit(CalendarOpened(calendar="office", reason=CalendarReason.HOURS))
    assert topics(rig.take()) == ["raised"]


def test_figures_without_events_are_looked_at_while_an_alarm_needs_them() -> None:
    rig = AlarmRig(alarm(BAD, kind="trunk", measure="calls")).start()
    rig.figures["service"] = 9.0
    assert topics(rig.wait(LOOK_S)) == ["raised"]
    assert topics(rig.configure()) == ["cleared"]
    assert rig.timer.deadline is None


def test_it_is_told_again_until_somebody_acknowledges_it() -> None:
    rig = AlarmRig(alarm(BAD, WORSE, repeat_s=300)).start()
    (raised,) = rig.set(9)
    assert isinstance(raised, AlarmRaised)
    assert topics(rig.wait(600)) == ["repeated", "repeated"]
    rig.driver.submit(AcknowledgeAlarm(alarm_id=raised.alarm_id, by="9001", note="加派两人"))
    assert topics(rig.take()) == ["acknowledged"]
    assert rig.wait(3600) == []
    assert topics(rig.set(25)) == ["level_changed"]
    assert topics(rig.wait(300)) == ["repeated"], "nobody knows of the worse one yet"
    rig.set(0)
    with pytest.raises(UsageError, match="it is over"):
        rig.driver.submit(AcknowledgeAlarm(alarm_id=raised.alarm_id, by="9001"))


def answer(rig: AlarmRig, status: int = 200) -> None:
    order = rig.sent[-1]
    if status == 200:
        rig.driver.submit(LookupAnswered(request_id=order.request_id, call_id="", status=200, answer=None))  # type: ignore[arg-type]
    else:
        failed: Any = LookupFailed(request_id=order.request_id, call_id="", reason=f"status_{status}")
        rig.driver.submit(failed)


def test_services_are_told_once_of_each_change() -> None:
    rig = AlarmRig(alarm(BAD, title="排队过长", services=["duty"], path="/alarms")).start()
    rig.set(9)
    (order,) = rig.sent
    assert (order.service, order.method, order.path) == ("duty", "POST", "/alarms")
    assert order.body["event"] == "alarm.raised"
    assert (order.body["title"], order.body["subject"], order.body["value"]) == ("排队过长", "service", 9.0)
    answer(rig)
    assert (rig.alarms.open_notices, rig.timer.deadline) == (0, None)
    rig.set(0)
    assert [order.body["event"] for order in rig.sent] == ["alarm.raised", "alarm.cleared"]


def test_what_a_service_cannot_take_now_it_is_told_again_with_the_same_id() -> None:
    rig = AlarmRig(alarm(BAD, services=["duty"])).start()
    rig.set(9)
    answer(rig, 503)
    rig.wait(FIRST_PAUSE_S)
    assert [order.body["notice_id"] for order in rig.sent] == [rig.sent[0].body["notice_id"]] * 2
    answer(rig)
    rig.wait(3600)
    assert len(rig.sent) == 2


def test_a_service_that_never_answers_is_given_up_and_one_that_refuses_at_once() -> None:
    rig = AlarmRig(alarm(BAD, services=["duty"])).start()
    rig.set(9)
    while rig.alarms.open_notices:
        answer(rig, 503)
        rig.wait(600)
    assert len(rig.sent) == MOST_ATTEMPTS
    rig.take()
    rig.set(0)
    answer(rig, 404)
    assert topics(rig.take()) == ["undelivered"]
    assert rig.timer.deadline is None


def test_agents_read_of_each_change_in_one_line() -> None:
    levels = (("warning", 5, 3), ("major", 10, 8))
    rig = AlarmRig(alarm(*levels, title="排队过长", agents=["9001", "9002"])).start()
    for waiting in (5, 12, 0):
        rig.set(waiting)
    assert [(told.text, told.is_urgent) for told in rig.read] == [
        ("[warning] 排队过长: service, waiting 5", False),
        ("[major] 排队过长: service, waiting 12", True),
        ("[recovered] 排队过长: service, waiting 0", False),
    ]
    assert {(told.agents, told.alarm) for told in rig.read} == {(("9001", "9002"), "line")}
    assert len({told.message_id for told in rig.read}) == 3


def test_a_silenced_alarm_is_read_by_nobody() -> None:
    rig = AlarmRig(alarm(BAD, agents=["9001"])).start()
    rig.driver.submit(SilenceAlarm(alarm="line", subject="", for_s=600, by="9001"))
    rig.set(9)
    rig.set(0)
    assert rig.read == []


def test_a_silenced_alarm_is_told_to_clients_and_to_no_service() -> None:
    rig = AlarmRig(alarm(BAD, services=["duty"])).start()
    rig.driver.submit(SilenceAlarm(alarm="line", subject="", for_s=600, by="9001"))
    rig.take()
    assert topics(rig.set(9)) == ["raised"]
    assert topics(rig.set(0)) == ["cleared"]
    assert rig.sent == []
    rig.wait(601)
    rig.set(9)
    rig.driver.submit(SilenceAlarm(alarm="line", subject="service", for_s=600, by="9001"))
    rig.set(0)
    assert [order.body["event"] for order in rig.sent] == ["alarm.raised", "alarm.cleared"], (
        "who knows hears the end"
    )
    with pytest.raises(UsageError, match="there is no alarm 'queue'"):
        rig.driver.submit(SilenceAlarm(alarm="queue", subject="", for_s=600, by="9001"))


def test_a_restart_keeps_what_is_raised_and_clears_what_is_over_meanwhile() -> None:
    before = AlarmRig(alarm(BAD)).start()
    (raised,) = before.set(9)
    before.set(9, "billing")
    before.driver.submit(SilenceAlarm(alarm="line", subject="", for_s=600, by="9001"))
    after = AlarmRig(alarm(BAD))
    after.alarms.restore(before.alarms.snapshot())
    after.figures["service"] = 4.0
    after.start()
    (cleared,) = after.take()
    assert isinstance(cleared, AlarmCleared)
    assert cleared.subject == "billing"
    assert after.alarms.silenced_until("line", "service") is not None
    (over,) = after.set(0)
    assert isinstance(over, AlarmCleared)
    assert isinstance(raised, AlarmRaised)
    assert over.alarm_id == raised.alarm_id


def test_a_reload_keeps_what_is_raised_and_clears_what_is_gone() -> None:
    rig = AlarmRig(alarm(BAD), alarm(BAD, name="other")).start()
    rig.set(9)
    (cleared,) = rig.configure(alarm(BAD, title="排队"))
    assert isinstance(cleared, AlarmCleared)
    assert (cleared.alarm, cleared.reason) == ("other", ClearReason.REMOVED)
    assert topics(rig.set(3)) == ["cleared"]


@pytest.mark.parametrize(
    ("levels", "keys"),
    [
        ([("warning", 5, 5)], {}),
        ([("warning", 5, 3), ("notice", 9, 6)], {}),
        ([("warning", 5, 3), ("major", 4, 3)], {}),
        ([("warning", 5, 3), ("major", 9, 2)], {}),
        ([("warning", 5, 3), ("major", 9, 12)], {}),
        ([("warning", 2, 4)], {"measure": "longest_wait_s"}),
        ([("warning", 5, 3)], {"measure": "talk_s"}),
        ([("warning", 5, 3)], {"measure": "metric", "kind": "switch"}),
        ([], {}),
    ],
)
def test_thresholds_without_a_sense_are_refused(levels: list[Any], keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        alarm(*levels, **keys)
