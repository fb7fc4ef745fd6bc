from random import Random

import pytest

from acd.commands import PlayMusic
from acd.core import AcdCore
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Output
from tests.acd.centre import SERVICE, STARTED_AT, Centre
from tests.acd.random_shift import AGENTS, QUEUES, act


@pytest.mark.parametrize("seed", range(5))
def test_the_same_inputs_give_the_same_outputs(seed: int) -> None:
    choices, original = Random(seed), Centre(QUEUES, AGENTS)
    original.staff(*(agent.id for agent in AGENTS))
    for _ in range(1000):
        act(original, choices)
    replay = AcdCore(QUEUES, AGENTS, SeededIds(), now=STARTED_AT)
    outputs = list[Output]()
    for now, given in original.inputs:
        try:
            outputs += replay.wake(now=now) if given is None else replay.handle(given, now=now)
        except UsageError:
            continue
    assert len(outputs) > 400, "the shift was too quiet to prove anything"
    assert outputs == original.outputs
    assert replay.snapshot() == original.core.snapshot()


def test_what_the_core_itself_commands_it_does_not_take() -> None:
    core = AcdCore([SERVICE], [], SeededIds())
    with pytest.raises(UsageError, match="the ACD takes no PlayMusic"):
        core.handle(PlayMusic(call_id="call", prompt="music"), now=0.0)


def test_a_quiet_core_asks_for_no_wake_up() -> None:
    centre = Centre()
    assert centre.core.next_deadline() is None
    centre.staff("1001")
    assert centre.core.next_deadline() is None
    assert centre.core.wake(now=centre.now) == []


def test_the_next_deadline_is_the_end_of_the_lease() -> None:
    centre = Centre()
    centre.staff("1001")
    centre.join("call")
    assert centre.core.next_deadline() == centre.now + 15
    centre.talk("call")
    assert centre.core.next_deadline() is None
