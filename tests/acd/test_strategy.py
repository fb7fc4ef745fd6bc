from hypothesis import given
from hypothesis import strategies as st

from acd.agent import Agent
from acd.strategy import LongestIdle


def agent(agent_id: str, idle_since: float) -> Agent:
    return Agent(agent_id, "", (), idle_since=idle_since)


def test_the_longest_idle_comes_first_and_the_lower_number_among_equals() -> None:
    ranking = LongestIdle()
    for each in (agent("1003", 5.0), agent("1002", 3.0), agent("1001", 5.0)):
        ranking.add(each)
    order = []
    while (best := ranking.best()) is not None:
        order.append(best)
        ranking.remove(best)
    assert order == ["1002", "1001", "1003"]


def test_removing_who_is_not_in_it_is_harmless() -> None:
    ranking = LongestIdle()
    ranking.add(agent("1001", 1.0))
    ranking.remove("1002")
    assert ranking.best() == "1001"


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4))))
def test_agrees_with_sorting_all_of_them(comings_and_goings: list[tuple[int, int]]) -> None:
    ranking, model = LongestIdle(), dict[str, int]()
    for number, idle_since in comings_and_goings:
        agent_id = str(number)
        if agent_id in model:
            ranking.remove(agent_id)
            del model[agent_id]
        else:
            ranking.add(agent(agent_id, idle_since))
            model[agent_id] = idle_since
        assert ranking.best() == min(model, key=lambda i: (model[i], i), default=None)
        assert len(ranking) == len(model)
        assert all(i in ranking for i in model)
