"""Whatever happens in whatever order: one answer each, no place lost, nothing left behind."""

from hypothesis import given
from hypothesis import strategies as st

from switch.causes import Cause
from switch.events import CallEnded
from switch.lookups.answers import Answered, AttemptEnded, Failed, Outcome
from switch.lookups.commands import ForgetLookup, Method
from switch.lookups.events import LookupCompleted
from tests.helpers.lookup_rig import LookupRig

PLACES, LIMIT_S = 2, 5.0
OUTCOMES: list[Outcome] = [
    Answered(200, None),
    *(Failed(reason) for reason in ("refused", "status_503", "status_404", "not_json")),
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "end", "end", "forget", "hang up", "wait"]),
        st.integers(0, 5),
        st.sampled_from(OUTCOMES),
        st.floats(0, 3),
    ),
    max_size=60,
)


class Chance:
    """Callers, and a service, that do anything."""

    def __init__(self) -> None:
        self.rig = LookupRig(
            under_way=PLACES, waiting=3, retries=2, failures_in_row=3, open_s=2, timeout_s=LIMIT_S
        )
        self.asked: list[str] = []

    def out(self) -> list[tuple[str, int]]:
        """Requests at the service now, with their attempts."""
        return [
            (one.lookup.request_id, one.attempt)
            for one in self.rig.sent
            if not self._is_over(one.lookup.request_id)
        ]

    def step(self, act: str, which: int, outcome: Outcome, wait_s: float) -> None:
        rig = self.rig
        if act == "ask":
            self.asked.append(f"look-{len(self.asked)}")
            method = Method.POST if which == 0 else Method.GET
            rig.ask(self.asked[-1], call_id=f"call-{which % 3}", method=method)
        elif act == "end" and self.out():
            request_id, attempt = self.out()[which % len(self.out())]
            rig.driver.run_step(lambda now: [AttemptEnded(request_id, attempt, outcome)])
        elif act == "forget" and self.asked:
            rig.driver.submit(ForgetLookup(request_id=self.asked[which % len(self.asked)]))
        elif act == "hang up":
            call_id = f"call-{which % 3}"
            ended = CallEnded(
                call_id=call_id, contact_id="contact-1", cause=Cause.NORMAL_CLEARING, by_caller=True
            )
            rig.driver.submit(ended)
        elif act == "wait":
            rig.wait_until(rig.clock.now() + wait_s)

    def _is_over(self, request_id: str) -> bool:
        return any(event.request_id == request_id for event in self.rig.told(LookupCompleted))


@given(STEPS)
def test_every_lookup_ends_once_and_in_time_and_gives_its_place_back(
    steps: list[tuple[str, int, Outcome, float]],
) -> None:
    chance = Chance()
    rig, service = chance.rig, chance.rig.lookups.service("billing")
    for step in steps:
        chance.step(*step)
        assert rig.faults == []
        assert 0 <= service.under_way <= PLACES
        assert not (service.waiting and service.has_place)
        assert len(service.waiting) <= 3
    rig.wait_until(rig.clock.now() + LIMIT_S)
    assert rig.faults == []
    over = rig.told(LookupCompleted)
    assert sorted(event.request_id for event in over) == sorted(chance.asked)
    forgotten = {event.request_id for event in over if event.outcome == "forgotten"}
    assert rig.replies.keys() == set(chance.asked) - forgotten
    assert all(event.duration_ms <= LIMIT_S * 1000 for event in over)
    assert (rig.lookups.open_lookups, service.under_way, len(service.waiting)) == (0, 0, 0)
    assert rig.lookups.next_deadline() is None
    assert rig.lookups._of_call == {}
