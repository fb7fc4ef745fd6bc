from switch.sip.guard.admission import Admission
from switch.sip.guard.config import GuardConfig
from switch.sip.guard.events import RefusalKind, SwitchOverloaded, SwitchRecovered


class Rig:
    """An admission measured ten times a second."""

    def __init__(self, **keys: float) -> None:
        self.admission = Admission(GuardConfig.model_validate(keys))
        self.now = 1000.0
        self.events: list[object] = []

    def measure(self, delay_s: float, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            self.events += self.admission.measured(delay_s, self.now)

    def refusal(self, open_calls: int = 0) -> RefusalKind | None:
        return self.admission.refusal_of_call(open_calls, self.now)


def test_it_closes_when_the_delay_lasts_and_opens_when_it_is_over() -> None:
    rig = Rig(max_loop_delay_ms=200, overload_after_s=1.0)
    rig.measure(0.5, 1.0)
    assert (rig.events, rig.refusal()) == ([], None)
    rig.measure(0.5, 1.0)
    assert [type(event) for event in rig.events] == [SwitchOverloaded]
    assert rig.refusal() is RefusalKind.OVERLOAD
    assert rig.admission.refusal_of_registration() is RefusalKind.OVERLOAD
    rig.measure(0.0, 3.0)
    assert [type(event) for event in rig.events] == [SwitchOverloaded, SwitchRecovered]
    assert rig.refusal() is None
    assert rig.admission.refusal_of_registration() is None


def test_a_single_late_moment_closes_nothing() -> None:
    rig = Rig(max_loop_delay_ms=200)
    for _ in range(20):
        rig.measure(0.6, 0.1)
        rig.measure(0.0, 1.0)
    assert rig.events == []


def test_between_half_the_limit_and_the_limit_nothing_changes() -> None:
    rig = Rig(max_loop_delay_ms=200, overload_after_s=0.5)
    rig.measure(0.15, 10)
    assert not rig.admission.is_closed
    rig.measure(0.4, 2)
    rig.measure(0.15, 10)
    assert rig.admission.is_closed
    rig.measure(0.05, 3)
    assert [type(event) for event in rig.events] == [SwitchOverloaded, SwitchRecovered]


def test_calls_have_a_number_and_a_rate() -> None:
    rig = Rig(max_calls=10, max_calls_per_s=3)
    assert rig.refusal(open_calls=10) is RefusalKind.MAX_CALLS
    assert [rig.refusal(open_calls=9) for _ in range(4)] == [None, None, None, RefusalKind.OVERLOAD]
    rig.now += 1 / 3
    assert rig.refusal() is None


def test_without_limits_everybody_may_call() -> None:
    rig = Rig()
    assert all(rig.refusal(open_calls=10**6) is None for _ in range(1000))
