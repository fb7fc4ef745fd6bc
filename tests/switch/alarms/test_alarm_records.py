"""The rows of alarms, from when they are raised."""

from typing import Any

from runtime.vocabulary import Event
from switch.alarms.commands import AcknowledgeAlarm
from switch.alarms.records import AlarmRecords
from switch.events import SwitchStarted
from switch.records.columns import stamp
from tests.switch.alarms.alarm_rig import AlarmRig, alarm
from tests.switch.records.stories import START, fold, journal_of

LEVELS = (("warning", 5.0, 3.0), ("critical", 20.0, 10.0))


def told_of_one() -> list[tuple[float, Event]]:
    """Raised at 10 s, worse at 20 s, acknowledged at 30 s, over at 40 s."""
    rig = AlarmRig(alarm(*LEVELS)).start()
    moments: list[tuple[float, Event]] = []
    for at, value in ((10.0, 6.0), (20.0, 25.0), (30.0, None), (40.0, 0.0)):
        rig.clock.move_to(1000.0 + at)
        if value is None:
            ((_, raised),) = rig.alarms.raised
            rig.driver.submit(AcknowledgeAlarm(alarm_id=raised.alarm_id, by="李娜"))
            events = rig.take()
        else:
            events = rig.set(value)
        moments += [(at, event) for event in events]
    return moments


def test_a_row_is_there_from_the_raise_and_whole_at_the_end() -> None:
    projection = AlarmRecords()
    first, *_, last = fold(projection, journal_of(told_of_one()))
    assert (first["raised_at"], first["cleared_at"], first["value"]) == (stamp(START + 10), None, 6.0)
    expected: dict[str, Any] = {
        "raised_at": stamp(START + 10),
        "cleared_at": stamp(START + 40),
        "lasted_ms": 30_000,
        "worst": "critical",
        "threshold": 5.0,
        "acknowledged_by": "李娜",
        "acknowledged_at": stamp(START + 30),
        "reason": "recovered",
    }
    assert {key: last[key] for key in expected} == expected
    assert projection.oldest_open() is None


def test_an_alarm_that_is_not_over_keeps_the_journal_until_the_next_start() -> None:
    projection = AlarmRecords()
    raised = told_of_one()[:1]
    fold(projection, journal_of(raised, 7))
    assert projection.oldest_open() == 7
    fold(projection, journal_of([(50.0, SwitchStarted(version="1"))], 8))
    assert projection.oldest_open() is None


def test_the_end_of_an_alarm_of_an_earlier_run_is_a_row_too() -> None:
    *_, cleared = told_of_one()
    (row,) = fold(AlarmRecords(), journal_of([cleared]))
    assert (row["raised_at"], row["cleared_at"]) == (stamp(START + 10), stamp(START + 40))
    assert (row["worst"], row["value"], row["threshold"]) == ("critical", None, None)
