"""Whatever a figure does: each raise has one end, nothing flaps, nothing is left when all is well."""

from hypothesis import given
from hypothesis import strategies as st

from switch.alarms.commands import AcknowledgeAlarm
from switch.alarms.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmLevelChanged,
    AlarmRaised,
    AlarmRepeated,
)
from tests.switch.alarms.alarm_rig import AlarmRig, alarm

VALUES = st.one_of(st.none(), st.integers(0, 30).map(float))
STEPS = st.lists(
    st.tuples(VALUES, st.booleans(), st.integers(0, 90).map(float), st.booleans()), min_size=1, max_size=40
)


def config(for_s: float, repeat_s: float = 0.0) -> AlarmRig:
    levels = (("notice", 3.0, 1.0), ("warning", 8.0, 5.0), ("critical", 20.0, 8.0))
    return AlarmRig(alarm(*levels, for_s=for_s, repeat_s=repeat_s)).start()


@given(steps=STEPS, for_s=st.sampled_from([0.0, 10.0]), repeat_s=st.sampled_from([0.0, 45.0]))
def test_each_raise_has_one_end_and_nothing_is_left(
    steps: list[tuple[float | None, bool, float, bool]], for_s: float, repeat_s: float
) -> None:
    rig, told = config(for_s, repeat_s), []
    for value, grows, seconds, acknowledges in steps:
        told += rig.set(value, growing=grows)
        for _, raised in list(rig.alarms.raised) if acknowledges else ():
            rig.driver.submit(AcknowledgeAlarm(alarm_id=raised.alarm_id, by="9001"))
        told += rig.wait(seconds)
    told += rig.set(0.0)
    up: str | None = None
    level: str | None = None
    for event in told:
        match event:
            case AlarmRaised():
                assert up is None
                up, level = event.alarm_id, event.severity
            case AlarmLevelChanged():
                assert event.alarm_id == up
                assert event.from_severity == level != event.severity
                level = event.severity
            case AlarmCleared():
                assert event.alarm_id == up
                up = None
            case AlarmRepeated() | AlarmAcknowledged():
                assert event.alarm_id == up
    assert up is None
    assert (list(rig.alarms.raised), rig.timer.deadline) == ([], None)


@given(
    values=st.lists(st.floats(1.001, 2.999), max_size=30), waits=st.lists(st.integers(0, 100), max_size=30)
)
def test_nothing_flaps_between_on_and_off(values: list[float], waits: list[int]) -> None:
    quiet, loud = config(0.0), config(0.0)
    assert len(loud.set(5.0)) == 1
    for value, seconds in zip(values, waits, strict=False):
        assert [*quiet.set(value), *quiet.wait(seconds)] == []
        assert [*loud.set(value), *loud.wait(seconds)] == []
    assert len(loud.set(1.0)) == 1


@given(steps=STEPS, cut=st.integers(0, 39))
def test_a_core_rebuilt_in_the_middle_answers_alike(
    steps: list[tuple[float | None, bool, float, bool]], cut: int
) -> None:
    """Where nothing must last first: how long it has is not kept."""
    rig, twin = config(0.0), config(0.0)
    for place, (value, grows, seconds, _) in enumerate(steps):
        if place == cut:
            rebuilt = AlarmRig(*twin.alarms.configs)
            rebuilt.clock.move_to(twin.clock.now())
            rebuilt.alarms.restore(twin.alarms.snapshot())
            rebuilt.figures = twin.figures
            twin = rebuilt.start()
            assert twin.take() == []
        told = [*rig.set(value, growing=grows), *rig.wait(seconds)]
        again = [*twin.set(value, growing=grows), *twin.wait(seconds)]
        assert [_but_id(event) for event in told] == [_but_id(event) for event in again]


def _but_id(event: object) -> dict[str, object]:
    kept = {name: getattr(event, name) for name in type(event).__dataclass_fields__}  # type: ignore[attr-defined]
    return {name: value for name, value in kept.items() if name not in ("alarm_id", "lasted_ms")}
