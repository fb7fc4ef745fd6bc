"""The weight of queues that share agents: it orders them, and nobody waits for ever."""

from hypothesis import given
from hypothesis import strategies as st

from acd.config import AcdConfig, QueueConfig, StrategyName
from acd.entry import EntryState
from acd.events import OfferMade
from tests.acd.centre import Centre, agents_of, only

HOLDS_S = 60.0
LIGHT = QueueConfig(name="light", wrap_up_s=0)
HEAVY = QueueConfig(name="heavy", weight=1000, wrap_up_s=0)


def shared(*agents: str, **both: object) -> Centre:
    """Agents who serve both queues."""
    queues = [queue.model_copy(update=both) for queue in (LIGHT, HEAVY)]
    staff = agents_of("light", "heavy", count=len(agents))
    centre = Centre(queues, staff, AcdConfig(weight_holds_s=HOLDS_S))
    centre.staff(*agents)
    return centre


def test_the_heavier_queue_goes_first_until_somebody_has_waited_longer_than_weight_holds() -> None:
    centre = shared("1001")
    centre.join("talking", "heavy")
    centre.talk("talking")
    centre.join("patient", "light")
    centre.wait(HOLDS_S - 1)
    centre.join("late", "heavy")
    centre.hang_up("talking")
    assert centre.offered_to("late") == "1001"
    centre.talk("late")
    centre.join("later", "heavy")
    centre.wait(1)
    centre.hang_up("late")
    assert centre.offered_to("patient") == "1001"


def test_of_those_who_have_waited_longer_than_weight_holds_the_first_by_rank_is_served() -> None:
    centre = shared("1001")
    centre.join("talking", "heavy")
    centre.talk("talking")
    centre.join("heavy-first", "heavy")
    centre.wait(5)
    centre.join("light-second", "light")
    centre.wait(2 * HOLDS_S)
    centre.hang_up("talking")
    assert centre.offered_to("heavy-first") == "1001"


def test_who_has_waited_longer_goes_first_too_where_all_phones_ring() -> None:
    agents = ("1001", "1002", "1003")
    centre = shared(*agents, strategy=StrategyName.RING_ALL)
    for agent_id in agents:
        centre.not_ready(agent_id)
    centre.join("patient", "light")
    centre.wait(HOLDS_S)
    centre.join("late", "heavy")
    for agent_id in agents:
        centre.ready(agent_id)
    assert (centre.rung_for("patient"), centre.rung_for("late")) == (["1001", "1003"], ["1002"])


@given(
    arrivals=st.lists(st.tuples(st.booleans(), st.integers(1, 40), st.integers(1, 3)), max_size=60),
    agents=st.integers(1, 3),
)
def test_whoever_has_waited_longer_than_weight_holds_is_passed_by_nobody_who_came_later(
    arrivals: list[tuple[bool, int, int]], agents: int
) -> None:
    """Each arrival: whether in the heavy queue, the seconds to the next, and how many talks end meanwhile."""
    centre = shared(*(str(1001 + number) for number in range(agents)))
    for number, (is_heavy, seconds, talks) in enumerate(arrivals):
        centre.join(f"call-{number}", "heavy" if is_heavy else "light")
        for _ in range(talks):
            centre.wait(seconds / talks)
            end_a_talk(centre)
    while centre.core.state.entries:
        centre.wait(10)
        end_a_talk(centre)


def end_a_talk(centre: Centre) -> None:
    """Whoever is offered an agent talks, the first of them is served, and the agent takes another one."""
    entries = centre.core.state.entries
    for entry in [entry for entry in entries.values() if entry.state is EntryState.OFFERED]:
        centre.talk(entry.call_id)
    joined_at = {entry.call_id: entry.joined_at for entry in entries.values()}
    talking = [entry.call_id for entry in entries.values() if entry.state is EntryState.TALKING]
    if not talking:
        return
    made = only(OfferMade, centre.hang_up(talking[0]))
    waiting = [entry for entry in entries.values() if entry.state is EntryState.WAITING]
    passed = [entry.joined_at for entry in waiting if entry.joined_at + HOLDS_S <= centre.now]
    assert all(joined_at[offered.call_id] <= since for offered in made for since in passed)
