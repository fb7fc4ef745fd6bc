from acd.agent_figures import AgentFigures
from acd.config import AcdConfig, NotReadyReason
from runtime.vocabulary import Event, Output
from tests.acd.centre import Centre

CONFIG = AcdConfig(not_ready_reasons=[NotReadyReason(code="lunch", rest=True), NotReadyReason(code="meal")])


def fold(figures: AgentFigures, outputs: list[Output], now: float) -> None:
    for output in outputs:
        if isinstance(output, Event) and type(output) in figures.folds:
            figures.folds[type(output)](output, now)


def test_the_time_of_a_shift_is_told_by_what_it_was_spent_on() -> None:
    centre, figures = Centre(config=CONFIG), AgentFigures(CONFIG)

    def noting() -> None:
        fold(figures, centre.outputs, centre.now)
        centre.outputs.clear()

    centre.seat("1001")
    noting()
    centre.wait(20)
    centre.ready("1001")
    noting()
    centre.wait(30)
    centre.join("call")
    centre.talk("call")
    noting()
    centre.wait(60)
    centre.hang_up("call")
    noting()
    centre.wait(10)
    noting()
    centre.not_ready("1001", "lunch")
    noting()
    centre.wait(40)
    told = figures.of("1001", centre.now)
    assert told["signed_in_s"] == 160
    assert (told["ready_s"], told["wrap_up_s"]) == (30, 10)
    assert told["not_ready_s"] == {"signed_in": 20, "lunch": 40}
    assert (told["busy_s"], told["rest_s"]) == (60, 40)
    assert (told["calls"], told["talk_s"], told["average_talk_s"]) == (1, 60, 60)
    assert (told["offers"], told["no_answer"]) == (1, 0)
    centre.sign_out("1001")
    noting()
    centre.wait(500)
    assert figures.of("1001", centre.now)["signed_in_s"] == 160, "the shift is over"
    centre.seat("1001")
    noting()
    assert figures.of("1001", centre.now)["calls"] == 0, "a new shift"


def test_offers_that_nobody_answered_are_counted() -> None:
    centre, figures = Centre(), AgentFigures()
    centre.staff("1001")
    centre.join("call")
    centre.ring("call")
    centre.wait(15)
    fold(figures, centre.outputs, centre.now)
    assert figures.of("1001", centre.now)["no_answer"] == 1


def test_before_the_first_shift_all_is_nothing() -> None:
    told = AgentFigures().of("1001", 5.0)
    assert (told["signed_in_s"], told["calls"], told["average_talk_s"]) == (0, 0, 0)
