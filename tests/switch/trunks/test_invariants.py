"""Whatever happens in whatever order: channels are counted exactly and are free when all calls have ended."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from switch.arrival import Admitted
from switch.sip.commands import DialLeg
from switch.trunks.commands import DisableTrunk, EnableTrunk
from tests.helpers.trunks_rig import TrunksRig, trunk_config

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["dial", "arrive", "try", "fail", "answer", "end", "end twice", "pass", "off", "on"]),
        st.integers(0, 30),
        st.sampled_from([408, 486, 487, 503]),
    ),
    max_size=80,
)


class Traffic:
    """Random calls over two trunks with limits."""

    def __init__(self) -> None:
        limits: dict[str, Any] = {
            "channels": 4,
            "channels_out": 3,
            "calls_per_s_out": 5,
            "failures_to_down": 3,
            "shares": {"acme": 1},
        }
        self.rig = TrunksRig(
            trunk_config("a", "192.0.2.1", "192.0.2.2", **limits),
            trunk_config("b", "192.0.2.3", channels_in=2),
        )
        self.dialled: dict[str, DialLeg] = {}
        self.arrived: list[str] = []

    def step(self, kind: str, number: int, status: int) -> None:
        rig = self.rig
        if kind == "dial":
            dialled = rig.dial(tenant=("", "acme", "globex")[number % 3])
            if isinstance(dialled, DialLeg):
                self.dialled[dialled.leg_id] = dialled
        elif kind == "arrive":
            if isinstance(rig.arrive(peer=f"udp:192.0.2.{1 + number % 3}:5060"), Admitted):
                self.arrived.append(f"leg-{rig.legs}")
        elif kind == "pass":
            rig.pass_time(number / 10)
        elif kind in ("on", "off"):
            command = EnableTrunk if kind == "on" else DisableTrunk
            rig.feed(command(trunk="ab"[number % 2]))
        elif kind.startswith("end"):
            self.end(number, times=2 if kind == "end twice" else 1)
        elif self.dialled:
            self.branch(kind, list(self.dialled.values())[number % len(self.dialled)], number, status)

    def branch(self, kind: str, dialled: DialLeg, number: int, status: int) -> None:
        position = number % len(dialled.branches)
        if kind == "try":
            self.rig.try_branch(dialled, position)
        elif kind == "fail":
            self.rig.fail_branch(dialled, position, status, retry_after_s=number % 4 or None)
        else:
            self.rig.answer_call(dialled)

    def end(self, number: int, times: int) -> None:
        up = [*self.dialled, *self.arrived]
        if not up:
            return
        leg_id = up[number % len(up)]
        for _ in range(times):
            self.rig.end(leg_id)
        self.dialled.pop(leg_id, None)
        if leg_id in self.arrived:
            self.arrived.remove(leg_id)

    def check(self) -> None:
        trunks = self.rig.trunks.all()
        assert all(trunk.channels.incoming >= 0 and trunk.channels.outgoing >= 0 for trunk in trunks)
        assert sum(trunk.channels.incoming for trunk in trunks) == len(self.arrived)
        assert sum(trunk.channels.outgoing for trunk in trunks) == len(self.dialled)
        assert self.rig.trunks.open_legs == len(self.arrived) + len(self.dialled)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_channels_are_counted_exactly_and_all_are_free_in_the_end(steps: list[tuple[str, int, int]]) -> None:
    traffic = Traffic()
    for step in steps:
        traffic.step(*step)
        traffic.check()
    while traffic.dialled or traffic.arrived:
        traffic.end(0, times=1)
    traffic.check()
    assert traffic.rig.trunks.open_legs == 0


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_no_limit_is_ever_exceeded(steps: list[tuple[str, int, int]]) -> None:
    traffic = Traffic()
    for step in steps:
        traffic.step(*step)
        first, second = traffic.rig.trunks.all()
        assert first.channels.outgoing <= 3
        assert first.channels.incoming + first.channels.outgoing <= 4
        assert second.channels.incoming <= 2


@settings(max_examples=60, deadline=None)
@given(STEPS, STEPS)
def test_a_rebuilt_core_carries_on_as_the_first_would(
    before: list[tuple[str, int, int]], after: list[tuple[str, int, int]]
) -> None:
    first = Traffic()
    for step in before:
        first.step(*step)
    second = Traffic()
    configs = [trunk.config for trunk in first.rig.trunks.all()]
    second.rig = TrunksRig(*configs, state=first.rig.trunks.snapshot())
    second.rig.legs = first.rig.legs
    second.dialled, second.arrived = dict(first.dialled), list(first.arrived)
    for step in after:
        if step[0] in ("end", "end twice", "arrive", "off", "on"):
            first.step(*step)
            second.step(*step)
    assert [trunk.channels for trunk in first.rig.trunks.all()] == [
        trunk.channels for trunk in second.rig.trunks.all()
    ]
    second.check()
