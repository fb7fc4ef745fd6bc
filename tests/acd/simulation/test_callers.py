"""Callers come as the scenario, its tables or a journal say, and chance has a name for everything."""

import math
from statistics import fmean, pstdev

import pytest

from acd.queue_config import QueueConfig
from acd.simulation.chance import Chance
from acd.simulation.history import TOPICS, History, past_callers
from acd.simulation.spread import Spread, SpreadKind
from runtime.vocabulary import Event, event_fields
from tests.acd.centre import Centre, agents_of
from tests.acd.simulation.days import stream


def test_callers_come_by_chance_at_their_rate() -> None:
    counts = [len(list(stream(calls_per_hour=90).callers(Chance(1, run), 0))) for run in range(60)]
    # Poisson: mean and variance are both 900.
    assert fmean(counts) == pytest.approx(900, abs=15)
    assert pstdev(counts) == pytest.approx(30, abs=10)


@pytest.mark.parametrize(
    ("spread", "mean", "deviation"),
    [
        (Spread(kind=SpreadKind.CONSTANT, mean_s=180), 180, 0),
        (Spread(mean_s=180), 180, 180),
        (Spread(kind=SpreadKind.LOGNORMAL, mean_s=180, variation=0.5), 180, 90),
        (Spread(kind=SpreadKind.EMPIRICAL, values_s=[60, 30, 90]), 60, math.sqrt(600)),
    ],
)
def test_a_spread_has_its_mean_and_deviation(spread: Spread, mean: float, deviation: float) -> None:
    values = [spread.at((n + 0.5) / 20_000) for n in range(20_000)]
    assert fmean(values) == pytest.approx(mean, rel=0.01)
    assert pstdev(values) == pytest.approx(deviation, rel=0.03, abs=1e-9)
    assert values == sorted(values)


def test_a_draw_depends_on_its_name_alone() -> None:
    chance = Chance(1, 2)
    assert chance.draw("talk", "0-1") == Chance(1, 2).draw("talk", "0-1")
    assert (
        len({chance.draw("talk", n) for n in range(1000)} | {chance.draw("gap", n) for n in range(1000)})
        == 2000
    )
    assert fmean(chance.draw("x", n) for n in range(4000)) == pytest.approx(0.5, abs=0.02)


def journal(centre: Centre) -> list[tuple[float, str, dict[str, object]]]:
    """A second lies between any two events."""
    events = [output for output in centre.outputs if isinstance(output, Event)]
    told = [(float(place), event.topic, event_fields(event)) for place, event in enumerate(events)]
    return [fact for fact in told if fact[1] in TOPICS]


def test_a_journal_tells_who_came_how_long_they_talked_and_who_gave_up() -> None:
    queues = [QueueConfig(name="service"), QueueConfig(name="second", max_waiting=1)]
    centre = Centre(queues, agents_of("service"))
    centre.staff("1001")
    centre.join("answered", "service", priority=7)
    centre.talk("answered")
    centre.join("impatient", "service", requirement="en")
    centre.wait(60)
    centre.hang_up("impatient")
    centre.hang_up("answered")
    centre.join("first", "second")
    centre.join("too many", "second")
    past = {caller.call_id: caller for caller in past_callers(journal(centre))}
    assert (past["answered"].talk_s, past["answered"].priority, past["answered"].gave_up) == (60, 7, False)
    assert (past["impatient"].gave_up, past["impatient"].requirement) == (True, "en")
    assert past["impatient"].waited_s > 0
    assert past["too many"].queues == ("second",)
    assert [caller.call_id for caller in past_callers(journal(centre))] == [
        *("answered", "impatient", "first", "too many")
    ]


def test_a_journal_s_chats_are_no_calls_and_who_is_to_be_called_back_had_no_more_patience() -> None:
    centre = Centre([QueueConfig(name="service", callback_on_hang_up=True)], agents_of("service"))
    centre.join("impatient")
    centre.wait(30)
    centre.hang_up("impatient")
    facts = journal(centre)
    chat = {"call_id": "chat", "queue": "service", "medium": "chat", "caller_number": "", "position": 1}
    facts += [(90.0, "queue.caller_joined", chat)]
    facts += [(970.0, "queue.call_completed", {**chat, "talk_ms": 880_000})]
    (caller,) = past_callers(facts)
    assert (caller.call_id, caller.gave_up, caller.waited_s) == ("impatient", True, 30)


def test_who_gave_up_does_so_again_after_the_same_wait_and_others_are_at_least_as_patient() -> None:
    centre = Centre(agents=agents_of("service"))
    centre.staff("1001")
    centre.join("answered")
    centre.wait(4)
    centre.talk("answered")
    centre.join("impatient")
    centre.hang_up("impatient")
    centre.hang_up("answered")
    past = past_callers(journal(centre))
    history = History.of(past, Spread(), None)
    for run in range(20):
        callers = {caller.call_id: caller for caller in history.callers(Chance(1, run), 0)}
        assert callers["call-0-impatient"].patience_s == next(c for c in past if c.gave_up).waited_s
        assert callers["call-0-answered"].patience_s > past[0].waited_s
        assert callers["call-0-impatient"].talk_s == past[0].talk_s
