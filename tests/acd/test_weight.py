"""Weight of queues, agents' priorities, callers of one agent: they order callers; nobody waits for ever."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from acd.config import AcdConfig
from acd.entry import EntryState
from acd.events import OfferMade
from acd.queue_config import QueueConfig, StrategyName
from tests.acd.centre import Centre, agents_of, only

HOLDS_S = 60.0
LIGHT = QueueConfig(name="light", wrap_up_s=0)
HEAVY = QueueConfig(name="heavy", weight=1000, wrap_up_s=0)


def shared(*agents: str, priorities: Mapping[str, int] | None = None, **both: object) -> Centre:
    """Agents who serve both queues, and all have these priorities of their own."""
    queues = [queue.model_copy(update=both) for queue in (LIGHT, HEAVY)]
    staff = agents_of("light", "heavy", count=len(agents))
    staff = [agent.model_copy(update={"priorities": dict(priorities or {})}) for agent in staff]
    centre = Centre(queues, staff, AcdConfig(passed_over_s=HOLDS_S))
    centre.staff(*agents)
    return centre


def test_the_heavier_queue_goes_first_until_somebody_has_waited_too_long() -> None:
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


def test_of_those_who_have_waited_too_long_the_first_by_rank_is_served() -> None:
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


def test_an_agents_own_priorities_hold_until_somebody_has_waited_too_long() -> None:
    centre = shared("1001", priorities={"light": 2})
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


def test_callers_of_one_agent_go_first_until_somebody_has_waited_too_long() -> None:
    centre = shared("1001")
    centre.join("talking", "heavy")
    centre.talk("talking")
    centre.join("patient", "light")
    centre.wait(HOLDS_S - 1)
    centre.join("personal", "heavy", preferred=["1001"], preferred_wait_s=86400)
    centre.hang_up("talking")
    assert centre.offered_to("personal") == "1001"
    centre.talk("personal")
    centre.join("another", "heavy", preferred=["1001"], preferred_wait_s=86400)
    centre.wait(1)
    centre.hang_up("personal")
    assert centre.offered_to("patient") == "1001"


def test_of_callers_of_one_agent_and_others_who_waited_too_long_the_first_by_rank_is_served() -> None:
    centre = shared("1001")
    centre.join("talking", "heavy")
    centre.talk("talking")
    centre.join("personal", "heavy", preferred=["1001"], preferred_wait_s=86400)
    centre.wait(5)
    centre.join("patient", "light")
    centre.wait(2 * HOLDS_S)
    centre.hang_up("talking")
    assert centre.offered_to("personal") == "1001"


@given(
    arrivals=st.lists(
        st.tuples(st.booleans(), st.booleans(), st.integers(1, 40), st.integers(1, 3)), max_size=60
    ),
    agents=st.integers(1, 3),
    priorities=st.dictionaries(st.sampled_from(["light", "heavy"]), st.integers(1, 3)),
)
def test_whoever_has_waited_longer_than_that_is_passed_by_nobody_who_came_later(
    arrivals: list[tuple[bool, bool, int, int]], agents: int, priorities: dict[str, int]
) -> None:
    """Each arrival: whether in the heavy queue, whether for the first agent alone, the seconds to the next,
    and how many talks end meanwhile."""
    centre = shared(*(str(1001 + number) for number in range(agents)), priorities=priorities)
    for number, (is_heavy, is_personal, seconds, talks) in enumerate(arrivals):
        preferred = ["1001"] if is_personal else []
        centre.join(
            f"call-{number}", "heavy" if is_heavy else "light", preferred=preferred, preferred_wait_s=86400
        )
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
    long_ago = centre.now - HOLDS_S  # rounded as the ACD does
    passed = [
        entry.joined_at for entry in waiting if entry.joined_at <= long_ago and entry.preferred_until is None
    ]
    assert all(joined_at[offered.call_id] <= since for offered in made for since in passed)
