import json

from hypothesis import given, settings
from hypothesis import strategies as st

from acd.agent_config import AgentConfig
from acd.core import AcdCore
from acd.queue_config import QueueConfig
from runtime.ids import SeededIds
from tests.acd.centre import Centre
from tests.acd.invariants import check_state
from tests.acd.random_shift import AGENTS, QUEUES, act


def restored(centre: Centre) -> Centre:
    """Another centre, rebuilt from a snapshot that went through JSON."""
    twin = Centre(centre.queues, centre.agents, centre.rules)
    twin.core.restore(json.loads(json.dumps(centre.core.snapshot())))
    twin.now, twin.named = centre.now, centre.named
    return twin


class LaterIds(SeededIds):
    """Ids that no offer made before the snapshot can have."""

    def new(self, prefix: str) -> str:
        return super().new(f"later-{prefix}")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), before=st.integers(0, 80))
def test_a_core_rebuilt_from_a_snapshot_answers_alike(seed: int, before: int) -> None:
    import random

    choices = random.Random(seed)
    first = Centre(QUEUES, AGENTS)
    for _ in range(before):
        act(first, choices)
    twin = restored(first)
    check_state(twin.core.state)
    first.core._ids = LaterIds()
    twin.core._ids = LaterIds()
    state = choices.getstate()
    mark = len(first.outputs)
    for _ in range(60):
        act(first, choices)
    choices.setstate(state)
    for _ in range(60):
        act(twin, choices)
    assert twin.outputs == first.outputs[mark:]
    assert twin.core.snapshot() == first.core.snapshot()


def test_a_snapshot_does_not_change_with_the_core() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    taken = centre.core.snapshot()
    copy = json.loads(json.dumps(taken))
    centre.talk("call")
    assert json.loads(json.dumps(taken)) == copy


def test_a_core_goes_on_with_the_queues_and_agents_of_the_snapshot() -> None:
    centre = Centre()
    centre.join("call")
    twin = AcdCore([QueueConfig(name="sales")], [AgentConfig(id="7")], SeededIds())
    twin.restore(json.loads(json.dumps(centre.core.snapshot())))
    assert list(twin.state.queues) == ["service"]
    assert list(twin.state.agents) == ["1001"]
    assert twin.snapshot() == centre.core.snapshot()
